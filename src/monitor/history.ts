import { t } from "../python/l10n";
import { FailureHistory, type RememberedFailure, type RememberedTraceback } from "./failureHistory";
import { HistoryRecorder } from "./historyRecorder";
import type { Applied, JobIndex } from "./jobIndex";
import type { JobRow } from "./model";
import { OutcomeHistory } from "./outcomeHistory";
import { type OutcomeChart, type OutcomeChartQuery, outcomeChart } from "./outcomeChart";
import type { Cancel, Clock, HistoryStore, Logger } from "./ports";
import { ResultTraces } from "./resultTraces";
import type { WorkerHour } from "./workerHours";

/** Whether what is seen is kept on disk for later. `why` is a sentence for people. */
export type HistoryStatus = { readonly state: "on" } | { readonly state: "off"; readonly why: string };

/** Where history is kept beyond this session. */
export interface KeptHistory {
  readonly store: HistoryStore;
  /** What was stored under earlier rules passes those of today. */
  readonly redact: (text: string) => string;
}

export interface HistoryOptions {
  /** Null: nothing is kept beyond this session. */
  readonly kept: KeptHistory | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Redis' clock. */
  readonly now: () => number;
  /** Numbers have changed, because something was read or cleared; `ofJobs`: failed jobs that are remembered, too. */
  readonly onNews: (ofJobs: boolean) => void;
  /** As in `ArqSource`. */
  readonly readWorkerHours: (hours: readonly number[]) => Promise<readonly WorkerHour[]>;
}

const hourMs = 60 * 60_000;
const pulseMs = 30_000;
/** Counters of hours that nobody watches are read this often, and those of the past only after a look at everything. */
const workerHoursGapMs = 5 * 60_000;

/** What was seen of jobs, beyond what Redis still holds. Times unix ms on Redis' clock. */
export class History {
  readonly outcomes = new OutcomeHistory();
  /** Of the last hour, in this session only. */
  readonly traces = new ResultTraces();
  readonly #failures = new FailureHistory();
  readonly #options: HistoryOptions;
  readonly #recorder: HistoryRecorder | null;
  #pulse: Cancel | null = null;
  #hoursReadAt = Number.NEGATIVE_INFINITY;

  constructor(options: HistoryOptions) {
    const { kept, clock, now } = options;
    this.#options = options;
    const parts = { clock, now, outcomes: this.outcomes, failures: this.#failures };
    this.#recorder = kept === null ? null : new HistoryRecorder({ ...kept, ...parts });
  }

  get status(): HistoryStatus {
    const { kept } = this.#options;
    if (kept === null) return { state: "off", why: t("The history is switched off (arq.history.enabled).") };
    return kept.store.off === null ? { state: "on" } : { state: "off", why: kept.store.off };
  }

  /** Begins to read what was stored. */
  start(): void {
    this.#recorder?.load().then(
      () => this.#options.onNews(true),
      (error: unknown) => {
        this.#options.logger.error(`The history could not be read: ${String(error)}`);
      },
    );
  }

  /** We watch (again), and nothing that Redis held before need be there any more. */
  restart(now: number): void {
    this.outcomes.restart(now);
    this.traces.clear();
    this.#stayAlive();
  }

  /** From now on outcomes may be missed, until `lookedAround`. */
  missed(now: number): void {
    this.outcomes.missed(now);
  }

