import { inRows } from "./inRows";
import { freeRow } from "./jobColumns";
import { stateCode, type JobTable } from "./jobTable";
import { Numbers } from "./numbers";
import type { EndedTrend, LastError, Percentiles } from "./queryModel";
import { newestAt } from "./rowClauses";
import type { Slices } from "./slices";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const completeCode = stateCode("complete");
const failedCode = stateCode("failed");
const runningCode = stateCode("running");
const queuedCode = stateCode("queued");
const trendSteps = 12;
const trendStepMs = hourMs / trendSteps;
/** Names of queues are other people's bytes. */
const queuesAtMost = 100;

/** What the jobs of one function or one queue add up to. */
export interface JobStatistics {
  readonly name: string;
  /** Jobs in the index, whatever their state. */
  readonly count: number;
  readonly complete: number;
  readonly failed: number;
  /** Failed of complete and failed, 0 to 1; null of none. */
  readonly failureRate: number | null;
  /** Ended within the last hour, a minute: since the first of them whose result is kept, over a minute at least. Null when none has. */
  readonly endedPerMinute: number | null;
  readonly trend: EndedTrend;
  /** Jobs in these states. */
  readonly running: number;
  readonly queued: number;
  /** Names of the queues in which its jobs are or were, in order. */
  readonly queues: readonly string[];
  /** When something happened to one of its jobs last, unix ms; null when nothing is known of any. */
  readonly newestAt: number | null;
  /** Of jobs that have ended and were called. */
  readonly runMs: Percentiles;
  readonly runMeanMs: number | null;
  readonly waitMs: Percentiles;
  readonly lastError: LastError | null;
}

interface Sums {
  count: number;
  complete: number;
  failed: number;
  endedLastHour: number;
  firstEndLastHour: number;
  readonly completeTrend: number[];
  readonly failedTrend: number[];
  running: number;
  queued: number;
  readonly queues: Set<string>;
  /** Of the queue that was added last; it stands for the same name within a slice only. */
  queueCode: number;
  newestAt: number;
  runSum: number;
  runCount: number;
  readonly runs: Numbers;
  readonly waits: Numbers;
  lastFailedAt: number;
  lastFailedId: string;
}

/** Per name in the column, in order of the names; `now` is Redis' clock, unix ms. Rows count as they were when their slice looked at them. */
export async function statisticsBy(
  table: JobTable,
  column: "function" | "queue",
  now: number,
  slices: Slices,
): Promise<JobStatistics[]> {
  const all = new Map<string, Sums>();
  /** By number, which stands for the same name within a slice only. */
  let known: (Sums | undefined)[] = [];
  const sumsOf = (code: number): Sums | undefined => {
    const name = table.strings.text(code);
    if (name === null) return undefined;
    let sums = all.get(name);
    if (sums === undefined) all.set(name, (sums = noSums()));
    return (known[code] = sums);
  };
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) {
        known = [];
        for (const sums of all.values()) sums.queueCode = 0;
      }
      const codes = table.columns[column];
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (table.columns.state[row] === freeRow) continue;
        const code = codes[row]!;
        const sums = known[code] ?? sumsOf(code);
        if (sums !== undefined) addRow(sums, table, row, now);
      }
    },
  );
  const statistics: JobStatistics[] = [];
  for (const [name, sums] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
    statistics.push(await summed(name, sums, table, now, slices));
  }
  return statistics;
}

