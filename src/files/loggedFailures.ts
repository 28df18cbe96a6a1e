import type { WorkerLogRecord } from "../python/workerLog";

/** A failure found in a log, with its traceback. Untrusted text; it has passed the redactor. */
export interface LoggedFailure {
  /** For `parseTracebacks`. */
  readonly text: string;
  readonly file: string;
  /** Of the log record, from 1; 0 in a file so large that its lines were not counted. */
  readonly line: number;
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

export interface KeptFailure {
  readonly record: WorkerLogRecord & { readonly traceback: string };
  readonly file: string;
  readonly line: number | null;
  /** Unix ms; null where the log has no times. */
  readonly at: number | null;
}

/** ARQ logs a failure right after it took the time of the end; default logs print whole seconds, ms. */
const sameMoment = 1500;

/** The last failures of all followed logs, bounded in number and size: the oldest go first. */
export class LoggedFailures {
  readonly #kept: KeptFailure[] = [];
  #size = 0;

  /** What a log holds stays behind `redact`: only answers pass it, so that a redactor that changes holds at once. */
  constructor(
    private readonly bounds: { readonly count: number; readonly characters: number },
    private readonly redact: (text: string) => string,
  ) {}

  get count(): number {
    return this.#kept.length;
  }

  /** A record that comes again, because its block went on, takes the place of the first. */
  add(failure: KeptFailure): void {
    const last = this.#kept.findLastIndex(({ file }) => file === failure.file);
    const before = this.#kept[last];
    if (before !== undefined && goesOn(before, failure)) {
      this.#kept.splice(last, 1);
      this.#size -= sizeOf(before);
    }
    this.#kept.push(failure);
    this.#size += sizeOf(failure);
    let drop = 0;
    while (this.#kept.length - drop > this.bounds.count || this.#size > this.bounds.characters) {
      const oldest = this.#kept[drop++];
      if (oldest === undefined) break;
      this.#size -= sizeOf(oldest);
    }
    if (drop > 0) this.#kept.splice(0, drop);
  }

  /** Joins by id where the log prints one; else by function, class and moment, the same message first. Null without a match. */
  find(job: FailedJob): LoggedFailure | null {
    const byId = nearest(
      this.#kept.filter(({ record }) => namesJob(record.ref, job)),
      job.finishedAt,
    );
    if (byId !== null) return this.#answer(byId, "id");
    if (job.function === null || job.finishedAt === null) return null;
    const { finishedAt } = job;
    const close = this.#kept.filter(
      ({ record, at }) =>
        // A record that names another job is that job's.
        record.ref === job.function &&
        sameClass(record.error?.type ?? null, job.errorType) &&
        at !== null &&
        Math.abs(at - finishedAt) <= sameMoment,
    );
    // The message of the job has passed the redactor.
    const sameText = close.filter(
      ({ record: { error } }) => error !== null && this.redact(error.message) === job.message,
    );
    const found = nearest(sameText.length > 0 ? sameText : close, finishedAt);
    return found === null ? null : this.#answer(found, "function and time");
  }

  #answer({ record, file, line }: KeptFailure, how: LoggedFailure["how"]): LoggedFailure {
    return { text: this.redact(record.traceback), file, line: line ?? 0, how };
  }
}

/** The same record, read further. A line number alone proves nothing: the file may have been cut in between. */
function goesOn(before: KeptFailure, after: KeptFailure): boolean {
  const [a, b] = [before.record, after.record];
  return a.line === b.line && a.ref === b.ref && a.clockMs === b.clockMs && b.traceback.startsWith(a.traceback);
}

/** `<id>:<function>`, or the id alone where the worker did not know the function yet. Ids may hold colons. */
function namesJob(ref: string, job: FailedJob): boolean {
  if (ref === job.id) return true;
  return job.function === null ? ref.startsWith(`${job.id}:`) : ref === `${job.id}:${job.function}`;
}

/** The log prints a class without its module. */
function sameClass(logged: string | null, known: string | null): boolean {
  return logged === null || known === null || known === logged || known.endsWith(`.${logged}`);
}

/** An id may have failed more than once: the failure nearest to the end of the job, else the last one. */
function nearest(failures: readonly KeptFailure[], finishedAt: number | null): KeptFailure | null {
  let best: KeptFailure | null = null;
  let bestDistance = Infinity;
  for (const failure of failures) {
    const distance = finishedAt === null || failure.at === null ? Infinity : Math.abs(failure.at - finishedAt);
    if (distance <= bestDistance) {
      best = failure;
      bestDistance = distance;
    }
  }
  return best;
}

function sizeOf({ record }: KeptFailure): number {
  return record.traceback.length + record.ref.length + (record.error?.message.length ?? 0);
}
