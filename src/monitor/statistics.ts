import { jobStates } from "../arq/jobModel";
import { freeRow, stateCode, type JobTable } from "./jobTable";
import type { FunctionStats, StateCounts } from "./model";

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

/** Everything that is counted of the jobs there are, in one pass over the index. `now` is Redis' clock, unix ms. What has ended when: `OutcomeHistory`. */
export function gatherStatistics(table: JobTable, now: number): Statistics {
  const { columns, end } = table;
  const { state, queue, scheduledAt, finishedAt, claimEndsAt } = columns;
  const perState = new Uint32Array(freeRow + 1);
  const perQueue: (QueueJobs | undefined)[] = [];
  let lastFinishedAt = Number.NaN;
  let oldestHeld = Number.NaN;

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
  const queues = new Map<string, QueueJobs>();
  perQueue.forEach((jobs, id) => {
    const name = table.strings.text(id);
    if (name !== null && jobs !== undefined) queues.set(name, jobs);
  });
  return {
    counts: Object.fromEntries(jobStates.map((name, code) => [name, perState[code]!])) as StateCounts,
    queues,
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