  /** Every key has been looked at, and changes are told from now on. */
  lookedAround(now: number): void {
    this.outcomes.lookedAround(now);
    this.#stayAlive();
    // With a store, what is old becomes hours first.
    if (this.#recorder === null) this.outcomes.prune(now);
    void this.#readWorkerHours(now, 7 * 24 * hourMs);
  }

  /** As in `OutcomeHistory`. */
  heldSince(lookedAt: number, oldestHeld: number | null, shortestKeptMs: number): void {
    this.outcomes.heldSince(lookedAt, oldestHeld, shortestKeptMs);
    this.#options.onNews(false);
  }

  /** Failed jobs that only the history knows any more. */
  *forgotten(index: JobIndex): Iterable<JobRow> {
    // Without a store everything is in the index, or was lost with it.
    if (this.#recorder === null) return;
    const now = this.#options.now();
    const { table } = index;
    for (const failure of this.#failures.since(0)) {
      const row = table.find(failure.id);
      // Not by `index.row` for all: most are still there, and making a row of each takes ten times as long.
      const finishedAt = row >= 0 ? table.columns.finishedAt[row] : index.row(failure.id, now)?.finishedAt;
      if (finishedAt !== failure.finishedAt) yield this.#rowOf(failure);
    }
  }

  /** Called now and then while the source is live. */
  beat(now: number): void {
    if (now - this.#hoursReadAt >= workerHoursGapMs) void this.#readWorkerHours(now, hourMs);
  }

  /** Counts what a reading of a job has told. */
  remember(applied: Applied, now: number): void {
    this.outcomes.remember(applied, now);
    this.traces.note(applied, now);
    if (applied.changed && applied.after !== null) this.#failures.meet(applied.after);
    this.#recorder?.soon();
  }

  /** The last 10,000 failed jobs, as far as they failed since then; in no order. Redis may have forgotten them. */
  failures(since: number): Iterable<RememberedFailure> {
    return this.#failures.since(since);
  }

  /** Before that moment failures may be forgotten: there were too many since, or the history was cleared. Unix ms. */
  get failuresSince(): number {
    return this.#failures.oldest;
  }

  /** How this job failed last; null when that is not remembered. */
  failure(id: string): RememberedFailure | null {
    return this.#failures.last(id);
  }

  /** A failed job that Redis has forgotten, as far as it is remembered; null otherwise. */
  row(id: string): JobRow | null {
    const failure = this.#failures.last(id);
    return failure === null || this.#recorder === null ? null : this.#rowOf(failure);
  }

  /** Null where nobody has seen it. */
  traceback(failure: RememberedFailure): RememberedTraceback | null {
    return this.#failures.traceback(failure);
  }

  /** The traceback of how this job failed then was found; text has passed the redactor. */
  keepTraceback(id: string, finishedAt: number, traceback: RememberedTraceback): void {
    this.#failures.keepTraceback(id, finishedAt, traceback);
    this.#recorder?.soon();
  }

  /** When jobs failed like this for the first and the last time, by key of their ErrorGroup; up to 90 days back. */
  get errorGroups(): ReadonlyMap<string, { readonly firstAt: number; readonly lastAt: number }> {
    return this.#failures.groups;
  }

  /** How jobs ended over a time, in steps, whole or of one queue or function. */
  chart(query: OutcomeChartQuery): OutcomeChart {
    return outcomeChart(this.outcomes, query, this.#options.now());
  }

  /** Forgets all that was kept, also on disk. What ended before counts no more, even where Redis still holds it. Rejects when files cannot be removed. */
  async clear(): Promise<void> {
    const now = this.#options.now();
    this.outcomes.clearBefore(now);
    this.#failures.clearBefore(now);
    this.#options.onNews(true);
    await this.#recorder?.clear(now);
  }

  /** Writes what is not stored yet. */
  async close(): Promise<void> {
    this.#pulse?.();
    await this.#recorder?.close();
  }

  /** Spans that were watched are kept, so it has to be known whether this computer was awake. */
  #stayAlive(): void {
    if (this.#recorder === null) return;
    this.#pulse?.();
    this.outcomes.alive(this.#options.now());
    this.#pulse = this.#options.clock.setTimeout(() => {
      this.#pulse = null;
      if (this.outcomes.watches) this.#stayAlive();
    }, pulseMs);
  }

  #rowOf(failure: RememberedFailure): JobRow {
    const { group: _group, error, ...fields } = failure;
    return {
      ...fields,
      state: "failed",
      scheduledAt: null,
      claimEndsAt: null,
      orphanEvidence: null,
      undecodable: null,
      error: { ...error, hasTraceback: this.#failures.traceback(failure) !== null },
      // When Redis forgot it nobody has seen; it was there when it failed.
      rememberedSince: failure.finishedAt,
    };
  }

  async #readWorkerHours(now: number, backMs: number): Promise<void> {
    this.#hoursReadAt = now;
    const hours = this.outcomes.hoursMissed(now - backMs, now);
    if (hours.length === 0) return;
    try {
      const read = await this.#options.readWorkerHours(hours);
      if (read.length === 0) return;
      this.outcomes.takeWorkerHours(read, now);
      this.#options.onNews(false);
    } catch (error) {
      this.#options.logger.debug(`Counters of workers could not be read: ${String(error)}`);
    }
  }
}
