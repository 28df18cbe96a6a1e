import { readLogPrefix } from "./logPrefix";
import { LogRefs } from "./logRefs";

/** What ARQ prints between the time and the job: started, returned, failed, to be run again, aborted. */
export type LogMark = "→" | "←" | "!" | "↻" | "⊘";

/** What one record of a worker's log says about one job (arq/worker.py `run_job`, arq/jobs.py). Untrusted text throughout. */
export interface WorkerLogRecord {
  /** Of the record's first line, from 1, counted from the first line pushed. */
  readonly line: number;
  /**
   * When it was logged, ms on the log's own clock: its zone is not known, and neither is its day where the log prints none.
   * Only differences within one log mean anything. Null without a time.
   */
  readonly clockMs: number | null;
  readonly mark: LogMark;
  /** As printed: `<id>:<function>`, or the function alone for cron jobs and the id alone before it is known. */
  readonly ref: string;
  /** Null where the log does not print it (cron jobs). Best guess where an id or a name holds colons: join by `ref`. */
  readonly jobId: string | null;
  readonly function: string | null;
  /** Class name without its module, and message; for `!` records of the job's own exception. */
  readonly error: { readonly type: string; readonly message: string } | null;
  /** The block that follows the record, for `parseTracebacks`; null without one. */
  readonly traceback: string | null;
}

/** Lines and blocks are cut here, characters: a traceback of ten thousand frames is no more use than its beginning. */
const maxLine = 16_384;
const maxBlock = 131_072;

const body = /^\s*\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
/** The same behind a prefix that is not known. */
const bodyAnywhere = /^.{0,300}?\b\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
const plain =
  /^(?:job (?<expired>.+) expired|job (?<unknown>.+), function '(?<name>.*)' not found|deserializing job (?<bad>.+) failed|error serializing result of (?<lost>.+))$/s;
const tracebackHeader = "Traceback (most recent call last):";
const chainLink = /^(?:The above exception was the direct cause|During handling of the above exception)/;
// oxlint-disable-next-line no-control-regex -- terminal colours begin with an escape character
const colours = /\u001b\[[0-9;]*m/g;

/** Reads the text of a worker's log as it comes, in chunks cut anywhere. Remembers one record and one unfinished line. */
export class WorkerLogParser {
  readonly #refs = new LogRefs();
  #unfinished = "";
  #line = 0;
  /** Days seen to pass in a log that prints only the time of day, and the last time seen. */
  #days = 0;
  #lastClockMs: number | null = null;
  #open: OpenRecord | null = null;

  /** Time of the newest line that had one, on the same clock as `clockMs` of the records; null before the first. */
  get lastClockMs(): number | null {
    return this.#lastClockMs;
  }

  /** Takes more text and returns the records that are now known to be whole, oldest first. */
  push(chunk: string): WorkerLogRecord[] {
    const whole: WorkerLogRecord[] = [];
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      const line = this.#unfinished + chunk.slice(from, Math.min(end, from + maxLine));
      this.#unfinished = "";
      this.#takeLine(line.slice(0, maxLine).replace(/\r$/, ""), whole);
      from = end + 1;
    }
    if (this.#unfinished.length < maxLine) this.#unfinished += chunk.slice(from, from + maxLine);
    return whole;
  }

  /**
   * The record whose block may still go on, as far as it came. A worker writes a record in one call, so in a log that has
   * been silent for a moment it is whole.
   */
  pending(): WorkerLogRecord | null {
    return this.#open === null ? null : closed(this.#open);
  }

  #takeLine(line: string, whole: WorkerLogRecord[]): void {
    this.#line++;
    const { body: text, startsRecord, time } = readLogPrefix(line.replaceAll(colours, ""));
    const clockMs = this.#clock(time);
    const facts = this.#read(text, startsRecord);
    if (facts === null && !startsRecord) {
      const open = this.#open;
      if (open !== null && open.size < maxBlock) {
        open.block.push(text);
        open.size += text.length + 1;
      }
      return;
    }
    if (this.#open !== null) whole.push(closed(this.#open));
    this.#open = facts === null ? null : { ...facts, line: this.#line, clockMs, block: [], size: 0 };
    if (startsRecord) this.#refs.learn(text);
  }

  #read(text: string, startsRecord: boolean): RecordFacts | null {
    const match = body.exec(text) ?? (startsRecord ? bodyAnywhere.exec(text) : null);
    if (match !== null) return this.#refs.read(match[1] as LogMark, match[2] ?? "");
    if (!startsRecord) return null;
    const { expired, unknown, name, bad, lost } = plain.exec(text)?.groups ?? {};
    const id = expired ?? unknown ?? bad;
    if (id !== undefined) return { mark: "!", ref: id, jobId: id, function: name ?? null, error: null };
    return lost === undefined ? null : { mark: "!", ...this.#refs.split(lost), error: null };
  }

  #clock(time: { ms: number; date: boolean } | null): number | null {
    if (time === null) return null;
    // A time of day that falls back by more than half a day is the next day; a little is another thread.
    const halfDay = 43_200_000;
    let ms = time.ms;
    if (!time.date) {
      ms += this.#days * 2 * halfDay;
      if (this.#lastClockMs !== null && this.#lastClockMs - ms > halfDay) {
        this.#days++;
        ms += 2 * halfDay;
      }
    }
    this.#lastClockMs = ms;
    return ms;
  }
}

export type RecordFacts = Pick<WorkerLogRecord, "mark" | "ref" | "jobId" | "function" | "error">;

interface OpenRecord extends RecordFacts {
  readonly line: number;
  readonly clockMs: number | null;
  readonly block: string[];
  size: number;
}

function closed({ block, size: _size, ...facts }: OpenRecord): WorkerLogRecord {
  const header = block.findIndex((line) => line.endsWith(tracebackHeader));
  if (header < 0) return { ...withMessage(facts, block), traceback: null };
  // A cause that was never raised stands above the first header, and so does the rest of a message of many lines.
  const linked = block.slice(0, header).some((line) => chainLink.test(line));
  const message = linked ? [] : block.slice(0, header);
  const text = (linked ? block : block.slice(header)).join("\n").trimEnd();
  return { ...withMessage(facts, message), traceback: text };
}

function withMessage<T extends RecordFacts>(facts: T, more: readonly string[]): T {
  if (facts.error === null || more.length === 0) return facts;
  return { ...facts, error: { ...facts.error, message: [facts.error.message, ...more].join("\n").trimEnd() } };
}
