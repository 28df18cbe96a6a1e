import type { HourCounters } from "../arq/hourCounters";
import { OutcomeBucket, type OutcomeOwners } from "./outcomeBucket";
import { addOutcomes, noOutcomes, type Outcomes, type OutcomeSeries } from "./outcomeSeries";
import type { Span } from "./spans";

const hourMs = 60 * 60_000;

/** What the opt-in instrumentation of one worker process counted in one hour. */
export interface WorkerHour extends HourCounters {
  /** Tells the process from others. */
  readonly worker: string;
  /** Start of the hour, unix ms. */
  readonly at: number;
}

/** What counts more than our own minutes do: the difference, and the spans of which it tells all. */
export interface Filling {
  readonly more: Outcomes;
  readonly spans: readonly Span[];
}

interface Difference {
  /** Jobs that we saw end in that hour: while they are as many, the rest holds. */
  readonly ownEnded: number;
  readonly more: Outcomes;
  /** Of each function what the source told that saw more of it. */
  readonly best: OutcomeBucket;
  /** We saw a job end that no worker has counted, so not every worker counts. */
  readonly isShort: boolean;
}

/** Counters of instrumented workers, by the hour. They stand in for hours that nobody watched, or watched only in part. */
export class WorkerHours {
  readonly #owners: OutcomeOwners;
  readonly #minutes: OutcomeSeries;
  /** By start of the hour: what each process counted. */
  readonly #told = new Map<number, Map<string, WorkerHour>>();
  readonly #more = new Map<number, Difference>();
  /** Queues of which some worker counts. */
  readonly #queues = new Set<string>();
  #readAt = 0;

  constructor(owners: OutcomeOwners, minutes: OutcomeSeries) {
    this.#owners = owners;
    this.#minutes = minutes;
  }

  /** Counters of a process only grow within an hour, so the last reading is the best. */
  take(hours: readonly WorkerHour[], readAt: number): void {
    this.#readAt = readAt;
    for (const hour of hours) {
      let processes = this.#told.get(hour.at);
      if (processes === undefined) this.#told.set(hour.at, (processes = new Map()));
      processes.set(hour.worker, hour);
      this.#queues.add(hour.queue);
      this.#more.delete(hour.at);
    }
  }

  dropBefore(at: number): void {
    for (const start of this.#told.keys()) {
      if (start >= at) continue;
      this.#told.delete(start);
      this.#more.delete(start);
    }
  }

  /**
   * For hours that lie wholly in the window and that we have not watched wholly. Of each function the source that saw more counts, never the sum of
   * both: they tell of the same jobs. An hour is told whole only if workers of every queue count, and none of them less than we have seen.
   */
  fill(from: number, now: number, watched: (from: number, to: number) => boolean): Filling {
    let more = noOutcomes;
    const spans: Span[] = [];
    const all = this.#owners.queues.every((queue) => this.#queues.has(queue));
    for (const [start, processes] of this.#told) {
      const end = Math.min(start + hourMs, now);
      if (start < from || start >= now || watched(start, end)) continue;
      const difference = this.#difference(start, processes);
      more = addOutcomes(more, difference.more);
      // Of an hour that is not over we have seen more than had been counted when it was read.
      const isOver = start + hourMs <= this.#readAt;
      if (all && !(isOver && difference.isShort)) spans.push({ from: start, to: Math.min(end, this.#readAt) });
    }
    return { more, spans };
  }

  /** As `fill` counts it, an hour that begins then; null where no worker told of it, or we have watched it wholly. */
  hour(start: number, now: number, watched: (from: number, to: number) => boolean): OutcomeBucket | null {
    const processes = this.#told.get(start);
    if (processes === undefined || watched(start, Math.min(start + hourMs, now))) return null;
    return this.#difference(start, processes).best;
  }

  #difference(start: number, processes: ReadonlyMap<string, WorkerHour>): Difference {
    const { complete, failed, aborted } = this.#minutes.sum(start, start + hourMs);
    const ownEnded = complete + failed + aborted;
    const known = this.#more.get(start);
    if (known?.ownEnded === ownEnded) return known;
    const own = new OutcomeBucket();
    for (const [, bucket] of this.#minutes.between(start, start + hourMs)) own.addBucket(bucket);
    const told = this.#bucket(processes);
    const best = OutcomeBucket.better(own, told);
    const better = best.outcomes;
    const more = {
      complete: better.complete - complete,
      failed: better.failed - failed,
      aborted: better.aborted - aborted,
    };
    const fresh = { ownEnded, more, best: best.shrink(), isShort: best.ended > told.ended };
    this.#more.set(start, fresh);
    return fresh;
  }

  #bucket(processes: ReadonlyMap<string, WorkerHour>): OutcomeBucket {
    const bucket = new OutcomeBucket();
    for (const { queue, functions } of processes.values()) {
      for (const { name, complete, failed, retried, runMs } of functions) {
        const runs = complete + failed + retried;
        bucket.addAll(this.#owners.number(queue, name), [complete, failed, 0, retried, runMs, runs]);
      }
    }
    return bucket;
  }
}
