import { activitySample } from "./activitySamples";
import { failedSample } from "./failedSamples";
import { jobStates, type JobState } from "../../src/arq/jobModel";
import type { JobQuery, JobRow, MonitorSnapshot, Rate, StateCounts } from "../../src/monitor/model";
import { newestJobs, noJobs } from "../../src/protocol/jobQuery";
import {
  firstIntents,
  lookAt,
  tabNames,
  type Look,
  type TabIntents,
  type TabName,
  type TabViews,
} from "../../src/protocol/tabs";
import type { JobsView } from "../../src/protocol/tabs/jobs";
import type { ConnectionView, DashboardView, TabBody } from "../../src/protocol/viewModels";
import { functionsSample, queuesSample, scheduledSample } from "./tabSamples";

import { workersView } from "../../src/host/panels/tabs/workersTab";
import { everyWorker } from "../../src/protocol/tabs/workers";
import { sampleLatency } from "./sampleLatency";

/** Redis' clock in every sample: 2026-11-21 13:04:31.250 UTC. */
export const sampleNow = Date.UTC(2026, 10, 21, 13, 4, 31, 250);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const staging: ConnectionView = {
  name: "shop staging",
  environment: "staging",
  production: false,
  address: "localhost:6379/0",
};
export const production: ConnectionView = {
  name: "shop",
  environment: "production",
  production: true,
  address: "redis-1.eu-central.internal.example.com:6380/3",
};

const functions = [
  "send_order_confirmation",
  "charge_card",
  "sync_inventory",
  "resize_product_images",
  "cron:close_abandoned_carts",
  "export_monthly_report_for_the_accounting_department",
  "ship",
];
const queues = ["arq:queue", "arq:mail", "reports: monthly, and very slow ones"];
const cycle: readonly JobState[] = [
  "running",
  "complete",
  "failed",
  "complete",
  "queued",
  "complete",
  "deferred",
  "complete",
  "retrying",
  "failed",
  "aborted",
  "finished",
];

export const sampleErrors = [
  { kind: "exception", type: "KeyError", message: "'user_id'", hasTraceback: false },
  {
    kind: "exception",
    type: "shop.payments.errors.CardDeclined",
    message: "card ending in 4242 was declined by the issuer: insufficient funds (request req_8sKq2nV0aL)",
    hasTraceback: true,
  },
  { kind: "timeout", type: "TimeoutError", message: "", hasTraceback: true },
] as const;

/** The n-th sample job: its state, queue and times follow from n alone. */
export function sampleRow(n: number, change: Partial<JobRow> = {}): JobRow {
  const state = change.state ?? cycle[n % cycle.length]!;
  const enqueuedAt = sampleNow - n * 7 * second - 20 * second;
  const started = !["queued", "deferred", "expired"].includes(state);
  const ended = ["complete", "failed", "aborted", "finished"].includes(state);
  const startedAt = started ? enqueuedAt + 340 + (n % 5) * 900 : null;
  const runMs = ended ? 85 + ((n * 7919) % 48_000) : null;
  return {
    id:
      n % 11 === 3
        ? `order:${80_000 + n}:confirmation:eu-central-1`
        : (n * 2_654_435_761).toString(16).padStart(32, "e"),
    function: functions[n % functions.length]!,
    queue: queues[n % 9 === 0 ? 2 : n % 2]!,
    state,
    tries: state === "retrying" ? 2 : started ? (n % 9 === 0 ? 3 : 1) : 0,
    enqueuedAt,
    scheduledAt: state === "deferred" ? sampleNow + (n + 1) * minute : started ? null : enqueuedAt,
    startedAt,
    finishedAt: startedAt !== null && runMs !== null ? startedAt + runMs : null,
    waitMs: startedAt === null ? null : startedAt - enqueuedAt,
    runMs,
    error: state === "failed" ? sampleErrors[n % sampleErrors.length]! : null,
    worker: null,
    undecodable: null,
    rememberedSince: null,
    claimEndsAt: null,
    orphanEvidence: null,
    ...change,
  };
}

export function sampleRows(from: number, count: number): JobRow[] {
  return Array.from({ length: count }, (_, index) => sampleRow(from + index));
}

export function sampleCounts(change: Partial<StateCounts> = {}): StateCounts {
  const zero = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
  return {
    ...zero,
    queued: 128,
    deferred: 42,
    running: 9,
    retrying: 3,
    complete: 10_180,
    failed: 131,
    aborted: 4,
    finished: 3,
    ...change,
  };
}

