/**
 * From so many announced keys a second on, looking is cheaper than listening, for Redis and for us. Measured where one real worker saturates two cores
 * (1,700 jobs a second, 15,000 keys): following by announcements costs it 12 %, looking twice a second 1 %. 500 jobs a second (4,500 keys) are still
 * followed one by one, at half a percent of what Redis can do.
 */
export const floodPerSecond = 7000;
/** It has to last so many seconds in a row: a script that writes 20,000 keys at once is no flood. */
const floodSeconds = 2;
/** At this rate there is no doubt after a single second. */
const suddenPerSecond = 30_000;
/** Half of it, or a rate about the limit would lead back and forth. */
export const calmPerSecond = 3500;

/** Counts announced keys by the second, and tells when they have become too many to listen to. Times: our clock, ms. */
export class FloodGauge {
  #second = Number.NEGATIVE_INFINITY;
  #count = 0;
  #last = 0;
  #floods = 0;

  /** Takes in an announcement. @returns whether it is a flood by now. */
  add(keys: number, now: number): boolean {
    this.#turn(now);
    this.#count += keys;
    return this.#floods >= floodSeconds || this.#last >= suddenPerSecond;
  }

  /** Keys a second: of the last whole second, or of the one that runs where those are more already. */
  rate(now: number): number {
    this.#turn(now);
    return Math.max(this.#last, this.#count);
  }

  #turn(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.#second) return;
    // A second without any announcement ends a flood, and so does a clock that was set back.
    this.#last = second === this.#second + 1 ? this.#count : 0;
    this.#floods = this.#last >= floodPerSecond ? this.#floods + 1 : 0;
    this.#second = second;
    this.#count = 0;
  }
}
