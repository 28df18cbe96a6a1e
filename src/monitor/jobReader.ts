import type { JobFacts } from "../arq/jobModel";

export interface JobReaderOptions {
  /** Rejects when the connection is lost. */
  readonly read: (ids: readonly string[]) => Promise<readonly JobFacts[]>;
  readonly apply: (facts: readonly JobFacts[], isLive: (id: string) => boolean) => void;
  /** Reading has stopped; `resume` goes on. */
  readonly onLost: (error: unknown) => void;
}

/** Of one read: some 6 ms of work here, so that nothing else waits long. */
const chunkSize = 500;
/** Of one chunk, so that neither news nor the look at everything can starve the other. */
const liveShare = 400;
/** Reads under way at once: on a near server one is read while another is worked on; on a far one the way there and back is filled. */
const nearReads = 2;
const farReads = 8;
/** A read that takes this long at best spends its time on the way: 500 jobs are read in about 10 ms from a server next door. */
const farMs = 40;

interface Flight {
  readonly live: ReadonlySet<string>;
  readonly swept: ReadonlySet<string>;
}

/**
 * Ids waiting to be read, each once however often it was touched, and those being read. Reads begin at once when idle; what is touched meanwhile
 * goes with the next. Never are two reads of one job under way, so that an answer never comes after a newer one.
 */
export class JobReader {
  readonly #options: JobReaderOptions;
  readonly #live = new Set<string>();
  readonly #swept = new Set<string>();
  readonly #flights = new Set<Flight>();
  #paused = false;
  /** The best time of a read lately, ms. */
  #bestMs = Number.POSITIVE_INFINITY;
  /** Counts `clear`: answers to older questions are thrown away. */
  #epoch = 0;
  readonly #asides = new Set<{ readonly id: string; alone: boolean }>();
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
    this.#pump();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Reads one job in another way. @returns what was read, and whether it may be applied: not when the job was also being read here, whose answer may be newer.
   */
  async aside<T>(id: string, read: () => Promise<T>): Promise<{ readonly answer: T; readonly alone: boolean }> {
    const aside = { id, alone: !this.#isBeingRead(id) };
    this.#asides.add(aside);
    try {
      const answer = await read();
      return { answer, alone: aside.alone };
    } finally {
      this.#asides.delete(aside);
    }
  }

  /** Resolves when at most so many ids wait to be read. At once while paused: nobody shall hang on a lost connection. */
  async below(limit: number): Promise<void> {
    await this.#wait(() => this.pending <= limit);
  }

  /** Resolves with true when everything a look at everything asked for has been read and applied; with false when paused first. */
  sweptAll(): Promise<boolean> {
    return this.#wait(() => this.#swept.size === 0 && !this.#anySweptInFlight);
  }

  pause(): void {
    this.#paused = true;
    this.#settle();
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Forgets everything that waits, and the answer to the read in flight. */
  clear(): void {
    this.#epoch++;
    this.#live.clear();
    this.#swept.clear();
    this.#settle();
  }

  get #anySweptInFlight(): boolean {
    for (const { swept } of this.#flights) if (swept.size > 0) return true;
    return false;
  }

  #pump(): void {
    const atMost = this.#bestMs > farMs ? farReads : nearReads;
    // What comes in single pieces is gathered meanwhile; only as much as fills a read goes beside one that is under way.
    while (!this.#paused && this.#flights.size < atMost && this.pending >= (this.#flights.size === 0 ? 1 : chunkSize)) {
      const live = this.#take(this.#live, this.#swept.size > 0 ? liveShare : chunkSize);
      const swept = this.#take(this.#swept, chunkSize - live.size);
      // All that waits is being read: it is read once more afterwards.
      if (live.size + swept.size === 0) return;
      void this.#read({ live, swept });
    }
  }

  async #read(flight: Flight): Promise<void> {
    const epoch = this.#epoch;
    const { live, swept } = flight;
    this.#flights.add(flight);
    for (const aside of this.#asides) if (live.has(aside.id) || swept.has(aside.id)) aside.alone = false;
    try {
      const began = performance.now();
      const facts = await this.#options.read([...live, ...swept]);
      // Creeps up, so that a line that became slow is noticed.
      this.#bestMs = Math.min(performance.now() - began, this.#bestMs * 1.1 + 1);
      if (epoch === this.#epoch) this.#options.apply(facts, (id) => live.has(id));
    } catch (error) {
      if (epoch === this.#epoch) {
        for (const id of live) this.#live.add(id);
        for (const id of swept) if (!this.#live.has(id)) this.#swept.add(id);
      }
      const wasPaused = this.#paused;
      this.#paused = true;
      if (!wasPaused) this.#options.onLost(error);
    } finally {
      this.#flights.delete(flight);
      this.#settle();
      this.#pump();
    }
  }

  #take(from: Set<string>, count: number): Set<string> {
    const taken = new Set<string>();
    for (const id of from) {
      if (taken.size >= count) break;
      if (this.#isBeingRead(id)) continue;
      taken.add(id);
      from.delete(id);
    }
    return taken;
  }

  #isBeingRead(id: string): boolean {
    for (const { live, swept } of this.#flights) if (swept.has(id) || live.has(id)) return true;
    return false;
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
