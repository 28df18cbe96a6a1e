import { Slices } from "./slices";

/** So many jobs are gone through in some 10 ms. With more, the work is not done again at once, however much changes: it may take a twentieth of all time. */
const manyJobs = 50_000;
const calmFactor = 20;
const calmAtMost = 5000;
/** What time alone changes ("failed in the last hour") is done again after this also where no job changed. */
const keptMs = 10_000;

interface Run<T> {
  readonly result: Promise<T>;
  /** Of what it looks at. */
  readonly version: number;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * A long look at all jobs, done once for all who ask about the same time, and given again while nothing changed. Of more than 50,000 jobs
 * the answer may be older than the last change: by twenty times what it takes, five seconds at most.
 */
export class SharedWork<T> {
  readonly #version: () => number;
  readonly #jobs: () => number;
  readonly #work: (slices: Slices) => Promise<T>;
  #run: Run<T> | null = null;
  #done: { readonly value: T; readonly version: number; readonly begun: number; readonly tookMs: number } | null = null;

  /** `version` grows with every change; `jobs`: how many there are to look at. */
  constructor(version: () => number, jobs: () => number, work: (slices: Slices) => Promise<T>) {
    this.#version = version;
    this.#jobs = jobs;
    this.#work = work;
  }

  /** Rejects with the signal's reason once that is aborted; the work is given up when nobody waits for it any more. */
  async get(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isFresh()) return this.#done!.value;
    if (this.#run === null || !this.#isGood(this.#run.version)) this.#run = this.#begin();
    const run = this.#run;
    run.waiting++;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal!.reason as Error);
        if (--run.waiting > 0) return;
        if (this.#run === run) this.#run = null;
        run.stop.abort();
      };
      signal?.addEventListener("abort", leave, { once: true });
      run.result.then(resolve, reject).finally(() => signal?.removeEventListener("abort", leave));
    });
  }

  #isFresh(): boolean {
    if (this.#done === null) return false;
    const { version, begun, tookMs } = this.#done;
    const age = performance.now() - begun;
    if (version === this.#version()) return age < keptMs;
    return this.#isGood(version) && age < Math.min(calmAtMost, calmFactor * tookMs);
  }

  #isGood(version: number): boolean {
    return version === this.#version() || this.#jobs() > manyJobs;
  }

  #begin(): Run<T> {
    const stop = new AbortController();
    const version = this.#version();
    const run: Run<T> = { result: this.#worked(version, stop.signal), version, stop, waiting: 0 };
    const end = (): void => {
      if (this.#run === run) this.#run = null;
    };
    run.result.then(end, end);
    return run;
  }

  async #worked(version: number, signal: AbortSignal): Promise<T> {
    const begun = performance.now();
    const value = await this.#work(new Slices(signal));
    this.#done = { value, version, begun, tookMs: performance.now() - begun };
    return value;
  }
}
