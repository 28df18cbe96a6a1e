import type { Cancel, Clock } from "./ports";

/** Between two searches that found something new, and the most that fruitless ones are apart. */
const shortestGapMs = 2000;
const longestGapMs = 600_000;

/**
 * Decides when to look for queues again: when a job is met that is in none of those known. At once the first time; a search that
 * finds nothing doubles the pause before the next, because such a job may be what is left of a queue that was deleted.
 */
export class QueueSearch {
  readonly #clock: Clock;
  readonly #search: () => void;
  #gapMs = shortestGapMs;
  #searchedAt = Number.NEGATIVE_INFINITY;
  #cancel: Cancel | null = null;

  constructor(clock: Clock, search: () => void) {
    this.#clock = clock;
    this.#search = search;
  }

  /** A job was met whose queue the source does not know. */
  jobElsewhere(): void {
    if (this.#cancel !== null) return;
    const wait = Math.max(0, this.#searchedAt + this.#gapMs - this.#clock.now());
    this.#cancel = this.#clock.setTimeout(() => {
      this.#cancel = null;
      this.#searchedAt = this.#clock.now();
      this.#gapMs = Math.min(longestGapMs, this.#gapMs * 2);
      this.#search();
    }, wait);
  }

  queueFound(): void {
    this.#gapMs = shortestGapMs;
    if (this.#cancel === null) return;
    this.close();
    this.jobElsewhere();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
