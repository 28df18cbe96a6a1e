import { jobStates, type JobState } from "../../src/arq/jobModel";
import type { JobQuery, JobRow, MonitorSnapshot, StateCounts } from "../../src/monitor/model";
import type {
  ConnectionView,
  DashboardView,
  FrameView,
  JobView,
  PayloadView,
  ValueNode,
} from "../../src/protocol/viewModels";

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

export const newestFirst: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "newest",
  descending: true,
  offset: 0,
  limit: 50,
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

const errors = [
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
    error: state === "failed" ? errors[n % errors.length]! : null,
    worker: null,
    undecodable: null,
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
    },
    sweep: null,
    complete: true,
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
        counters: { complete: 2_000, failed: 30, retried: 0, ongoing: 0 },
      },
    ],
    workerCount: { kind: "atLeast", n: 2 },
    health: { level: "green", reasons: [] },
    lastHour: { windowMs: hour, coveredMs: 42 * minute, complete: 812, failed: 14, aborted: 2 },
    lastDay: { windowMs: 24 * hour, coveredMs: 5 * hour + 12 * minute, complete: 10_180, failed: 131, aborted: 4 },
    throughput: Array.from({ length: 60 }, (_, index) => ({
      at: newest - (59 - index) * minute,
      complete: index < 17 ? 0 : Math.round(14 + 9 * Math.sin(index / 5) + ((index * 37) % 7)),
      failed: index < 17 ? 0 : index % 8 === 3 ? 2 : index === 44 ? 9 : 0,
    })),
    ...change,
  };
}

export function sampleDashboard(change: Partial<DashboardView> = {}): DashboardView {
  return {
    connection: staging,
    snapshot: sampleSnapshot(),
    page: { rows: sampleRows(0, 50), total: 10_500, indexed: 10_500 },
    query: newestFirst,
    ...change,
  };
}

const unhealthy = {
  level: "red",
  reasons: [
    { level: "red", rule: "depth", text: "1,204 jobs in arq:queue, more than 1,000" },
    { level: "yellow", rule: "failed", text: "6.2 % of 310 jobs failed in the last 5 min, more than 5 %" },
  ],
} as const;

