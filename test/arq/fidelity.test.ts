import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { describeState, tracebackRemedies } from "../../src/arq/explain";
import { Redactor } from "../../src/arq/redact";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { JobEvent, JobQuery, JobRow, Monitor } from "../../src/monitor/model";
import { systemClock } from "../../src/monitor/systemClock";
import { openRedisSource } from "../../src/redis/openRedisSource";
import { requireArq } from "../support/arqEnvironment";
import { ArqProcesses, type ArqWorker } from "../support/arqProcesses";
import { eventually } from "../support/eventually";
import { QuietLogger } from "../support/quietLogger";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";

const everything: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "id",
  descending: false,
  offset: 0,
  limit: 10_000,
};
/** Clocks of worker, Redis and test are one; readings and rounding lie between. */
const nearMs = 400;

interface Watched {
  readonly feed: "push" | "poll";
  readonly monitor: Monitor;
  readonly events: JobEvent[];
}

function watch(redis: RedisServer, feed: "push" | "poll"): Watched {
  const logger = new QuietLogger();
  const source = openRedisSource({
    url: redis.url,
    password: null,
    prefix: "arq",
    queues: [],
    feed: feed === "push" ? "auto" : "poll",
    redactor: new Redactor(),
    clock: systemClock,
    logger,
  });
  const options = { clock: systemClock, logger, thresholds: defaultThresholds, staleAfterMs: 60_000, queues: [] };
  const monitor = createMonitor({ source, ...options });
  const events: JobEvent[] = [];
  monitor.onChange((change) => events.push(...change.events));
  monitor.start();
  return { feed, monitor, events };
}

