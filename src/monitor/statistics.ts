import { jobStates } from "../arq/jobModel";
import { freeRow, stateCode, type JobTable } from "./jobTable";
import type { FunctionStats, Rate, StateCounts, ThroughputBucket } from "./model";
import type { OutcomeHistory } from "./outcomeHistory";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Of the jobs of one queue in the index. */
export interface QueueJobs {
  queued: number;
  deferred: number;
  running: number;
  retrying: number;
  complete: number;
  failed: number;
  /** Jobs that are due and not running. */
  waiting: number;
  /** When the one that waits longest fell due, unix ms; null when none waits or its due time is not known. */
  oldestDueAt: number | null;
}

export interface Statistics {
  readonly counts: StateCounts;
  /** By name of the queue. */
  readonly queues: ReadonlyMap<string, Readonly<QueueJobs>>;
  readonly lastHour: Rate;
  readonly lastDay: Rate;
  /** Within the window of `arq.health.windowMinutes`. */
  readonly recent: Rate;
  readonly throughput: readonly ThroughputBucket[];
  /** When the newest job ended whose end is known, unix ms. */
  readonly lastFinishedAt: number | null;
  /** When the oldest job ended whose result Redis holds, unix ms. */
  readonly oldestHeld: number | null;
}

/** Scores that are marks of ARQ and no time: 0 is never run, 1 is a deferred job whose abort was asked for. */
const lastScoreThatIsNoTime = 1;

const queuedCode = stateCode("queued");
const deferredCode = stateCode("deferred");
const runningCode = stateCode("running");
const retryingCode = stateCode("retrying");
const expiredCode = stateCode("expired");
const completeCode = stateCode("complete");
const failedCode = stateCode("failed");
const abortedCode = stateCode("aborted");

/** Everything that is counted, in one pass over the index. `now` is Redis' clock, unix ms; `recentMs` the health window. */
export function gatherStatistics(table: JobTable, history: OutcomeHistory, now: number, recentMs: number): Statistics {
  const { columns, end } = table;
  const { state, queue, scheduledAt, finishedAt, claimEndsAt } = columns;
  const perState = new Uint32Array(freeRow + 1);
  const perQueue: (QueueJobs | undefined)[] = [];
  const counters = [dayMs, hourMs, recentMs].map((windowMs) => ({ windowMs, counts: new Uint32Array(3) }));
  const firstMinute = (Math.floor(now / minuteMs) - 59) * minuteMs;
  const perMinute = new Uint32Array(60 * 3);
  let lastFinishedAt = Number.NaN;
  let oldestHeld = Number.NaN;

  // Numbers instead of names, and arrays instead of objects: this runs for every job that has ended.
  const count = (at: number, outcome: number, n: number): void => {
    for (const { windowMs, counts } of counters) if (at >= now - windowMs) counts[outcome]! += n;
    // A worker's clock may run ahead of Redis': the newest minute takes what lies in the future.
    const minute = Math.min(59, Math.floor((at - firstMinute) / minuteMs));
    if (minute >= 0) perMinute[3 * minute + outcome]! += n;
  };

  for (let row = 0; row < end; row++) {
    const code = state[row]!;
    perState[code]!++;
    if (code === freeRow) continue;
    const jobs = (perQueue[queue[row]!] ??= noJobs());
    const endedAt = finishedAt[row]!;
    if (endedAt > lastFinishedAt || Number.isNaN(lastFinishedAt)) lastFinishedAt = endedAt;
    switch (code) {
      case completeCode:
      case failedCode:
      case abortedCode: {
        if (endedAt < oldestHeld || Number.isNaN(oldestHeld)) oldestHeld = endedAt;
        if (code === completeCode) jobs.complete++;
        else if (code === failedCode) jobs.failed++;
        count(endedAt, code === completeCode ? 0 : code === failedCode ? 1 : 2, 1);
        continue;
      }
      case runningCode:
        jobs.running++;
        continue;
      case deferredCode:
        jobs.deferred++;
        continue;
      case queuedCode:
        jobs.queued++;
        break;
      case retryingCode:
        jobs.retrying++;
        break;
      case expiredCode:
        break;
      default:
        continue;
    }
    const dueAt = scheduledAt[row]!;
    // No worker may take a job while the claim of its last attempt stands.
    if (!(dueAt <= now) || claimEndsAt[row]! > now) continue;
    jobs.waiting++;
    if (dueAt > lastScoreThatIsNoTime && (jobs.oldestDueAt === null || dueAt < jobs.oldestDueAt)) {
      jobs.oldestDueAt = dueAt;
    }
  }
  for (const [at, outcomes] of history.spans(now - dayMs)) {
    count(at, 0, outcomes.complete);
    count(at, 1, outcomes.failed);
    count(at, 2, outcomes.aborted);
  }

  const since = [history.watchedSince, nullable(oldestHeld), history.oldest].filter((at) => at !== null);
  const covered = since.length === 0 ? 0 : Math.max(0, now - Math.min(...since));
  const [lastDay, lastHour, recent] = counters.map(({ windowMs, counts }): Rate => {
    const [complete = 0, failed = 0, aborted = 0] = counts;
    return { windowMs, coveredMs: Math.min(windowMs, covered), complete, failed, aborted };
  });
  const throughput = Array.from({ length: 60 }, (_, minute) => {
    const at = firstMinute + minute * minuteMs;
    return { at, complete: perMinute[3 * minute]!, failed: perMinute[3 * minute + 1]! };
  });

  const queues = new Map<string, QueueJobs>();
  perQueue.forEach((jobs, id) => {
    const name = table.strings.text(id);
    if (name !== null && jobs !== undefined) queues.set(name, jobs);
  });
  return {
    counts: Object.fromEntries(jobStates.map((name, code) => [name, perState[code]!])) as StateCounts,
    queues,
    lastHour: lastHour!,
    lastDay: lastDay!,
    recent: recent!,
    throughput,
    lastFinishedAt: nullable(lastFinishedAt),
    oldestHeld: nullable(oldestHeld),
  };
}