const lost = {
  reason: "lost",
  message: "The connection to localhost:6379 was lost.",
  advice: "Check that Redis is running; the connection comes back by itself.",
} as const;

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
      },
    }),
  }),
  sweeping: sampleDashboard({
    snapshot: sampleSnapshot({ sweep: { keysScanned: 340_000, keysTotal: 1_000_000 }, complete: false }),
  }),
  lost: sampleDashboard({
    snapshot: sampleSnapshot({
      status: { state: "down", problem: lost, since: sampleNow - 27 * second, retryAt: null },
    }),
  }),
  noMatch: sampleDashboard({
    page: { rows: [], total: 0, indexed: 10_500 },
    query: { ...newestFirst, states: ["failed", "aborted"], queue: "arq:mail", text: "no such thing" },
  }),
  unconfigured: sampleDashboard({ connection: null, snapshot: null, page: { rows: [], total: 0, indexed: 0 } }),
  connecting: sampleDashboard({ snapshot: null, page: { rows: [], total: 0, indexed: 0 } }),
  cannotConnect: sampleDashboard({
    connection: production,
    page: { rows: [], total: 0, indexed: 0 },
    snapshot: sampleSnapshot({
      complete: false,
      queues: [],
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
    page: { rows: [], total: 0, indexed: 0 },
    snapshot: sampleSnapshot({
      queues: [],
      workers: [],
      workerCount: { kind: "unknown", reason: "CLIENT LIST is refused and no health record is there." },
      counts: Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>,
    }),
  }),
};

const node = (
  path: number[],
  label: string | null,
  text: string,
  kind: ValueNode["kind"],
  childCount = 0,
): ValueNode => ({
  path,
  label,
  text,
  kind,
  childCount,
});

/** Children of the samples' values by path, as the host would answer `expandValue`. */
export const sampleBranches: Readonly<Record<string, readonly ValueNode[]>> = {
  "1": [
    node(
      [1, 0],
      "'lines'",
      "[OrderLine(sku='TS-RED-L', quantity=2), OrderLine(sku='MUG-01', quantity=1)]",
      "container",
      2,
    ),
    node([1, 1], "'total'", "Decimal('74.90')", "object"),
    node([1, 2], "'paid'", "False", "bool"),
    node([1, 3], "'coupon'", "None", "none"),
    node([1, 4], "'note'", "'Bitte klingeln, zweiter Hof — danke! ☕'", "string"),
  ],
  "1.0": [
    node([1, 0, 0], "0", "OrderLine(sku='TS-RED-L', quantity=2)", "object", 2),
    node([1, 0, 1], "1", "OrderLine(sku='MUG-01', quantity=1)", "object", 2),
  ],
};

const shownArgs: PayloadView = {
  state: "shown",
  size: 512,
  codec: "pickle 4",
  root: node(
    [],
    null,
    "(80153, {'lines': [OrderLine(sku='TS-RED-L', quantity=2), …], 'total': Decimal('74.90'), …})",
    "container",
    2,
  ),
  children: [
    node([0], "0", "80153", "number"),
    node(
      [1],
      "1",
      "{'lines': [OrderLine(sku='TS-RED-L', quantity=2), …], 'total': Decimal('74.90'), 'paid': False, …}",
      "container",
      5,
    ),
  ],
};
const shownKwargs: PayloadView = {
  state: "shown",
  size: 512,
  codec: "pickle 4",
  root: node([], null, "{'attempt_token': b'\\x8f\\x02q…', 'api_key': <hidden>}", "container", 2),
  children: [
    node([0], "'attempt_token'", "b'\\x8f\\x02q\\x01K\\x05'", "bytes"),
    node([1], "'api_key'", "<hidden>", "opaque"),
  ],
};

const frame = (
  index: number,
  file: string,
  line: number,
  name: string,
  source: string | null,
  own: boolean,
): FrameView => ({
  index,
  file,
  line,
  function: name,
  source,
  own,
  repeat: 0,
});

const site = "/usr/local/lib/python3.13/site-packages";

/** A job that failed with a chain of two tracebacks. */
export const failedJob: JobView = {
  kind: "job",
  connection: staging,
  row: sampleRow(9, {
    id: "order:80153:charge",
    function: "charge_card",
    state: "failed",
    tries: 3,
    error: errors[1],
    worker: "worker-7c9d:4711",
    waitMs: 12_400,
    enqueuedAt: sampleNow - 5 * minute,
    startedAt: sampleNow - 5 * minute + 12_400,
    finishedAt: sampleNow - 5 * minute + 16_630,
    runMs: 4_230,
  }),
  sentence: "Failed after 4.2 s, on try 3.",
  at: sampleNow,
  forgottenAt: sampleNow + 12 * minute + 40 * second,
  args: shownArgs,
  kwargs: shownKwargs,
  result: { state: "absent", why: "A failed job has no result." },
  error: {
    type: "shop.payments.errors.CardDeclined",
    message: errors[1].message,
    notes: ["while charging order 80153"],
    explanation: "The task raised this exception; ARQ runs a job again only for Retry, so this was the end of it.",
    tracebacks: [
      {
        heading: null,
        frames: [
          frame(
            0,
            "/app/shop/payments/gateway.py",
            88,
            "post",
            "response = await self.client.post(url, json=body, timeout=30)",
            true,
          ),
          frame(1, `${site}/httpx/_client.py`, 1859, "post", "return await self.request(", false),
          frame(2, `${site}/httpx/_client.py`, 1540, "request", "return await self.send(request, auth=auth)", false),
          frame(
            3,
            `${site}/httpx/_models.py`,
            829,
            "raise_for_status",
            "raise HTTPStatusError(message, request=request, response=self)",
            false,
          ),
        ],
        type: "httpx.HTTPStatusError",
        message: "Client error '402 Payment Required' for url 'https://pay.example.com/v1/charges'",
        notes: [],
      },
      {
        heading: "The above exception was the direct cause of the following exception:",
        frames: [
          frame(0, `${site}/arq/worker.py`, 594, "run_job", "result = await task", false),
          frame(
            1,
            "/app/shop/tasks/orders.py",
            42,
            "charge_card",
            'receipt = await gateway.charge(order["total"], token=attempt_token)',
            true,
          ),
          frame(
            2,
            "/app/shop/payments/gateway.py",
            61,
            "charge",
            "raise CardDeclined(card, reason) from error  # the caller retries",
            true,
          ),
        ],
        type: "shop.payments.errors.CardDeclined",
        message: errors[1].message,
        notes: ["while charging order 80153"],
      },
    ],
    tracebackSource: "stored with the result",
    missing: null,
  },
  live: true,
};

/** The job page in every state that people meet, by name. */
export const jobSamples: Readonly<Record<string, JobView>> = {
  failed: failedJob,
  noTraceback: {
    ...failedJob,
    connection: production,
    row: sampleRow(2, { function: "send_order_confirmation", error: errors[0] }),
    sentence: "Failed after 16.0 s, on try 1.",
    args: { state: "hidden", size: 4_120 },
    kwargs: { state: "large", size: 1_230_000 },
    error: {
      type: "KeyError",
      message: "'user_id'",
      notes: [],
      explanation: "The task raised this exception; ARQ runs a job again only for Retry, so this was the end of it.",
      tracebacks: [],
      tracebackSource: null,
      missing: {
        why: "ARQ stores the exception of a failed job, but not its traceback: pickle drops it. The worker printed it to its log.",
        remedies: [
          {
            title: "Store tracebacks with the results",
            detail: "Give the worker a serializer that adds the traceback. Results stay readable by every ARQ.",
            snippet:
              'def with_traceback(data):\n    error = data.get("r")\n    if data.get("s") is False and isinstance(error, BaseException):\n        data = {**data, "tb": "".join(traceback.format_exception(error))}\n    return pickle.dumps(data)\n\n\nclass WorkerSettings:\n    job_serializer = staticmethod(with_traceback)',
          },
          {
            title: "Read the worker's log",
            detail: 'Let the worker log to a file in the workspace and name it in the setting "arq.workerLogs".',
            snippet: null,
          },
        ],
      },
    },
  },
  running: {
    ...failedJob,
    row: sampleRow(0, {
      function: "sync_inventory",
      worker: null,
      startedAt: sampleNow - 42 * second,
      waitMs: 640,
      enqueuedAt: sampleNow - 43 * second,
    }),
    sentence: "Running for 42 s, try 1.",
    forgottenAt: null,
    result: { state: "absent", why: "The job has not ended." },
    error: null,
  },
  complete: {
    ...failedJob,
    row: sampleRow(1, {
      function: "export_monthly_report_for_the_accounting_department",
      enqueuedAt: sampleNow - 31 * minute,
      waitMs: 220,
      startedAt: sampleNow - 60 * second,
      finishedAt: sampleNow - 18 * second,
      runMs: 42_000,
    }),
    sentence: "Completed in 42 s.",
    result: {
      state: "shown",
      size: 64,
      codec: "pickle 4",
      root: node([], null, "'s3://reports/2026-11.parquet'", "string"),
      children: [],
    },
    error: null,
  },
  notLive: { ...failedJob, live: false },
  gone: {
    kind: "gone",
    connection: staging,
    id: "order:80153:charge",
    message: "Redis has forgotten it: ARQ keeps a result for a limited time (keep_result, 1 h unless set otherwise).",
  },
  unreachable: {
    kind: "unreachable",
    connection: production,
    id: "order:80153:charge",
    message: lost.message,
    advice: lost.advice,
  },
};
