/** A worker that signed results by the opt-in serializer. */
export interface TaggedWorker {
  /** `host:pid`. */
  readonly tag: string;
  readonly queue: string | null;
  /** When its newest result was finished, unix ms. */
  readonly lastAt: number;
}

/** Nobody has more workers; beyond, tags are somebody's mischief. */
const workersKept = 5000;

/** Who signed results when last, also where Redis has forgotten the result since. */
export class TaggedWorkers {
  readonly #newest = new Map<string, TaggedWorker>();

  note(tag: string, queue: string | null, finishedAt: number): void {
    const known = this.#newest.get(tag);
    if (known === undefined && this.#newest.size >= workersKept) return;
    if (known === undefined || finishedAt >= known.lastAt) this.#newest.set(tag, { tag, queue, lastAt: finishedAt });
  }

  /** Workers whose newest result was finished after `since`, unix ms; those before are let go. */
  since(since: number): TaggedWorker[] {
    for (const { tag, lastAt } of this.#newest.values()) if (!(lastAt > since)) this.#newest.delete(tag);
    return [...this.#newest.values()];
  }
}
