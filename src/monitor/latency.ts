import { type JobState, jobStates } from "../arq/jobModel";
import { isDueTime } from "../arq/jobTimes";
import { DueEstimate, type DueHistory } from "./dueHistory";
import { inRows } from "./inRows";
import { freeRow, type JobColumns } from "./jobColumns";
import type { JobTable } from "./jobTable";
import { Numbers } from "./numbers";
import type { LatencyPoint } from "./queryModel";
import type { Slices } from "./slices";

const minuteMs = 60_000;
/** Minutes that are told, the one that runs included. */
export const latencyMinutes = 60;

/** How long jobs waited and ran in each minute of the last hour, oldest first. `now` is Redis' clock, unix ms. Rows count as they were when their slice looked at them. */
export async function latency(table: JobTable, dues: DueHistory, now: number, slices: Slices): Promise<LatencyPoint[]> {
  const first = Math.floor(now / minuteMs) - latencyMinutes + 1;
  const waits = Array.from({ length: latencyMinutes }, () => new Numbers(4));
  const runs = Array.from({ length: latencyMinutes }, () => new Numbers(4));
  const estimate = new DueEstimate(now);
  /** A worker's clock may run ahead of Redis': the newest minute takes what lies in the future. */
  const of = (minutes: readonly Numbers[], at: number): Numbers | undefined =>
    minutes[Math.min(latencyMinutes - 1, Math.floor(at / minuteMs) - first)];
  await inRows(
    () => table.end,
    slices,
    (rows, count) => {
      const { columns } = table;
      const { state, startedAt, finishedAt, waitMs, runMs } = columns;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (state[row] === freeRow) continue;
        const started = startedAt[row]!;
        const waited = waitMs[row]!;
        // Each comparison with NaN is false.
        if (started >= first * minuteMs && waited >= 0) of(waits, started)?.add(waited);
        if (finishedAt[row]! >= first * minuteMs && runMs[row]! >= 0) of(runs, finishedAt[row]!)?.add(runMs[row]!);
        addWaits(estimate, columns, row);
      }
    },
  );
  const oldest = dues.points(now, estimate);
  const points: LatencyPoint[] = [];
  for (const [i, { at, oldestDueMs, estimated }] of oldest.entries()) {
    const [waitP50Ms, waitP95Ms] = await waits[i]!.percentiles([50, 95], slices);
    const [runP50Ms, runP95Ms] = await runs[i]!.percentiles([50, 95], slices);
    points.push({ at, waitP50Ms, waitP95Ms, runP50Ms, runP95Ms, oldestDueMs, estimated });
  }
  return points;
}

/** States of jobs that wait for a worker, or will once they are due. */
const waiting: readonly JobState[] = ["queued", "deferred", "retrying", "expired"];
const waits = Uint8Array.from(jobStates, (state) => (waiting.includes(state) ? 1 : 0));

/** The wait before its newest attempt, and that for the next one. */
function addWaits(estimate: DueEstimate, { state, startedAt, waitMs, scheduledAt }: JobColumns, row: number): void {
  const started = startedAt[row]!;
  const waited = waitMs[row]!;
  if (started === started && waited === waited) estimate.add(started - waited, started);
  const due = scheduledAt[row]!;
  if (waits[state[row]!] === 1 && isDueTime(due)) estimate.add(due, Number.POSITIVE_INFINITY);
}
