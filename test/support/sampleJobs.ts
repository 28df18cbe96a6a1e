import type { RunsView, SourceView } from "../../src/protocol/jobMessages";
import type { FrameView, JobView, PayloadView, ValueNode } from "../../src/protocol/viewModels";
import { lost, production, sampleErrors, sampleNow, sampleRow, staging } from "./sampleViews";

const second = 1000;
const minute = 60 * second;

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
export const failedJob: Extract<JobView, { kind: "job" }> = {
  kind: "job",
  connection: staging,
  row: sampleRow(9, {
    id: "order:80153:charge",
    function: "charge_card",
    state: "failed",
    tries: 3,
    error: sampleErrors[1],
    worker: "worker-7c9d:4711",
    waitMs: 1_200,
    enqueuedAt: sampleNow - 5 * minute,
    startedAt: sampleNow - 5 * minute + 12_400,
    finishedAt: sampleNow - 5 * minute + 16_630,
    runMs: 4_230,
  }),
  at: sampleNow,
  abortRequestedAt: null,
  forgottenAt: sampleNow + 12 * minute + 40 * second,
  payloadExpiresAt: null,
  release: "2026.11.3",
  deployedAs: "2026.11.3",
  keys: ["arq:result:order:80153:charge"],
  args: shownArgs,
  kwargs: shownKwargs,
  result: { state: "absent", why: "A failed job has no result." },
  error: {
    type: "shop.payments.errors.CardDeclined",
    message: sampleErrors[1].message,
    notes: ["while charging order 80153"],
    members: [],
    explanation: "The task raised this exception; ARQ runs a job again only for Retry, so this was the end of it.",
    advice: "To have ARQ try again by itself, raise arq.Retry(defer=…) from the except block.",
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
        message: sampleErrors[1].message,
        notes: ["while charging order 80153"],
      },
    ],
    tracebackSource: "stored with the result",
    tracebackLogged: false,
    missing: null,
  },
  retried: null,
  tries: [],
  links: ["Logs", "Trace"],
  watched: false,
  limits: null,
  notes: [],
  valuesHidden: false,
  live: true,
};

/** Other jobs of the same function. */
export const sampleRuns: RunsView = {
  rows: [
    sampleRow(1, { id: "order:80152:charge", function: "charge_card", runMs: 3_120 }),
    sampleRow(2, { id: "order:80149:charge", function: "charge_card", error: sampleErrors[1], runMs: 4_400 }),
    sampleRow(0, { id: "order:80160:charge", function: "charge_card" }),
  ],
  total: 1_203,
};

/** The lines around the frames of the samples, by traceback and frame, as the host would answer `source`. */
export const sampleSources: Readonly<Record<string, SourceView>> = {
  "0.0": {
    place: "shop/payments/gateway.py",
    first: 85,
    lines: [
      "    async def post(self, path, body):",
      '        url = f"{self.base}/{path}"',
      "",
      "        reply = await self.client.post(url, json=body)",
      "        reply.raise_for_status()",
      "        return reply.json()",
    ],
    line: 88,
    text: "edited",
  },
  "1.1": {
    place: "shop/tasks/orders.py",
    first: 41,
    lines: [
      "async def charge_card(ctx, order_id, order, *, attempt_token):",
      '    """Charges the card of an order, once."""',
      '    gateway = ctx["gateway"]',
      '    receipt = await gateway.charge(order["total"], token=attempt_token)',
      "    await store(receipt)",
      "    return receipt.id",
    ],
    line: 44,
    text: "moved",
  },
  "1.2": {
    place: "shop/payments/gateway.py",
    first: 58,
    lines: [
      "    except HTTPStatusError as error:",
      "        if error.response.status_code == 402:",
      '            reason = error.response.json()["reason"]',
      "            raise CardDeclined(card, reason) from error  # the caller retries",
      "        raise",
      "    finally:",
      "        self.calls += 1",
    ],
    line: 61,
    text: "same",
  },
};

/** Who changed the line last at which the samples failed. */
export const sampleChange = "changed 2 days ago by Jane Doe, first failure 1 day ago";

