import type { Applied } from "./jobIndex";

/** How many jobs ended how. */
export interface Outcomes {
  complete: number;
  failed: number;
  aborted: number;
}

type Outcome = keyof Outcomes;

const bucketMs = 10_000;
const keptMs = 24 * 60 * 60_000;

/**
 * Outcomes of jobs whose results Redis has forgotten while we watched: a rate over a day is then right also where results are
 * kept for a minute. Counted in spans of 10 s, for 24 hours. Times unix ms on Redis' clock.
 */
export class OutcomeHistory {
  readonly #buckets = new Map<number, Outcomes>();
  #watchedSince: number | null = null;
  #lastFinishedAt: number | null = null;

  /** When a job was last seen to end without a kept result; null when none was. */
  get lastFinishedAt(): number | null {
    return this.#lastFinishedAt;
  }

  /** Since when no outcome can have been missed; null before the first look. */
  get watchedSince(): number | null {
    return this.#watchedSince;
  }

  /** Forgets everything: from now on we watch (again). */
  restart(now: number): void {
    this.#buckets.clear();
    this.#watchedSince = now;
    this.#lastFinishedAt = null;
  }

  /** Keeps what would be lost with the row of a job that left the index or was enqueued anew. */
  remember({ before, after, events }: Applied, now: number): void {
    for (const { event, at } of events) {
      if (event === "finished") this.#lastFinishedAt = Math.max(this.#lastFinishedAt ?? at, at);
    }
    if (before === null || before.finishedAt === null) return;
    const { state, finishedAt } = before;
    // The claim that a cron job leaves may outlive its result, which then still counts.
    if (after?.finishedAt === finishedAt && after.state === state) return;
    if (state === "complete" || state === "failed" || state === "aborted") this.#add(state, finishedAt, now);
  }

  #add(outcome: Outcome, finishedAt: number, now: number): void {
    if (finishedAt < now - keptMs) return;
    const at = Math.floor(finishedAt / bucketMs) * bucketMs;
    const bucket = this.#buckets.get(at) ?? { complete: 0, failed: 0, aborted: 0 };
    bucket[outcome]++;
    this.#buckets.set(at, bucket);
    this.#prune(now - keptMs);
  }

  /** Every span that begins at or after `since`, in no order. */
  *spans(since: number): Iterable<readonly [at: number, outcomes: Readonly<Outcomes>]> {
    for (const span of this.#buckets) if (span[0] >= since) yield span;
  }

  /** Start of the oldest span that is remembered; null when there is none. */
  get oldest(): number | null {
    let oldest: number | null = null;
    for (const at of this.#buckets.keys()) if (oldest === null || at < oldest) oldest = at;
    return oldest;
  }

  #prune(before: number): void {
    if (this.#buckets.size <= keptMs / bucketMs) return;
    for (const at of this.#buckets.keys()) if (at < before) this.#buckets.delete(at);
  }
}
