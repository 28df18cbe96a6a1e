import type { Clock } from "../monitor/ports";

/** So many bytes a second, with a second's worth at once after a rest. */
export class ByteBudget {
  readonly #clock: Clock;
  readonly #perSecond: number;
  /** Below zero: what has been taken ahead of time. */
  #left: number;
  #at: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#at = clock.now();
  }

  /** Resolves when these bytes may be read; more than a second's worth are paid for by whoever comes next. */
  async take(bytes: number): Promise<void> {
    const now = this.#clock.now();
    // A clock that was set back gives nothing, one that was set ahead no more than a second.
    this.#left = Math.min(this.#perSecond, this.#left + (Math.max(0, now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    const debt = -this.#left;
    this.#left -= bytes;
    if (debt > 0)
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, (debt * 1000) / this.#perSecond));
  }
}
