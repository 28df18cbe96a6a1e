import type { Cancel, Clock } from "./ports";

/**
 * Runs a task when asked: at once when idle, never twice at the same time, not again before a gap has passed. Requests in
 * between become one run. The task handles its own failures.
 */
export class Refresher {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #task: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;
  #endWait: Cancel | null = null;
  #closed = false;

  constructor(clock: Clock, gapMs: number, task: () => Promise<void>) {
    this.#clock = clock;
    this.#gapMs = gapMs;
    this.#task = task;
  }

  /** Resolves when a run that began after this request has ended, or on `close`. */
  request(): Promise<void> {
    this.#next ??= this.#runNext();
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    this.#endWait?.();
  }

  async #runNext(): Promise<void> {
    await this.#running;
    const wait = this.#endedAt + this.#gapMs - this.#clock.now();
    if (wait > 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.setTimeout(resolve, wait);
        this.#endWait = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#endWait = null;
    this.#next = null;
    if (this.#closed) return;
    this.#running = this.#task().finally(() => (this.#endedAt = this.#clock.now()));
    await this.#running;
  }
}