/** The job page in every state that people meet, by name. */
export const jobSamples: Readonly<Record<string, JobView>> = {
  failed: failedJob,
  noTraceback: {
    ...failedJob,
    connection: production,
    row: sampleRow(2, { function: "send_order_confirmation", error: sampleErrors[0] }),
    args: { state: "hidden", by: "production", size: 4_120 },
    kwargs: { state: "large", size: 1_230_000 },
    error: {
      type: "KeyError",
      message: "'user_id'",
      notes: [],
      members: [],
      explanation: "The task raised this exception; ARQ runs a job again only for Retry, so this was the end of it.",
      advice: "To have ARQ try again by itself, raise arq.Retry(defer=…) from the except block.",
      tracebacks: [],
      tracebackSource: null,
      tracebackLogged: false,
      missing: {
        why: "ARQ stores the exception of a failed job, but not its traceback: pickle drops it. The worker printed it to its log.",
        remedies: [
          {
            action: "addWorkerInstrumentation",
            title: "Store tracebacks with the results",
            detail: "Give the worker a serializer that adds the traceback. Results stay readable by every ARQ.",
            snippet:
              'def with_traceback(data):\n    error = data.get("r")\n    if data.get("s") is False and isinstance(error, BaseException):\n        data = {**data, "tb": "".join(traceback.format_exception(error))}\n    return pickle.dumps(data)\n\n\nclass WorkerSettings:\n    job_serializer = staticmethod(with_traceback)',
          },
          {
            action: null,
            title: "Read the worker's log",
            detail: 'Let the worker log to a file in the workspace and name it in the setting "arq.workerLogs".',
            snippet: null,
          },
        ],
        unread: ["The task “worker” is not read: VS Code does not pass on what tasks print."],
      },
    },
  },
  running: {
    ...failedJob,
    row: sampleRow(0, {
      function: "sync_inventory",
      worker: null,
      tries: 2,
      startedAt: sampleNow - 42 * second,
      waitMs: 640,
      enqueuedAt: sampleNow - 73 * second,
      claimEndsAt: sampleNow + 268 * second,
    }),
    abortRequestedAt: null,
    forgottenAt: null,
    payloadExpiresAt: sampleNow + 86_000 * second,
    release: null,
    deployedAs: null,
    keys: ["arq:job:7f3e", "arq:in-progress:7f3e", "arq:retry:7f3e"],
    result: { state: "absent", why: "It has not finished." },
    error: null,
    retried: "ARQ runs a job again after Retry and RetryJob, and where a worker was stopped or died while it ran.",
    watched: true,
  },
  retrying: {
    ...failedJob,
    row: sampleRow(0, {
      function: "sync_inventory",
      state: "retrying",
      tries: 2,
      enqueuedAt: sampleNow - 73 * second,
      scheduledAt: sampleNow + 125 * second,
      startedAt: null,
      finishedAt: null,
      waitMs: null,
    }),
    forgottenAt: null,
    release: null,
    deployedAs: null,
    keys: ["arq:job:7f3e", "arq:retry:7f3e"],
    result: { state: "absent", why: "It has not finished." },
    error: null,
    retried: "ARQ will run it again, because try 2 asked for it after shop.payments.errors.GatewayBusy.",
  },
  valuesHidden: {
    ...failedJob,
    args: { state: "hidden", by: "switch", size: 512 },
    kwargs: { state: "hidden", by: "switch", size: 512 },
    valuesHidden: true,
  },
  unreadableValues: {
    ...failedJob,
    row: sampleRow(1, { function: "export_report", undecodable: "an unknown format (starts with gAAAAAB)" }),
    args: {
      state: "undecodable",
      reason: "unsupported",
      message: "an unknown format (starts with gAAAAAB)",
      size: 2_140,
    },
    kwargs: { state: "undecodable", reason: "truncated", message: "ends in the middle of a text", size: 2_140 },
    result: { state: "large", size: 812_000 },
    error: null,
    links: [],
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
  retried: {
    ...failedJob,
    tries: [
      {
        try: 1,
        at: sampleNow - 5 * minute,
        type: "shop.payments.errors.GatewayBusy",
        message: "the gateway answered 503",
        worker: "worker-7c9d:4711",
        outcome: "retry",
        deferMs: 5000,
        shown: false,
        tracebacks: failedJob.error?.tracebacks.slice(0, 1) ?? [],
      },
      {
        try: 3,
        at: sampleNow - 4 * minute,
        type: "shop.payments.errors.CardDeclined",
        message: "card ending in 4242 was declined",
        worker: "worker-7c9d:4711",
        outcome: "failed",
        deferMs: null,
        shown: true,
        tracebacks: [],
      },
    ],
  },
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
