import type { Clock } from "./ports";
import { Refresher } from "./refresher";

/** Counts queues when they may have changed: at once when idle, each once however often it is asked for, not again before a gap has passed. */
export class QueueCounter {
  readonly #asked = new Set<string>();
  readonly #refresher: Refresher;

  /** `count` handles its own failures. */
  constructor(clock: Clock, gapMs: number, count: (queues: readonly string[]) => Promise<void>) {
    this.#refresher = new Refresher(clock, gapMs, () => {
      const queues = [...this.#asked];
      this.#asked.clear();
      return count(queues);
    });
  }

  soon(queues: Iterable<string>): void {
    for (const queue of queues) this.#asked.add(queue);
    if (this.#asked.size > 0) void this.#refresher.request();
  }

  close(): void {
    this.#refresher.close();
  }
}
