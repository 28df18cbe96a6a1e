import { jobStates } from "../arq/jobModel";
import { freeRow } from "./jobColumns";
import { stateCode, type JobTable } from "./jobTable";
import type { StateCounts } from "./model";

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
