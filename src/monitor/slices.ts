/**
 * A long piece of work waits for others every so often: nothing here keeps the host's event loop for more than 25 ms. Half of
 * that, so that a step that takes longer than the others, or the collector, fits in.
 */
const sliceMs = 12;
/** Rows to do between two looks at the clock: at the slowest, a search through their texts, some 2 ms. */
export const rowsAtOnce = 8192;

/** Cuts one piece of work into slices. */
export class Slices {
  readonly #signal: AbortSignal | undefined;
  readonly #sliceMs: number;
  #until: number;

  /** Throws the signal's reason when that is aborted already. */
  constructor(signal?: AbortSignal, ms = sliceMs) {
    signal?.throwIfAborted();
    this.#signal = signal;
    this.#sliceMs = ms;
    this.#until = performance.now() + ms;
  }

  /** It is time to rest. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets everybody else have their turn. Rejects with the signal's reason once that is aborted. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal?.throwIfAborted();
    this.#until = performance.now() + this.#sliceMs;
  }
}
