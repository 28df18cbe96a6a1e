import type { Disposable } from "vscode";

/** Runs at most once per `ms`: the first call at once, later ones merged into one at the end of the span. */
export class Throttle implements Disposable {
  #timer: NodeJS.Timeout | null = null;
  #wanted = false;

  constructor(
    private readonly ms: number,
    private readonly run: () => void,
  ) {}

  request(): void {
    if (this.#timer !== null) {
      this.#wanted = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#wanted) return;
      this.#wanted = false;
      this.request();
    }, this.ms);
    this.run();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wanted = false;
  }
}
