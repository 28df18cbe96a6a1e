import type { LogLevel } from "../python/logPrefix";
import { JobLogPart } from "./jobLogPart";
import { clockSlack, namesOneJob } from "./jobMoments";
import type { JobLogSource } from "./jobLogSource";
import type { JobSegment } from "./jobSegments";
import type { LogClock } from "./logClock";
import type { LogName } from "./logPlace";

/** The job whose lines are wanted. Times unix ms on the worker's clock, `enqueuedAt` on that of who enqueued it. */
export interface LoggedJob {
  readonly id: string;
  readonly function: string | null;
  readonly enqueuedAt: number | null;
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
  readonly log: LogName;
  /** From 1; null in a file so large that its lines were not counted, and in what was heard. */
  readonly line: number | null;
  /** Where it begins, as its log counts. */
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
/** Of a line, characters, once it is redacted: the beginning of a secret is not known for one. */
const shownOfLine = 4000;
/** Tries of one job whose lines are read: the last. */
const maxSegments = 20;
/** Default logs print whole seconds, ms. */
const sameMoment = 1500;
const levelOrder: readonly LogLevel[] = ["debug", "info", "warning", "error", "critical"];

/** What these logs say of one job: its own records and lines that name it, from its beginning to its end, and what else was logged meanwhile. */
export async function readJobLog(
  logs: readonly JobLogSource[],
  job: LoggedJob,
  filter: JobLogFilter,
  redact: (text: string) => string,
): Promise<JobLog> {
  const records: JobLogLine[][] = [];
  let [by, others, partly]: [JobLog["by"], boolean, boolean] = [null, false, false];
  for (const log of logs) {
    const found = segmentsOf(log, job);
    if (found.segments.length === 0) continue;
    if (by === null || found.by === "id") ({ by } = found);
    for (const segment of found.segments.slice(-maxSegments)) {
      const beside = [...log.segments.beside(segment)].map(({ ref }) => ref);
      others ||= beside.length > 0;
      const part = new JobLogPart(log, segment, job, beside);
      partly ||= await part.read();
      records.push(...part.records);
    }
  }
  return { ...filtered(records, filter, redact), others, by, partly };
}

function segmentsOf(
  log: JobLogSource,
  job: LoggedJob,
): { segments: readonly JobSegment[]; by: "id" | "function and time" } {
  const { segments, clock } = log;
  const isThere = ({ to }: JobSegment): boolean => to === null || to > log.begin;
  const { id, function: name } = job;
  const refs = name === null ? [...segments.refs()].filter((ref) => ref.startsWith(`${id}:`)) : [`${id}:${name}`];
  const named = [id, ...refs].flatMap((ref) => segments.of(ref)).toSorted((a, b) => a.from - b.from);
  const byId = named.filter((segment) => isThere(segment) && mayBeOf(segment, job, clock));
  if (byId.length > 0 || name === null) return { segments: byId, by: "id" };
  const near = (clockMs: number | null, at: number | null): boolean =>
    at !== null && Math.abs((clock.unix(clockMs) ?? -Infinity) - at) <= sameMoment;
  const close = segments
    .of(name)
    .filter(isThere)
    .filter(({ startMs, endMs }) => near(startMs, job.startedAt) || near(endMs, job.finishedAt));
  return { segments: close, by: "function and time" };
}

/** Not a try of an earlier or later job of the same id. */
function mayBeOf(
  { startMs, endMs, to }: JobSegment,
  { id, enqueuedAt, finishedAt }: LoggedJob,
  clock: LogClock,
): boolean {
  if (namesOneJob(id)) return true;
  const began = clock.unix(startMs);
  // One whose worker died never ended.
  const ended = clock.unix(to === null ? startMs : endMs);
  if (enqueuedAt !== null && ended !== null && ended < enqueuedAt - clockSlack) return false;
  return finishedAt === null || began === null || began <= finishedAt + clockSlack;
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
    text: (texts.length === record.length ? (texts[index] ?? "") : redact(line.text)).slice(0, shownOfLine),
  }));
}
