import { type LogLine, readLogLine } from "../python/logLine";
import { levelOf, type LogLevel } from "../python/logPrefix";
import type { JobLogLine, LoggedJob } from "./jobLog";
import type { JobLogSource } from "./jobLogSource";
import type { JobSegment } from "./jobSegments";

/** A line is cut here, characters: far behind what is shown of it, so that no secret that is cut in two is. */
const maxLineText = 16_000;
/** Of a record that is one line of JSON. */
const maxRecordLines = 500;
/** In a longer part only lines that name the job are looked for: reading every line of it as a record takes too long, bytes. */
const maxWhole = 256 * 1024;
/** No more of a part is read, bytes: looking through it takes 30 ms. */
const maxPart = 4 * 1024 * 1024;
const dayMs = 86_400_000;
/** A shorter id is also a word. */
const shortestId = 4;

const mark = /^(?:.{0,300}?[\s\]|:>])?\d+\.\d\ds ([→←!↻⊘]) (.*)$/s;
/** What ARQ says of itself. */
const chatter =
  /^\s*(?:recording health: |Starting worker for |redis_version=|shutdown on |job \S+ already running elsewhere|files changed, reloading)/;
const levelWord = /\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b/;

/** The last record of one stream, and whose it is. */
interface StreamState {
  owner: "job" | "guess" | "other";
  level: LogLevel | null;
  at: number | null;
  /** It has nothing in front, so that what follows need not be its. */
  bare: boolean;
  /** Its lines, as far as they are shown. */
  lines: JobLogLine[];
}

/** The lines of one try of a job in one log. */
export class JobLogPart {
  /** In the order of their beginnings. */
  readonly records: JobLogLine[][] = [];
  readonly #otherIds: readonly string[];
  readonly #streams = new Map<string, StreamState>();
  #lastStream: string;

  /** `beside`: refs of the tries that ran meanwhile. */
  constructor(
    private readonly log: JobLogSource,
    private readonly segment: JobSegment,
    private readonly job: LoggedJob,
    beside: readonly string[],
  ) {
    this.#lastStream = segment.stream;
    this.#otherIds = beside
      .map((ref) => ref.slice(0, Math.max(0, ref.lastIndexOf(":"))))
      .filter((id) => id.length >= shortestId)
      .slice(0, 50);
  }

  /** Tells whether only a part of it was read. */
  async read(): Promise<boolean> {
    const { from, to, endFrom, line: firstLine } = this.segment;
    const end = to ?? this.log.position;
    const stop = Math.min(end, from + maxPart);
    const whole = end - from <= maxWhole;
    let number = firstLine;
    for await (const { text, from: offset } of this.log.linesBetween(from, stop)) {
      const mine = whole || offset === from || (endFrom >= 0 && offset >= endFrom) || this.#names(text);
      if (mine) this.#take(text, number, offset);
      // What follows a line that was left out goes on with nothing that is shown.
      else this.#streams.clear();
      if (number !== null) number++;
    }
    // The end tells most: it is read also where the way to it was too long.
    if (stop < end && endFrom >= stop) {
      this.#streams.clear();
      for await (const { text, from: offset } of this.log.linesBetween(endFrom, end)) this.#take(text, null, offset);
    }
    return !whole || from < this.log.begin;
  }

  #take(raw: string, number: number | null, offset: number): void {
    const line = readLogLine(raw.replace(/\r$/, ""));
    const marked = mark.exec(line.bare);
    const starts = line.startsRecord || marked !== null;
    // A name that only records have in front is a formatter's: what follows without one goes on with the record above.
    const stream = line.stream === "" && !starts ? this.#lastStream : line.stream;
    this.#lastStream = stream;
    let state = this.#streams.get(stream);
    if (starts || state === undefined || state.bare) {
      const at = this.#unix(line) ?? (starts ? null : (state?.at ?? null));
      const level = line.level ?? levelOfMark(marked) ?? levelWithin(line);
      const owner = this.#ownerOf(line, stream, marked?.[2] ?? null, raw);
      state = { owner, level, at, bare: !line.startsRecord && marked?.[1] !== "!", lines: [] };
      this.#streams.set(stream, state);
    }
    if (state.owner === "other") return;
    if (state.lines.length === 0) this.records.push(state.lines);
    const text = line.startsRecord ? line.body : line.text;
    const whole = line.fields?.traceback ? `${text}\n${line.fields.traceback}` : text;
    for (const [index, part] of whole.split("\n").slice(0, maxRecordLines).entries()) {
      const first = starts && index === 0;
      state.lines.push({
        log: this.log.name,
        line: number,
        offset,
        at: state.at,
        level: state.level,
        text: (first ? part.trimStart() : part).slice(0, maxLineText),
        starts: first,
        guess: state.owner === "guess",
      });
    }
  }

  #ownerOf(line: LogLine, stream: string, ref: string | null, raw: string): StreamState["owner"] {
    if (ref !== null) {
      const own = ref.startsWith(this.segment.ref) && /^(?:[( ]|$)/.test(ref.slice(this.segment.ref.length));
      return own ? "job" : "other";
    }
    if (this.#names(raw)) return "job";
    const { process } = this.segment;
    const same =
      stream === this.segment.stream && (line.process === null || process === null || line.process === process);
    const others = this.#otherIds.some((id) => raw.includes(id));
    return same && !others && !chatter.test(line.bare) ? "guess" : "other";
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
    if (time.date || start === null) return this.log.clock.unix(time.ms);
    // The time of day only: the day is that of the beginning, or the next.
    const sameDay = Math.floor(start / dayMs) * dayMs + time.ms;
    return this.log.clock.unix(start - sameDay > dayMs / 2 ? sameDay + dayMs : sameDay);
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
