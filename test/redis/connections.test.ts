import assert from "node:assert/strict";
import { join } from "node:path";
import type { Monitor } from "../../src/monitor/model";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { TempFolder } from "../support/tempFolder";
import { assertSameAsFresh, enqueue, fillSome, finish, newMonitor } from "./faultScene";

describe("A connection", function () {
  this.timeout(60_000);
  const folder = new TempFolder();
  const socket = join(folder.path, "redis.sock");
  const monitors: Monitor[] = [];
  let server: RedisServer;
  before(async () => {
    server = await startRedis({ args: ["--unixsocket", socket] });
  });
  beforeEach(async () => {
    await server.client().flushall();
  });
  afterEach(async () => {
    for (const monitor of monitors.splice(0)) await monitor.close();
  });
  after(async () => {
    await server.stop();
    folder.remove();
  });

  async function watch(url: string, feed: "auto" | "poll" = "auto"): Promise<Monitor> {
    const monitor = newMonitor({ url, feed });
    monitors.push(monitor);
    monitor.onChange(() => {});
    monitor.start();
    await eventually(() => assert.ok(monitor.snapshot().complete), { timeoutMs: 15_000 });
    return monitor;
  }
  async function theirClients(): Promise<number> {
    const list = String(await server.client().client("LIST"));
    // Those of this test are ioredis', which give themselves no name but never subscribe or track.
    return list.split("\n").filter((line) => /flags=\w*[Pt]/.test(line)).length;
  }

  for (const feed of ["auto", "poll"] as const) {
    it(`over a Unix socket sees what happens (${feed})`, async () => {
      const redis = server.client();
      await fillSome(redis);
      const monitor = await watch(`unix://${socket}?db=0`, feed);
      await enqueue(redis, "news");
      await eventually(() => assert.ok(monitor.row("news") !== null));
      await assertSameAsFresh(monitor, server.url);
      const { status } = monitor.snapshot();
      assert.equal(status.state === "live" && status.server.address, socket);
    });

    it(`to a numbered database sees that one and no other (${feed})`, async () => {
      const [zero, three] = [server.client(), server.client({ db: 3 })];
      await enqueue(zero, "elsewhere");
      await enqueue(three, "here");
      const url = server.url.replace(/0$/, "3");
      const monitor = await watch(url, feed);
      // The same names in both: an announcement does not tell of which database it is.
      await enqueue(zero, "here");
      await finish(zero, "here");
      await enqueue(zero, "later elsewhere");
      await enqueue(three, "later here");
      await eventually(() => assert.ok(monitor.row("later here") !== null));
      await assertSameAsFresh(monitor, url);
      assert.deepEqual([...monitor.rows()].map(({ id, state }) => `${id} is ${state}`).toSorted(), [
        "here is queued",
        "later here is queued",
      ]);
      await zero.flushdb();
      await assertSameAsFresh(monitor, url);
      assert.equal([...monitor.rows()].length, 2);
    });
  }

  it("of one window does not disturb that of another", async () => {
    const redis = server.client();
    await fillSome(redis);
    const [one, two] = [await watch(server.url), await watch(server.url)];
    await eventually(async () => assert.equal(await theirClients(), 4));
    await enqueue(redis, "for both");
    await eventually(() => assert.ok(one.row("for both") !== null && two.row("for both") !== null));
    await one.close();
    await eventually(async () => assert.equal(await theirClients(), 2));
    await enqueue(redis, "for one");
    await eventually(() => assert.ok(two.row("for one") !== null));
    await assertSameAsFresh(two, server.url);
  });
});
