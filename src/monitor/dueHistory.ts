const minuteMs = 60_000;
/** Minutes that are told, the one that runs included. */
const minutesKept = 60;

/** How long the oldest waiting job had waited at the end of a minute. */
export interface DuePoint {
  /** Start of the minute, unix ms. */
  readonly at: number;
  /** 0: none waited. Null: not known. */
  readonly oldestDueMs: number | null;
  readonly estimated: boolean;
}

/** The age of the oldest waiting job as it was counted while we watched: the last of each minute, for an hour. Times unix ms on Redis' clock. */
export class DueHistory {
  /** By number of the minute. */
  readonly #ages = new Map<number, number>();

  /** `oldestDueMs`: null when none waits. */
  saw(oldestDueMs: number | null, at: number): void {
    const minute = Math.floor(at / minuteMs);
    this.#ages.set(minute, oldestDueMs ?? 0);
    if (this.#ages.size <= minutesKept) return;
    for (const each of this.#ages.keys()) if (each <= minute - minutesKept) this.#ages.delete(each);
  }

  /** The last hour, oldest first; the estimate fills the minutes in which nobody counted. */
  points(now: number, estimate: DueEstimate): DuePoint[] {
    const first = firstMinute(now);
    return Array.from({ length: minutesKept }, (_, index) => {
      const at = (first + index) * minuteMs;
      const seen = this.#ages.get(first + index);
      return { at, oldestDueMs: seen ?? estimate.age(index), estimated: seen === undefined };
    });
  }

  clear(): void {
    this.#ages.clear();
  }
}

/** The same, reckoned from jobs that are still known. Jobs that are forgotten are missing, so one may have waited longer. */
export class DueEstimate {
  readonly #now: number;
  readonly #first: number;
  /** By minute: when the oldest that waited at its end fell due; Infinity where none is known to have waited. */
  readonly #oldest = new Float64Array(minutesKept).fill(Number.POSITIVE_INFINITY);

  constructor(now: number) {
    this.#now = now;
    this.#first = firstMinute(now);
  }

  /** A job that was due at `from` and waited until `to`; Infinity while it waits. */
  add(from: number, to: number): void {
    if (!(to > from) || from > this.#now) return;
    const begin = Math.max(0, Math.floor(from / minuteMs) - this.#first);
    for (let minute = begin; minute < minutesKept && this.#end(minute) < to; minute++) {
      if (from < this.#oldest[minute]!) this.#oldest[minute] = from;
    }
  }

  /** Null where none is known to have waited. */
  age(minute: number): number | null {
    const from = this.#oldest[minute]!;
    return from === Number.POSITIVE_INFINITY ? null : this.#end(minute) - from;
  }

  /** The end of a minute; of the one that runs, now. */
  #end(minute: number): number {
    return Math.min(this.#now, (this.#first + minute + 1) * minuteMs);
  }
}

function firstMinute(now: number): number {
  return Math.floor(now / minuteMs) - minutesKept + 1;
}
