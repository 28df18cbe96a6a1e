import { levelOf, type LogLevel } from "../python/logPrefix";
import { type LogLine, readLogLine } from "../python/logLine";
import type { JobSegment } from "./jobSegments";
import type { LogFile } from "./logFile";

/** The job whose lines are wanted. Times unix ms on the worker's clock. */
export interface LoggedJob {
  readonly id: string;
  readonly function: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface JobLogFilter {
  /** At least this; null: any. */
  readonly level: LogLevel | null;
  /** Part of a record's text, in any case; "": any. */
  readonly text: string;
  /** Also lines that name no job but were written by the same process meanwhile. */
  readonly guesses: boolean;
}

export interface JobLogLine {
  readonly path: string;
  /** From 1; null in a file so large that its lines were not counted. */
  readonly line: number | null;
  /** Where it begins, bytes. */
  readonly offset: number;
  /** Unix ms; null where the log has no times. */
  readonly at: number | null;
  readonly level: LogLevel | null;
  /** Has passed the redactor. */
  readonly text: string;
  /** It begins a record; else it goes on with the one above. */
  readonly starts: boolean;
  /** It names no job: the same process wrote it while the job ran. */
  readonly guess: boolean;
}

export interface JobLog {
  /** The last that pass the filter, oldest first. */
  readonly lines: readonly JobLogLine[];
  /** How many pass the filter. */
  readonly total: number;
  /** How many there are without filter, guesses left out, and guesses. */
  readonly named: number;
  readonly guesses: number;
  /** Other jobs ran in the same process meanwhile: a guess may be theirs. */
  readonly others: boolean;
  /** How its lines were found; null where none were. */
  readonly by: "id" | "function and time" | null;
  /** Not all that lies between its beginning and its end was read. */
  readonly partly: boolean;
}

const shownLines = 500;
const maxLineText = 4000;
/** Tries of one job whose lines are read: the last. */
const maxSegments = 20;
/** In a longer part only lines that name the job are looked for: reading every line of it as a record takes too long, bytes. */
const maxWhole = 256 * 1024;
/** No more of a part is read, bytes: looking through it takes 30 ms. */
const maxPart = 4 * 1024 * 1024;
/** Default logs print whole seconds, ms. */
const sameMoment = 1500;
const dayMs = 86_400_000;
/** A shorter id is also a word. */
const shortestId = 4;

const mark = /^\s*\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
/** What ARQ says of itself. */
const chatter =
  /^\s*(?:recording health: |Starting worker for |redis_version=|shutdown on |job \S+ already running elsewhere|files changed, reloading)/;
const levelWord = /\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b/;
const levelOrder: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

type Owner = "job" | "guess" | "other";

/** What the followed files say of one job: its own records and lines that name it, from its beginning to its end, and what else was logged meanwhile. */
export async function readJobLog(
  files: readonly LogFile[],
  job: LoggedJob,
  filter: JobLogFilter,
  redact: (text: string) => string,
): Promise<JobLog> {
  const records: JobLogLine[][] = [];
  let [by, others, partly]: [JobLog["by"], boolean, boolean] = [null, false, false];
  for (const file of files) {
    const found = segmentsOf(file, job);
    if (found.segments.length === 0) continue;
    if (by === null || found.by === "id") ({ by } = found);
    for (const segment of found.segments.slice(-maxSegments)) {
      const beside = [...file.segments.beside(segment)].map(({ ref }) => ref);
      others ||= beside.length > 0;
      const part = new JobLogPart(file, segment, job, beside);
      partly ||= await part.read();
      records.push(...part.records);
    }
  }
  return { ...filtered(records, filter, redact), others, by, partly };
}

function segmentsOf(
  file: LogFile,
  job: LoggedJob,
): { segments: readonly JobSegment[]; by: "id" | "function and time" } {
  const { segments, clock } = file;
  const { id, function: name } = job;
  const refs = name === null ? [...segments.refs()].filter((ref) => ref.startsWith(`${id}:`)) : [`${id}:${name}`];
  const byId = [id, ...refs].flatMap((ref) => segments.of(ref)).toSorted((a, b) => a.from - b.from);
  if (byId.length > 0 || name === null) return { segments: byId, by: "id" };
  const near = (clockMs: number | null, at: number | null): boolean =>
    at !== null && Math.abs((clock.unix(clockMs) ?? -Infinity) - at) <= sameMoment;
  const close = segments
    .of(name)
    .filter(({ startMs, endMs }) => near(startMs, job.startedAt) || near(endMs, job.finishedAt));
  return { segments: close, by: "function and time" };
}

function filtered(
  records: readonly JobLogLine[][],
  { level, text, guesses }: JobLogFilter,
  redact: (text: string) => string,
): Pick<JobLog, "lines" | "total" | "named" | "guesses"> {
  const count = (guess: boolean): number =>
    records.reduce((sum, record) => sum + (record[0]?.guess === guess ? record.length : 0), 0);
  const wanted = text.toLowerCase();
  const least = level === null ? -1 : levelOrder.indexOf(level);
  const passing = records.filter(
    (record) =>
      (guesses || record[0]?.guess === false) &&
      levelOrder.indexOf(record[0]?.level ?? "info") >= least &&
      (wanted === "" || record.some((line) => line.text.toLowerCase().includes(wanted))),
  );
  const lines = passing.flat();
  let from = passing.length;
  for (let count = 0; from > 0 && count < shownLines; from--) count += passing[from - 1]?.length ?? 0;
  return {
    lines: passing
      .slice(from)
      .flatMap((record) => redacted(record, redact))
      .slice(-shownLines),
    total: lines.length,
    named: count(false),
    guesses: count(true),
  };
}

/** A secret is looked for in the whole record: it may begin on another line. */
function redacted(record: readonly JobLogLine[], redact: (text: string) => string): JobLogLine[] {
  const texts = redact(record.map(({ text }) => text).join("\n")).split("\n");
  return record.map((line, index) => ({
    ...line,
    text: texts.length === record.length ? (texts[index] ?? "") : redact(line.text),
  }));
}

/** The lines of one try in one file. */
class JobLogPart {
  readonly records: JobLogLine[][] = [];
  readonly #otherIds: readonly string[];
  #owner: Owner = "other";
  #level: LogLevel | null = null;
  #at: number | null = null;
  /** The last record has nothing in front, so that what follows need not be its. */
  #bareRecord = false;

