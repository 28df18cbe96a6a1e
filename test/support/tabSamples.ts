import type { JobRow } from "../../src/monitor/model";
import type { FunctionLine, FunctionsView } from "../../src/protocol/tabs/functions";
import type { QueueLine, QueuesView } from "../../src/protocol/tabs/queues";
import type { CronLine, CronRun, ScheduledView } from "../../src/protocol/tabs/scheduled";

const minute = 60_000;
const hour = 60 * minute;

/** A queue as the tab Queues shows it; `now`: Redis' clock. The line rises and falls, the first 17 minutes of it estimated. */
export function queueLine(now: number, fields: Partial<QueueLine> & { readonly name: string }): QueueLine {
  const depth = fields.depth ?? 0;
  return {
    depth,
    queued: 0,
    deferred: 0,
    running: 0,
    retrying: 0,
    oldestDueMs: null,
    oldestDueAt: null,
    complete: 0,
    failed: 0,
    endedPerMinute: null,
    failureRate: null,
    waitMs: { p50: null, p95: null, p99: null },
    runMs: { p50: null, p95: null, p99: null },
    runMeanMs: null,
    lastActivityAt: now,
    failing: null,
    idle: false,
    line: {
      from: now - (now % minute) - 59 * minute,
      depths: Array.from({ length: 60 }, (_, index) => Math.round(depth * (0.6 + 0.4 * Math.cos((59 - index) / 6)))),
      estimated: Array.from({ length: 60 }, (_, index) => index < 17),
    },
    ...fields,
  };
}

export function queuesSample(now: number, fields: Partial<QueuesView> = {}): QueuesView {
  const queues = [
    queueLine(now, {
      name: "arq:mail",
      depth: 58,
      queued: 36,
      deferred: 22,
      complete: 2_000,
      failed: 140,
      failureRate: 140 / 2140,
      failing: "yellow",
      endedPerMinute: 4.2,
      oldestDueAt: now - 740,
      waitMs: { p50: 180, p95: 2_400, p99: 8_100 },
      runMs: { p50: 310, p95: 1_240, p99: 4_800 },
      runMeanMs: 420,
    }),
    queueLine(now, {
      name: "arq:queue",
      depth: 121,
      queued: 92,
      deferred: 20,
      running: 6,
      retrying: 3,
      complete: 8_000,
      failed: 90,
      failureRate: 90 / 8090,
      endedPerMinute: 212.4,
      oldestDueAt: now - 84_000,
      waitMs: { p50: 1_200, p95: 9_400, p99: 31_000 },
      runMs: { p50: 840, p95: 12_400, p99: 47_000 },
      runMeanMs: 2_310,
    }),
    queueLine(now, {
      name: "reports: monthly, and very slow ones",
      depth: 3,
      running: 3,
      complete: 180,
      failed: 40,
      failureRate: 40 / 220,
      failing: "red",
      endedPerMinute: 0.03,
      runMs: { p50: 184_000, p95: 1_264_000, p99: 3_100_000 },
      runMeanMs: 312_000,
    }),
  ];
  return {
    queues,
    notes: [],
    offset: 0,
    total: queues.length,
    known: 4,
    idle: 1,
    lateMs: { yellow: 10_000, red: 300_000 },
    ...fields,
  };
}

/** A function as the tab Functions shows it. */
export function functionLine(fields: Partial<FunctionLine> & { readonly name: string }): FunctionLine {
  const { complete = 0, failed = 0 } = fields;
  const failureRate = complete + failed === 0 ? null : failed / (complete + failed);
  return {
    count: complete + failed,
    complete,
    failed,
    running: 0,
    queued: 0,
    queues: ["arq:queue"],
    limits: null,
    failureRate,
    successRate: failureRate === null ? null : 1 - failureRate,
    trend: {
      stepMs: 5 * minute,
      complete: Array.from({ length: 12 }, (_, index) => (complete === 0 ? 0 : Math.round(9 + 6 * Math.sin(index)))),
      failed: Array.from({ length: 12 }, (_, index) => (failed > 0 && index % 5 === 3 ? 3 : 0)),
    },
    endedPerMinute: null,
    runP50Ms: null,
    runP95Ms: null,
    runP99Ms: null,
    waitP50Ms: null,
    waitP95Ms: null,
    waitP99Ms: null,
    lastError: null,
    failing: null,
    ...fields,
  };
}

