import { stateCode, type JobTable } from "./jobTable";

/** When a job that runs was started and enqueued, unix ms on Redis' clock. */
export interface RunningJob {
  readonly startedAt: number;
  readonly enqueuedAt: number | null;
}

/** More would tell nothing more of workers. */
const atMost = 500;

/** Jobs that run, as far as their start is known; at most 500. */
export function runningJobs({ columns, end }: JobTable): RunningJob[] {
  const running = stateCode("running");
  const found: RunningJob[] = [];
  for (let row = 0; row < end && found.length < atMost; row++) {
    if (columns.state[row] !== running || Number.isNaN(columns.startedAt[row]!)) continue;
    const enqueuedAt = columns.enqueuedAt[row]!;
    found.push({ startedAt: columns.startedAt[row]!, enqueuedAt: Number.isNaN(enqueuedAt) ? null : enqueuedAt });
  }
  return found;
}
