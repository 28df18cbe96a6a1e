import { Slices } from "./slices";

/** What took longer than a slice is not done again at once, however much changes: it may take a twentieth of all time. */
const calmFrom = 12;
const calmFactor = 20;
const calmAtMost = 5000;
/** What time alone changes ("failed in the last hour") is done again after this also where no job changed. */
const keptMs = 10_000;

interface Run<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * A long look at all jobs, done once for all who ask about the same time, and given again while nothing changed. Where it takes long,
 * the answer may be older than the last change: by twenty times what it takes, five seconds at most.
 */
export class SharedWork<T> {
  readonly #version: () => number;
  readonly #work: (slices: Slices) => Promise<T>;
  #run: Run<T> | null = null;
  #done: { readonly value: T; readonly version: number; readonly begun: number; readonly tookMs: number } | null = null;

  constructor(version: () => number, work: (slices: Slices) => Promise<T>) {
    this.#version = version;
    this.#work = work;
  }

  /** Rejects with the signal's reason once that is aborted; the work is given up when nobody waits for it any more. */
  async get(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isFresh()) return this.#done!.value;
    const run = (this.#run ??= this.#begin());
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
    return tookMs > calmFrom && age < Math.min(calmAtMost, calmFactor * tookMs);
  }

  #begin(): Run<T> {
    const stop = new AbortController();
    const run: Run<T> = { result: this.#worked(stop.signal), stop, waiting: 0 };
    const end = (): void => {
      if (this.#run === run) this.#run = null;
    };
    run.result.then(end, end);
    return run;
  }

  async #worked(signal: AbortSignal): Promise<T> {
    const begun = performance.now();
    const version = this.#version();
    const value = await this.#work(new Slices(signal));
    this.#done = { value, version, begun, tookMs: performance.now() - begun };
    return value;
  }
}