export function sampleSnapshot(change: Partial<MonitorSnapshot> = {}): MonitorSnapshot {
  const newest = sampleNow - (sampleNow % minute);
  return {
    at: sampleNow,
    status: {
      state: "live",
      feed: "push",
      feedReason: null,
      server: { version: "7.0.15", kind: "redis", address: "localhost:6379/0" },
      clockOffset: 12,
      refused: [],
      limits: [],
    },
    sweep: null,
    complete: true,
    sweptAt: sampleNow - minute,
    queues: [
      {
        name: queues[0]!,
        depth: 121,
        queued: 92,
        deferred: 20,
        running: 6,
        retrying: 3,
        oldestDueMs: 8_400,
        complete: 8_000,
        failed: 90,
      },
      {
        name: queues[1]!,
        depth: 58,
        queued: 36,
        deferred: 22,
        running: 0,
        retrying: 0,
        oldestDueMs: 740,
        complete: 2_000,
        failed: 30,
      },
      {
        name: queues[2]!,
        depth: 3,
        queued: 0,
        deferred: 0,
        running: 3,
        retrying: 0,
        oldestDueMs: null,
        complete: 180,
        failed: 11,
      },
      {
        name: "arq:idle",
        depth: 0,
        queued: 0,
        deferred: 0,
        running: 0,
        retrying: 0,
        oldestDueMs: null,
        complete: 0,
        failed: 0,
      },
    ],
    counts: sampleCounts(),
    workers: [
      {
        name: "arq:queue",
        kind: "shared",
        queue: "arq:queue",
        host: null,
        pid: null,
        evidence: ["One health record for all workers of this queue, written 14 s ago."],
        lastSeenAt: sampleNow - 14 * second,
        stale: false,
        startedAt: null,
        intervalMs: hour,
        maxJobs: null,
        jobs: null,
        release: null,
        python: null,
        arq: null,
        counters: { complete: 8_000, failed: 90, retried: 12, ongoing: 6 },
      },
      {
        name: "mail-1:4711",
        kind: "process",
        queue: "arq:mail",
        host: "mail-1",
        pid: 4711,
        evidence: ["Its own health record, last written 3 min ago."],
        lastSeenAt: sampleNow - 3 * minute,
        stale: true,
        startedAt: sampleNow - 5 * hour,
        intervalMs: 15 * second,
        maxJobs: 10,
        jobs: [{ id: "m1", function: "send_mail", try: 2, startedAt: sampleNow - 4 * minute }],
        release: "2026.11.3",
        python: "3.11.7",
        arq: "0.28.0",
        counters: { complete: 2_000, failed: 30, retried: 0, ongoing: 0 },
      },
    ],
    workerCount: { kind: "atLeast", n: 2 },
    health: { level: "green", reasons: [] },
    lastHour: sampleRate(hour, 42 * minute, { complete: 812, failed: 14, aborted: 2 }),
    lastDay: sampleRate(24 * hour, 5 * hour + 12 * minute, { complete: 10_180, failed: 131, aborted: 4 }),
    lastWeek: sampleRate(7 * 24 * hour, 29 * hour, { complete: 61_210, failed: 702, aborted: 9 }),
    history: { state: "on" },
    retention: { shortestMs: null, function: null, zero: [], withoutTrace: 0, ended: 0 },
    throughput: Array.from({ length: 60 }, (_, index) => ({
      at: newest - (59 - index) * minute,
      complete: index < 17 ? 0 : Math.round(14 + 9 * Math.sin(index / 5) + ((index * 37) % 7)),
      failed: index < 17 ? 0 : index % 8 === 3 ? 2 : index === 44 ? 9 : 0,
      covered: index >= 17,
    })),
    ...change,
  };
}

/** Covered at its end, the rest one gap. */
function sampleRate(windowMs: number, coveredMs: number, counts: Pick<Rate, "complete" | "failed" | "aborted">): Rate {
  return { windowMs, coveredMs, gaps: [{ from: sampleNow - windowMs, to: sampleNow - coveredMs }], ...counts };
}

export function sampleDashboard(change: Partial<DashboardView> = {}): DashboardView {
  return {
    revision: 1,
    connection: staging,
    snapshot: sampleSnapshot(),
    asOf: null,
    paused: false,
    look: lookAt("overview"),
    body: sampleBody("overview"),
    ...change,
  };
}

