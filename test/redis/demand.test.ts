import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { Gap } from "../../src/monitor/model";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { watch, type Watched } from "../support/watchedMonitor";
import { closeSources, jobPayload, resultPayload, runSource } from "./sourceHarness";

describe("How closely Redis is followed", function () {
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

  async function enqueue(id: string): Promise<void> {
    await redis.multi().psetex(`arq:job:${id}`, 86_400_000, jobPayload).zadd("arq:queue", Date.now(), id).exec();
  }
  /** Whether some connection asks for announcements. */
  async function tracking(): Promise<boolean> {
    return / flags=\w*t/.test(String(await redis.client("LIST")));
  }
  const sent = (source: { readonly commands: ReadonlyMap<string, number> }): number =>
    [...source.commands.values()].reduce((sum, count) => sum + count, 0);

  for (const feed of ["push", "poll"] as const) {
    it(`is not at all while nobody looks, by ${feed}, and what was missed is found and said when somebody does`, async () => {
      watched = watch({ url: server.url, feed });
      const { monitor } = watched;
      const gaps: Gap[] = [];
      monitor.onChange((change) => gaps.push(...change.gaps));
      await eventually(() => monitor.snapshot().complete);
      assert.equal(await tracking(), feed === "push");
      monitor.setDemand("none");
      await eventually(async () => !(await tracking()));
      await enqueue("meanwhile");
      await redis.ping();
      const { status } = monitor.snapshot();
      assert.ok(status.state === "live" && status.limits.length === 1);
      monitor.setDemand("visible");
      await eventually(() => assert.equal(monitor.row("meanwhile")?.state, "queued"));
      await eventually(() => assert.equal(gaps.length, 1));
      const [gap] = gaps;
      assert.ok(gap !== undefined && gap.from < gap.to && gap.why === "Nobody looked.");
      assert.equal(await tracking(), feed === "push");
      await enqueue("afterwards");
      await eventually(() => assert.equal(monitor.row("afterwards")?.state, "queued"));
    });
  }

  it("is calmer in the background, and no span is lost as long as little changes", async () => {
    const running = runSource(server.url);
    await running.swept();
    running.source.setDemand("background");
    await enqueue("seen later");
    assert.ok(!running.jobs("live").has("seen later"));
    running.source.setDemand("visible");
    await eventually(() => running.jobs("live").has("seen later"), { timeoutMs: 8000 });
    assert.deepEqual(running.missed, []);
    assert.equal(running.sweeps, 1);
  });

  it("is by results and queues alone in the background when much changes, on a budget that stays", async () => {
    const running = runSource(server.url);
    await running.swept();
    running.source.setDemand("background");
    for (let i = 0; i < 300; i++) await enqueue(`job ${i}`);
    await eventually(() => assert.equal(running.missed.length, 1));
    await eventually(() => {
      const status = running.status();
      assert.ok(status?.state === "live" && /at most 100 of the jobs that ended/.test(status.limits[0] ?? ""));
    });
    await eventually(async () => assert.match(String(await redis.client("LIST")), / flags=\w*t/));
    running.clear();
    const before = sent(running.source);
    await redis.set("arq:result:ended", resultPayload);
    await enqueue("only counted");
    await eventually(() => running.jobs("live").has("ended"), { timeoutMs: 8000 });
    assert.ok(!running.jobs().has("only counted"));
    assert.ok(running.queues().has("arq:queue"));
    assert.ok(sent(running.source) - before <= 2);
    running.source.setDemand("visible");
    await running.swept(2);
    assert.ok(running.jobs().has("only counted"));
  });

  it("goes over to looking in a flood, says so, and comes back with a look at everything when it is calm", async () => {
    const running = runSource(server.url);
    await running.swept();
    const announce = "for i = 1, 80000 do redis.call('set', 'arq:retry:' .. i, 1, 'PX', 2000) end";
    await redis.eval(announce, 0);
    await eventually(async () => {
      await redis.set("arq:retry:one more", 1, "PX", 2000);
      const status = running.status();
      assert.ok(status?.state === "live" && status.feed === "poll" && /keys a second/.test(status.limits[0] ?? ""));
    });
    assert.ok(running.batches.every(({ jobs }) => jobs.length <= 1000));
    assert.match(running.missed[0] ?? "", /Redis changed about/);
    await enqueue("seen by looking");
    await eventually(() => running.jobs().has("seen by looking"));
    await running.swept(2);
    const status = running.status();
    assert.ok(status?.state === "live" && status.feed === "push" && status.limits.length === 0);
    await enqueue("told again");
    await eventually(() => running.jobs("live").has("told again"));
  });

  it("asks a quiet Redis for next to nothing: one sign of life at a time", async () => {
    const running = runSource(server.url);
    await running.swept();
    await running.source.readWorkers(["arq:queue"]);
    const before = new Map(running.source.commands);
    await eventually(() => sent(running.source) > [...before.values()].reduce((sum, count) => sum + count, 0), {
      timeoutMs: 25_000,
      intervalMs: 500,
    });
    const asked = [...running.source.commands].filter(([name, count]) => count > (before.get(name) ?? 0));
    assert.deepEqual(asked, [["ping", (before.get("ping") ?? 0) + 1]]);
  });

  it("finds out by itself which job was moved or taken from a queue by hand, whatever else happened in that moment", async () => {
    await enqueue("moved");
    await enqueue("taken");
    watched = watch({ url: server.url, feed: "push" });
    const { monitor } = watched;
    await eventually(() => monitor.snapshot().complete);
    await redis
      .multi()
      .zadd("arq:queue", Date.now() + 3_600_000, "moved")
      .zrem("arq:queue", "taken")
      .set("arq:result:other", resultPayload)
      .exec();
    await eventually(() => {
      assert.equal(monitor.row("moved")?.state, "deferred");
      assert.equal(monitor.row("taken")?.state, "unknown");
    });
  });
});
