import { jobStates, type JobState } from "../../../src/arq/jobModel";
import { History } from "../../../src/monitor/history";
import type {
  ErrorGroup,
  JobDetail,
  JobQuery,
  JobRow,
  Monitor,
  MonitorSnapshot,
  QueueStats,
} from "../../../src/monitor/model";
import { systemClock } from "../../../src/monitor/systemClock";
import { noJobs } from "../../../src/protocol/jobQuery";

/** Redis' clock in these tests. */
export const now = 1_700_000_000_000;

export function row(fields: Partial<JobRow> & { id: string }): JobRow {
  return {
    function: "send_email",
    queue: "arq:queue",
    state: "queued",
    tries: null,
    enqueuedAt: now - 60_000,
    scheduledAt: null,
    startedAt: null,
    finishedAt: null,
    waitMs: null,
    runMs: null,
    error: null,
    worker: null,
    undecodable: null,
    rememberedSince: null,
    claimEndsAt: null,
    orphanEvidence: null,
    ...fields,
  };
}

export function failedRow(id: string, type = "KeyError", message = "'sku'"): JobRow {
  const error = { kind: "exception", type, message, hasTraceback: false } as const;
  return row({ id, state: "failed", startedAt: now - 31_000, finishedAt: now - 30_000, tries: 1, error });
}

export function queue(fields: Partial<QueueStats> & { name: string }): QueueStats {
  return {
    depth: 0,
    queued: 0,
    deferred: 0,
    running: 0,
    retrying: 0,
    oldestDueMs: null,
    complete: 0,
    failed: 0,
    ...fields,
  };
}

export function snapshot(fields: Partial<MonitorSnapshot> = {}): MonitorSnapshot {
  const rate = { windowMs: 0, coveredMs: 0, gaps: [], complete: 0, failed: 0, aborted: 0 };
  return {
    at: now,
    status: {
      state: "live",
      feed: "push",
      feedReason: null,
      server: { version: "7.0.15", kind: "redis", address: "cache:6379/0" },
      clockOffset: 0,
      refused: [],
      limits: [],
    },
    sweep: null,
    complete: true,
    sweptAt: now,
    queues: [],
    counts: Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>,
    workers: [],
    workerCount: { kind: "unknown", reason: "CLIENT LIST is refused." },
    health: { level: "green", reasons: [] },
    lastHour: rate,
    lastDay: rate,
    lastWeek: rate,
    history: { state: "on" },
    retention: { shortestMs: null, function: null, zero: [], withoutTrace: 0, ended: 0 },
    throughput: [],
    ...fields,
  };
}

function noHistory(): History {
  const never = (): void => {};
  const logger = { debug: never, info: never, warn: never, error: never };
  const readWorkerHours = (): Promise<never[]> => Promise.resolve([]);
  return new History({ kept: null, clock: systemClock, logger, now: () => now, onNews: never, readWorkerHours });
}

/** A monitor that stands still: rows, groups and one snapshot. */
export function fakeMonitor(parts: {
  rows?: readonly JobRow[];
  groups?: readonly ErrorGroup[];
  snapshot?: MonitorSnapshot;
  open?: (id: string) => Promise<JobDetail | null>;
}): Monitor {
  const rows = parts.rows ?? [];
  return {
    start() {},
    refresh() {},
    close: () => Promise.resolve(),
    snapshot: () => parts.snapshot ?? snapshot(),
    async query({ states, queue: name, offset, limit }: JobQuery) {
      const matching = rows.filter(
        (each) => (states.length === 0 || states.includes(each.state)) && (name === null || each.queue === name),
      );
      return { ...noJobs, rows: matching.slice(offset, offset + limit), total: matching.length, indexed: rows.length };
    },
    rows: () => rows,
    errorGroups: () => Promise.resolve(parts.groups ?? []),
    functions: () => Promise.resolve([]),
    tasks: () => Promise.resolve([]),
    queueReports: () => Promise.resolve([]),
    latency: () => Promise.resolve([]),
    cron: () => Promise.resolve([]),
    recent: () => ({ entries: [], newest: 0, newer: 0, newerIsExact: true }),
    suggest: () => Promise.resolve([]),
    searchPayloads: () => Promise.reject(new Error("not connected")),
    original: () => Promise.resolve(null),
    sampleMemory: () => Promise.resolve(null),
    row: (id) => rows.find((each) => each.id === id) ?? null,
    open: parts.open ?? (() => Promise.resolve(null)),
    onChange: () => () => {},
    setThresholds() {},
    history: noHistory(),
    setDemand() {},
    pauseSweep() {},
    resumeSweep() {},
    now: () => now,
  };
}

export function group(fields: Partial<ErrorGroup> & { jobs: readonly JobRow[] }): ErrorGroup {
  return {
    key: "KeyError|'sku'",
    type: "KeyError",
    message: "'sku'",
    sample: "'sku'",
    count: fields.jobs.length,
    remembered: 0,
    firstAt: now - 60_000,
    lastAt: now - 30_000,
    lastHour: fields.jobs.length,
    lastDay: fields.jobs.length,
    lastWeek: fields.jobs.length,
    trend: [],
    mark: null,
    latest: fields.jobs[0] ?? null,
    functions: [],
    queues: [],
    ...fields,
  };
}
