import { EventEmitter, l10n, workspace, type Disposable, type Event } from "vscode";
import { type JobLog, type JobLogFilter, type LoggedJob, readJobLog } from "../files/jobLog";
import type { JobLogSource } from "../files/jobLogSource";
import { LogFollower } from "../files/logFollower";
import { type LoggedFailure, LoggedFailures } from "../files/loggedFailures";
import type { LogName, LogPlace, StreamPlace } from "../files/logPlace";
import { LogStream } from "../files/logStream";
import type { RememberedFailure } from "../monitor/failureHistory";
import type { JobDetail } from "../monitor/model";
import { systemClock } from "../monitor/systemClock";
import { assertNever } from "../python/assertNever";
import type { Frame, Traceback } from "../python/traceback";
import { readTraceback, tracebackOfTries } from "./jobTries";
import type { Log } from "./log";
import { LogPaths } from "./logPaths";
import type { Session } from "./session";
import type { Settings } from "./settings";
import { storedError } from "./storedError";
import { oneLine } from "./views/texts";

/** A job's traceback and where it came from. Text has passed the redactor. */
export interface FoundTraceback {
  readonly text: string;
  /** For people: "stored with the result", "worker.log, line 120". */
  readonly source: string;
  /** As it is remembered, where that is another: without the line, because files go on and jobs that fail alike share one text. */
  readonly keptSource?: string;
  /** The log it was read from in this session; null where it came another way. */
  readonly place: LogPlace | null;
  /** The job's values quote it: it is no failure of its own. */
  readonly quoted?: true;
  /** As Python prints a chain: causes first, the exception that reached ARQ last. Never empty. */
  readonly chain: readonly { readonly heading: string | null; readonly traceback: Traceback }[];
}

/** Failures of the last day are looked for in what logs say: followed files begin with their last 2 MB, ms. */
const rememberedMs = 24 * 3_600_000;
/** Commands that printed a worker's lines, and sessions that did, whose last lines are remembered: 1 MB each at most. */
const maxStreams = 10;

/**
 * Finds the traceback of a failed job: first in the stored result, else among the tries that an instrumented worker noted, else in the
 * logs of workers that lie in the workspace (`arq.workerLogs`). Follows the logs only while somebody uses it.
 */
