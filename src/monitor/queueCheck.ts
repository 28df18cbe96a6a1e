import type { Cancel, Clock } from "./ports";

/** After a queue was last told to have changed … */
const calmMs = 1000;
/** … or, where it never is calm, since it was checked last. */
const longestMs = 30_000;

/**
 * Decides when to hold the members of a queue against the jobs that are known to be in it. What ARQ does is told job by job; that somebody moved or removed a member by
 * hand, or deleted the queue, is told only by the name of the queue, which in the same moment may have changed for other reasons.
 */
export class QueueCheck {
  readonly #clock: Clock;
  readonly #check: (queue: string) => void;
  readonly #waiting = new Map<string, { readonly since: number; cancel: Cancel }>();

  constructor(clock: Clock, check: (queue: string) => void) {
    this.#clock = clock;
    this.#check = check;
  }

  changed(queues: Iterable<string>): void {
    const now = this.#clock.now();
    for (const queue of queues) {
      const before = this.#waiting.get(queue);
      before?.cancel();
      const since = before?.since ?? now;
      const wait = Math.max(0, Math.min(calmMs, since + longestMs - now));
      const cancel = this.#clock.setTimeout(() => {
        this.#waiting.delete(queue);
        this.#check(queue);
      }, wait);
      this.#waiting.set(queue, { since, cancel });
    }
  }

  close(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
