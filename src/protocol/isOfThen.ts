import type { WorkerStats } from "../monitor/model";

/** A record that is older tells what was, ms: ARQ's own, unless set otherwise, is written once an hour. */
const nowMs = 60_000;

/** Whether the running jobs that a worker told of are those of its last sign of life, not of now. */
export function isOfThen(
  { stale, jobs, lastSeenAt }: Pick<WorkerStats, "stale" | "jobs" | "lastSeenAt">,
  now: number,
): boolean {
  return stale || (jobs === null && (lastSeenAt === null || now - lastSeenAt >= nowMs));
}
