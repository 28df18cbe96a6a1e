import type { Applied } from "./jobIndex";
import type { JobRow, Rate, ThroughputBucket } from "./model";
import { type OutcomeBucket, OutcomeOwners } from "./outcomeBucket";
import { addOutcomes, noOutcomes, type Outcomes, OutcomeSeries } from "./outcomeSeries";
import { RecentOutcomes } from "./recentOutcomes";
import { type Span, Spans } from "./spans";
import { type WorkerHour, WorkerHours } from "./workerHours";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A worker's clock may run ahead of Redis'; what it dates further ahead than this is dated by Redis. */
const aheadAtMostMs = hourMs;
/** A day more than a week, so that a week ends nowhere within a day that is dropped. */
export const minutesKeptMs = 8 * 24 * hourMs;
export const hoursKeptMs = 90 * 24 * hourMs;
/** A computer that did nothing for longer was asleep. */
const longestNapMs = 90_000;
/** Of a span with more gaps, the shortest are not told one by one. */
const gapsAtMost = 200;

type Ending = keyof Outcomes;

/**
 * How jobs ended, by the minute in which they ended, each outcome once: it is counted when the index first learns of it, from an announcement or from
 * a result that Redis still holds, and stays counted when Redis forgets it. Beside it stands since when, and with which gaps, no outcome can have been
 * missed. Times unix ms on Redis' clock.
 */
export class OutcomeHistory {
  readonly owners = new OutcomeOwners();
  readonly minutes = new OutcomeSeries(minuteMs);
  /** Of what is too old for minutes. */
  readonly hours = new OutcomeSeries(hourMs);
  readonly #workerHours = new WorkerHours(this.owners, this.minutes);
  readonly #recent = new RecentOutcomes();
  readonly covered = new Spans();
  /** Of what is covered, what was not stored yet. */
  readonly #unsavedSpans = new Spans();
  /** The open span is stored up to here. */
  #openSavedTo = 0;
  /** Nothing before this counts: the history was cleared then. */
  #clearedAt = 0;
  /** Since when every outcome is seen; null while some may be missed. */
  #openSince: number | null = null;
  #aliveAt = Number.POSITIVE_INFINITY;
  #watchedSince: number | null = null;
  /** What it was before the last look. */
  #watchedBefore: number | null = null;
  #lastFinishedAt: number | null = null;
  #shortestKeptMs = Number.POSITIVE_INFINITY;

  /** When a job was last seen to end without a kept result; null when none was. */
  get lastFinishedAt(): number | null {
    return this.#lastFinishedAt;
  }

  /** Since when we ourselves have missed no outcome; null before the first look. */
  get watchedSince(): number | null {
    return this.#watchedSince;
  }

  /** We watch (again), and nothing that Redis held before need be there any more. What was counted stays: it has happened. */
  restart(now: number): void {
    this.missed(now);
    this.minutes.settle();
    this.hours.settle();
    this.#recent.clear();
    this.#watchedSince = this.#openSince = now;
    this.#lastFinishedAt = null;
    this.#shortestKeptMs = Number.POSITIVE_INFINITY;
  }

