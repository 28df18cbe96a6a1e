import type { WorkerProcess } from "./ports";

/** A worker process that says it runs a job. */
export interface RunningOn {
  /** `host:pid`. */
  readonly worker: string;
  /** When it last said so, unix ms on Redis' clock. */
  readonly seenAt: number;
}

/**
 * Which jobs are seen running by which live worker, by the opt-in instrumentation: such a job is no orphan, whatever its claim looks like.
 * A process that has not written within its own promise (three intervals) counts as gone. That a job is *not* in here proves nothing unless every
 * worker of its queue is instrumented. `now` is Redis' clock, unix ms.
 */
export function jobsSeenRunning(processes: readonly WorkerProcess[], now: number): ReadonlyMap<string, RunningOn> {
  const seen = new Map<string, RunningOn>();
  for (const { state, writtenAt } of processes) {
    if (state === null || now - writtenAt > aliveForIntervals * state.intervalMs) continue;
    const worker = `${state.host}:${state.pid}`;
    for (const { id } of state.jobs) {
      // A job may be claimed again after its worker paused: the newer word holds.
      const before = seen.get(id);
      if (before === undefined || before.seenAt < writtenAt) seen.set(id, { worker, seenAt: writtenAt });
    }
  }
  return seen;
}

/** The instrumentation sets its keys to lapse after about so many intervals without a beat. */
export const aliveForIntervals = 3;
