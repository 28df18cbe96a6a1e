import type { Cancel, Clock } from "../monitor/ports";
import { TerminalText } from "../python/terminalText";
import { WorkerLogParser } from "../python/workerLog";
import type { WorkerLogRecord } from "../python/workerLogRecord";
import type { ByteLine } from "./byteLines";
import { HeardLines } from "./heardLines";
import type { JobLogSource } from "./jobLogSource";
import { JobSegments } from "./jobSegments";
import { LogClock } from "./logClock";
import type { LoggedFailures } from "./loggedFailures";
import type { StreamPlace } from "./logPlace";

/**
 * How long the last record of a stream may stand there unheard, ms. A worker writes a record in one call, but a terminal hands
 * it on in pieces; what is still missing then makes the record come again, longer.
 */
const quietMs = 100;

export interface LogStreamOptions {
  readonly place: StreamPlace;
  /** Where failures with a traceback go. */
  readonly failures: LoggedFailures;
  readonly clock: Clock;
  /** Told after failures were added. */
  readonly onFailures: () => void;
  /** Told after lines were heard. */
  readonly onGrowth?: () => void;
}

/**
 * A worker's log that comes in pieces cut anywhere, with everything a terminal needs to draw it: a terminal's output, a debug console's. Remembers its last lines, since nobody can
 * read it again.
 */
export class LogStream implements JobLogSource {
  readonly #terminal = new TerminalText();
  readonly #parser = new WorkerLogParser();
  readonly #times = new LogClock();
  readonly #lines = new HeardLines();
  readonly #segments = new JobSegments();
  #cancel: Cancel | null = null;
  #ended = false;

  constructor(private readonly options: LogStreamOptions) {}

  /** Takes more text. The line at the end waits for its rest; the record at the end is known after a moment without it. */
  write(text: string): void {
    this.#read(this.#terminal.push(text));
    if (this.#cancel === null && this.#parser.inTraceback) {
      this.#cancel = this.options.clock.setTimeout(() => this.#offer(), quietMs);
    }
  }

  /** Nothing more comes: the last line is whole without its end. */
  end(): void {
    this.#read(this.#terminal.end());
    if (this.#lines.isWithin) this.#read("\n");
    this.#offer();
    this.#ended = true;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  get name(): StreamPlace {
    return this.options.place;
  }

  get begin(): number {
    return this.#lines.begin;
  }

  get position(): number {
    return this.#lines.position;
  }

  get clock(): LogClock {
    return this.#times;
  }

  get segments(): JobSegments {
    // What was said last may go on, and is there already.
    for (const record of this.#parser.pending()) this.#segments.note(record, null);
    return this.#segments;
  }

  async *linesBetween(from: number, to: number): AsyncGenerator<ByteLine> {
    yield* this.#lines.between(from, to);
  }

  #read(text: string): void {
    const lines = this.#lines.push(text);
    this.#take(lines.flatMap((line) => this.#parser.pushLine(line.text, line.from, line.to)));
    if (lines.length > 0) this.options.onGrowth?.();
  }

  #offer(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#take(this.#parser.pending());
  }

  #take(records: readonly WorkerLogRecord[]): void {
    const { failures, place, clock, onFailures } = this.options;
    const newest = this.#parser.lastClock;
    if (newest !== null) this.#times.heard(newest, clock.now());
    let found = false;
    for (const record of records) {
      this.#segments.note(record, null);
      found = failures.take(record, place, this.#times) || found;
    }
    if (found) onFailures();
  }
}
