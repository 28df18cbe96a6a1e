import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { SourceSink, SweepProgress, TouchedBatch } from "../../src/monitor/ports";
import { resultPayload, type ResultPayload } from "../demo/arqPayloads";
import { type Pickled, PyCall, tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { contextOf } from "../support/sessionContext";
import { watch, type Watched } from "../support/watchedMonitor";
import { closeSources, jobPayload, openTestSource, runSource } from "./sourceHarness";

const ended: Omit<ResultPayload, "id"> = {
  queue: "arq:queue",
  function: "work",
  args: tuple(1),
  kwargs: {},
  enqueuedAt: 1_700_000_000_001,
  startedAt: 1_700_000_000_002,
  finishedAt: 1_700_000_000_003,
  tries: 1,
  success: true,
  result: null,
};

/** Some 300 kB. */
const report: Pickled = Array.from({ length: 8000 }, (_, line) => `line ${line} of a report that nobody reads`);

describe("A look at everything", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  let watched: Watched | null = null;
  before(async () => {
    server = await startRedis();
    redis = server.client();
  });
  after(() => server.stop());
  beforeEach(() => redis.flushall());
  afterEach(async () => {
    await watched?.monitor.close();
    watched = null;
    await closeSources();
  });

  async function addResults(count: number, more: Partial<ResultPayload> = {}): Promise<void> {
    const pipeline = redis.pipeline();
    for (let i = 0; i < count; i++) {
      pipeline.set(`arq:result:job${i}`, resultPayload({ ...ended, ...more, id: `job${i}` }));
    }
    await pipeline.exec();
  }

  it("goes through the keys once where all of them are ARQ's", async () => {
    await addResults(5000);
    const running = runSource(server.url);
    await running.swept();
    assert.equal(running.jobs("sweep").size, 5000);
    const scans = running.source.commands.get("scan") ?? 0;
    // One that is made when connecting, and about five pages; fewer, where the server answers slowly.
    assert.ok(scans >= 3 && scans <= 9, `${scans} SCAN calls`);
  });

  it("works on one long answer in each turn of the event loop, however many have come", async () => {
    const reads = 8;
    await addResults(500 * reads);
    const running = runSource(server.url);
    await running.swept();
    let answered = 0;
    const asked = Array.from({ length: reads }, async (_, read) => {
      const ids = Array.from({ length: 500 }, (_id, i) => `job${500 * read + i}`);
      assert.equal((await running.source.readJobs(ids, ["arq:queue"])).length, 500);
      answered++;
    });
    const inOneTurn: number[] = [];
    for (let before = 0; before < reads; before = answered) {
      await new Promise((resolve) => setImmediate(resolve));
      inOneTurn.push(answered - before);
    }
    await Promise.all(asked);
    assert.equal(Math.max(...inOneTurn), 1);
  });

  it("finds queues and health records outside the prefix among many keys of ARQ", async () => {
    await addResults(3000);
    await redis.zadd("orders", Date.now() + 60_000, "later");
    await redis.set("arq:retry:later", "1");
    await redis.psetex("my-health", 60_000, "Nov-22 06:00:00 j_complete=1 j_failed=0 j_retried=0 j_ongoing=0 queued=0");
    await redis.set("my-cache", "x");
    const running = runSource(server.url);
    await running.swept();
    assert.ok(running.queues().has("orders"));
    assert.ok(running.jobs("sweep").has("later"));
    const { health } = await running.source.readWorkers(["arq:queue"]);
    assert.deepEqual(
      health.map(({ key }) => key),
      ["my-health"],
    );
  });

  it("announces the known queues before anything else, and then their members before results", async () => {
    await addResults(2000);
    await redis.zadd("arq:queue", 1, "waits");
    await redis.set("arq:job:waits", "x");
    const running = runSource(server.url, { queues: ["arq:queue", "orders"] });
    await running.swept();
    const swept = running.batches.filter(({ origin }) => origin === "sweep");
    assert.deepEqual([swept[0]?.queues, swept[0]?.jobs], [["arq:queue", "orders"], []]);
    assert.deepEqual(swept[1]?.jobs, ["waits"]);
  });

  /** A source that is told to stand still at its first progress. */
  function paused() {
    const progress: SweepProgress[] = [];
    const touched: TouchedBatch[] = [];
    let ends = 0;
    const source = openTestSource(server.url);
    const sink: SourceSink = {
      ...contextOf({ redis: { run: async () => [] } }).sink,
      sweepProgress: (told) => {
        if (progress.push(told) === 1) source.pauseSweep();
      },
      touched: (batch) => void touched.push(batch),
      sweepEnded: () => void ends++,
    };
    source.start(sink);
    return { source, progress, touched, ended: () => ends > 0 };
  }

  it("tells how far it has come, never less than before and never more than there is", async () => {
    await addResults(12_000);
    // Most keys are others': a second and a third way through all keys become necessary on the way.
    await redis.eval("for i = 1, 20000 do redis.call('set', 'foreign:' .. i, 'x') end", 0);
    const { source, progress, ended: isEnded } = paused();
    await eventually(() => progress.at(-1)?.paused === true);
    source.resumeSweep();
    await eventually(isEnded, { timeoutMs: 25_000 });
    assert.ok(progress.length > 10, `${progress.length} reports`);
    let before = 0;
    for (const { keysScanned, keysTotal } of progress) {
      assert.equal(keysTotal, 32_000);
      assert.ok(keysScanned >= before && keysScanned <= 32_000, `${keysScanned} after ${before}`);
      before = keysScanned;
    }
    assert.ok(before > 25_000, `${before} at last`);
  });

  it("stands still while it is paused, and goes on from there", async () => {
    await addResults(12_000);
    const { source, progress, touched, ended: isEnded } = paused();
    await eventually(() => progress.at(-1)?.paused === true);
    const scans = source.commands.get("scan");
    const met = touched.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(source.commands.get("scan"), scans);
    assert.equal(touched.length, met);
    assert.equal(isEnded(), false);
    source.resumeSweep();
    await eventually(isEnded, { timeoutMs: 25_000 });
    assert.equal(new Set(touched.flatMap(({ jobs }) => jobs)).size, 12_000);
    assert.ok((source.commands.get("scan") ?? 0) <= 20, "it did not begin again");
  });

  it("stands still also after the connection was lost meanwhile", async () => {
    await addResults(12_000);
    const { source, progress, ended: isEnded } = paused();
    await eventually(() => progress.at(-1)?.paused === true);
    const before = progress.length;
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await eventually(() => progress.length > before && progress.at(-1)?.paused === true);
    const scans = source.commands.get("scan");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(source.commands.get("scan"), scans);
    source.resumeSweep();
    await eventually(isEnded, { timeoutMs: 25_000 });
  });

  it("is no look for queues among many keys, which tells no progress", async () => {
    await addResults(7000);
    const progress: SweepProgress[] = [];
    const queues = new Set<string>();
    let ends = 0;
    const source = openTestSource(server.url);
    source.start({
      ...contextOf({ redis: { run: async () => [] } }).sink,
      sweepProgress: (told) => void progress.push(told),
      touched: (batch) => batch.queues.forEach((queue) => queues.add(queue)),
      sweepEnded: () => void ends++,
    });
    await eventually(() => ends === 1, { timeoutMs: 25_000 });
    const before = progress.length;
    assert.ok(before > 0);
    await redis.zadd("shop: high", 1, "stray");
    await redis.set("arq:job:stray", jobPayload);
    source.findQueues();
    await eventually(() => queues.has("shop: high"));
    assert.equal(progress.length, before);
    assert.equal(ends, 1);
  });

  for (const feed of ["push", "poll"] as const) {
    it(`is over after a look for queues among many keys, so that a queue deleted by hand is noticed, by ${feed}`, async () => {
      await addResults(7000);
      const add = (id: string, queue: string) =>
        redis.multi().set(`arq:job:${id}`, jobPayload).zadd(queue, 1, id).exec();
      await add("order", "orders");
      watched = watch({ url: server.url, feed });
      const { monitor } = watched;
      await eventually(() => monitor.snapshot().complete, { timeoutMs: 25_000 });
      assert.equal(monitor.row("order")?.state, "queued");
      await add("stray", "shop: high");
      await eventually(() => assert.equal(monitor.row("stray")?.queue, "shop: high"), { timeoutMs: 15_000 });
      await eventually(() => assert.equal(monitor.snapshot().sweep, null));
      await redis.del("orders");
      await eventually(() => assert.equal(monitor.row("order")?.state, "unknown"), { timeoutMs: 15_000 });
    });
  }

  it("reads of results of hundreds of kilobytes only the two ends", async () => {
    await addResults(20, { result: report });
    const size = await redis.strlen("arq:result:job1");
    assert.ok(size > 300_000);
    const running = runSource(server.url);
    await running.live();
    const { source } = running;
    const before = source.cost().bytesReceived;
    const facts = await source.readJobs(
      Array.from({ length: 20 }, (_, i) => `job${i}`),
      ["arq:queue"],
    );
    const received = source.cost().bytesReceived - before;
    assert.ok(received < 20 * 8192, `${received} bytes`);
    for (const { result } of facts) {
      assert.ok(result?.decoded.ok === true && result.decoded.success);
      assert.deepEqual([result.decoded.function, result.decoded.finishedAt], ["work", ended.finishedAt]);
    }
  });

  it("reads a long exception whole, and says of one of more than a megabyte that it was not read", async () => {
    const failed = (message: Pickled) => ({
      success: false,
      result: new PyCall("builtins", "ValueError", ["bad", message]),
    });
    await redis.set("arq:result:long", resultPayload({ ...ended, id: "long", ...failed(report) }));
    await redis.set(
      "arq:result:huge",
      resultPayload({
        ...ended,
        id: "huge",
        ...failed(
          [report, [1], ...report, "and so on"].concat(
            Array.from({ length: 30_000 }, (_, i) => `another line of it: ${i}`),
          ),
        ),
      }),
    );
    assert.ok((await redis.strlen("arq:result:huge")) > 1024 * 1024);
    const running = runSource(server.url);
    await running.live();
    const { source } = running;
    const [long, huge] = await source.readJobs(["long", "huge"], ["arq:queue"]);
    assert.ok(long?.result?.decoded.ok === true && huge?.result?.decoded.ok === true);
    assert.equal(long.result.decoded.error?.type, "ValueError");
    assert.match(long.result.decoded.error?.message ?? "", /bad/);
    assert.match(huge.result.decoded.error?.message ?? "", /too large to be read/);
    assert.equal(huge.result.decoded.finishedAt, ended.finishedAt);
  });

  it("counts commands, bytes and the time that was waited", async () => {
    await addResults(100);
    const running = runSource(server.url);
    await running.swept();
    const before = running.source.cost();
    await running.source.readJobs(["job1", "job2"], ["arq:queue"]);
    const after = running.source.cost();
    const bytes = (await redis.strlen("arq:result:job1")) * 2;
    assert.ok(after.bytesReceived - before.bytesReceived >= bytes);
    assert.ok(after.bytesSent - before.bytesSent > "getrange arq:result:job1".length * 2);
    assert.ok(after.waitedMs >= before.waitedMs && after.since > 0);
    assert.equal(after.commands, running.source.commands);
  });
});
