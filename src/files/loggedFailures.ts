import { flattenChain } from "../python/frames";
import { type Frame, parseTracebacks } from "../python/traceback";
import type { WorkerLogRecord } from "../python/workerLogRecord";
import { clockSlack, namesOneJob } from "./jobMoments";
import type { LogClock } from "./logClock";
import type { LogPlace } from "./logPlace";
import { ownText } from "./ownText";

/** A failure found in a log, with its traceback. Untrusted text; it has passed the redactor. */
export interface LoggedFailure {
  /** For `parseTracebacks`. */
  readonly text: string;
  /** Where its record begins. */
  readonly place: LogPlace;
  /** How it was joined to the job: the log named the job's id, or only function, error and time agree. */
  readonly how: "id" | "function and time";
}

/** What is known of a failed job whose traceback is looked for. */
export interface FailedJob {
  readonly id: string;
  readonly function: string | null;
  /** As Python prints it, with or without module. */
  readonly errorType: string | null;
  readonly message: string | null;
  /** Unix ms on the worker's clock. */
  readonly finishedAt: number | null;
}

interface KeptFailure {
  readonly record: WorkerLogRecord & { readonly traceback: string };
  readonly place: LogPlace;
  /** Of the log that it was read from: one for each. */
  readonly clock: LogClock;
  /** Of the jobs that it was told of, the end that lies nearest to it, unix ms; null while there is none. */
  end: number | null;
}

/** ARQ logs a failure right after it took the time of the end; default logs print whole seconds, ms. */
const sameMoment = 1500;
/**
 * Of a line, characters, once it is redacted. `RecordReader` cuts lines at 16,384, perhaps within a secret, and nobody knows that for one by
 * its beginning: this is so far before that only what was whole is told.
 */
const toldOfLine = 12_000;

/** So many of the last failures are looked through for a line that one of them printed. */
const maxSearched = 50;

/** The last failures of all logs that are heard, bounded in number and size: the oldest go first. */
export class LoggedFailures {
  /** Oldest first. */
  readonly #kept = new Set<KeptFailure>();
  readonly #byRef = new Map<string, KeptFailure[]>();
  #size = 0;

  /** What a log holds stays behind `redact`: only answers pass it, so that a redactor that changes holds at once. */
  constructor(
    private readonly redact: (text: string) => string,
    private readonly bounds = { count: 2000, characters: 16_000_000 },
  ) {}

  get count(): number {
    return this.#kept.size;
  }

