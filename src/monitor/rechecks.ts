import type { JobIndex } from "./jobIndex";

const calm = 4;
const busy = 1000;

/**
 * Which jobs to read again although nothing was heard of them: Redis may have forgotten their results. A few at a time, because feeds tell of
 * nearly everything; four times as many as the last time while some of them turn out to have gone.
 */
export class Rechecks {
  readonly #index: JobIndex;
  #count = calm;
  #asked: readonly string[] = [];

  constructor(index: JobIndex) {
    this.#index = index;
  }

  next(): readonly string[] {
    const gone = this.#asked.filter((id) => this.#index.table.find(id) < 0).length;
    this.#count = gone > 0 ? Math.min(busy, this.#count * 4) : calm;
    this.#asked = this.#index.jobsToRecheck(this.#count);
    return this.#asked;
  }
}