/** What each tab shows of the samples. */
export const sampleTabs: TabViews = {
  overview: { latency: sampleLatency(sampleNow) },
  jobs: { ...noJobs, rows: sampleRows(0, 50), total: 10_500, indexed: 10_500, news: 0, changed: false, limits: [] },
  failed: failedSample(sampleNow),
  activity: activitySample(sampleNow),
  queues: queuesSample(sampleNow),
  workers: workersView(sampleSnapshot(), everyWorker, minute),
  scheduled: scheduledSample(sampleNow, sampleRow),
  functions: functionsSample(sampleNow),
};

/** A tab that was asked this and shows that. */
export function sampleBody<T extends TabName>(
  tab: T,
  view: TabViews[T] = sampleTabs[tab],
  intent: TabIntents[T] = firstIntents[tab],
): TabBody {
  // The compiler does not see that they belong together.
  return { tab, intent, view } as unknown as TabBody;
}

/** The dashboard as it answers this look. */
export function sampleLook(look: Look, change: Partial<DashboardView> = {}): DashboardView {
  return sampleDashboard({ look, body: sampleBody(look.tab, sampleTabs[look.tab], look.intent), ...change });
}

/** The dashboard with its tab Jobs, these jobs on its page, found by this query. */
export function sampleJobs(
  page: Partial<JobsView> = {},
  query: Partial<JobQuery> = {},
  change: Partial<DashboardView> = {},
): DashboardView {
  const intent = { ...firstIntents.jobs, query: { ...newestJobs, ...query } };
  return sampleDashboard({
    look: lookAt("jobs", intent),
    body: sampleBody("jobs", { ...sampleTabs.jobs, ...page }, intent),
    ...change,
  });
}

const nobodyKnown = {
  kind: "unknown",
  reason: "No health record is fresh, and this user may not list connections (CLIENT LIST).",
} as const;

const unhealthy = {
  level: "red",
  reasons: [
    { level: "red", rule: "depth", queue: "arq:queue", text: "1,204 jobs in arq:queue, more than 1,000" },
    { level: "yellow", rule: "failed", queue: null, text: "6.2 % of 310 jobs failed in the last 5 min, more than 5 %" },
  ],
} as const;

/** The problem of a connection that was there. */
export const lost = {
  reason: "lost",
  message: "The connection to localhost:6379 was lost.",
  advice: "Check that Redis is running; the connection comes back by itself.",
} as const;

const liveByPoll = {
  state: "live",
  feed: "poll",
  feedReason: "The server is older than Redis 6.",
  server: { version: "5.0.14", kind: "redis", address: "localhost:6379/0" },
  clockOffset: 12,
  refused: [],
  limits: [],
} as const;

const noCounts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;

