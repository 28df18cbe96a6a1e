const windowMs = 10_000;
/** Foreign keys announced under the name of a queue within the window: beyond this, looking at the queue is cheaper. */
const limit = 2000;

/** Counts announced keys that mean nothing to us, by the prefix that had them announced. Times: our clock, ms. */
export class PrefixNoise {
  readonly #counts = new Map<string, { count: number; since: number }>();

  /** @returns whether it has become too many. */
  add(prefix: string, now: number): boolean {
    const noise = this.#counts.get(prefix);
    if (noise === undefined || now - noise.since > windowMs) {
      this.#counts.set(prefix, { count: 1, since: now });
      return false;
    }
    noise.count++;
    return noise.count === limit;
  }
}
