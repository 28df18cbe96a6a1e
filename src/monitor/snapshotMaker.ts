import { assessHealth, type HealthThresholds } from "./health";
import type { History } from "./history";
import type { JobTable } from "./jobTable";
import type { KeepRules } from "./keepRules";
import type { MonitorSnapshot, QueueStats } from "./model";
import { later } from "./moments";
import type { RefusedCommand, SourceStatus, SweepProgress } from "./ports";
import type { QueueBook } from "./queueBook";
import { gatherStatistics, type QueueJobs, type Statistics } from "./statistics";
import { runningJobs } from "./runningJobs";
import { WaitHistory } from "./waitHistory";
import type { Workers } from "./workers";

export interface SnapshotParts {
  readonly table: () => JobTable;
  readonly history: History;
  readonly keepRules: KeepRules;
  readonly workers: Workers;
  readonly book: QueueBook;
  readonly thresholds: HealthThresholds;
  readonly staleAfterMs: number;
}

/** The moment a snapshot is of. Times unix ms on Redis' clock. */
export interface SnapshotMoment {
  readonly now: number;
  readonly status: SourceStatus;
  readonly sweep: SweepProgress | null;
  readonly complete: boolean;
  readonly sweptAt: number | null;
}

/** A worker that signed its last result longer ago is no longer listed. */
const taggedKeptMs = 600_000;
const hourMs = 60 * 60_000;

/** Puts the numbers of one moment together. Remembers only what needs several looks: since when jobs wait. */
export class SnapshotMaker {
  readonly #parts: SnapshotParts;
  readonly #waits = new WaitHistory();
  #thresholds: HealthThresholds;
  #refused: readonly RefusedCommand[] = [];

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#thresholds = parts.thresholds;
  }

  setThresholds(thresholds: HealthThresholds): void {
    this.#thresholds = thresholds;
    this.#waits.clear();
  }

  /** Commands refused when workers were read, to stand beside those the connection tells of. */
  setRefused(refused: readonly RefusedCommand[]): void {
    this.#refused = refused;
  }

  clear(): void {
    this.#waits.clear();
  }

  make(moment: SnapshotMoment): MonitorSnapshot {
    const { now, status, complete } = moment;
    const { table, history, workers, staleAfterMs } = this.#parts;
    const { outcomes } = history;
    const statistics = gatherStatistics(table(), now);
    const queues = this.#queues(statistics, now, complete);
    const { running } = statistics.counts;
    const tagged = table().tallies.taggedWorkers.since(now - taggedKeptMs);
    const report = workers.report({ now, running, tagged, runningJobs: runningJobs(table()), staleAfterMs });

    const known = complete && status.state === "live";
    const waits = queues.map((queue) => queue.oldestDueMs).filter((ms) => ms !== null);
    const oldest = waits.length === 0 ? null : Math.max(...waits);
    if (known) this.#waits.look(now, oldest, this.#thresholds.yellowOldestDueSeconds * 1000);
    const health = assessHealth(
      {
        now,
        known,
        queues,
        recent: outcomes.rate(this.#thresholds.windowMinutes * 60_000, now),
        workerCount: report.count,
        waiting: table().tallies.due.count,
        dueSince: this.#waits.dueSince,
        overdueSince: this.#waits.overdueSince,
        lastFinishedAt: later(statistics.lastFinishedAt, outcomes.lastFinishedAt),
        watchedSince: outcomes.watchedSince ?? now,
      },
      this.#thresholds,
    );
    const lastHour = outcomes.rate(hourMs, now);
    const ended = lastHour.complete + lastHour.failed + lastHour.aborted;
    return {
      at: now,
      status: this.#withRefused(status),
      sweep: moment.sweep,
      complete,
      sweptAt: moment.sweptAt,
      queues,
      counts: statistics.counts,
      workers: report.workers,
      workerCount: report.count,
      health,
      lastHour,
      lastDay: outcomes.rate(24 * hourMs, now),
      lastWeek: outcomes.rate(7 * 24 * hourMs, now),
      history: history.status,
      retention: history.traces.report(this.#parts.keepRules, ended, now),
      throughput: outcomes.throughput(now),
    };
  }

  /** While the index is not whole, counts say of a queue what its members have not said yet. */
  #queues(statistics: Statistics, now: number, whole: boolean): QueueStats[] {
    const { book } = this.#parts;
    return book.confirmed.map((name) => {
      const jobs: Partial<QueueJobs> = statistics.queues.get(name) ?? {};
      const {
        queued = 0,
        deferred = 0,
        running = 0,
        retrying = 0,
        complete = 0,
        failed = 0,
        oldestDueAt = null,
      } = jobs;
      const facts = book.facts(name);
      const counted = whole || facts === null ? null : facts;
      const oldest = oldestDueAt ?? counted?.oldestDueAt ?? null;
      return {
        name,
        depth: facts?.depth ?? queued + deferred + running + retrying,
        queued: Math.max(queued, (counted?.due ?? 0) - running - retrying),
        deferred: Math.max(deferred, (counted?.depth ?? 0) - (counted?.due ?? 0) - retrying),
        running,
        retrying,
        oldestDueMs: oldest === null ? null : Math.max(0, now - oldest),
        complete,
        failed,
      };
    });
  }

  #withRefused(status: SourceStatus): SourceStatus {
    if (status.state !== "live" || this.#refused.length === 0) return status;
    const told = new Set(status.refused.map(({ command }) => command));
    return { ...status, refused: [...status.refused, ...this.#refused.filter(({ command }) => !told.has(command))] };
  }
}
