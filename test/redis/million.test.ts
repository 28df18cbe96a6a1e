import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, resultPayload, runSource } from "./sourceHarness";

describe("A Redis with a million foreign keys", function () {
  this.timeout(120_000);
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
    const redis = server.client();
    // Not DEBUG POPULATE: Redis 7 allows it only by an option that Redis 6 does not know.
    const fill = "for i = ARGV[1], ARGV[1] + 99999 do redis.call('set', 'foreign:' .. i, 'x') end";
    for (let start = 0; start < 1_000_000; start += 100_000) await redis.eval(fill, 0, start);
    await redis.set("arq:result:needle", resultPayload);
    await redis.zadd("elsewhere", 1, "deferred");
    await redis.set("arq:retry:deferred", "1");
  });
  after(() => server.stop());
  afterEach(closeSources);

  it("is swept to the end in small slices, and the needle is found", async () => {
    const running = runSource(server.url);
    await eventually(() => running.sweeps > 0, { timeoutMs: 100_000 });
    assert.ok(running.jobs("sweep").has("needle"));
    assert.ok(running.jobs("sweep").has("deferred"));
    assert.ok(running.queues().has("elsewhere"));
    // Three passes of 1,000 keys a call: no call is long, and their number is bounded.
    const scans = running.source.commands.get("scan") ?? 0;
    assert.ok(scans >= 3000 && scans < 4000, `${scans} SCAN calls`);
    assert.equal(running.source.commands.get("keys"), undefined);
  });
});