  /** From now on outcomes may be missed, until `lookedAround`. */
  missed(at: number): void {
    if (this.#openSince !== null) this.#cover(this.#openSince, at - this.#aliveAt > longestNapMs ? this.#aliveAt : at);
    this.#openSince = null;
  }

  /** Called at least every 30 s while nothing is missed. A call that comes much too late says that this computer has slept, and then nobody watched. */
  alive(now: number): void {
    if (this.#openSince !== null && now - this.#aliveAt > longestNapMs) {
      this.missed(now);
      this.#openSince = this.#watchedSince = now;
    }
    this.#aliveAt = now;
  }

  /** Nothing is missed at present. */
  get watches(): boolean {
    return this.#openSince !== null;
  }

  /** Every key has been looked at, and changes are told from now on. */
  lookedAround(now: number): void {
    this.#openSince ??= now;
    this.#watchedBefore = this.#watchedSince;
    if (this.#watchedSince === null || !this.#open(now).covers(this.#watchedSince, now)) this.#watchedSince = now;
  }

  /**
   * How far back the results that were met by that look tell of every job: as far as the oldest, but no further than the shortest are kept, since
   * others may be kept for ever. `oldestHeld`: when the oldest job ended whose result Redis held; null without any.
   */
  heldSince(lookedAt: number, oldestHeld: number | null, shortestKeptMs: number): void {
    if (oldestHeld === null) return;
    const since = Math.max(oldestHeld, lookedAt - Math.min(shortestKeptMs, this.#shortestKeptMs));
    this.#cover(Math.max(since, this.#clearedAt, lookedAt - hoursKeptMs), lookedAt);
    // Then we have missed nothing.
    const before = this.#watchedBefore;
    if (before !== null && this.#open(lookedAt).covers(before, lookedAt)) this.#watchedSince = before;
  }

  /** Counts what a reading has told. */
  remember({ before, after, events }: Applied, now: number): void {
    for (const { event, at, queue, function: name } of events) {
      if (event === "finished") this.#lastFinishedAt = Math.max(this.#lastFinishedAt ?? at, at);
      else if (event === "retried" && at >= this.#clearedAt)
        this.minutes.count(at).addRetry(this.owners.number(queue, name));
    }
    if (before !== null && after === null && before.finishedAt !== null && endingOf(before) !== null) {
      this.#shortestKeptMs = Math.min(this.#shortestKeptMs, Math.max(0, now - before.finishedAt));
    }
    const ending = after === null ? null : endingOf(after);
    if (after === null || ending === null || after.finishedAt === null) return;
    // The same outcome read again. (A claim that a cron job leaves may have told of its end before its result did, but not of its outcome.)
    if (before !== null && endingOf(before) !== null && sameEnd(before.finishedAt, after.finishedAt)) return;
    this.#count(after, ending, after.finishedAt, now);
  }

  #count(row: JobRow, ending: Ending, finishedAt: number, now: number): void {
    const at = finishedAt > now + aheadAtMostMs ? now : finishedAt;
    if (at <= now - hoursKeptMs || at < this.#clearedAt) return;
    const bucket = (at > now - minutesKeptMs ? this.minutes : this.hours).count(at);
    bucket.addEnding(this.owners.number(row.queue, row.function), ending, row.runMs, row.waitMs);
    this.#recent.count(at, ending);
  }

  /** Outcomes since `now - windowMs`. Within the last hour to the second, before that to the minute. */
  rate(windowMs: number, now: number): Rate {
    const from = now - windowMs;
    // What has become hours is no longer counted by its minutes.
    const begun = Math.max(Math.ceil(from / minuteMs) * minuteMs, this.hours.last + hourMs);
    const first =
      windowMs > hourMs ? (this.minutes.shown(begun - minuteMs)?.outcomes ?? noOutcomes) : this.#edge(from, begun);
    const parts = [first, this.minutes.sum(begun, Number.POSITIVE_INFINITY), this.hours.sum(from, begun)];
    const watched = this.#open(now);
    const told = this.#workerHours.fill(from, now, (start, end) => watched.covers(start, end));
    const gaps = this.#open(now, told.spans).gaps(from, now);
    const missedMs = gaps.reduce((sum, { from: start, to }) => sum + to - start, 0);
    return {
      windowMs,
      coveredMs: windowMs - missedMs,
      gaps: gaps.length <= gapsAtMost ? gaps : longest(gaps),
      ...[...parts, told.more].reduce(addOutcomes, noOutcomes),
    };
  }

  /** The last hour, one bucket a minute, oldest first. */
  throughput(now: number): ThroughputBucket[] {
    const newest = this.minutes.startOf(now);
    const covered = this.#open(now);
    return Array.from({ length: 60 }, (_, minute) => {
      const at = newest - (59 - minute) * minuteMs;
      const end = at + minuteMs;
      // A worker's clock may run ahead of Redis': the newest minute takes what lies in the future.
      const { complete, failed } = this.minutes.sum(at, at === newest ? Number.POSITIVE_INFINITY : end);
      return { at, complete, failed, covered: at === now || covered.covers(at, Math.min(end, now)) };
    });
  }

  /** Hours in which workers that count for themselves told how jobs ended: where we did not watch, that is what is known. */
  takeWorkerHours(hours: readonly WorkerHour[], readAt: number): void {
    this.#workerHours.take(hours, readAt);
  }

  /** Until when, at the latest, a job ended last in each of these queues: to the minute or, of what is older than 8 days, to the hour. Others are unknown. */
  lastEndedIn(queues: ReadonlySet<string>, now: number): Map<string, number> {
    const last = new Map<string, number>();
    const wanted = this.owners.wanted(({ queue }) => queue !== null && queues.has(queue));
    for (const [series, from] of [
      [this.minutes, now - minutesKeptMs],
      [this.hours, now - hoursKeptMs],
    ] as const) {
      for (const [start, bucket] of series.backTo(from)) {
        if (last.size === queues.size) return last;
        for (const owner of bucket.owners) {
          if (wanted[owner] !== 1) continue;
          const queue = this.owners.owner(owner).queue!;
          if (!last.has(queue)) last.set(queue, Math.min(now, start + series.widthMs));
        }
      }
    }
    return last;
  }

  /** Whether no outcome of this span can have been missed. */
  watched(from: number, to: number, now: number): boolean {
    return this.#open(now).covers(from, to);
  }

  /** Spans in which no outcome can have been missed. */
  watchedSpans(now: number): Spans {
    return this.#open(now);
  }

  /** What is known, in whole hours: with what workers told of hours that were not watched. */
  hourly(
    from: number,
    now: number,
  ): { readonly covered: Spans; readonly told: (hour: number) => OutcomeBucket | null } {
    const own = this.#open(now);
    const watched = (start: number, end: number): boolean => own.covers(start, end);
    const { spans } = this.#workerHours.fill(from, now, watched);
    return { covered: this.#open(now, spans), told: (hour) => this.#workerHours.hour(hour, now, watched) };
  }

  /** Starts of the hours since then of which some outcome may have been missed, the newest first. */
  hoursMissed(from: number, now: number): number[] {
    const covered = this.#open(now);
    const missed: number[] = [];
    for (let start = this.hours.startOf(now); start + hourMs > from; start -= hourMs) {
      if (start < now && !covered.covers(start, Math.min(start + hourMs, now))) missed.push(start);
    }
    return missed;
  }

  /** What is covered and was not stored yet, up to now; it counts as stored from now on. */
  takeUnsavedSpans(now: number): readonly Span[] {
    if (this.#openSince !== null) {
      this.#unsavedSpans.add(Math.max(this.#openSince, this.#openSavedTo), now);
      this.#openSavedTo = now;
    }
    const spans = this.#unsavedSpans.all;
    this.#unsavedSpans.clear();
    return spans;
  }

  /** Forgets all that ended before that moment, for good: what Redis still holds of it counts no more. */
  clearBefore(at: number): void {
    this.#clearedAt = Math.max(this.#clearedAt, at);
    for (const spans of [this.covered, this.#unsavedSpans]) spans.dropBefore(at);
    // The bucket in which it was cleared tells of both.
    for (const series of [this.minutes, this.hours]) series.dropBefore(at + series.widthMs);
    this.#workerHours.dropBefore(at);
    if (this.#openSince !== null) this.#openSince = Math.max(this.#openSince, at);
    this.#recent.clear();
  }

  /** Forgets what is older than is kept. */
  prune(now: number): void {
    this.minutes.dropBefore(now - minutesKeptMs);
    this.#workerHours.dropBefore(now - minutesKeptMs);
    this.hours.dropBefore(now - hoursKeptMs);
    this.covered.dropBefore(now - hoursKeptMs);
  }

  #cover(from: number, to: number): void {
    this.covered.add(from, to);
    this.#unsavedSpans.add(from, to);
  }

  /** What is covered, the open span up to now included. */
  #open(now: number, more: readonly Span[] = []): Spans {
    if (this.#openSince === null && more.length === 0) return this.covered;
    const spans = this.covered.copy();
    if (this.#openSince !== null) spans.add(this.#openSince, now);
    for (const { from, to } of more) spans.add(from, to);
    return spans;
  }

  /** The part of a minute that is not older than the last hour. */
  #edge(from: number, to: number): Outcomes {
    return this.minutes.ownIsShown(this.minutes.startOf(from)) ? this.#recent.sum(from, to) : noOutcomes;
  }
}

function endingOf({ state }: JobRow): Ending | null {
  return state === "complete" || state === "failed" || state === "aborted" ? state : null;
}

/** A result dates its job to the millisecond, and each reading of it the same. */
function sameEnd(before: number | null, after: number): boolean {
  return before === after;
}

function longest(gaps: readonly Span[]): Span[] {
  const kept = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, gapsAtMost);
  return kept.sort((a, b) => a.from - b.from);
}
