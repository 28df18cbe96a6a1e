import { EventEmitter, l10n, workspace, type Disposable, type Event } from "vscode";
import { LogFollower } from "../files/logFollower";
import { LoggedFailures } from "../files/loggedFailures";
import type { LogPlace, StreamPlace } from "../files/logPlace";
import { LogStream } from "../files/logStream";
import type { JobDetail } from "../monitor/model";
import { systemClock } from "../monitor/systemClock";
import { assertNever } from "../python/assertNever";
import type { Traceback } from "../python/traceback";
import { readTraceback, tracebackOfTries } from "./jobTries";
import type { Log } from "./log";
import type { Session } from "./session";
import type { Settings } from "./settings";
import { storedError } from "./storedError";

/** A job's traceback and where it came from. Text has passed the redactor. */
export interface FoundTraceback {
  readonly text: string;
  /** For people: "stored with the result", "worker.log, line 120". */
  readonly source: string;
  /** The log it was read from in this session; null where it came another way. */
  readonly place: LogPlace | null;
  /** As Python prints a chain: causes first, the exception that reached ARQ last. Never empty. */
  readonly chain: readonly { readonly heading: string | null; readonly traceback: Traceback }[];
}

/** Files per glob: a glob such as `**\/*.log` in a large workspace must not open thousands. */
const maxLogFiles = 20;
/** New log files appear rarely, and a workspace search is dear. */
const fileListMs = 10_000;

/**
 * Finds the traceback of a failed job: first in the stored result, else among the tries that an instrumented worker noted, else in the
 * logs of workers that lie in the workspace (`arq.workerLogs`). Follows the logs only while somebody uses it.
 */
export class Tracebacks implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #subscription: Disposable;
  readonly #logged: LoggedFailures;
  #users = 0;
  #follower: LogFollower | null = null;
  #files: { at: number; paths: Promise<readonly string[]> } | null = null;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    this.#logged = new LoggedFailures((text) => session.redactor.text(text));
    this.#subscription = settings.onDidChange((keys) => {
      if (keys.has("arq.workerLogs")) this.#restart();
    });
  }

  /** The logs said something new: what was not found before may be now. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Log files that are followed now. */
  get followed(): readonly string[] {
    return this.#follower?.followed ?? [];
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

  /** A log that comes in pieces; whoever hears it writes it there. */
  openStream(place: StreamPlace): Pick<LogStream, "write" | "end"> {
    return new LogStream({ place, failures: this.#logged, clock: systemClock, onFailures: () => this.#changed.fire() });
  }

  /** Null when none is known (yet). What is found once is remembered in the history, and found there when result and log are gone. */
  find(detail: JobDetail): FoundTraceback | null {
    const found = this.#look(detail);
    const { id, finishedAt } = detail.row;
    const history = this.session.monitor?.history;
    if (history === undefined || finishedAt === null) return found;
    if (found !== null) {
      history.keepTraceback(id, finishedAt, { text: found.text, source: found.source });
      return found;
    }
    const failure = history.failure(id);
    const kept = failure?.finishedAt === finishedAt ? history.traceback(failure) : null;
    return kept === null ? null : readTraceback(kept.text, l10n.t("{0}; remembered by ARQ Monitor", kept.source));
  }

  #look(detail: JobDetail): FoundTraceback | null {
    const error = storedError(detail);
    if (error?.traceback)
      return readTraceback(error.traceback, error.tracebackSource ?? l10n.t("stored with the result"));
    const noted = error === null && detail.row.error === null ? null : tracebackOfTries(detail);
    if (noted !== null) return noted;
    const { id, function: name, finishedAt } = detail.row;
    const logged = this.#logged.find({
      id,
      function: name,
      errorType: error?.type ?? null,
      message: error?.message ?? null,
      finishedAt,
    });
    if (logged === null) return null;
    const { text, place, how } = logged;
    const source = placeText(place);
    return readTraceback(
      text,
      how === "id" ? source : l10n.t("{0}, matched by function, error and time", source),
      place,
    );
  }

  dispose(): void {
    this.#users = 0;
    this.#restart();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #restart(): void {
    this.#follower?.close();
    this.#follower = null;
    this.#files = null;
    // Worker logs are named by settings, which an untrusted workspace has no say in.
    if (this.#users === 0) return;
    const follower = new LogFollower({
      files: () => this.#logFiles(),
      failures: this.#logged,
      clock: systemClock,
      logger: this.log,
    });
    follower.onChange(() => this.#changed.fire());
    follower.start();
    this.#follower = follower;
  }

  #logFiles(): Promise<readonly string[]> {
    const now = Date.now();
    if (this.#files === null || now - this.#files.at > fileListMs) this.#files = { at: now, paths: this.#search() };
    return this.#files.paths;
  }

  async #search(): Promise<readonly string[]> {
    const globs = this.settings.get("arq.workerLogs");
    const found = await Promise.all(globs.map((glob) => workspace.findFiles(glob, undefined, maxLogFiles)));
    const paths = found.flat().flatMap((uri) => (uri.scheme === "file" ? [uri.fsPath] : []));
    return [...new Set(paths)];
  }
}

/** For people: "logs/worker.log, line 120". */
function placeText(place: LogPlace): string {
  switch (place.kind) {
    case "file": {
      const path = workspace.asRelativePath(place.path);
      return place.line === null ? path : l10n.t("{0}, line {1}", path, place.line);
    }
    case "terminal":
      return l10n.t("terminal “{0}”", place.name);
    case "debugConsole":
      return l10n.t("debug console “{0}”", place.name);
    default:
      return assertNever(place);
  }
}
