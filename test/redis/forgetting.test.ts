import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { watch } from "../support/watchedMonitor";
import { closeSources, resultPayload, runSource } from "./sourceHarness";

describe("The lifetimes of results", function () {
  this.timeout(60_000);
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  beforeEach(() => server.client().flushall());
  after(() => server.stop());
  afterEach(closeSources);

  it("are told in ms, for ever, or as no result, at a time of Redis", async () => {
    const redis = server.client();
    await redis.set("arq:result:an hour", resultPayload, "PX", 3_600_000);
    await redis.set("arq:result:kept", resultPayload);
    const running = runSource(server.url, { feed: "poll" });
    await running.live();
    const answer = await running.source.readResultTtls(["an hour", "kept", "gone"]);
    const [hour, kept, gone] = answer?.ttls ?? [];
    assert.ok(hour !== undefined && hour !== null && hour > 3_590_000 && hour <= 3_600_000);
    assert.deepEqual([kept, gone], [-1, -2]);
    assert.ok(Math.abs((answer?.readAt ?? 0) - Date.now()) < 5000);
  });

  it("are not asked for where the user may not, and nothing else is lost", async () => {
    const redis = server.client();
    await redis.set("arq:result:kept", resultPayload);
    await redis.acl("SETUSER", "watcher", "on", "nopass", "~*", "&*", "+@all", "-pttl");
    const running = runSource(server.url.replace("redis://", "redis://watcher:x@"), { feed: "poll" });
    await running.live();
    await running.swept();
    assert.equal(await running.source.readResultTtls(["kept"]), null);
    assert.equal((await running.source.readJobs(["kept"], []))[0]?.result?.decoded.ok, true);
  });

  for (const feed of ["poll", "push"] as const) {
    it(`need not be read one by one for results to leave the counts in time (${feed})`, async () => {
      const redis = server.client();
      const fill = redis.pipeline();
      for (let n = 0; n < 300; n++) fill.set(`arq:result:short${n}`, resultPayload, "PX", 15_000);
      for (let n = 0; n < 100; n++) fill.set(`arq:result:long${n}`, resultPayload, "PX", 3_600_000);
      await fill.exec();
      const { monitor } = watch({ url: server.url, feed });
      try {
        await eventually(() => monitor.snapshot().complete);
        assert.equal(monitor.snapshot().counts.failed, 400);
        await eventually(() => monitor.snapshot().counts.failed === 100, { timeoutMs: 40_000 });
        const forgotten = monitor.row("short7");
        assert.equal(forgotten?.error?.message, "bad");
        assert.ok(forgotten?.rememberedSince !== null);
        assert.equal(monitor.row("long7")?.rememberedSince, null);
      } finally {
        await monitor.close();
      }
    });
  }
});