export function functionsSample(now: number, fields: Partial<FunctionsView> = {}): FunctionsView {
  const functions = [
    functionLine({
      name: "send_order_confirmation",
      count: 4_120,
      complete: 4_100,
      failed: 4,
      running: 2,
      queued: 14,
      endedPerMinute: 62.5,
      waitP50Ms: 120,
      waitP95Ms: 840,
      waitP99Ms: 2_300,
      runP50Ms: 310,
      runP95Ms: 1_240,
      runP99Ms: 3_900,
      lastError: { type: "TimeoutError", message: "", at: now - 52 * minute, id: "late" },
    }),
    functionLine({
      name: "charge_card",
      count: 2_310,
      complete: 1_900,
      failed: 402,
      endedPerMinute: 31.2,
      waitP50Ms: 210,
      waitP95Ms: 1_900,
      waitP99Ms: 9_100,
      runP50Ms: 640,
      runP95Ms: 2_900,
      runP99Ms: 5_200,
      failing: "red",
      lastError: {
        type: "shop.payments.errors.CardDeclined",
        message: "card ending in 4242 was declined by the issuer: insufficient funds",
        at: now - 3 * minute,
        id: "declined",
      },
    }),
    functionLine({
      name: "export_monthly_report_for_the_accounting_department",
      count: 220,
      complete: 205,
      failed: 15,
      endedPerMinute: 0.03,
      waitP50Ms: 4_100,
      waitP95Ms: 640_000,
      waitP99Ms: 1_800_000,
      runP50Ms: 184_000,
      runP95Ms: 1_264_000,
      runP99Ms: 3_100_000,
      failing: "yellow",
      lastError: { type: "KeyError", message: "'user_id'", at: now - 26 * 60 * minute, id: "key" },
    }),
    functionLine({
      name: "cron:close_abandoned_carts",
      count: 61,
      complete: 60,
      runP50Ms: 20,
      runP95Ms: 41,
      runP99Ms: 80,
    }),
    functionLine({ name: "ship", count: 3, queued: 3 }),
  ];
  return {
    functions,
    offset: 0,
    total: functions.length,
    known: functions.length,
    longestRunMs: 1_264_000,
    notes: [],
    standingOut: {
      failing: { name: "charge_card", failureRate: 402 / 2302, mark: "red" },
      slowest: { name: "export_monthly_report_for_the_accounting_department", ms: 1_264_000 },
      waiting: { name: "export_monthly_report_for_the_accounting_department", ms: 640_000 },
    },
    ...fields,
  };
}

/** Jobs due from a moment ago on, and cron jobs that run, fail, and were missed; `row` makes a job. */
export function scheduledSample(
  now: number,
  row: (n: number, change: Partial<JobRow>) => JobRow,
  fields: Partial<ScheduledView> = {},
): ScheduledView {
  // Not on the minute, so that what is said of them holds for a while.
  const dueIn = [-9.3, -0.1, 0.2, 0.8, 4.5, 25.5, 184.5, 52.5 * 60].map((minutes) => minutes * minute);
  const rows = dueIn.map((ms, n) =>
    row(n, {
      id: `due-${n}`,
      state: n % 3 === 1 ? "retrying" : "deferred",
      tries: n % 3 === 1 ? 2 : 0,
      startedAt: null,
      finishedAt: null,
      runMs: null,
      error: null,
      scheduledAt: now + ms,
    }),
  );
  const runs = (every: number, count: number, failed: (n: number) => boolean): CronRun[] =>
    Array.from({ length: count }, (_, n) => ({
      id: `cron:${every}:${n}`,
      state: failed(n) ? "failed" : "finished",
      dueAt: now - (now % every) - n * every,
      startedAt: now - (now % every) - n * every + 120,
      runMs: failed(n) ? 4_100 : n % 2 === 0 ? null : 380,
    }));
  return {
    rows,
    cron: [
      cronLine({
        name: "close_abandoned_carts",
        expectedAt: now - (now % (5 * minute)) + 5 * minute,
        lastRuns: runs(5 * minute, 10, (n) => n === 2 || n === 3),
        count: 212,
        failed: 7,
        intervalMs: 5 * minute,
      }),
      cronLine({
        name: "rotate_logs",
        queue: "arq:mail",
        expectedAt: now + 40 * minute,
        lastRuns: runs(hour, 4, () => false).slice(3),
        count: 4,
        intervalMs: hour,
        missed: { count: 3, dueAt: now - (now % hour), watched: true },
      }),
      cronLine({ name: "yearly_statement", next: { id: "y", at: now + 400 }, count: 1 }),
    ],
    offset: 0,
    total: rows.length,
    notes: [],
    needsPayloads: false,
    ...fields,
  };
}

export function cronLine(fields: Partial<CronLine> & { readonly name: string }): CronLine {
  const name = `cron:${fields.name}`;
  const queue = fields.queue ?? "arq:queue";
  return {
    id: JSON.stringify([name, queue]),
    function: name,
    queue,
    next: null,
    expectedAt: null,
    lastRuns: [],
    count: 0,
    failed: 0,
    intervalMs: null,
    missed: null,
    schedule: null,
    ...fields,
  };
}