  constructor(
    private readonly file: LogFile,
    private readonly segment: JobSegment,
    private readonly job: LoggedJob,
    beside: readonly string[],
  ) {
    this.#otherIds = beside
      .map((ref) => ref.slice(0, Math.max(0, ref.lastIndexOf(":"))))
      .filter((id) => id.length >= shortestId)
      .slice(0, 50);
  }

  /** Tells whether only a part of it was read. */
  async read(): Promise<boolean> {
    const { from, to, endFrom, line: firstLine } = this.segment;
    const end = to ?? this.file.position;
    const stop = Math.min(end, from + maxPart);
    const whole = end - from <= maxWhole;
    let number = firstLine;
    for await (const { text, from: offset } of this.file.linesBetween(from, stop)) {
      const mine = whole || offset === from || (endFrom >= 0 && offset >= endFrom) || this.#names(text);
      if (mine) this.#take(text, number, offset);
      // What follows a line that was left out goes on with nothing that is shown.
      else this.#owner = "other";
      if (number !== null) number++;
    }
    // The end tells most: it is read also where the way to it was too long.
    if (stop < end && endFrom >= stop) {
      this.#owner = "other";
      for await (const { text, from: offset } of this.file.linesBetween(endFrom, end)) this.#take(text, null, offset);
    }
    return !whole;
  }

  #take(raw: string, number: number | null, offset: number): void {
    const line = readLogLine(raw.replace(/\r$/, ""));
    if (line.stream !== this.segment.stream) return;
    const marked = mark.exec(line.bare);
    const starts = line.startsRecord || marked !== null;
    if (starts || this.#bareRecord) {
      this.#owner = this.#ownerOf(line, marked?.[2] ?? null, raw);
      this.#bareRecord = !line.startsRecord && marked?.[1] !== "!";
      this.#level = line.level ?? levelOfMark(marked) ?? levelWithin(line);
      this.#at = this.#unix(line) ?? (starts ? null : this.#at);
    }
    if (this.#owner === "other") return;
    const text = line.startsRecord ? line.body : line.text;
    const whole = line.fields?.traceback ? `${text}\n${line.fields.traceback}` : text;
    for (const [index, part] of whole.split("\n").slice(0, shownLines).entries()) {
      const first = starts && index === 0;
      this.#show(first ? part.trimStart() : part, first, number, offset);
    }
  }

  #show(text: string, starts: boolean, line: number | null, offset: number): void {
    const { path } = this.file;
    const guess = this.#owner === "guess";
    const shown = {
      path,
      line,
      offset,
      at: this.#at,
      level: this.#level,
      text: text.slice(0, maxLineText),
      starts,
      guess,
    };
    const last = this.records.at(-1);
    if (starts || last === undefined || last[0]?.guess !== guess) this.records.push([shown]);
    else last.push(shown);
  }

  #ownerOf(line: LogLine, ref: string | null, raw: string): Owner {
    if (ref !== null) {
      const own = ref.startsWith(this.segment.ref) && /^(?:[( ]|$)/.test(ref.slice(this.segment.ref.length));
      return own ? "job" : "other";
    }
    if (this.#names(raw)) return "job";
    const process = line.process === null || this.segment.process === null || line.process === this.segment.process;
    const others = this.#otherIds.some((id) => raw.includes(id));
    return process && !others && !chatter.test(line.bare) ? "guess" : "other";
  }

  /** The line names the job, as a word of its own. */
  #names(text: string): boolean {
    const { id } = this.job;
    if (id.length < shortestId) return false;
    for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
      if (!isWord(text[at - 1]) && !isWord(text[at + id.length])) return true;
    }
    return false;
  }

  #unix({ time }: LogLine): number | null {
    if (time === null) return null;
    const start = this.segment.startMs;
    if (time.date || start === null) return this.file.clock.unix(time.ms);
    // The time of day only: the day is that of the beginning, or the next.
    const sameDay = Math.floor(start / dayMs) * dayMs + time.ms;
    return this.file.clock.unix(start - sameDay > dayMs / 2 ? sameDay + dayMs : sameDay);
  }
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
}

function levelOfMark(marked: RegExpExecArray | null): LogLevel | null {
  if (marked === null) return null;
  if (marked[1] !== "!") return "info";
  return / max retries \d+ exceeded$/.test(marked[2] ?? "") ? "warning" : "error";
}

/** Behind the name of a logger that is not known. */
function levelWithin({ startsRecord, body }: LogLine): LogLevel | null {
  return startsRecord ? levelOf(levelWord.exec(body.slice(0, 100))?.[1] ?? "") : null;
}
