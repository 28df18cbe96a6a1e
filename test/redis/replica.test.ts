import assert from "node:assert/strict";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { assertSameAsFresh, enqueue, fillSome, newMonitor } from "./faultScene";

describe("A replica", function () {
  this.timeout(60_000);
  let master: RedisServer;
  let replica: RedisServer;
  before(async () => {
    master = await startRedis();
    await fillSome(master.client());
    replica = await startRedis({ args: ["--replicaof", "127.0.0.1", String(master.port)] });
    await eventually(async () => (await replica.client().info("replication")).includes("link_status:up"), {
      timeoutMs: 20_000,
    });
  });
  after(() => Promise.all([master.stop(), replica.stop()]));

  for (const feed of ["auto", "poll"] as const) {
    it(`is watched as its master is, and says that it is one (${feed})`, async () => {
      const monitor = newMonitor({ url: replica.url, feed });
      monitor.onChange(() => {});
      monitor.start();
      try {
        await eventually(() => assert.ok(monitor.snapshot().complete), { timeoutMs: 15_000 });
        const { status } = monitor.snapshot();
        assert.ok(status.state === "live");
        assert.equal(status.feed, feed === "auto" ? "push" : "poll");
        assert.equal(status.server.replica?.master, `127.0.0.1:${master.port}`);
        assert.equal(status.server.replica.linked, true);
        assert.ok(status.limits.some((limit) => /replica of 127\.0\.0\.1:\d+/.test(limit)));
        await enqueue(master.client(), `news by ${feed}`);
        await eventually(() => assert.ok(monitor.row(`news by ${feed}`) !== null));
        await assertSameAsFresh(monitor, master.url);
      } finally {
        await monitor.close();
      }
    });
  }

  it("says that it has lost its master, when somebody looks again, and that it is none any more", async () => {
    const monitor = newMonitor({ url: replica.url });
    monitor.onChange(() => {});
    monitor.start();
    const limits = (): string => {
      const { status } = monitor.snapshot();
      return status.state === "live" ? status.limits.join(" ") : status.state;
    };
    try {
      await eventually(() => assert.match(limits(), /This is a replica of/), { timeoutMs: 15_000 });
      await master.kill();
      await eventually(async () => (await replica.client().info("replication")).includes("link_status:down"));
      monitor.refresh();
      await eventually(() => assert.match(limits(), /no link to its master/));
      await replica.client().call("REPLICAOF", "NO", "ONE");
      monitor.refresh();
      await eventually(() => assert.equal(limits(), ""));
    } finally {
      await monitor.close();
    }
  });
});
