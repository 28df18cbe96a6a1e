/** Work of which only the newest goes on: beginning another stops the one before. */
export class OneAtATime {
  #current: AbortController | null = null;

  /** The signal for work that begins now. */
  next(): AbortSignal {
    this.stop();
    this.#current = new AbortController();
    return this.#current.signal;
  }

  stop(): void {
    this.#current?.abort();
    this.#current = null;
  }
}
