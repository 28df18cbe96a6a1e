import { jobStates } from "../arq/jobModel";
import { freeRow, stateCode, type JobTable } from "./jobTable";
import type { FunctionStats, StateCounts } from "./model";

/** Of the jobs of one queue in the index. */
export interface QueueJobs {
  readonly queued: number;
  readonly deferred: number;
  readonly running: number;
  readonly retrying: number;
  readonly complete: number;
  readonly failed: number;
  /** Jobs that are due and not running. */
  readonly waiting: number;
  /** When the one that waits longest fell due, unix ms; null when none waits or its due time is not known. */
  readonly oldestDueAt: number | null;
}

export interface Statistics {
  readonly counts: StateCounts;
  /** By name of the queue. */
  readonly queues: ReadonlyMap<string, Readonly<QueueJobs>>;
  /** When the newest job ended whose end is known, unix ms, also where it has left the index since. */
  readonly lastFinishedAt: number | null;
}

const failedCode = stateCode("failed");

/** Everything that is counted of the jobs there are, from tallies: as quick for a million jobs as for one. `now` is Redis' clock, unix ms. What has ended when: `OutcomeHistory`. */
export function gatherStatistics(table: JobTable, now: number): Statistics {
  const { tallies, strings } = table;
  const { due } = tallies;
  due.advance(now);
  const queues = new Map<string, QueueJobs>();
  for (const [queue, counts] of tallies.queues) {
    const name = strings.text(queue);
    if (name === null) continue;
    const { queued, deferred, running, retrying, complete, failed } = byState(counts);
    const waiting = due.waiting(queue);
    const oldestDueAt = due.oldestAt(queue);
    queues.set(name, { queued, deferred, running, retrying, complete, failed, waiting, oldestDueAt });
  }
  return { counts: byState(tallies.states), queues, lastFinishedAt: tallies.lastFinishedAt };
}

function byState(counts: Float64Array): StateCounts {
  return Object.fromEntries(jobStates.map((name, code) => [name, counts[code]!])) as StateCounts;
}

/** When the oldest job ended whose result Redis holds, unix ms; null without any. Looks at every job: 2 ms at a million. */
export function oldestHeld({ columns: { state, finishedAt }, end }: JobTable): number | null {
  const held = ["complete", "failed", "aborted"] as const;
  const isHeld = new Uint8Array(freeRow + 1);
  for (const name of held) isHeld[stateCode(name)] = 1;
  let oldest = Number.POSITIVE_INFINITY;
  for (let row = 0; row < end; row++) {
    if (isHeld[state[row]!] === 1 && finishedAt[row]! < oldest) oldest = finishedAt[row]!;
  }
  return oldest === Number.POSITIVE_INFINITY ? null : oldest;
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
