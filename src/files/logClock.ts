/** Time zones differ by whole quarters of an hour, ms. */
const quarter = 900_000;

/**
 * Turns times of one log into unix ms. A log prints neither its zone nor always its day, but its newest line was written when
 * it was read or when its file was written: the difference, rounded to the quarter hours that zones are made of, is the answer.
 */
export class LogClock {
  #offset: number | null = null;

  /** The newest line with a time has this time on the log's own clock, and was written at this moment, both ms. */
  heard(clockMs: number, at: number): void {
    this.#offset = Math.round((at - clockMs) / quarter) * quarter;
  }

  /** Null before a line with a time was heard. Wrong for a file whose time stamp was changed by copying. */
  unix(clockMs: number | null): number | null {
    return clockMs === null || this.#offset === null ? null : clockMs + this.#offset;
  }
}
