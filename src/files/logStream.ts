import type { Cancel, Clock } from "../monitor/ports";
import { TerminalText } from "../python/terminalText";
import { WorkerLogParser } from "../python/workerLog";
import type { WorkerLogRecord } from "../python/workerLogRecord";
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
}

/** A worker's log that comes in pieces cut anywhere, with everything a terminal needs to draw it: a terminal's output, a debug console's. */
export class LogStream {
  readonly #terminal = new TerminalText();
  readonly #parser = new WorkerLogParser();
  readonly #times = new LogClock();
  #cancel: Cancel | null = null;

  constructor(private readonly options: LogStreamOptions) {}

  /** Takes more text. The line at the end waits for its rest; the record at the end is known after a moment without it. */
  write(text: string): void {
    this.#take(this.#parser.push(this.#terminal.push(text)));
    if (this.#cancel === null && this.#parser.inTraceback) {
      this.#cancel = this.options.clock.setTimeout(() => this.#offer(), quietMs);
    }
  }

  /** Nothing more comes: the last line is whole without its end. */
  end(): void {
    this.#take(this.#parser.push(`${this.#terminal.end()}\n`));
    this.#offer();
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
    for (const record of records) found = failures.take(record, place, this.#times) || found;
    if (found) onFailures();
  }
}