export class Tracebacks implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #grown = new EventEmitter<void>();
  readonly #subscriptions: readonly Disposable[];
  readonly #logged: LoggedFailures;
  /** What was heard, the oldest first. */
  #streams: readonly LogStream[] = [];
  #users = 0;
  #follower: LogFollower | null = null;
  #paths: LogPaths | null = null;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    this.#logged = new LoggedFailures((text) => session.redactor.text(text));
    this.#subscriptions = [
      settings.onDidChange((keys) => {
        if (keys.has("arq.workerLogs")) this.#restart();
        if (keys.has("arq.terminals.read")) this.#streams = [];
      }),
      // ARQ logs a failure before it stores it: the log may have told before the job is known to have failed.
      session.onDidChange(({ change }) => {
        const history = session.monitor?.history;
        if (history === undefined || change === null || this.#logged.count === 0) return;
        if (change.all) this.#remember(history.failures(Date.now() - rememberedMs));
        else this.#remember([...change.jobs].flatMap((id) => history.failure(id) ?? []));
      }),
    ];
  }

  /** The logs said something new: what was not found before may be now. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** A followed file, a terminal or a debug console said something. */
  get onDidGrow(): Event<void> {
    return this.#grown.event;
  }

  /** Log files that are followed now. */
  get followed(): readonly string[] {
    return this.#follower?.files.map(({ path }) => path) ?? [];
  }

  /** Follows the logs until the result is disposed of. */
  use(): Disposable {
    this.#users++;
    if (this.#follower === null) this.#restart();
    let using = true;
    return {
      dispose: () => {
        if (!using) return;
        using = false;
        this.#users--;
        if (this.#users === 0) this.#restart();
      },
    };
  }

  /** What the followed files say of this job; where they say nothing, what terminals and debug consoles said. Text has passed the redactor. */
  async logOf(job: LoggedJob, filter: JobLogFilter): Promise<JobLog> {
    const read = (logs: readonly JobLogSource[]): Promise<JobLog> =>
      readJobLog(logs, job, filter, (text) => this.session.redactor.text(text));
    // A worker that logs to both says everything twice.
    const log = await read(this.#follower?.files ?? []);
    return log.by === null ? read(this.#streams) : log;
  }

  /** What was printed of a frame's line in a traceback that was heard; null where none was. Has passed the redactor. */
  printed(frame: Pick<Frame, "file" | "line" | "function">): string | null {
    return this.#logged.printed(frame);
  }

  /** Number of the line of a followed file that begins there, from 1. Reads everything before it; null where it cannot. */
  async lineOf(path: string, offset: number): Promise<number | null> {
    return (await this.#follower?.files.find((file) => file.path === path)?.lineAt(offset)) ?? null;
  }

  /** A log that comes in pieces; whoever hears it writes it there. */
  openStream({ kind, name }: StreamPlace): Pick<LogStream, "write" | "end"> {
    const place = { kind, name: this.shownName(name) };
    const stream = new LogStream({
      place,
      failures: this.#logged,
      clock: systemClock,
      onFailures: () => this.#tell(),
      onGrowth: () => this.#grown.fire(),
    });
    const others = this.#streams;
    const oldest = others.length < maxStreams ? null : (others.find(({ hasEnded }) => hasEnded) ?? others[0]);
    this.#streams = [...others.filter((each) => each !== oldest), stream];
    return stream;
  }

  /** Of a terminal or a debug session, as it is shown and known here: a program may name its terminal as it likes. */
  shownName(name: string): string {
    return oneLine(this.session.redactor.text(name), 60);
  }

  /** Null when none is known (yet). What is found once is remembered in the history, and found there when result and log are gone. */
  find(detail: JobDetail): FoundTraceback | null {
    const found = this.#look(detail);
    const { id, finishedAt } = detail.row;
    const history = this.session.monitor?.history;
    if (history === undefined || finishedAt === null) return found;
    if (found !== null) {
      history.keepTraceback(id, finishedAt, { text: found.text, source: found.keptSource ?? found.source });
      return found;
    }
    const failure = history.failure(id);
    return failure?.finishedAt === finishedAt ? this.#kept(failure) : null;
  }

  #kept(failure: RememberedFailure): FoundTraceback | null {
    const kept = this.session.monitor?.history.traceback(failure) ?? null;
    return kept === null ? null : readTraceback(kept.text, l10n.t("{0}; remembered by ARQ Monitor", kept.source));
  }

  #look(detail: JobDetail): FoundTraceback | null {
    const error = storedError(detail);
    if (error?.traceback)
      return readTraceback(error.traceback, error.tracebackSource ?? l10n.t("stored with the result"));
    const noted = error === null && detail.row.error === null ? null : tracebackOfTries(detail);
    if (noted !== null) return noted;
    const { id, function: name, finishedAt } = detail.row;
    const { type = null, message = null } = error ?? detail.row.error ?? {};
    const logged = this.#logged.find({ id, function: name, errorType: type, message, finishedAt });
    return logged === null
      ? null
      : readTraceback(logged.text, sourceText(logged, true), {
          place: logged.place,
          keptSource: sourceText(logged, false),
        });
  }

  dispose(): void {
    this.#users = 0;
    this.#restart();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#grown.dispose();
  }

  #restart(): void {
    this.#follower?.close();
    this.#paths?.dispose();
    this.#follower = null;
    this.#paths = null;
    // Worker logs are named by settings, which an untrusted workspace has no say in.
    if (this.#users === 0) return;
    const paths = new LogPaths(this.settings.get("arq.workerLogs"));
    this.#follower = new LogFollower({
      files: () => paths.paths(),
      failures: this.#logged,
      onFailures: () => this.#tell(),
      onGrowth: () => this.#grown.fire(),
      clock: systemClock,
      logger: this.log,
    });
    this.#paths = paths;
    this.#follower.start();
  }

  #tell(): void {
    this.#remember(this.session.monitor?.history.failures(Date.now() - rememberedMs) ?? []);
    this.#changed.fire();
  }

  /** Keeps what the logs say of these failures, though nobody has opened them. */
  #remember(failures: Iterable<RememberedFailure>): void {
    const history = this.session.monitor?.history;
    if (history === undefined || this.#logged.count === 0) return;
    for (const failure of failures) {
      if (history.traceback(failure) !== null) continue;
      const { id, finishedAt, error } = failure;
      const found = this.#logged.find({ ...failure, errorType: error.type, message: error.message });
      if (found !== null) history.keepTraceback(id, finishedAt, { text: found.text, source: sourceText(found, false) });
    }
  }
}

function sourceText({ place, how }: LoggedFailure, withLine: boolean): string {
  const source = placeText(withLine || place.kind !== "file" ? place : { ...place, line: null });
  return how === "id" ? source : l10n.t("{0}, matched by function, error and time", source);
}

/** For people: "logs/worker.log, line 120". */
function placeText(place: LogPlace): string {
  const name = logNameText(place);
  return place.kind === "file" && place.line !== null ? l10n.t("{0}, line {1}", name, place.line) : name;
}

/** For people: "logs/worker.log". */
export function logNameText(place: LogName): string {
  switch (place.kind) {
    case "file":
      return workspace.asRelativePath(place.path);
    case "terminal":
      return l10n.t("terminal “{0}”", place.name);
    case "debugConsole":
      return l10n.t("debug console “{0}”", place.name);
    default:
      return assertNever(place);
  }
}
