import assert from "node:assert/strict";
import type { JobDetail, JobRow, WorkerCount, WorkerStats } from "../../../src/monitor/model";
import { flattenChain } from "../../../src/python/frames";
import { parseTracebacks } from "../../../src/python/traceback";
import type { FoundTraceback } from "../../../src/host/tracebacks";
import { downActions } from "../../../src/host/views/downActions";
import { FailedTree } from "../../../src/host/views/failedNodes";
import { frameNodes } from "../../../src/host/views/frameNodes";
import { failuresSince } from "../../../src/host/views/failureBadge";
import { queueTree } from "../../../src/host/views/queueNodes";
import { calmAge, oneLine } from "../../../src/host/views/texts";
import { workerTree } from "../../../src/host/views/workerNodes";
import { failedRow, fakeMonitor, group, now, queue, row, snapshot } from "./fakeMonitor";

const tracebackText = `Traceback (most recent call last):
  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await task
  File "/app/shop/payments.py", line 40, in charge_card
    status = read_answer(answer)
  File "/app/shop/payments.py", line 34, in read_answer
    raise GatewayError(f"the gateway answered {text[:24]!r}") from error
shop.errors.GatewayError: the gateway answered '<html>'
`;

function found(text = tracebackText): FoundTraceback {
  const last = parseTracebacks(text).at(-1);
  assert.ok(last);
  return { text, source: "worker.log, line 1", place: null, chain: flattenChain(last) };
}

const noFacts = { release: null, values: [] };

