import type { Outcomes } from "./outcomeSeries";

const secondMs = 1000;
/** An hour, and a minute so that the hour's first minute is whole. */
const seconds = 3660;
const endings = ["complete", "failed", "aborted"] as const;

/** Outcomes of the last hour by the second, for spans that begin within a minute. A fixed 73 kB. Times unix ms. */
export class RecentOutcomes {
  readonly #second = new Float64Array(seconds).fill(-1);
  readonly #counts = new Uint32Array(seconds * endings.length);

  count(at: number, ending: keyof Outcomes): void {
    const second = Math.floor(at / secondMs);
    const place = second % seconds;
    // Older than the last hour.
    if (this.#second[place]! > second) return;
    if (this.#second[place] !== second) {
      this.#second[place] = second;
      this.#counts.fill(0, place * endings.length, (place + 1) * endings.length);
    }
    this.#counts[place * endings.length + endings.indexOf(ending)]!++;
  }

  /** Of seconds that begin at or after `from` and before `to`. */
  sum(from: number, to: number): Outcomes {
    const sums = [0, 0, 0];
    for (let second = Math.ceil(from / secondMs); second < to / secondMs; second++) {
      const place = second % seconds;
      if (this.#second[place] !== second) continue;
      for (let i = 0; i < endings.length; i++) sums[i]! += this.#counts[place * endings.length + i]!;
    }
    return { complete: sums[0]!, failed: sums[1]!, aborted: sums[2]! };
  }

  clear(): void {
    this.#second.fill(-1);
  }
}
