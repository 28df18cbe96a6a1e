import type { LogLine } from "./logLine";
import { LogRefs } from "./logRefs";
import type { LogTime } from "./logTime";
import type { LogMark, RecordFacts, WorkerLogRecord } from "./workerLogRecord";

/** Lines and blocks are cut here, characters: a traceback of ten thousand frames is no more use than its beginning. */
const maxLine = 16_384;
const maxBlock = 131_072;
/** Lines of a message that a formatter makes records of their own, until its traceback begins. */
const maxApart = 40;
const dayMs = 86_400_000;

const marks = /s [→←!↻⊘] /;
const body = /^\s*\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
/** The same behind a prefix that is not known: what it says of a job is unlike anything else. */
const bodyAnywhere = /^.{0,300}?(?:^|[\s\]|:>])\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
/** What `#plain` reads is one short sentence with an id, characters. */
const longestPlain = 2000;
const expired = " expired";
const namely = ", function '";
const notFound = "' not found";
const failed = " failed";
const aboutJobs = /(?:^|[\s\]|:>-])(?:(?:deserializing )?job |error serializing result of )/;
const opening = "Traceback (most recent call last):";
const chainLink = /^(?:The above exception was the direct cause|During handling of the above exception)/;
/** What ARQ says of itself: where nothing known stands in front of records, only the text tells that one begins. */
const aboutWorker =
  /(?:^|[\s\]|:>])(?:shutdown on SIG\w+|recording health: |Starting worker for \d+ functions: |redis_version=\S+ )/;
/** Structlog's console writes the logger and other fields behind the text. */
const trailing = /^ \[arq(?:\.\w+)?\](?: +[\w.]+=.*)?$/;

/** Where a line stands, as `WorkerLogRecord` counts. */
export interface LinePlace {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** Puts the lines of one stream together to records about jobs. Remembers one record. */
export class RecordReader {
  readonly #refs = new LogRefs();
  /** Days seen to pass in a log that prints only the time of day, and the last time seen. */
  #days = 0;
  #lastClockMs: number | null = null;
  #open: OpenRecord | null = null;

  get lastClockMs(): number | null {
    return this.#lastClockMs;
  }

  /** The record whose block may still go on, as far as it came. */
  get pending(): WorkerLogRecord | null {
    return this.#open === null ? null : closed(this.#open);
  }

  /** A record is open: the next line may go on with it. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** A traceback is being read. */
  get inTraceback(): boolean {
    return this.#open !== null && this.#open.header;
  }

  /** Takes a line and gives what is whole now: no record, one, or two. */
  take(line: LogLine, place: LinePlace): WorkerLogRecord[] {
    const clockMs = this.#clock(line.time);
    const facts = this.#facts(line);
    const open = this.#open;
    if (open !== null && facts === null && this.#continues(open, line, place)) return [];
    const whole = open === null ? [] : [closed(open)];
    this.#open = null;
    if (facts !== null) {
      const next = opened(facts, line, place, clockMs);
      if (line.fields === null) this.#open = next;
      else whole.push(recordOf(next, facts.error, line.fields.traceback));
    }
    if (line.startsRecord) this.#refs.learn(line.body);
    return whole;
  }

  #facts({ body: logged, bare, startsRecord, level, fields, text: whole }: LogLine): RecordFacts | null {
    const text = startsRecord ? withoutLogger(logged) : logged;
    // Nearly every line that is about no job is told apart here.
    if (marks.test(text)) {
      const match = body.exec(text) ?? bodyAnywhere.exec(text) ?? bodyAnywhere.exec(whole);
      if (match !== null) return this.#marked(match[1] as LogMark, match[2] ?? "", fields !== null);
    }
    // Where nothing stands in front of records, a line of a message or a traceback may read like one.
    const apart = this.#open === null || (this.#open.facts.error === null && !this.#open.header);
    if ((!startsRecord && level === null && !apart) || !aboutJobs.test(bare)) return null;
    return this.#plain(startsRecord ? text : bare);
  }

  /** What ARQ logs of a job without a mark. Looked for once from either end: searched for anywhere, a hostile line takes its length squared. */
  #plain(text: string): RecordFacts | null {
    if (text.length > longestPlain) return null;
    const of = (id: string, name: string | null): RecordFacts | null =>
      id === "" ? null : { mark: "!", ref: id, jobId: id, function: name, error: null };
    const job = behind(text, "job ");
    if (job?.endsWith(expired)) return of(job.slice(0, -expired.length), null);
    const named = job?.endsWith(notFound) ? job.slice(0, -notFound.length) : "";
    const comma = named.lastIndexOf(namely);
    if (comma > 0) return of(named.slice(0, comma), named.slice(comma + namely.length));
    const bad = behind(text, "deserializing job ");
    if (bad?.endsWith(failed)) return of(bad.slice(0, -failed.length), null);
    const lost = behind(text, "error serializing result of ") ?? "";
    return lost === "" ? null : { mark: "!", ...this.#refs.split(lost), error: null };
  }

  #marked(mark: LogMark, text: string, whole: boolean): RecordFacts {
    // A record of one line has its whole message there; in others the rest follows.
    const [first = "", ...more] = text.split("\n");
    const facts = this.#refs.read(mark, withoutPlace(first));
    return whole ? { ...facts, error: longer(facts.error, more) } : facts;
  }

