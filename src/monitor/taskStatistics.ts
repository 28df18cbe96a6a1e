import type { JobState } from "../arq/jobModel";
import { inRows } from "./inRows";
import { freeRow } from "./jobColumns";
import { stateCode, type JobTable } from "./jobTable";
import type { JobRow } from "./model";
import { Numbers } from "./numbers";
import type { LastError, TaskStats } from "./queryModel";
import type { Slices } from "./slices";

const hourMs = 60 * 60_000;
const failedCode = stateCode("failed");
const completeCode = stateCode("complete");

interface Sums {
  readonly function: string;
  readonly queue: string | null;
  count: number;
  readonly now: Record<Waiting, number>;
  complete: number;
  failed: number;
  readonly runs: Numbers;
  lastError: LastError | null;
  lastFailedAt: number;
  /** Of the row in the table; null where a forgotten job failed last. */
  lastFailedId: string | null;
}

/** States in which a job still lies ahead. */
type Waiting = "queued" | "deferred" | "running" | "retrying";
const waitingOf = new Map<number, Waiting>(
  (["queued", "deferred", "running", "retrying"] as const satisfies readonly JobState[]).map((state) => [
    stateCode(state),
    state,
  ]),
);

/**
 * What the jobs of each function add up to in each queue, by function and then queue. Failed jobs of the last hour that Redis has forgotten (`remembered`) count as
 * the query `{ states: ["failed"], remembered: "also", text: "since:1h" }` finds them. `now` is Redis' clock, unix ms. Rows count as they were when their
 * slice looked at them.
 */
export async function taskStatistics(
  table: JobTable,
  remembered: Iterable<JobRow>,
  now: number,
  slices: Slices,
): Promise<TaskStats[]> {
  const all = new Map<string, Sums>();
  const sumsOf = (name: string, queue: string | null): Sums => {
    const key = JSON.stringify([name, queue]);
    let sums = all.get(key);
    if (sums === undefined) all.set(key, (sums = noSums(name, queue)));
    return sums;
  };
  /** By numbers of function and queue, which stand for the same names within a slice only. */
  let known = new Map<number, Sums | null>();
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) known = new Map();
      const { columns, strings } = table;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (columns.state[row] === freeRow || columns.function[row] === 0) continue;
        // Both are 32-bit numbers of strings, of which there are far fewer than 2^26.
        const code = columns.function[row]! * 2 ** 26 + columns.queue[row]!;
        let sums = known.get(code);
        if (sums === undefined) {
          const name = strings.text(columns.function[row]!);
          sums = name === null ? null : sumsOf(name, strings.text(columns.queue[row]!));
          known.set(code, sums);
        }
        if (sums !== null) addRow(sums, table, row, now);
      }
    },
  );
  for (const job of await newestFailures(remembered, slices)) {
    const row = table.find(job.id);
    // It failed again under the same id: that one is counted.
    if (row >= 0 && table.columns.state[row] === failedCode) continue;
    const sums = sumsOf(job.function, job.queue);
    if (job.finishedAt > now - hourMs) sums.failed++;
    if (job.error === null || job.finishedAt <= sums.lastFailedAt) continue;
    const { type, message } = job.error;
    sums.lastFailedAt = job.finishedAt;
    sums.lastFailedId = null;
    sums.lastError = { type, message, at: job.finishedAt, id: job.id };
  }
  const found: TaskStats[] = [];
  for (const sums of all.values()) found.push(await told(sums, table, slices));
  return found.sort((a, b) => compare(a.function, b.function) || compare(a.queue ?? "", b.queue ?? ""));
}

type Failure = JobRow & { readonly function: string; readonly finishedAt: number };

/** Of a job that failed several times under its id, the last time. */
async function newestFailures(remembered: Iterable<JobRow>, slices: Slices): Promise<Iterable<Failure>> {
  const newest = new Map<string, Failure>();
  for (const job of remembered) {
    if (slices.isOver) await slices.rest();
    if (!isFailure(job)) continue;
    const known = newest.get(job.id);
    if (known === undefined || job.finishedAt > known.finishedAt) newest.set(job.id, job);
  }
  return newest.values();
}

function isFailure(job: JobRow): job is Failure {
  return job.state === "failed" && job.function !== null && job.finishedAt !== null;
}

function addRow(sums: Sums, table: JobTable, row: number, now: number): void {
  const { state, finishedAt, runMs } = table.columns;
  sums.count++;
  const code = state[row]!;
  const waiting = waitingOf.get(code);
  if (waiting !== undefined) {
    sums.now[waiting]++;
    return;
  }
  const endedAt = finishedAt[row]!;
  if (Number.isNaN(endedAt)) return;
  if (code === failedCode && endedAt > sums.lastFailedAt) {
    sums.lastFailedAt = endedAt;
    sums.lastFailedId = table.id(row);
  }
  if (endedAt <= now - hourMs) return;
  if (code === failedCode) sums.failed++;
  else if (code === completeCode) sums.complete++;
  if (!Number.isNaN(runMs[row]!)) sums.runs.add(runMs[row]!);
}

async function told(sums: Sums, table: JobTable, slices: Slices): Promise<TaskStats> {
  const { function: name, queue, count, now, complete, failed, lastFailedAt, lastFailedId } = sums;
  const [runP95Ms] = await sums.runs.percentiles([95], slices);
  let { lastError } = sums;
  if (lastFailedId !== null) {
    // It may have left the index since its slice.
    const row = table.find(lastFailedId);
    const error = row < 0 ? null : table.error(row);
    lastError =
      error === null ? null : { type: error.type, message: error.message, at: lastFailedAt, id: lastFailedId };
  }
  return {
    function: name,
    queue,
    count,
    ...now,
    completeLastHour: complete,
    failedLastHour: failed,
    runP95Ms,
    lastError,
  };
}

function noSums(name: string, queue: string | null): Sums {
  return {
    function: name,
    queue,
    count: 0,
    now: { queued: 0, deferred: 0, running: 0, retrying: 0 },
    complete: 0,
    failed: 0,
    runs: new Numbers(16),
    lastError: null,
    lastFailedAt: Number.NEGATIVE_INFINITY,
    lastFailedId: null,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