describe("With real ARQ workers", function () {
  this.timeout(40_000);
  let redis: RedisServer;
  let arq: ArqProcesses;
  let folder: string;
  let worker: ArqWorker;
  let watched: Watched[] = [];

  before(async function () {
    // Another release on PyPI may be asked for: ARQ_VERSION=0.25.0.
    const python = await requireArq(this, process.env["ARQ_VERSION"]);
    redis = await startRedis();
    folder = mkdtempSync(join(tmpdir(), "arq-opt-in-"));
    const { remedies } = tracebackRemedies({ kind: "exception" });
    const snippet = remedies.find(({ snippet: text }) => text?.includes("def serialize"))?.snippet ?? "";
    writeFileSync(join(folder, "opt_in.py"), snippet);
    arq = new ArqProcesses({ python, port: redis.port, path: [folder] });
    watched = [watch(redis, "push"), watch(redis, "poll")];
    worker = await arq.startWorker("Everything");
    for (const { monitor, feed } of watched) {
      await eventually(() => monitor.snapshot().complete);
      const { status } = monitor.snapshot();
      assert.equal(status.state === "live" && status.feed, feed);
    }
  });

  after(async () => {
    await Promise.all(watched.map(({ monitor }) => monitor.close()));
    await arq?.stop();
    await redis?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** Waits until both feeds show the job so; gives the row that each shows. */
  async function seen(id: string | null, isSo: (row: JobRow) => boolean): Promise<JobRow[]> {
    assert.ok(id !== null, "ARQ took the job");
    const rows: JobRow[] = [];
    for (const { monitor, feed } of watched) {
      const row = await eventually(
        () => {
          const now = monitor.row(id);
          assert.ok(now !== null && isSo(now), `${feed} shows ${JSON.stringify(now)}`);
          return now;
        },
        { timeoutMs: 15_000 },
      );
      rows.push(row);
    }
    return rows;
  }

  function eventsOf(id: string, { events }: Watched): string[] {
    return events.filter((event) => event.id === id).map(({ event }) => event);
  }

  /** Events come up to 100 ms after the row has changed. */
  async function told(id: string | null, expected: readonly string[]): Promise<void> {
    for (const each of watched) await eventually(() => assert.deepEqual(eventsOf(id!, each), expected, each.feed));
  }

  it("sees a job succeed, with its times", async () => {
    const before = Date.now();
    const id = await arq.enqueue("succeed", [42]);
    for (const row of await seen(id, ({ state }) => state === "complete")) {
      assert.deepEqual([row.function, row.queue, row.tries, row.error], ["succeed", "arq:queue", 1, null]);
      assert.ok(row.enqueuedAt! >= before - 1 && row.enqueuedAt! <= row.startedAt!, JSON.stringify(row));
      assert.ok(row.startedAt! <= row.finishedAt! && row.finishedAt! <= Date.now(), JSON.stringify(row));
      assert.equal(row.runMs, row.finishedAt! - row.startedAt!);
    }
    await told(id, ["enqueued", "started", "completed"]);
  });

  const failures: readonly {
    readonly name: string;
    readonly job: string;
    readonly args?: readonly unknown[];
    readonly kind: string;
    readonly type: RegExp;
    readonly message: string;
    readonly tries?: number;
  }[] = [
    {
      name: "a builtin exception",
      job: "fail_builtin",
      args: [4711],
      kind: "exception",
      type: /^ValueError$/,
      message: "order 4711 has no items",
    },
    {
      name: "an exception that Python itself cannot unpickle",
      job: "fail_custom",
      kind: "exception",
      type: /^jobs\.CardDeclined$/,
      message: "51: insufficient funds",
    },
    {
      name: "an exception with a cause",
      job: "fail_chained",
      kind: "exception",
      type: /^RuntimeError$/,
      message: "no price list",
    },
    { name: "a timeout", job: "too_slow", kind: "timeout", type: /TimeoutError$/, message: "" },
    {
      name: "a result that cannot be serialized",
      job: "unserializable",
      kind: "resultLost",
      type: /./,
      message: "unable to serialize result",
    },
    {
      name: "a function that the worker does not know",
      job: "no_such_function",
      kind: "notFound",
      type: /JobExecutionFailed$/,
      message: "function 'no_such_function' not found",
    },
    {
      name: "tries that are used up",
      job: "retry_for_ever",
      kind: "maxRetries",
      type: /JobExecutionFailed$/,
      message: "max 3 retries exceeded",
      tries: 4,
    },
  ];
  for (const { name, job, args, kind, type, message, tries = 1 } of failures) {
    it(`sees a job fail by ${name}`, async () => {
      const id = await arq.enqueue(job, args);
      for (const row of await seen(id, ({ state }) => state === "failed")) {
        assert.equal(row.error?.kind, kind);
        assert.match(row.error?.type ?? "", type);
        assert.ok(row.error?.message.includes(message), row.error?.message);
        assert.equal(row.tries, tries);
        assert.ok(row.finishedAt! >= row.startedAt!);
        if (kind === "timeout") assert.ok(row.runMs! >= 500 && row.runMs! < 5000, `ran ${row.runMs} ms`);
      }
      const again = Array.from({ length: tries - 1 }, () => ["retried", "started"]).flat();
      await told(id, ["enqueued", "started", ...again, "failed"]);
    });
  }

  it("sees retries with their defer, and counts the tries", async () => {
    const id = await arq.enqueue("retry_twice");
    for (const row of await seen(id, ({ state }) => state === "complete")) {
      assert.equal(row.tries, 3);
      assert.ok(row.startedAt! - row.enqueuedAt! >= 800, "two defers of 0.4 s lie between");
    }
    await told(id, ["enqueued", "started", "retried", "started", "retried", "started", "completed"]);
  });

  it("sees a deferred job fall due and run", async () => {
    const before = Date.now();
    const id = await arq.enqueue("succeed", [], { _defer_by: 3 });
    for (const row of await seen(id, ({ state }) => state === "deferred")) {
      assert.ok(Math.abs(row.scheduledAt! - before - 3000) < nearMs, `due ${row.scheduledAt! - before} ms later`);
    }
    for (const row of await seen(id, ({ state }) => state === "complete")) {
      assert.ok(row.startedAt! - before >= 3000 - 5);
      assert.ok(row.waitMs !== null && row.waitMs < nearMs + 1000, `waited ${row.waitMs} ms`);
    }
  });

  it("sees a job run, and be aborted", async () => {
    const id = await arq.enqueue("sleeper", [60]);
    for (const row of await seen(id, ({ state }) => state === "running")) {
      assert.equal(row.tries, 1);
      assert.ok(Math.abs(Date.now() - row.runMs! - row.startedAt!) < 5000);
    }
    assert.equal(await arq.abort(id!), true);
    for (const row of await seen(id, ({ state }) => state === "aborted")) assert.equal(row.error?.kind, "aborted");
    await told(id, ["enqueued", "started", "aborted"]);
  });

  it("sees a job end that keeps no result, and claims no outcome", async () => {
    const id = await arq.enqueue("succeed_untold", [], { _defer_by: 1.5 });
    await seen(id, ({ state }) => state === "deferred");
    for (const each of watched) {
      await eventually(() => assert.ok(eventsOf(id!, each).includes("finished")), { timeoutMs: 15_000 });
      assert.equal(each.monitor.query({ ...everything, text: id! }).total, 0);
    }
  });

  it("sees a payload expire in the queue, and the failure that ARQ then writes", async () => {
    const id = await arq.enqueue("succeed", [], { _queue_name: "late: jobs", _expires: 0.5 });
    for (const row of await seen(id, ({ state }) => state === "expired")) assert.equal(row.queue, "late: jobs");
    const late = await arq.startWorker("Late");
    for (const row of await seen(id, ({ state }) => state === "failed")) {
      assert.equal(row.error?.kind, "expired");
      assert.equal(row.function, "succeed", "seen before it was lost");
    }
    await late.stop();
  });

  it("sees cron jobs finish, though by default they leave no result", async () => {
    const clock = await arq.startWorker("Clock");
    for (const { monitor, feed } of watched) {
      const row = await eventually(
        () => {
          const [first] = monitor.query({ ...everything, function: "cron:tick", states: ["finished"] }).rows;
          assert.ok(first !== undefined, feed);
          return first;
        },
        { timeoutMs: 15_000 },
      );
      assert.ok(Math.abs(row.finishedAt! - Number(row.id.split(":").at(-1))) < 2000, JSON.stringify(row));
    }
    await clock.stop();
  });

  it("sees tracebacks and the worker that the offered serializer stores, and the worker's own health record", async () => {
    const signed = await arq.startWorker("Signed");
    const id = await arq.enqueue("fail_chained", [], { _queue_name: "arq:signed" });
    for (const row of await seen(id, ({ state }) => state === "failed")) {
      assert.equal(row.error?.hasTraceback, true);
      assert.match(row.worker ?? "", new RegExp(`:${signed.pid}$`));
    }
    for (const { monitor } of watched) {
      const decoded = (await monitor.open(id!))?.result?.decoded;
      const traceback = decoded?.ok === true ? decoded.error?.traceback : null;
      assert.match(
        traceback ?? "",
        /in price_of\n[\s\S]*KeyError: 'socks'\n[\s\S]*direct cause[\s\S]*RuntimeError: no price/,
      );
      await eventually(
        () => {
          const process = monitor.snapshot().workers.find(({ pid }) => pid === signed.pid);
          assert.equal(process?.kind, "process");
          assert.equal(process?.queue, "arq:signed");
          assert.ok(process?.evidence.some((sentence) => sentence.startsWith("Own health record")));
        },
        { timeoutMs: 10_000 },
      );
    }
    await signed.stop();
    for (const { monitor } of watched) {
      await eventually(
        () => {
          const record =
            monitor
              .snapshot()
              .workers.find(({ pid }) => pid === signed.pid)
              ?.evidence.join(" ") ?? "";
          assert.ok(!record.includes("Own health record"), "a clean stop deletes it");
        },
        { timeoutMs: 10_000 },
      );
    }
  });

  it("still shows the job of a killed worker as started, and says nothing that is not so", async () => {
    const doomed = await arq.startWorker("Doomed");
    const id = await arq.enqueue("sleeper", [60], { _queue_name: "doomed" });
    await seen(id, ({ state }) => state === "running");
    await doomed.stop("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    for (const { monitor } of watched) {
      const row = monitor.row(id!)!;
      assert.ok(row.state === "running" || row.state === "orphaned", row.state);
      assert.equal(row.tries, 1);
      const sentence = describeState(row, monitor.now());
      assert.match(sentence, row.state === "running" ? /^Running for \d/ : /^Started .* worker seems to be gone/);
    }
    await told(id, ["enqueued", "started"]);
  });

  it("knows the worker by the record that all workers of a queue share", () => {
    for (const { monitor } of watched) {
      const { workers, workerCount } = monitor.snapshot();
      const shared = workers.find(({ kind, queue }) => kind === "shared" && queue === "arq:queue");
      assert.equal(shared?.stale, false);
      assert.equal(workerCount.kind, "atLeast");
    }
    assert.ok(worker.log().includes("Starting worker for"));
  });

  it("shows the same by push, by poll and to a fresh sweep", async () => {
    const summary = ({ monitor }: Watched): unknown =>
      monitor
        .query(everything)
        .rows.filter(({ state }) => state !== "finished")
        .map(({ id, state, tries, enqueuedAt, finishedAt, error }) => {
          // What was seen before a payload expired is known only to those who watched.
          return { id, state, tries, enqueuedAt: error?.kind === "expired" ? null : enqueuedAt, finishedAt, error };
        });
    const fresh = watch(redis, "push");
    try {
      await eventually(() => fresh.monitor.snapshot().complete, { timeoutMs: 10_000 });
      for (const each of watched) {
        await eventually(() => assert.deepEqual(summary(each), summary(fresh), each.feed), { timeoutMs: 15_000 });
      }
    } finally {
      await fresh.monitor.close();
    }
  });

  it("prints the same as one JSON document on the command line", async () => {
    const script = join(folder, "inspect.js");
    buildSync({
      entryPoints: [join(repositoryRoot(), "src", "inspect.ts")],
      outfile: script,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      logLevel: "error",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [script, redis.url], { maxBuffer: 1 << 26 });
    const document = JSON.parse(stdout) as {
      feed: string;
      counts: Record<string, number>;
      jobs: { id: string; state: string; error: { type: string; message: string; traceback: string | null } | null }[];
      errorGroups: { type: string; message: string; sample: string; count: number }[];
      commands: Record<string, number>;
    };
    assert.equal(document.feed, "push");
    const rows = watched[0]!.monitor.query(everything).rows.filter(({ state }) => state !== "finished");
    const printed = document.jobs.filter(({ state }) => state !== "finished");
    assert.deepEqual(
      printed.map(({ id, state }) => [id, state]),
      rows.map(({ id, state }) => [id, state]),
    );
    const group = document.errorGroups.find(({ type }) => type === "ValueError");
    assert.deepEqual(group && [group.message, group.sample, group.count], [
      "order # has no items",
      "order 4711 has no items",
      1,
    ]);
    const tracebacks = document.jobs.filter(({ error }) => error !== null && error.traceback !== null);
    assert.equal(tracebacks.length, 1, "only the worker with the serializer stores one");
    assert.equal(document.counts["failed"], printed.filter(({ state }) => state === "failed").length);
    assert.ok((document.commands["scan"] ?? 0) > 0);
  });
});
