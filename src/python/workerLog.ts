import { type LogLine, readLogLine } from "./logLine";
import { RecordReader } from "./recordReader";
import type { WorkerLogRecord } from "./workerLogRecord";

/** A line is cut here, characters: one of JSON holds a whole traceback, with everything its frames knew. */
const maxLine = 131_072;
/** More services than this do not write into one log; a hostile one must not fill the memory. */
const maxStreams = 64;

/**
 * Reads the text of a worker's log as it comes, in chunks cut anywhere or in lines. Lines of several services behind different
 * names are kept apart. Remembers one record of each, and one unfinished line.
 */
export class WorkerLogParser {
  readonly #streams = new Map<string, RecordReader>();
  /** Of the line before. */
  #last: RecordReader | null = null;
  #unfinished = "";
  #line = 0;
  #lastClock: { readonly ms: number; readonly zoned: boolean } | null = null;

  /**
   * Time of the newest line that had one, on the same clock as `clockMs` of the records; null before the first. `zoned`: it is
   * unix ms.
   */
  get lastClock(): { readonly ms: number; readonly zoned: boolean } | null {
    return this.#lastClock;
  }

  /** Takes more text and returns the records that are now known to be whole, oldest first. */
  push(chunk: string): WorkerLogRecord[] {
    const whole: WorkerLogRecord[] = [];
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      const line = this.#unfinished + chunk.slice(from, Math.min(end, from + maxLine));
      this.#unfinished = "";
      whole.push(...this.pushLine(line));
      from = end + 1;
    }
    if (this.#unfinished.length < maxLine) this.#unfinished += chunk.slice(from, from + maxLine);
    return whole;
  }

  /** Takes one line without its end, as `push` does; where it stands is for whoever counts. */
  pushLine(text: string, from = 0, to = 0): WorkerLogRecord[] {
    this.#line++;
    const line = readLogLine(text.slice(0, maxLine).replace(/\r$/, ""));
    const reader = this.#readerOf(line);
    const whole = reader.take(line, { line: this.#line, from, to });
    if (line.time !== null) this.#lastClock = { ms: reader.lastClockMs ?? line.time.ms, zoned: line.time.zoned };
    return whole;
  }

  /**
   * The records whose blocks may still go on, as far as they came. A worker writes a record in one call, so in a log that has
   * been silent for a moment they are whole.
   */
  pending(): WorkerLogRecord[] {
    return [...this.#streams.values()].flatMap(({ pending }) => pending ?? []);
  }

  /** The last record of a stream is a failure whose traceback is being read. */
  get inTraceback(): boolean {
    return [...this.#streams.values()].some(({ inTraceback }) => inTraceback);
  }

  /** Names that only records have in front are a formatter's: what follows without one goes on with the record above. */
  #readerOf(line: LogLine): RecordReader {
    const reader = this.#reader(line.stream);
    const last = this.#last;
    if (line.stream === "" && !line.startsRecord && !reader.isOpen && last?.isOpen === true) return last;
    return (this.#last = reader);
  }

  #reader(stream: string): RecordReader {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const oldest = this.#streams.size >= maxStreams ? this.#streams.keys().next().value : undefined;
    if (oldest !== undefined) this.#streams.delete(oldest);
    const reader = new RecordReader();
    this.#streams.set(stream, reader);
    return reader;
  }
}