function addRow(sums: Sums, table: JobTable, row: number, now: number): void {
  const { columns } = table;
  const { state, finishedAt, runMs, waitMs, queue } = columns;
  sums.count++;
  if (queue[row] !== sums.queueCode) addQueue(sums, queue[row]!, table);
  const newest = newestAt(columns, row);
  if (newest > sums.newestAt) sums.newestAt = newest;
  const endedAt = finishedAt[row]!;
  if (state[row] === completeCode) {
    sums.complete++;
    count(sums.completeTrend, endedAt, now);
  } else if (state[row] === failedCode) {
    sums.failed++;
    count(sums.failedTrend, endedAt, now);
    if (endedAt > sums.lastFailedAt) {
      sums.lastFailedAt = endedAt;
      sums.lastFailedId = table.id(row);
    }
  }
  if (Number.isNaN(endedAt)) {
    if (state[row] === runningCode) sums.running++;
    else if (state[row] === queuedCode) sums.queued++;
    return;
  }
  if (endedAt > now - hourMs) {
    sums.endedLastHour++;
    if (endedAt < sums.firstEndLastHour) sums.firstEndLastHour = endedAt;
  }
  if (!Number.isNaN(runMs[row]!)) {
    sums.runs.add(runMs[row]!);
    sums.runSum += runMs[row]!;
    sums.runCount++;
  }
  if (!Number.isNaN(waitMs[row]!)) sums.waits.add(waitMs[row]!);
}

function addQueue(sums: Sums, code: number, { strings }: JobTable): void {
  sums.queueCode = code;
  const name = strings.text(code);
  if (name !== null && sums.queues.size < queuesAtMost) sums.queues.add(name);
}

/** Into the step of the last hour in which it ended, if that is in it. */
function count(trend: number[], endedAt: number, now: number): void {
  // A worker's clock may run ahead of Redis': the newest step takes what lies in the future.
  const back = Math.max(0, Math.floor((now - endedAt) / trendStepMs));
  if (back < trendSteps) trend[trendSteps - 1 - back]!++;
}

async function summed(name: string, sums: Sums, table: JobTable, now: number, slices: Slices): Promise<JobStatistics> {
  const { count, complete, failed, endedLastHour, firstEndLastHour } = sums;
  const minutes = Math.max(1, (now - firstEndLastHour) / minuteMs);
  return {
    name,
    count,
    complete,
    failed,
    failureRate: complete + failed === 0 ? null : failed / (complete + failed),
    endedPerMinute: endedLastHour === 0 ? null : endedLastHour / minutes,
    trend: { stepMs: trendStepMs, complete: sums.completeTrend, failed: sums.failedTrend },
    running: sums.running,
    queued: sums.queued,
    queues: [...sums.queues].sort(),
    newestAt: sums.newestAt === Number.NEGATIVE_INFINITY ? null : Math.min(now, sums.newestAt),
    runMs: await percentilesOf(sums.runs, slices),
    runMeanMs: sums.runCount === 0 ? null : sums.runSum / sums.runCount,
    waitMs: await percentilesOf(sums.waits, slices),
    lastError: lastErrorOf(sums, table),
  };
}

async function percentilesOf(numbers: Numbers, slices: Slices): Promise<Percentiles> {
  const [p50, p95, p99] = await numbers.percentiles([50, 95, 99], slices);
  return { p50, p95, p99 };
}

function lastErrorOf({ lastFailedAt, lastFailedId }: Sums, table: JobTable): LastError | null {
  if (lastFailedAt === Number.NEGATIVE_INFINITY) return null;
  // It may have left the index since its slice.
  const row = table.find(lastFailedId);
  const error = row < 0 ? null : table.error(row);
  return error === null ? null : { type: error.type, message: error.message, at: lastFailedAt, id: lastFailedId };
}

function noSums(): Sums {
  return {
    count: 0,
    complete: 0,
    failed: 0,
    endedLastHour: 0,
    firstEndLastHour: Number.POSITIVE_INFINITY,
    completeTrend: Array.from({ length: trendSteps }, () => 0),
    failedTrend: Array.from({ length: trendSteps }, () => 0),
    running: 0,
    queued: 0,
    queues: new Set(),
    queueCode: 0,
    newestAt: Number.NEGATIVE_INFINITY,
    runSum: 0,
    runCount: 0,
    runs: new Numbers(),
    waits: new Numbers(),
    lastFailedAt: Number.NEGATIVE_INFINITY,
    lastFailedId: "",
  };
}
