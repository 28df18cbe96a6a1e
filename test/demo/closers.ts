/** What is to be closed in the end, last opened first. Something added after the end is closed at once. */
export class Closers {
  readonly #steps: (() => unknown)[] = [];
  #closing: Promise<void> | null = null;

  add(step: () => unknown): void {
    this.#steps.push(step);
    if (this.#closing !== null) this.#closing = this.#closing.then(() => this.#closeAll());
  }

  /** Closes everything once; every call resolves when all is closed. A step that fails does not keep the others. */
  async close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    await this.#closing;
  }

  async #closeAll(): Promise<void> {
    // A step may wait for something that does not keep Node.js alive (an unref'd child); ending there would skip the rest.
    const alive = setInterval(() => {}, 1000);
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error(String(error));
      }
    }
    clearInterval(alive);
  }
}