  #continues(open: OpenRecord, line: LogLine, place: LinePlace): boolean {
    if (line.startsRecord && !this.#isPartOf(open, line)) return false;
    if (open.header && aboutWorker.test(line.text)) return false;
    const text = open.shape === null || !line.startsRecord ? line.text : line.text.slice(open.shape.length);
    open.to = place.to;
    if (open.size >= maxBlock) return true;
    // Rich fills its lines up to the width of the console.
    const printed = text.slice(0, maxLine).trimEnd();
    open.block.push(printed);
    open.size += printed.length + 1;
    open.header ||= printed.endsWith(opening);
    return true;
  }

  /** Some formatters and carriers make every line of a traceback a record of its own, behind one and the same prefix. */
  #isPartOf(open: OpenRecord, line: LogLine): boolean {
    if (line.fields !== null || open.facts.mark !== "!" || !open.line.startsRecord) return false;
    if (open.shape !== null) {
      const { length } = open.shape;
      return shapeOf(line.text.slice(0, length)) === open.shape && !isOver(open.block, line.text.slice(length));
    }
    // The traceback stood where it belongs, so this is the next record.
    if (open.header || open.apart++ >= maxApart) return false;
    const at = line.text.indexOf(opening);
    if (at >= 0 && line.text.length === at + opening.length) {
      const width = line.text.endsWith(`Exception Group ${opening}`) ? at - "  + Exception Group ".length : at;
      open.shape = shapeOf(line.text.slice(0, width));
      // What came before was the rest of the message, behind the same prefix.
      open.block = open.block.map((text) => text.slice(width));
      return true;
    }
    return true;
  }

  #clock(time: LogTime | null): number | null {
    if (time === null) return null;
    // A time of day that falls back by more than half a day is the next day; a little is another thread.
    let { ms } = time;
    if (!time.date) {
      ms += this.#days * dayMs;
      if (this.#lastClockMs !== null && this.#lastClockMs - ms > dayMs / 2) {
        this.#days++;
        ms += dayMs;
      }
    }
    this.#lastClockMs = ms;
    return ms;
  }
}

interface OpenRecord {
  readonly facts: RecordFacts;
  readonly line: LogLine;
  readonly place: LinePlace;
  readonly clockMs: number | null;
  to: number;
  block: string[];
  size: number;
  /** The block has come to its traceback. */
  header: boolean;
  /** Records that came since without anything to tell. */
  apart: number;
  /** What stands before each line of the block, digits as 0; null where nothing does. */
  shape: string | null;
}

function opened(facts: RecordFacts, line: LogLine, place: LinePlace, clockMs: number | null): OpenRecord {
  return { facts, line, place, clockMs, to: place.to, block: [], size: 0, header: false, apart: 0, shape: null };
}

/** Spelled out: spreading these objects took ten times as long. */
function recordOf(open: OpenRecord, error: RecordFacts["error"], traceback: string | null): WorkerLogRecord {
  const { facts, line, place, clockMs, to } = open;
  return {
    line: place.line,
    from: place.from,
    to,
    clockMs,
    stream: line.stream,
    process: line.process,
    mark: facts.mark,
    ref: facts.ref,
    jobId: facts.jobId,
    function: facts.function,
    error,
    traceback,
  };
}

/** Behind the line of the exception only blanks, links of a chain and lines of its message follow. */
function isOver(block: readonly string[], next: string): boolean {
  const last = block.at(-1) ?? "";
  const isEnd = last !== "" && !/^\s/.test(last) && !last.endsWith(opening) && !chainLink.test(last);
  const goesOn = next === "" || /^\s/.test(next) || chainLink.test(next) || next.endsWith(opening);
  return isEnd && !goesOn;
}

function closed(open: OpenRecord): WorkerLogRecord {
  const { facts, block, apart, shape } = open;
  const header = open.header ? block.findIndex((line) => line.endsWith(opening)) : -1;
  // Other records that came while its traceback was looked for are none of it.
  if (header < 0) return recordOf(open, longer(facts.error, apart > 0 && shape === null ? [] : block), null);
  // A cause that was never raised stands above the first header, and so does the rest of a message of many lines.
  const linked = block.slice(0, header).some((line) => chainLink.test(line));
  const message = linked ? [] : block.slice(0, header);
  const text = (linked ? block : block.slice(header)).join("\n").trimEnd();
  return recordOf(open, longer(facts.error, message), text);
}

function longer(error: RecordFacts["error"], more: readonly string[]): RecordFacts["error"] {
  if (error === null || more.length === 0) return error;
  const lines = more.map((line) => withoutLogger(line));
  return { ...error, message: [error.message, ...lines].join("\n").trimEnd() };
}

/** What follows the words, where nothing or the end of a prefix stands before them. */
function behind(text: string, words: string): string | null {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (at === 0 || /[\s\]|:>-]/.test(text.charAt(at - 1))) return text.slice(at + words.length);
  }
  return null;
}

function withoutLogger(text: string): string {
  const at = text.lastIndexOf(" [arq");
  return at >= 0 && trailing.test(text.slice(at)) ? text.slice(0, at).trimEnd() : text;
}

/** Rich writes the place in the source at the right edge. */
function withoutPlace(text: string): string {
  const printed = text.trimEnd();
  const at = printed.lastIndexOf("  ");
  return at >= 0 && /^[\w-]+\.py:\d+$/.test(printed.slice(at + 2)) ? printed.slice(0, at).trimEnd() : text;
}

function shapeOf(prefix: string): string {
  return prefix.replaceAll(/\d/g, "0");
}
