import type { DepthPoint } from "./queryModel";

const minuteMs = 60_000;
/** Minutes that are told, the one that runs included. */
export const depthMinutes = 60;
/** Names of queues are other people's bytes: there may be any number of them in the course of time. */
const queuesAtMost = 1000;

/** Depths of queues as they were counted while we watched: the last of each minute, for an hour. Times unix ms on Redis' clock. */
export class DepthHistory {
  /** By name and by number of the minute. */
  readonly #queues = new Map<string, Map<number, number>>();

  saw(name: string, depth: number, at: number): void {
    const minute = Math.floor(at / minuteMs);
    let depths = this.#queues.get(name);
    if (depths === undefined) {
      if (this.#queues.size >= queuesAtMost) return;
      this.#queues.set(name, (depths = new Map()));
    }
    depths.set(minute, depth);
    if (depths.size <= depthMinutes) return;
    for (const each of depths.keys()) if (each <= minute - depthMinutes) depths.delete(each);
  }

  /** The last hour, oldest first; `estimates` fill the minutes in which nobody counted. */
  points(name: string, now: number, estimates: ArrayLike<number>): DepthPoint[] {
    const depths = this.#queues.get(name);
    const first = firstMinute(now);
    return Array.from({ length: depthMinutes }, (_, index) => {
      const seen = depths?.get(first + index);
      const at = (first + index) * minuteMs;
      return seen === undefined
        ? { at, depth: estimates[index] ?? 0, estimated: true }
        : { at, depth: seen, estimated: false };
    });
  }

  clear(): void {
    this.#queues.clear();
  }
}

/**
 * Depths at the end of each minute of the last hour, reckoned from jobs that are still known: a job stood in its queue from when it was
 * enqueued until it ended. Jobs that are forgotten are missing, so there were as many or more.
 */
export class DepthEstimate {
  readonly #first: number;
  /** How many came and went in each minute, those before it in the first. */
  readonly #changes = new Int32Array(depthMinutes + 1);

  constructor(now: number) {
    this.#first = firstMinute(now);
  }

  /** `to`: Infinity while it stands in the queue. */
  add(from: number, to: number): void {
    const begin = this.#place(from);
    const end = this.#place(to);
    if (end <= begin) return;
    this.#changes[begin]!++;
    this.#changes[end]!--;
  }

  get depths(): Int32Array {
    const depths = this.#changes.slice(0, depthMinutes);
    for (let i = 1; i < depths.length; i++) depths[i]! += depths[i - 1]!;
    return depths;
  }

  #place(at: number): number {
    return Math.min(depthMinutes, Math.max(0, Math.floor(at / minuteMs) - this.#first));
  }
}

function firstMinute(now: number): number {
  return Math.floor(now / minuteMs) - depthMinutes + 1;
}
