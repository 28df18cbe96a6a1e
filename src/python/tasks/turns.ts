/** A slice of work, ms: shorter than a frame, so that whoever shares the thread (typing, other extensions) does not notice. */
const sliceMs = 6;

/** Gives others a turn; resolves when it is ours again. */
export type Pause = () => Promise<void>;

/** Long work in slices: whoever does it asks now and then whether the slice is over, and gives others a turn. */
export class Turns {
  #began = performance.now();

  constructor(private readonly pause: Pause) {}

  get isOver(): boolean {
    return performance.now() - this.#began >= sliceMs;
  }

  /** Where the slice is over. */
  async give(): Promise<void> {
    if (this.isOver) await this.giveNow();
  }

  async giveNow(): Promise<void> {
    await this.pause();
    this.#began = performance.now();
  }
}