describe("the Queues tree", () => {
  const stats = queue({ name: "arq:queue", depth: 17, queued: 12, deferred: 3, running: 2, oldestDueMs: 4_000 });

  it("describes a queue by its numbers and the age of the oldest waiting job", async () => {
    const [node] = await queueTree(() => fakeMonitor({ snapshot: snapshot({ queues: [stats] }) })).roots();
    assert.equal(node?.label, "arq:queue");
    assert.equal(node?.description, "12 queued · 2 running · oldest under 1 min · 3 deferred");
    assert.match(node?.spoken ?? "", /^Queue arq:queue: 12 queued, 2 running/);
  });

  it("lists running jobs first, then waiting, then deferred ones, and no finished ones", async () => {
    const rows = [
      row({ id: "later", state: "deferred", scheduledAt: now + 90_000 }),
      row({ id: "waits" }),
      row({ id: "runs", state: "running", startedAt: now - 12_000, tries: 2 }),
      row({ id: "done", state: "complete", finishedAt: now - 1000 }),
      row({ id: "elsewhere", queue: "other" }),
    ];
    const tree = queueTree(() => fakeMonitor({ rows, snapshot: snapshot({ queues: [stats] }) }));
    const nodes = (await tree.known((await tree.roots())[0]!)) ?? [];
    assert.deepEqual(
      nodes.map(({ jobId }) => jobId),
      ["runs", "waits", "later"],
    );
    assert.equal(nodes[0]?.description, "running 10 s, try 2 · runs");
    assert.equal(nodes[2]?.description, "due in 1 min · later");
    assert.deepEqual(nodes[0]?.command, { id: "arq.openJob", title: "Open Job", arguments: ["runs"] });
  });

  it("describes a queue by nothing that ticks: time alone changes it no more than once a minute", async () => {
    const described = async (oldestDueMs: number): Promise<string | undefined> => {
      const queues = [{ ...stats, oldestDueMs }];
      return (await queueTree(() => fakeMonitor({ snapshot: snapshot({ queues }) })).roots())[0]?.description;
    };
    for (const second of [1, 5, 17, 42, 59]) {
      assert.equal(await described(second * 1000), await described(0));
      assert.equal(await described(180_000 + second * 1000), "12 queued · 2 running · oldest 3 min · 3 deferred");
    }
  });

  it("shows the first 50 jobs, more when asked to, and leads to the dashboard for what lies beyond 1,000", async () => {
    const rows = Array.from({ length: 1234 }, (_, index) => row({ id: `job${index}` }));
    const tree = queueTree(() => fakeMonitor({ rows, snapshot: snapshot({ queues: [stats] }) }));
    const [queueRow] = await tree.roots();
    const jobs = async () => (await tree.known(queueRow!)) ?? [];
    const first = await jobs();
    assert.equal(first.length, 51);
    assert.deepEqual([first.at(-1)?.label, first.at(-1)?.description], ["Show 100 More", "50 of 1,234 are shown"]);
    assert.deepEqual(first.at(-1)?.command, {
      id: "arq.showMoreRows",
      title: "Show More",
      arguments: [{ view: "arq.queues", parent: queueRow?.id }],
    });
    tree.showMore?.(queueRow!.id);
    assert.equal((await jobs()).length, 151);
    for (let asked = 0; asked < 20; asked++) tree.showMore?.(queueRow!.id);
    const last = await jobs();
    assert.equal(last.length, 1001);
    assert.equal(last.at(-1)?.label, "… 234 more: open in dashboard");
    assert.equal(last.at(-1)?.command?.id, "arq.showDashboard");
  });

  it("leads from a queue to its jobs in the dashboard, and from a job to it alone", async () => {
    const tree = queueTree(() => fakeMonitor({ rows: [row({ id: "a b" })], snapshot: snapshot({ queues: [stats] }) }));
    const [queueRow] = await tree.roots();
    assert.deepEqual(queueRow?.dashboard, { tab: "jobs", filter: { queue: "arq:queue" } });
    assert.equal(queueRow?.name, "arq:queue");
    const [job] = (await tree.known(queueRow)) ?? [];
    assert.deepEqual(job?.dashboard, { tab: "jobs", filter: 'id:"a b"' });
  });

  it("shows the first 50 of many queues", async () => {
    const queues = Array.from({ length: 70 }, (_, index) => queue({ name: `q${index}` }));
    const tree = queueTree(() => fakeMonitor({ snapshot: snapshot({ queues }) }));
    assert.equal((await tree.roots()).at(-1)?.label, "Show 20 More");
    tree.showMore?.("");
    assert.equal((await tree.roots()).length, 70);
  });

  it("says when a queue is empty", async () => {
    const tree = queueTree(() => fakeMonitor({ snapshot: snapshot({ queues: [stats] }) }));
    assert.deepEqual(
      (await tree.known((await tree.roots())[0]!))?.map(({ label }) => label),
      ["No job is in this queue"],
    );
  });

  it("offers what can be done about a lost connection only where no queue is known", async () => {
    const problem = { reason: "passwordNeeded", message: "", advice: "" } as const;
    const labels = async (tree: ReturnType<typeof queueTree>) => (await tree.roots()).map(({ label }) => label);
    assert.deepEqual(
      await labels(
        queueTree(
          () => null,
          () => downActions(problem),
        ),
      ),
      ["Set Redis Password", "Try Again", "Connect to Another Redis…", "Show Log"],
    );
    assert.deepEqual(downActions({ ...problem, reason: "refused" })[0]?.command?.id, "arq.refresh");
    const known = () => fakeMonitor({ snapshot: snapshot({ queues: [stats] }) });
    assert.deepEqual(await labels(queueTree(known, () => downActions(problem))), ["arq:queue"]);
  });

  it("asks for waiting and deferred jobs in the order they are due", async () => {
    const asked: string[] = [];
    const monitor = fakeMonitor({ snapshot: snapshot({ queues: [stats] }) });
    const tree = queueTree(() => ({
      ...monitor,
      query(query) {
        asked.push(`${query.states.join(",")} by ${query.sort}${query.descending ? " descending" : ""}`);
        return monitor.query(query);
      },
    }));
    await tree.known((await tree.roots())[0]!);
    assert.deepEqual(asked, [
      "running,orphaned by startedAt descending",
      "queued,retrying,expired by scheduledAt",
      "deferred by scheduledAt",
    ]);
  });

  it("gives every row its own id, also for odd queue names", async () => {
    const queues = ["a b", "a:b", "a", "a/job/x", "a%2Fjob%2Fx", ""].map((name) => queue({ name }));
    const rows = queues.map(({ name }) => row({ id: "x", queue: name }));
    const tree = queueTree(() => fakeMonitor({ rows, snapshot: snapshot({ queues }) }));
    const nodes = [...(await tree.roots())];
    for (const node of await tree.roots()) nodes.push(...((await tree.known(node)) ?? []));
    assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length);
  });
});