  /**
   * Keeps the record if it is a failure with a traceback; tells whether it did. One that comes again, because its block went
   * on, takes the place of the first.
   */
  take({ traceback, ...record }: WorkerLogRecord, place: LogPlace, clock: LogClock): boolean {
    if (record.mark !== "!" || traceback === null) return false;
    const failure: KeptFailure = {
      record: { ...keptRecord(record), traceback: ownText(traceback) },
      place,
      clock,
      end: null,
    };
    const before = this.#byRef.get(record.ref)?.find((kept) => kept.clock === clock && goesOn(kept, failure));
    if (before !== undefined) {
      if (before.record.traceback === traceback) return false;
      failure.end = before.end;
      this.#drop(before);
    }
    this.#kept.add(failure);
    this.#byRef.set(record.ref, [...(this.#byRef.get(record.ref) ?? []), failure]);
    this.#size += sizeOf(failure);
    for (const oldest of this.#kept) {
      if (this.#kept.size <= this.bounds.count && this.#size <= this.bounds.characters) break;
      this.#drop(oldest);
    }
    return true;
  }

  /**
   * Joins by id and class where the log prints an id, and by time too where the id may have been used again: a record is told of the job whose end lies nearest to it, not
   * of one of another Redis, or of a later one, as well. Else by function, class and moment, the same message first. Null without a match.
   */
  find(job: FailedJob): LoggedFailure | null {
    const named = this.#naming(job).filter((failure) => mayBeOf(failure, job));
    const byId = nearest(named, job.finishedAt);
    if (byId !== null) {
      byId.end = nearerEnd(byId, job.finishedAt);
      return this.#answer(byId, "id");
    }
    if (job.function === null || job.finishedAt === null) return null;
    const { finishedAt } = job;
    // A record that names another job is that job's.
    const close = (this.#byRef.get(job.function) ?? []).filter(
      ({ record, clock }) =>
        sameClass(record.error?.type ?? null, job.errorType) &&
        Math.abs((clock.unix(record.clockMs) ?? -Infinity) - finishedAt) <= sameMoment,
    );
    // The message of the job has passed the redactor.
    const sameText = close.filter(
      ({ record: { error } }) => error !== null && this.redact(error.message) === job.message,
    );
    const found = nearest(sameText.length > 0 ? sameText : close, finishedAt);
    return found === null ? null : this.#answer(found, "function and time");
  }

  /** What the last traceback with this frame printed of its line; null where none did. */
  printed({ file, line, function: name }: Pick<Frame, "file" | "line" | "function">): string | null {
    const place = `"${file}", line ${line}, in ${name}`;
    const last = [...this.#kept].slice(-maxSearched).findLast(({ record }) => record.traceback.includes(place));
    if (last === undefined) return null;
    const chains = parseTracebacks(this.redact(last.record.traceback)).map(flattenChain);
    const frames = chains.flat().flatMap(({ traceback }) => traceback.frames);
    return frames.find((each) => each.file === file && each.line === line && each.function === name)?.source ?? null;
  }

  /** `<id>:<function>`, or the id alone where the worker did not know the function yet. Ids may hold colons. */
  #naming({ id, function: name }: FailedJob): KeptFailure[] {
    const alone = this.#byRef.get(id) ?? [];
    if (name !== null) return [...alone, ...(this.#byRef.get(`${id}:${name}`) ?? [])];
    return [...this.#kept].filter(({ record: { ref } }) => ref === id || ref.startsWith(`${id}:`));
  }

  #drop(failure: KeptFailure): void {
    const { ref } = failure.record;
    this.#kept.delete(failure);
    this.#size -= sizeOf(failure);
    const others = this.#byRef.get(ref)?.filter((other) => other !== failure) ?? [];
    if (others.length === 0) this.#byRef.delete(ref);
    else this.#byRef.set(ref, others);
  }

  #answer({ record, place }: KeptFailure, how: LoggedFailure["how"]): LoggedFailure {
    return { text: this.redact(record.traceback).split("\n").map(cut).join("\n"), place, how };
  }
}

/** The same record, read further. A line number alone proves nothing: the file may have been cut in between. */
function goesOn(before: KeptFailure, after: KeptFailure): boolean {
  const [a, b] = [before.record, after.record];
  return a.line === b.line && a.clockMs === b.clockMs && b.traceback.startsWith(a.traceback);
}

/** The log prints a class without its module. */
function sameClass(logged: string | null, known: string | null): boolean {
  return logged === null || known === null || known === logged || known.endsWith(`.${logged}`);
}

/** Not the failure of an earlier or later job of the same id. */
function mayBeOf(failure: KeptFailure, { id, errorType, finishedAt }: FailedJob): boolean {
  const { record, clock } = failure;
  // What could not be stored was replaced: the log has what was raised.
  const known = errorType !== null && /(?:^|\.)SerializationError$/.test(errorType) ? null : errorType;
  if (!sameClass(record.error?.type ?? null, known)) return false;
  const at = clock.unix(record.clockMs);
  if (finishedAt === null || at === null || namesOneJob(id)) return true;
  return Math.abs(at - finishedAt) <= clockSlack && isNearer(failure, at, finishedAt);
}

/** No end lies nearer to it that it was told of, but for this one, which may have been learnt more exactly since. */
function isNearer({ end }: KeptFailure, at: number, finishedAt: number): boolean {
  return end === null || Math.abs(finishedAt - end) <= sameMoment || Math.abs(at - finishedAt) < Math.abs(at - end);
}

function nearerEnd(failure: KeptFailure, finishedAt: number | null): number | null {
  const { record, clock, end } = failure;
  const at = clock.unix(record.clockMs);
  if (finishedAt === null || at === null) return end;
  return end === null || Math.abs(at - finishedAt) < Math.abs(at - end) ? finishedAt : end;
}

/** An id may have failed more than once: the failure nearest to the end of the job, else the last one. */
function nearest(failures: readonly KeptFailure[], finishedAt: number | null): KeptFailure | null {
  let best: KeptFailure | null = null;
  let bestDistance = Infinity;
  for (const failure of failures) {
    const at = failure.clock.unix(failure.record.clockMs);
    const distance = finishedAt === null || at === null ? Infinity : Math.abs(at - finishedAt);
    if (distance <= bestDistance) {
      best = failure;
      bestDistance = distance;
    }
  }
  return best;
}

function cut(line: string): string {
  return line.slice(0, toldOfLine);
}

/** Without the text of the log that its parts were cut from. */
function keptRecord<R extends Omit<WorkerLogRecord, "traceback">>(record: R): R {
  const { stream, process, ref, jobId, function: name, error } = record;
  return {
    ...record,
    stream: ownText(stream),
    process: process === null ? null : ownText(process),
    ref: ownText(ref),
    jobId: jobId === null ? null : ownText(jobId),
    function: name === null ? null : ownText(name),
    error: error === null ? null : { type: ownText(error.type), message: ownText(error.message) },
  };
}

function sizeOf({ record }: KeptFailure): number {
  return record.traceback.length + record.ref.length + (record.error?.message.length ?? 0);
}
