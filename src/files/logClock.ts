/** Time zones differ by whole quarters of an hour, ms. */
const quarter = 900_000;

/**
 * Turns times of one log into unix ms. A log prints neither its zone nor always its day, but its newest line was written when
 * it was read or when its file was written: where it does not name its zone, the difference, rounded to the quarter hours that zones are made of, is the answer.
 */
export class LogClock {
  #offset: number | null = null;

  /** The newest line with a time has this time, ms on the log's own clock, and was written at this moment, unix ms. */
  heard(newest: { readonly ms: number; readonly zoned: boolean }, at: number): void {
    this.#offset = newest.zoned ? 0 : Math.round((at - newest.ms) / quarter) * quarter;
  }

  /** Null before a line with a time was heard. Wrong for a file whose time stamp was changed by copying. */
  unix(clockMs: number | null): number | null {
    return clockMs === null || this.#offset === null ? null : clockMs + this.#offset;
  }
}
