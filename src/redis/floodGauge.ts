/**
 * From so many announced keys a second on, Redis is looked at instead of listened to. A job is nine keys. Measured with one reader, in ms of Redis' processor time a second
 * (nobody / told / looking): 100 jobs 16 / 25 / 18, 500 jobs 31 / 41 / 32, 1,000 jobs 41 / 63 / 48. Being told shows every job at once and looking shows some late, so it may cost
 * Redis 2 % of a processor and no more: that is reached between 500 and 1,000 jobs, and 500 jobs a second are still told one by one.
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
