import type { Clock } from "./ports";
import { Refresher } from "./refresher";

/** Counts queues when they may have changed: at once when idle, each once however often it is asked for, not again before a gap has passed. */
export class QueueCounter {
  readonly #asked = new Set<string>();
  readonly #refresher: Refresher;
  #counting = false;

  /** `count` handles its own failures; `counted` is told after each. */
  constructor(
    clock: Clock,
    gapMs: number,
    count: (queues: readonly string[]) => Promise<void>,
    counted: () => void = () => {},
  ) {
    this.#refresher = new Refresher(clock, gapMs, () => {
      const queues = [...this.#asked];
      this.#asked.clear();
      this.#counting = true;
      return count(queues).finally(() => {
        this.#counting = false;
        counted();
      });
    });
  }

  /** A count is on the way, or waits for its turn. */
  get busy(): boolean {
    return this.#counting || this.#asked.size > 0;
  }

  soon(queues: Iterable<string>): void {
    for (const queue of queues) this.#asked.add(queue);
    if (this.#asked.size > 0) void this.#refresher.request();
  }

  close(): void {
    this.#refresher.close();
  }
}
