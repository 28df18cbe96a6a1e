import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import { systemClock } from "../../src/monitor/systemClock";
import { eventually } from "../support/eventually";
import { QuietLogger } from "../support/quietLogger";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, jobPayload, openTestSource, resultPayload } from "./sourceHarness";

describe("What watching costs Redis", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  before(async () => {
    server = await startRedis();
    redis = server.client();
  });
  after(() => server.stop());

  it("is some tens of commands for the whole life of a job", async () => {
    const logger = new QuietLogger();
    const source = openTestSource(server.url);
    const thresholds = defaultThresholds;
    const monitor = createMonitor({ source, clock: systemClock, logger, thresholds, staleAfterMs: 60_000, queues: [] });
    monitor.onChange(() => {});
    monitor.start();
    await eventually(() => monitor.snapshot().complete);
    const sent = (): number => [...source.commands.values()].reduce((sum, count) => sum + count, 0);
    const shown = (id: string, state: string) => eventually(() => assert.equal(monitor.row(id)?.state, state));
    const before = sent();
    const jobs = 10;
    for (let i = 0; i < jobs; i++) {
      const id = `job ${i}`;
      await redis.multi().psetex(`arq:job:${id}`, 86_400_000, jobPayload).zadd("arq:queue", Date.now(), id).exec();
      await shown(id, "queued");
      await redis.psetex(`arq:in-progress:${id}`, 310_000, "1");
      await redis.multi().incr(`arq:retry:${id}`).expire(`arq:retry:${id}`, 88_400).exec();
      await shown(id, "running");
      const end = redis.multi().set(`arq:result:${id}`, resultPayload, "PX", 3_600_000).zrem("arq:queue", id);
      await end.del(`arq:in-progress:${id}`, `arq:retry:${id}`, `arq:job:${id}`).exec();
      await shown(id, "failed");
    }
    const perJob = (sent() - before) / jobs;
    assert.ok(perJob < 60, `${perJob} commands for each job`);
    await monitor.close();
    await closeSources();
  });
});
