import type { JobFacts } from "../arq/jobModel";

export interface JobReaderOptions {
  /** Rejects when the connection is lost. */
  readonly read: (ids: readonly string[]) => Promise<readonly JobFacts[]>;
  readonly apply: (facts: readonly JobFacts[], isLive: (id: string) => boolean) => void;
  /** Reading has stopped; `resume` goes on. */
  readonly onLost: (error: unknown) => void;
}

const chunkSize = 500;
/** Of one chunk, so that neither news nor the look at everything can starve the other. */
const liveShare = 400;

/**
 * Ids waiting to be read, each once however often it was touched, and the one read in flight. Reads begin at once when idle; what
 * is touched meanwhile goes with the next.
 */
export class JobReader {
  readonly #options: JobReaderOptions;
  readonly #live = new Set<string>();
  readonly #swept = new Set<string>();
  #inFlight = false;
  /** Those of the read in flight that a look at everything asked for. */
  #sweptInFlight = 0;
  #paused = false;
  /** Counts `clear`: answers to older questions are thrown away. */
  #epoch = 0;
  #waiting: { readonly done: () => boolean; readonly resolve: (done: boolean) => void }[] = [];

  constructor(options: JobReaderOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#live.size + this.#swept.size;
  }

  /** `live`: announced as changed, as against met in a look at everything. */
  add(ids: readonly string[], live: boolean): void {
    for (const id of ids) {
      if (live) {
        this.#swept.delete(id);
        this.#live.add(id);
      } else if (!this.#live.has(id)) this.#swept.add(id);
    }
    void this.#pump();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Resolves when at most so many ids wait to be read. At once while paused: nobody shall hang on a lost connection. */
  async below(limit: number): Promise<void> {
    await this.#wait(() => this.pending <= limit);
  }

  /** Resolves with true when everything a look at everything asked for has been read and applied; with false when paused first. */
  sweptAll(): Promise<boolean> {
    return this.#wait(() => this.#swept.size === 0 && this.#sweptInFlight === 0);
  }

  pause(): void {
    this.#paused = true;
    this.#settle();
  }

  resume(): void {
    this.#paused = false;
    void this.#pump();
  }

  /** Forgets everything that waits, and the answer to the read in flight. */
  clear(): void {
    this.#epoch++;
    this.#live.clear();
    this.#swept.clear();
    this.#settle();
  }

  async #pump(): Promise<void> {
    if (this.#inFlight) return;
    this.#inFlight = true;
    try {
      while (!this.#paused && this.pending > 0) await this.#readChunk();
    } catch (error) {
      this.#paused = true;
      this.#options.onLost(error);
    } finally {
      this.#inFlight = false;
      this.#settle();
    }
  }

  async #readChunk(): Promise<void> {
    const epoch = this.#epoch;
    const live = take(this.#live, this.#swept.size > 0 ? liveShare : chunkSize);
    const swept = take(this.#swept, chunkSize - live.size);
    this.#sweptInFlight = swept.size;
    try {
      const facts = await this.#options.read([...live, ...swept]);
      if (epoch === this.#epoch) this.#options.apply(facts, (id) => live.has(id));
    } catch (error) {
      if (epoch === this.#epoch) {
        for (const id of live) this.#live.add(id);
        for (const id of swept) if (!this.#live.has(id)) this.#swept.add(id);
      }
      throw error;
    } finally {
      this.#sweptInFlight = 0;
      this.#settle();
    }
  }

  #wait(done: () => boolean): Promise<boolean> {
    if (this.#paused || done()) return Promise.resolve(done());
    return new Promise((resolve) => this.#waiting.push({ done, resolve }));
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ done }) => !this.#paused && !done());
    for (const waiter of waiting) if (!this.#waiting.includes(waiter)) waiter.resolve(waiter.done());
  }
}

function take(from: Set<string>, count: number): Set<string> {
  const taken = new Set<string>();
  for (const id of from) {
    if (taken.size >= count) break;
    taken.add(id);
    from.delete(id);
  }
  return taken;
}
