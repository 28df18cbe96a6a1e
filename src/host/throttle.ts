import type { Disposable } from "vscode";

/**
 * Runs at a calm pace: at once while few calls come (up to `burst` in a row), else once per `ms`, calls in between merged into one. So a single
 * change is shown without delay even shortly after another one (a beat of the monitor, the first half of a change), and a flood is not.
 */
export class Throttle implements Disposable {
  #timer: NodeJS.Timeout | null = null;
  /** Runs that may come at once; one grows back per `ms`. */
  #left: number;
  #countedAt = performance.now();

  constructor(
    private readonly ms: number,
    private readonly run: () => void,
    private readonly burst = 1,
  ) {
    this.#left = burst;
  }

  request(): void {
    if (this.#timer !== null) return;
    this.#count();
    if (this.#left >= 1) this.#go();
    else {
      this.#timer = setTimeout(
        () => {
          this.#timer = null;
          this.#count();
          this.#go();
        },
        Math.ceil((1 - this.#left) * this.ms),
      );
    }
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #count(): void {
    const now = performance.now();
    this.#left = Math.min(this.burst, this.#left + (now - this.#countedAt) / this.ms);
    this.#countedAt = now;
  }

  #go(): void {
    this.#left = Math.max(0, this.#left - 1);
    this.run();
  }
}
