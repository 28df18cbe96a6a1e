import type { JobTable } from "./jobTable";

/** When a job that runs was started and enqueued, unix ms on Redis' clock. */
export interface RunningJob {
  readonly startedAt: number;
  readonly enqueuedAt: number | null;
}

/** More would tell nothing more of workers. */
const atMost = 500;

/** Jobs that run, as far as their start is known; at most 500. */
export function runningJobs({ columns, tallies }: JobTable): RunningJob[] {
  const found: RunningJob[] = [];
  for (const row of tallies.running) {
    if (found.length >= atMost) break;
    const enqueuedAt = columns.enqueuedAt[row]!;
    const startedAt = columns.startedAt[row]!;
    if (!Number.isNaN(startedAt)) found.push({ startedAt, enqueuedAt: Number.isNaN(enqueuedAt) ? null : enqueuedAt });
  }
  return found;
}