/** The dashboard in every state that people meet, by name. */
export const dashboardSamples: Readonly<Record<string, DashboardView>> = {
  live: sampleDashboard(),
  production: sampleDashboard({
    connection: production,
    snapshot: sampleSnapshot({
      health: unhealthy,
      counts: sampleCounts({ queued: 1_204_318, orphaned: 2, expired: 5 }),
      workerCount: { kind: "about", n: 3 },
      status: {
        state: "live",
        feed: "poll",
        feedReason: "The server is older than Redis 6.",
        server: { version: "5.0.14", kind: "redis", address: production.address },
        clockOffset: -80,
        refused: [{ command: "CLIENT LIST", consequence: "workers cannot be counted by their connections." }],
        limits: [],
      },
    }),
  }),
  unserved: sampleDashboard({
    snapshot: sampleSnapshot({
      workers: [],
      workerCount: { kind: "exact", n: 0 },
      health: {
        level: "red",
        reasons: [{ level: "red", rule: "noWorker", queue: null, text: "128 jobs are due and no worker is seen" }],
      },
      retention: { shortestMs: 30_000, function: "send_order_confirmation", zero: [], withoutTrace: 0, ended: 826 },
    }),
  }),
  firstJob: sampleDashboard({
    snapshot: sampleSnapshot({
      counts: noCounts,
      queues: sampleSnapshot().queues.slice(3),
      lastHour: sampleRate(hour, 4 * minute, { complete: 0, failed: 0, aborted: 0 }),
      lastDay: sampleRate(24 * hour, 4 * minute, { complete: 0, failed: 0, aborted: 0 }),
      lastWeek: sampleRate(7 * 24 * hour, 4 * minute, { complete: 0, failed: 0, aborted: 0 }),
    }),
    body: sampleBody("overview", { latency: [] }),
  }),
  workersUnknown: sampleLook(lookAt("workers"), {
    snapshot: sampleSnapshot({ workers: [], workerCount: nobodyKnown }),
    body: sampleBody("workers", workersView({ workers: [], workerCount: nobodyKnown }, firstIntents.workers, minute)),
  }),
  sweeping: sampleDashboard({
    snapshot: sampleSnapshot({
      sweep: { keysScanned: 340_000, keysTotal: 1_000_000, paused: false },
      complete: false,
      sweptAt: null,
    }),
  }),
  sweepPaused: sampleDashboard({
    snapshot: sampleSnapshot({
      sweep: { keysScanned: 340_000, keysTotal: 1_000_000, paused: true },
      complete: false,
      sweptAt: null,
    }),
  }),
  lostWhileSweeping: sampleDashboard({
    asOf: sampleNow - 27 * second,
    snapshot: sampleSnapshot({
      sweep: { keysScanned: 340_000, keysTotal: 1_000_000, paused: false },
      complete: false,
      sweptAt: null,
      status: { state: "down", problem: lost, since: sampleNow - 27 * second, retryAt: null },
    }),
  }),
  flooded: sampleDashboard({
    snapshot: sampleSnapshot({
      status: {
        ...liveByPoll,
        limits: ["Redis changes about 12,000 keys a second: of finished jobs every tenth is read."],
      },
      sweptAt: sampleNow - 12 * second,
    }),
  }),
  remembered: sampleJobs(
    {
      rows: sampleRows(0, 6).map((row, n) => (n % 2 === 0 ? { ...row, rememberedSince: sampleNow - n * minute } : row)),
      total: 6,
      indexed: 10_500,
      notes: ['There is no filter "stat": it is looked for as text. For a status write status:failed.'],
    },
    { text: "is:remembered stat:x" },
  ),
  ...Object.fromEntries(
    tabNames.filter((tab) => tab !== "overview").map((tab) => [tab, sampleLook(lookAt(tab))] as const),
  ),
  nothingFailed: sampleDashboard({
    look: lookAt("failed"),
    body: sampleBody("failed", {
      ...failedSample(sampleNow, { groups: [], muted: [], mutedInAll: 0, chart: [], remembered: 0, firstAt: null }),
      found: { groups: 0, jobs: 0 },
      known: { groups: 0, jobs: 0 },
    }),
  }),
  eventsWait: sampleDashboard({
    look: lookAt("activity"),
    body: sampleBody("activity", activitySample(sampleNow, { newest: 1037, newer: 37 }), {
      ...firstIntents.activity,
      kinds: ["failed"],
      upTo: 1000,
    }),
  }),
  queueOpened: sampleLook(lookAt("queues", { ...firstIntents.queues, open: "arq:queue" })),
  payloads: sampleJobs({ needsPayloads: true }, { text: "arg:4711" }),
  filtered: sampleJobs(
    { rows: sampleRows(0, 24).filter(({ state }) => state === "failed"), total: 131, news: 3, changed: true },
    { states: ["failed"], queue: "arq:mail", text: "since:1h -fn:ship card", sort: "finishedAt" },
  ),
  lost: sampleDashboard({
    asOf: sampleNow - 27 * second,
    snapshot: sampleSnapshot({
      status: { state: "down", problem: lost, since: sampleNow - 27 * second, retryAt: null },
    }),
  }),
  noMatch: sampleJobs(
    { rows: [], total: 0 },
    { states: ["failed", "aborted"], queue: "arq:mail", text: "no such thing" },
  ),
  unconfigured: sampleDashboard({
    connection: null,
    snapshot: null,
    body: null,
  }),
  connecting: sampleDashboard({ snapshot: null, body: null }),
  cannotConnect: sampleDashboard({
    connection: production,
    snapshot: sampleSnapshot({
      complete: false,
      queues: [],
      counts: noCounts,
      status: {
        state: "down",
        problem: {
          reason: "passwordNeeded",
          message: "redis-1.eu-central.internal.example.com:6380 asks for a password.",
          advice: 'Store it with "ARQ: Set Redis Password".',
        },
        since: null,
        retryAt: null,
      },
    }),
  }),
  empty: sampleDashboard({
    snapshot: sampleSnapshot({
      queues: [],
      workers: [],
      workerCount: { kind: "unknown", reason: "CLIENT LIST is refused and no health record is there." },
      counts: noCounts,
    }),
  }),
};