/**
 * Per function, by name: `count` is every job in the index whatever its state, the percentiles are of jobs that have ended
 * and were called.
 */
export function functionStatistics(table: JobTable): FunctionStats[] {
  const found = new Map<number, { count: number; failed: number; runs: number[]; waits: number[] }>();
  const { columns, end, strings } = table;
  for (let row = 0; row < end; row++) {
    const id = columns.function[row]!;
    if (columns.state[row] === freeRow || id === 0) continue;
    let entry = found.get(id);
    if (entry === undefined) found.set(id, (entry = { count: 0, failed: 0, runs: [], waits: [] }));
    entry.count++;
    if (columns.state[row] === failedCode) entry.failed++;
    if (Number.isNaN(columns.finishedAt[row]!)) continue;
    if (!Number.isNaN(columns.runMs[row]!)) entry.runs.push(columns.runMs[row]!);
    if (!Number.isNaN(columns.waitMs[row]!)) entry.waits.push(columns.waitMs[row]!);
  }
  return [...found]
    .map(([id, { count, failed, runs, waits }]) => {
      const sortedRuns = Float64Array.from(runs).sort();
      return {
        name: strings.text(id)!,
        count,
        failed,
        runP50Ms: percentile(sortedRuns, 50),
        runP95Ms: percentile(sortedRuns, 95),
        waitP95Ms: percentile(Float64Array.from(waits).sort(), 95),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nearest rank: the smallest value that at least `percent` of all values do not exceed. Null of nothing. */
export function percentile(sorted: Float64Array, percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

function noJobs(): QueueJobs {
  return {
    queued: 0,
    deferred: 0,
    running: 0,
    retrying: 0,
    complete: 0,
    failed: 0,
    waiting: 0,
    oldestDueAt: null,
  };
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
