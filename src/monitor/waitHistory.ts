/** Two looks further apart than this leave a gap in which a wait may have ended and begun again, ms. */
const longestGapMs = 15_000;

/**
 * Remembers since when jobs have waited. A single look proves some of it: a job due for 90 s has waited for more than 10 s
 * during the last 80 s. Looks in a row prove that one long wait followed another. Times unix ms on Redis' clock.
 */
export class WaitHistory {
  #lookedAt: number | null = null;
  #dueSince: number | null = null;
  #overdueSince: number | null = null;

  /** `oldestDueMs`: how long the oldest due job has waited, null when none waits. `limitMs`: the wait that counts as long. */
  look(now: number, oldestDueMs: number | null, limitMs: number): void {
    if (this.#lookedAt !== null && now - this.#lookedAt > longestGapMs) this.clear();
    this.#lookedAt = now;
    this.#dueSince = earlier(this.#dueSince, oldestDueMs === null ? null : now - oldestDueMs);
    const over = oldestDueMs !== null && oldestDueMs > limitMs;
    this.#overdueSince = earlier(this.#overdueSince, over ? now - (oldestDueMs - limitMs) : null);
  }

  /** Since when some job has been due and not running, without a break; null when none is. */
  get dueSince(): number | null {
    return this.#dueSince;
  }

  /** Since when the oldest due job has waited longer than the limit, without a break; null when it does not. */
  get overdueSince(): number | null {
    return this.#overdueSince;
  }

  clear(): void {
    this.#lookedAt = null;
    this.#dueSince = null;
    this.#overdueSince = null;
  }
}

/** Null ends the span. */
function earlier(before: number | null, now: number | null): number | null {
  return before === null || now === null ? now : Math.min(before, now);
}