describe("the Workers tree", () => {
  const shared: WorkerStats = {
    name: "arq:queue",
    kind: "shared",
    queue: "arq:queue",
    host: null,
    pid: null,
    evidence: ["Health record of arq:queue, written 40 s ago."],
    lastSeenAt: now - 40_000,
    stale: false,
    startedAt: null,
    intervalMs: null,
    maxJobs: null,
    jobs: null,
    release: null,
    python: null,
    arq: null,
    counters: { complete: 7, failed: 2, retried: 1, ongoing: 3 },
  };
  const roots = (workers: readonly WorkerStats[], workerCount: WorkerCount) =>
    workerTree(() => fakeMonitor({ snapshot: snapshot({ workers, workerCount }) })).roots();

  it("claims no more than a shared health record shows, and says what would show more", async () => {
    const [worker, hint] = await roots([shared], { kind: "atLeast", n: 1 });
    assert.equal(worker?.description, "at least 1 worker · 3 running · seen under 1 min ago");
    assert.match(worker?.tooltip ?? "", /Health record of arq:queue/);
    const [older] = await roots([{ ...shared, lastSeenAt: now - 20 * 60_000 }], { kind: "atLeast", n: 1 });
    assert.equal(older?.description, "at least 1 worker · had 3 running · seen 20 min ago", "it tells of then");
    assert.equal(hint?.label, "at least 1 worker");
    assert.match(hint?.tooltip ?? "", /health_check_key = .*getpid/);
  });

  it("marks a stale worker, and adds nothing where the count is exact", async () => {
    const process: WorkerStats = { ...shared, kind: "process", name: "web1:4711", stale: true, jobs: [] };
    const exact = await roots([process], { kind: "exact", n: 1 });
    assert.equal(exact.length, 1);
    assert.equal(exact[0]?.description, "stale · had 0 running · arq:queue · seen under 1 min ago");
    assert.equal(exact[0]?.icon?.color, "charts.yellow");
  });

  const instrumented: WorkerStats = {
    ...shared,
    name: "web1:4711",
    kind: "process",
    startedAt: now - 7_200_000,
    intervalMs: 15_000,
    maxJobs: 10,
    release: "2026.11.3",
    arq: "0.28.0",
    jobs: [
      { id: "known", function: "send_email", try: 1, startedAt: now - 40_000 },
      { id: "new", function: "charge", try: 2, startedAt: now - 20_000 },
    ],
  };

  it("shows what an instrumented worker tells of itself", async () => {
    const [worker] = await roots([instrumented], { kind: "exact", n: 1 });
    assert.equal(worker?.description, "2 of 10 running · arq:queue · up 2 h · seen under 1 min ago");
    assert.match(worker?.tooltip ?? "", /Release 2026\.11\.3, ARQ 0\.28\.0/);
    assert.equal(worker?.expandable, "collapsed");
  });

  it("lists the jobs a worker runs, also those not read yet; a click opens them", async () => {
    const rows = [row({ id: "known", state: "running", startedAt: now - 40_000 })];
    const workers = [instrumented];
    const tree = workerTree(() => fakeMonitor({ rows, snapshot: snapshot({ workers }) }));
    const jobs = (await tree.known((await tree.roots())[0]!)) ?? [];
    assert.deepEqual(
      jobs.map(({ label, description, command }) => [label, description, command?.id, command?.arguments[0]]),
      [
        ["send_email", "running 40 s · known", "arq.openJob", "known"],
        ["charge", "running 20 s, try 2 · new", "arq.openJob", "new"],
      ],
    );
  });

  it("offers the instrumentation as long as workers do not tell what they run", async () => {
    const offered = async (workers: readonly WorkerStats[], count: WorkerCount): Promise<boolean> =>
      (await roots(workers, count)).some(({ command }) => command?.id === "arq.addWorkerInstrumentation");
    assert.equal(await offered([shared], { kind: "atLeast", n: 1 }), true);
    assert.equal(await offered([], { kind: "exact", n: 0 }), true);
    assert.equal(await offered([{ ...instrumented, jobs: null }], { kind: "exact", n: 1 }), true);
    assert.equal(await offered([instrumented], { kind: "exact", n: 1 }), false);
  });

  it("says which parts of a worker cannot be known", async () => {
    const [worker] = await roots([{ ...instrumented, jobs: null, startedAt: null }], { kind: "exact", n: 1 });
    assert.match(worker?.tooltip ?? "", /Not told: since when it runs, which jobs it runs\./);
    assert.equal(worker?.expandable, undefined);
  });

  it("says why nothing is known", async () => {
    const [hint] = await roots([], { kind: "unknown", reason: "CLIENT LIST is refused." });
    assert.equal(hint?.label, "How many workers is not known");
    assert.match(hint?.tooltip ?? "", /^CLIENT LIST is refused\./);
  });
});

