import { JobTable } from "../../src/monitor/jobTable";
import type { JobRow } from "../../src/monitor/model";

/** Redis' clock in tests over rows. */
export const rowsNow = Date.UTC(2026, 0, 2, 3, 4, 30);

/** A job that waits since a minute. */
export function jobRow(id: string, change: Partial<JobRow> = {}): JobRow {
  return {
    id,
    function: "work",
    queue: "arq:queue",
    state: "queued",
    tries: 0,
    enqueuedAt: rowsNow - 60_000,
    scheduledAt: rowsNow - 60_000,
    startedAt: null,
    finishedAt: null,
    waitMs: null,
    runMs: null,
    error: null,
    worker: null,
    undecodable: null,
    claimEndsAt: null,
    orphanEvidence: null,
    rememberedSince: null,
    ...change,
  };
}

export function endedRow(id: string, finishedAt: number, change: Partial<JobRow> = {}): JobRow {
  const runMs = change.runMs ?? 100;
  const times = { tries: 1, scheduledAt: null, startedAt: finishedAt - runMs, finishedAt, runMs };
  return jobRow(id, { state: "complete", ...times, ...change });
}

export function failedRow(id: string, finishedAt: number, message: string, change: Partial<JobRow> = {}): JobRow {
  const error = { kind: "exception", type: "ValueError", message, hasTraceback: false } as const;
  return endedRow(id, finishedAt, { state: "failed", error, ...change });
}

export function tableOf(rows: Iterable<JobRow>): JobTable {
  const table = new JobTable();
  for (const each of rows) table.write(table.add(each.id), each);
  return table;
}

/** Numbers from 0 to 1 that look random and are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
