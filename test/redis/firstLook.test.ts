import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { resultPayload } from "../demo/arqPayloads";
import { tuple } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { watch } from "../support/watchedMonitor";

describe("The first look", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  before(async () => {
    server = await startRedis();
    redis = server.client();
  });
  after(() => server.stop());
  beforeEach(() => redis.flushall());

  for (const feed of ["push", "poll"] as const) {
    it(`shows by ${feed} what waits in a queue that only results name, as soon as it has ended`, async () => {
      const result = resultPayload({
        id: "done",
        queue: "orders",
        function: "work",
        args: tuple(1),
        kwargs: {},
        enqueuedAt: 1_700_000_000_001,
        startedAt: 1_700_000_000_002,
        finishedAt: 1_700_000_000_003,
        tries: 1,
        success: true,
        result: null,
      });
      await redis.set("arq:result:done", result);
      // Their payloads have expired, so that nothing but their queue tells of them.
      for (let i = 0; i < 20; i++) await redis.zadd("orders", 1_700_000_000_000 + i, `old ${i}`);
      const { monitor } = watch({ url: server.url, feed });
      try {
        let first: number | null = null;
        monitor.onChange(() => {
          const { complete, counts } = monitor.snapshot();
          if (complete) first ??= counts.expired;
        });
        await eventually(() => assert.notEqual(first, null));
        assert.equal(first, 20);
      } finally {
        await monitor.close();
      }
    });
  }
});