describe("the Failed Jobs tree", () => {
  const job = failedRow("j1");
  const groups = [group({ jobs: [job], count: 3 })];
  const detail = { row: job, facts: {}, job: null, result: null } as unknown as JobDetail;
  const tree = (traceback: FoundTraceback | null, open = () => Promise.resolve<JobDetail | null>(detail)) =>
    new FailedTree(() => fakeMonitor({ rows: [job], groups, open }), { find: () => traceback });

  it("marks jobs that Redis has forgotten, and counts them among the failures", async () => {
    const forgotten = { ...failedRow("a"), rememberedSince: now - 60_000 };
    const groups = [group({ jobs: [forgotten, failedRow("b")], remembered: 1, lastHour: 1 })];
    const tree = new FailedTree(() => fakeMonitor({ groups }), { find: () => null });
    const [error] = await tree.roots();
    assert.match(
      error?.tooltip ?? "",
      /2 failed jobs\n1 of them forgotten by Redis\nIn the last hour: 1, 24 h: 2, 7 d: 2/,
    );
    const [first, second] = (await tree.known(error!)) ?? [];
    assert.match(first?.description ?? "", /forgotten by Redis/);
    assert.match(first?.tooltip ?? "", /Redis has forgotten this job; shown as last seen/);
    assert.match(first?.spoken ?? "", /forgotten by Redis/);
    assert.doesNotMatch(second?.description ?? "", /forgotten/);
  });

  it("groups by error, newest first, and counts", async () => {
    const failed = tree(null);
    const [node] = await failed.roots();
    assert.equal(node?.label, "KeyError");
    assert.equal(node?.description, "3 · 'sku' · last under 1 min ago");
    assert.equal(node?.errorText, "KeyError: 'sku'");
    assert.ok(node);
    const jobs = (await failed.known(node)) ?? [];
    assert.equal(jobs[0]?.jobId, "j1");
    assert.equal(jobs[0]?.expandable, "collapsed");
    assert.equal(jobs[1]?.label, "… 2 more: open in dashboard");
    const dashboard = { tab: "jobs", filter: { errorGroup: "KeyError|'sku'", remembered: "also" } };
    assert.deepEqual(jobs[1]?.command?.arguments, [dashboard]);
    assert.deepEqual(node?.dashboard, dashboard);
  });

  it("shows more of a group's jobs when asked to, as far as they are known", async () => {
    const jobs = Array.from({ length: 70 }, (_, index) => failedRow(`j${index}`));
    const many = [group({ jobs, count: 500 })];
    const failed = new FailedTree(() => fakeMonitor({ groups: many }), { find: () => null });
    const [node] = await failed.roots();
    const below = async () => (await failed.known(node!)) ?? [];
    assert.deepEqual([(await below()).length, (await below()).at(-1)?.label], [51, "Show 20 More"]);
    failed.showMore(node!.id);
    assert.deepEqual([(await below()).length, (await below()).at(-1)?.label], [71, "… 430 more: open in dashboard"]);
  });

  it("says what is new and what is back again", async () => {
    const jobs = [job];
    const marked = [group({ key: "a", jobs, mark: "new" }), group({ key: "b", jobs, mark: "back" })];
    const nodes = await new FailedTree(() => fakeMonitor({ groups: marked }), { find: () => null }).roots();
    assert.deepEqual(
      nodes.map(({ description }) => description),
      ["new · 1 · 'sku' · last under 1 min ago", "back again · 1 · 'sku' · last under 1 min ago"],
    );
    assert.match(nodes[1]?.spoken ?? "", /, back again, 1 failed job, /);
  });

  it("folds muted errors at the end, where they can still be read", async () => {
    const two = [group({ key: "a", jobs: [job], count: 3 }), group({ key: "b", type: "ValueError", jobs: [job] })];
    const part = (groups: typeof two) => ({
      heard: groups.filter(({ key }) => key !== "a"),
      muted: groups.filter(({ key }) => key === "a"),
    });
    const failed = new FailedTree(() => fakeMonitor({ groups: two }), { find: () => null }, part as never);
    const nodes = await failed.roots();
    assert.deepEqual(
      nodes.map(({ label, context }) => [label, context]),
      [
        ["ValueError", "arq.item.errorGroup"],
        ["1 muted error", undefined],
      ],
    );
    assert.equal(nodes[1]?.description, "3 failed jobs");
    assert.equal(nodes[1]?.expandable, "collapsed");
    const [muted] = (await failed.known(nodes[1])) ?? [];
    assert.deepEqual([muted?.label, muted?.context, muted?.groupKey], ["KeyError", "arq.item.mutedGroup", "a"]);
    assert.equal((await failed.known(muted!))?.[0]?.jobId, "j1");
  });

  it("shows the frames of a known traceback: own code first, the failing line at the top, libraries folded", async () => {
    const failed = tree(found());
    const jobNode = (await failed.known((await failed.roots())[0]!))![0]!;
    assert.equal(failed.known(jobNode), null);
    const rows = await failed.ask(jobNode);
    assert.deepEqual(
      rows.map(({ label }) => label),
      [
        "read_answer",
        "charge_card",
        "library frames (1)",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
      ],
    );
    const { step, ...frame } = rows[0]?.frame ?? {};
    assert.deepEqual(frame, {
      file: "/app/shop/payments.py",
      line: 34,
      source: 'raise GatewayError(f"the gateway answered {text[:24]!r}") from error',
      function: "read_answer",
    });
    assert.deepEqual([step?.index, step?.stack.frames.length], [2, 3], "the whole traceback, to step through");
    assert.equal(step?.stack.raised?.type, "shop.errors.GatewayError");
    assert.equal(rows[0]?.command?.id, "arq.openFrame");
    assert.match(rows[0]?.description ?? "", /^shop\/payments\.py:34 · raise GatewayError/);
    assert.deepEqual(
      (await failed.known(rows[2]!))?.map(({ label }) => label),
      ["run_job"],
    );
    assert.deepEqual(
      (await failed.known(rows[3]!))?.map(({ label }) => label),
      ["library frames (1)"],
    );
    assert.deepEqual(failed.known(jobNode), rows);
    failed.forget(new Set(["j1"]));
    assert.equal(failed.known(jobNode), null);
  });

  it("says why there is no traceback and leads to the job, and says when the job cannot be read or is gone", async () => {
    const cases: [FailedTree, RegExp][] = [
      [tree(null), /No traceback/],
      [tree(null, () => Promise.resolve(null)), /no longer holds/],
      [tree(null, () => Promise.reject(new Error("not connected"))), /could not be read/],
    ];
    for (const [failed, expected] of cases) {
      const jobNode = (await failed.known((await failed.roots())[0]!))![0]!;
      const rows = await failed.ask(jobNode);
      assert.equal(rows.length, 1);
      assert.match(rows[0]?.label ?? "", expected);
    }
  });

  it("opens what led to an error by itself when own code is found only there", () => {
    const text = `Traceback (most recent call last):
  File "/app/shop/orders.py", line 36, in carrier_quote
    await asyncio.sleep(3600)
asyncio.exceptions.CancelledError

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/tasks.py", line 500, in wait_for
    return fut.result()
TimeoutError
`;
    const { top } = frameNodes("x", found(text), noFacts);
    assert.deepEqual(
      top.map(({ label, expandable }) => [label, expandable]),
      [
        ["library frames (1)", "collapsed"],
        ["asyncio.exceptions.CancelledError", "expanded"],
      ],
    );
    assert.equal(frameNodes("x", found(), noFacts).top.at(-1)?.expandable, "collapsed");
  });

  it("counts the failures since a moment", () => {
    const at = (id: string, finishedAt: number): JobRow => ({ ...failedRow(id), finishedAt });
    const some = group({ jobs: [at("a", 50), at("b", 40), at("c", 10)], count: 3, firstAt: 10, lastAt: 50 });
    const many = group({ key: "x", jobs: [at("d", 90)], count: 500, firstAt: 60, lastAt: 90 });
    assert.equal(failuresSince([some, many], 0), 503);
    assert.equal(failuresSince([some, many], 20), 502);
    assert.equal(failuresSince([some], 45), 1);
    assert.equal(failuresSince([some, many], 90), 0);
  });

  it("shows where a SyntaxError is, and how often a frame was repeated", () => {
    const text = `Traceback (most recent call last):
  File "/app/shop/deep.py", line 3, in dig
    dig(n + 1)
  [Previous line repeated 995 more times]
  File "/app/shop/broken.py", line 7
    def (
        ^
SyntaxError: invalid syntax
`;
    const { top } = frameNodes("x", found(text), noFacts);
    assert.deepEqual([top[0]?.frame?.file, top[0]?.frame?.line], ["/app/shop/broken.py", 7]);
    assert.equal(top[1]?.label, "dig (996 times)");
  });
});

describe("texts of the trees", () => {
  it("ages stand still within their step", () => {
    const table: [number, string][] = [
      [0, "under 5 s"],
      [4_999, "under 5 s"],
      [5_000, "5 s"],
      [9_999, "5 s"],
      [59_999, "55 s"],
      [60_000, "1 min"],
      [3_599_999, "59 min"],
      [3_600_000, "1 h"],
      [5_400_000, "1 h 30 min"],
      [172_800_000, "2 days"],
      [-5, "under 5 s"],
    ];
    for (const [ms, text] of table) assert.equal(calmAge(ms), text, String(ms));
  });

  it("labels are one line, bounded, and cannot be turned around", () => {
    assert.equal(oneLine("a\nb\u0000c\u202Ed"), "a b c d");
    assert.equal(oneLine("x".repeat(500), 10), "xxxxxxxxx…");
  });
});
