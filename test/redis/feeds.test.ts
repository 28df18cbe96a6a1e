import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { JobState } from "../../src/arq/jobModel";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { watch, type Watched } from "../support/watchedMonitor";
import { closeSources, jobPayload, resultPayload, runSource } from "./sourceHarness";

describe("A source over a real Redis", function () {
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

  async function enqueue(id: string, queue = "arq:queue", score = Date.now()): Promise<void> {
    await redis.multi().psetex(`arq:job:${id}`, 86_400_000, jobPayload).zadd(queue, score, id).exec();
  }
  async function begin(id: string): Promise<void> {
    await redis.psetex(`arq:in-progress:${id}`, 310_000, "1");
    await redis.multi().incr(`arq:retry:${id}`).expire(`arq:retry:${id}`, 88_400).exec();
  }
  async function finish(id: string, queue = "arq:queue", kept = true): Promise<void> {
    const transaction = redis.multi();
    if (kept) transaction.set(`arq:result:${id}`, resultPayload, "PX", 3_600_000);
    transaction.zrem(queue, id).del(`arq:in-progress:${id}`, `arq:retry:${id}`, `arq:job:${id}`);
    await transaction.exec();
  }

  it("finds everything that is there in its first sweep", async () => {
    await enqueue("a");
    await enqueue("b");
    await begin("b");
    await redis.set("arq:result:c", resultPayload);
    await redis.psetex("arq:in-progress:cron:x:1700000000123", 60_000, "1");
    await enqueue("d", "orders: high priority");
    await redis.psetex(
      "mail:health-check",
      60_000,
      "Nov-21 22:30:12 j_complete=6 j_failed=1 j_retried=0 j_ongoing=2 queued=3",
    );
    await redis.zadd("leaderboard", 7, "somebody");
    await redis.set("other:health-check", "fine");
    const running = runSource(server.url);
    await running.swept();
    assert.deepEqual([...running.jobs("sweep")].sort(), ["a", "b", "c", "cron:x:1700000000123", "d"]);
    assert.deepEqual([...running.queues()].sort(), ["arq:queue", "mail", "orders: high priority"]);
    const workers = await running.source.readWorkers([...running.queues()]);
    assert.deepEqual(
      workers.health.map(({ queue, complete, failed, ongoing, queued }) => ({
        queue,
        complete,
        failed,
        ongoing,
        queued,
      })),
      [{ queue: "mail", complete: 6, failed: 1, ongoing: 2, queued: 3 }],
    );
  });

  for (const feed of ["auto", "poll"] as const) {
    describe(feed === "auto" ? "that announces changes" : "that is asked for changes", () => {
      it("notices enqueue, start, retry and finish of a job", async () => {
        const running = runSource(server.url, { feed });
        const live = await running.live();
        assert.equal(live.feed, feed === "auto" ? "push" : "poll");
        assert.equal(live.feedReason === null, feed === "auto");
        await running.swept();
        await enqueue("warm up");
        await eventually(() => running.jobs().has("warm up"));
        const steps: [what: string, act: () => Promise<unknown>][] = [
          ["enqueued", () => enqueue("j")],
          ["started", () => begin("j")],
          [
            "sent back to the queue",
            () => redis.multi().zincrby("arq:queue", 60_000, "j").del("arq:in-progress:j").exec(),
          ],
          ["finished", () => finish("j")],
        ];
        // A queue alone does not say who was moved in it; and of what is forgotten no name is left to be met. The monitor finds out by itself.
        if (feed === "poll") steps.splice(3, 0, ["moved by hand", () => redis.zincrby("arq:queue", -60_000, "j")]);
        else steps.push(["forgotten", () => redis.del("arq:result:j")]);
        for (const [what, act] of steps) {
          // Two looks at all keys, so that the difference is told by this step.
          if (feed === "poll") await new Promise((resolve) => setTimeout(resolve, 1200));
          running.clear();
          await act();
          await eventually(() => running.jobs("live").has("j") || Promise.reject(new Error(`${what} was not noticed`)));
        }
      });

      it("notices a job that came and went without a result", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await enqueue("brief");
        await eventually(() => running.jobs().has("brief"));
        running.clear();
        await finish("brief", "arq:queue", false);
        await eventually(() => running.jobs().has("brief"));
        await eventually(() => running.queues().has("arq:queue"));
      });

      it("notices jobs in a queue outside ARQ's prefix", async () => {
        await enqueue("first", "orders");
        const running = runSource(server.url, { feed });
        await running.swept();
        assert.ok(running.queues().has("orders"));
        running.clear();
        await redis.zadd("orders", 1, "no payload");
        await eventually(() => running.queues().has("orders"));
      });

      it("misses no result that appears behind the back of a sweep", async () => {
        for (let i = 0; i < 4000; i++) redis.set(`arq:result:old ${i}`, resultPayload).catch(() => {});
        await redis.ping();
        const running = runSource(server.url, { feed });
        const late = Array.from({ length: 200 }, (_, i) => `late ${i}`);
        let written = false;
        running.onTouched = async ({ jobs }) => {
          if (written || jobs.length < 1000) return;
          written = true;
          // The sweep is half way through: some of these lie where it has already been.
          await redis.mset(Object.fromEntries(late.map((id) => [`arq:result:${id}`, resultPayload])));
        };
        await running.swept();
        assert.ok(written);
        await eventually(() => {
          const told = new Set([...running.jobs(), ...running.met]);
          assert.deepEqual(
            late.filter((id) => !told.has(id)),
            [],
          );
        });
        const old = [...running.jobs("live")].filter((id) => id.startsWith("old"));
        assert.deepEqual(old, [], "what the sweep met is not told as changed");
      });

      it("finds a queue and a worker's own record that appear later outside the prefix, when it is asked to", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await enqueue("stray", "shop: high");
        const health = "Nov-21 22:30:12 j_complete=6 j_failed=1 j_retried=0 j_ongoing=2 queued=3";
        await redis.psetex("shop: high:health-check:host:7", 60_000, health);
        assert.ok(!running.queues().has("shop: high"));
        running.source.findQueues();
        running.source.findQueues();
        await eventually(() => running.queues().has("shop: high") && running.jobs().has("stray"));
        assert.equal(running.sweeps, 1, "without looking at everything again");
        const { health: records } = await running.source.readWorkers([]);
        assert.deepEqual(
          records.map(({ queue, process }) => [queue, process]),
          [["shop: high", "host:7"]],
        );
        running.clear();
        await redis.zadd("shop: high", 1, "no payload");
        await eventually(() => running.queues().has("shop: high"));
      });

      it("follows a queue once it is asked for it", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await running.source.readJobs(["x"], ["named by a result"]);
        await redis.ping();
        await eventually(async () => {
          running.clear();
          await redis.zincrby("named by a result", 1, "no payload");
          await new Promise((resolve) => setTimeout(resolve, 100));
          return running.queues().has("named by a result");
        });
      });

      it("knows a queue by its newest jobs where the payloads of the oldest have expired", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await redis.zadd("stuck", 1, "a", 2, "b", 3, "c", 4, "d");
        await enqueue("fresh", "stuck");
        running.source.findQueues();
        await eventually(() => running.queues().has("stuck"));
      });

      it("knows a queue as one as soon as a job comes after those whose payloads have expired", async () => {
        await redis.zadd("arq:queue", 1, "expired");
        await enqueue("first", "orders");
        watched = watch({ url: server.url, feed: feed === "auto" ? "push" : "poll" });
        const { monitor } = watched;
        const shows = (id: string, state: JobState) => eventually(() => assert.equal(monitor.row(id)?.state, state));
        await eventually(() => monitor.snapshot().complete);
        // When this is told, the other queue was looked at, too.
        await enqueue("second", "orders");
        await shows("second", "queued");
        await enqueue("fresh");
        await shows("fresh", "queued");
        await shows("expired", "expired");
      });

      it("finds a queue that appears later under the prefix", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await enqueue("late", "arq:mail");
        await eventually(() => running.queues().has("arq:mail"));
        const [facts] = await running.source.readQueues(["arq:mail"]);
        assert.deepEqual([facts?.name, facts?.depth, facts?.due, facts?.confirmed], ["arq:mail", 1, 1, true]);
      });

      it("is live again after the server was down, and sweeps again", async () => {
        const running = runSource(server.url, { feed });
        await running.swept();
        await server.kill();
        await eventually(() => {
          const status = running.status();
          return (
            status?.state === "down" &&
            status.problem.reason === "refused" &&
            status.retryAt !== null &&
            status.since !== null
          );
        });
        await assert.rejects(running.source.readJobs(["x"], []));
        await server.restart();
        await eventually(async () => {
          await redis.ping();
          return true;
        });
        await running.swept(2);
        await running.live();
        await enqueue("after");
        await eventually(() => running.jobs().has("after"));
      });
    });
  }

  it("follows a queue whose name is the beginning of ARQ's own prefix by looking at it", async () => {
    await enqueue("first", "ar");
    const running = runSource(server.url, { queues: ["ar"] });
    assert.equal((await running.live()).feed, "push");
    await running.swept();
    running.clear();
    await redis.zadd("ar", 1, "no payload");
    await eventually(() => running.jobs().has("no payload"));
  });

  it("stops listening to the name of a queue with which thousands of foreign keys begin, and looks at that queue instead", async () => {
    await enqueue("first", "n");
    const running = runSource(server.url);
    await running.swept();
    await redis.eval("for i = 1, 2500 do redis.call('set', 'n' .. i, 'x') end", 0);
    await running.swept(2);
    assert.equal((await running.live()).feed, "push");
    running.clear();
    await redis.zadd("n", 1, "no payload");
    await eventually(() => running.jobs().has("no payload"));
  });

  it("refuses a node of a cluster, which has only some of the keys", async () => {
    const cluster = await startRedis({ args: ["--cluster-enabled", "yes"] });
    const running = runSource(cluster.url);
    await eventually(() => {
      const status = running.status();
      return status?.state === "down" && /Cluster/.test(status.problem.message);
    });
    await running.source.close();
    await cluster.stop();
  });

  it("notices by asking also who is claimed far from the head of a queue, and who is let go", async () => {
    const due = Date.now() - 60_000;
    for (let i = 0; i < 700; i++) enqueue(`job ${i}`, "arq:queue", due + i).catch(() => {});
    await redis.ping();
    watched = watch({ url: server.url, feed: "poll" });
    const { monitor } = watched;
    await eventually(() => monitor.snapshot().complete, { timeoutMs: 15_000 });
    const isNow = (state: JobState) =>
      eventually(() => assert.equal(monitor.row("job 650")?.state, state), { timeoutMs: 15_000 });
    await isNow("queued");
    await begin("job 650");
    await isNow("running");
    await redis.del("arq:in-progress:job 650");
    await isNow("retrying");
  });

  it("tells that everything is gone after FLUSHDB, and sweeps again", async () => {
    await enqueue("gone");
    const running = runSource(server.url);
    await running.swept();
    await redis.flushdb();
    await eventually(() => running.flushes > 0);
    await running.swept(2);
    assert.deepEqual((await running.source.readQueues(["arq:queue"]))[0]?.depth, 0);
    await enqueue("new");
    await eventually(() => running.jobs("live").has("new"));
  });

  for (const [which, type] of [
    ["the connection that hears the announcements", "pubsub"],
    ["the connection that reads", "normal"],
  ] as const) {
    it(`heals after the loss of ${which}`, async () => {
      const running = runSource(server.url);
      await running.swept();
      const own = String(await redis.client("ID"));
      const list = String(await redis.call("CLIENT", "LIST", "TYPE", type));
      for (const [, id] of list.matchAll(/^id=(\d+)/gm)) if (id !== own) await redis.call("CLIENT", "KILL", "ID", id!);
      await running.swept(2);
      const live = await running.live();
      assert.equal(live.feed, "push");
      await enqueue(`after ${type}`);
      await eventually(() => running.jobs("live").has(`after ${type}`));
    });
  }

  it("goes over to asking when the announcing connection is lost again and again", async () => {
    const running = runSource(server.url);
    for (let loss = 1; loss <= 3; loss++) {
      await running.swept(loss);
      await running.live();
      await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
      await eventually(() => running.status()?.state === "down");
    }
    await running.swept(4);
    const live = await running.live();
    assert.equal(live.feed, "poll");
    assert.match(live.feedReason ?? "", /3 times/);
  });

  it("sends nothing but the commands of the read-only port", async () => {
    await enqueue("a");
    const monitor = await redis.monitor();
    const sent: string[][] = [];
    monitor.on("monitor", (_time: string, command: string[], source: string) => void sent.push([source, ...command]));
    const running = runSource(server.url);
    const polling = runSource(server.url, { feed: "poll" });
    await Promise.all([running.swept(), polling.swept()]);
    await running.source.readJobs(["a", "b"], ["arq:queue"]);
    await running.source.readJob("a", ["arq:queue"]);
    await running.source.readQueues(["arq:queue"]);
    await running.source.readWorkers(["arq:queue"]);
    const [marker] = [await redis.echo("end of the recording")];
    await eventually(() => sent.some((command) => command.includes(marker)));
    monitor.disconnect();
    const testClients = new Set(sent.filter((command) => /^echo$/i.test(command[1] ?? "")).map(([source]) => source));
    const names = new Set(sent.filter(([source]) => !testClients.has(source)).map(([, name]) => name!.toLowerCase()));
    const allowed =
      /^(auth|select|info|time|ping|scan|get|getrange|strlen|exists|pttl|zcard|zcount|zscore|zrange|zrangebyscore|client|subscribe)$/;
    assert.deepEqual(
      [...names].filter((name) => !allowed.test(name)),
      [],
    );
    assert.ok(names.has("scan") && names.has("getrange"));
    const clients = new Set(sent.filter(([, name]) => /^client$/i.test(name!)).map(([, , sub]) => sub!.toLowerCase()));
    assert.deepEqual(
      [...clients].filter((sub) => !["id", "list", "tracking", "trackinginfo"].includes(sub)),
      [],
    );
    assert.equal(running.source.commands.get("client|tracking"), 1);
    assert.ok((running.source.commands.get("scan") ?? 0) >= 2);
  });

  it("tells nothing more once it is closed", async () => {
    const running = runSource(server.url);
    await running.swept();
    await running.source.close();
    assert.deepEqual(running.status(), { state: "closed" });
    const told = running.batches.length;
    await enqueue("unseen");
    await redis.ping();
    await eventually(async () => !/cmd=client\|tracking/.test(String(await redis.client("LIST"))));
    assert.equal(running.batches.length, told);
  });
});
