import assert from "node:assert/strict";
import type { Clock } from "../../src/monitor/ports";
import { systemClock } from "../../src/monitor/systemClock";
import { eventually } from "../support/eventually";
import { serverTraits } from "./serverTraits";
import { enqueue, FaultScene, fillResults, fillSome, liveOn, type SceneOptions } from "./faultScene";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

for (const feed of ["auto", "poll"] as const) {
  const kind = feed === "auto" ? "push" : "poll";

  describe(`Under a fault, a monitor that hears by ${kind}`, function () {
    this.timeout(120_000);
    let scene: FaultScene | null = null;
    let major: number;
    before(async () => {
      ({ major } = await serverTraits());
    });
    afterEach(async () => {
      await scene?.close();
      scene = null;
    });

    async function begin(name: string, options: SceneOptions = {}): Promise<FaultScene> {
      scene = await FaultScene.open(`${kind}: ${name}`, { feed, ...options });
      scene.mark();
      return scene;
    }

    it("tells that the server was killed, keeps its last picture with its age, and heals when the server is back", async () => {
      const { server, redis, proxy, ...at } = await begin("kill -9");
      const before = scene!.picture();
      await server.kill();
      const down = await scene!.told();
      // The proxy closes what it cannot pass on.
      assert.ok(["lost", "refused", "tlsExpected"].includes(down.problem.reason), down.problem.message);
      assert.ok(down.since !== null && down.since <= Date.now() && down.retryAt !== null);
      await sleep(3000);
      assert.deepEqual(scene!.picture(), before);
      assert.ok(!at.statuses.some(({ state }) => state === "closed"));
      await server.restart();
      scene!.mark();
      await fillSome(redis);
      await scene!.healed();
      assert.ok(proxy.mostAtOnce <= 2);
    });

    it("tells a refused connection, and after a long outage heals within the pace of one that is looked at", async () => {
      const { proxy, redis, statuses } = await begin("refused for 6 s");
      await proxy.refuse();
      proxy.killAll();
      await scene!.told();
      await liveOn(redis);
      await eventually(() => {
        const last = statuses.at(-1);
        return last?.state === "down" && last.problem.reason === "refused";
      });
      await sleep(6000);
      const last = statuses.at(-1);
      assert.ok(last?.state === "down" && last.retryAt !== null && last.retryAt - Date.now() <= 1500);
      await proxy.admit();
      scene!.mark();
      await scene!.healed();
    });

    it("survives connections that are cut in the middle of replies", async () => {
      const fill = (redis: Parameters<typeof fillSome>[0]) => fillResults(redis, 3000);
      const { proxy, redis, monitor } = await begin("cut mid-reply", { fill });
      await fillSome(redis);
      for (const bytes of [1, 7, 1000, 20_000]) {
        await eventually(() => assert.equal(scene!.snapshot.status.state, "live"), { timeoutMs: 10_000 });
        const { accepted } = proxy;
        for (const connection of proxy.connections) Object.assign(connection.faults, { cutAfter: bytes });
        monitor.refresh();
        await eventually(() => proxy.accepted > accepted, { timeoutMs: 15_000 });
      }
      await proxy.heal();
      scene!.mark();
      await scene!.healed();
      assert.ok(proxy.mostAtOnce <= 2);
    });

    it("finds out a peer that is gone without a word by itself", async () => {
      const { proxy, redis } = await begin("half-open");
      proxy.faults.swallow = "both";
      await liveOn(redis);
      const down = await scene!.told(25_000);
      assert.equal(down.problem.reason, "lost");
      await sleep(1500);
      // Not healed by the proxy: what was lost stays lost, and only a new connection helps.
      proxy.faults.swallow = "nothing";
      scene!.mark();
      await scene!.healed();
    });

    for (const direction of ["toClient", "toServer"] as const) {
      it(`finds out at once, when somebody refreshes, that nothing gets through (${direction})`, async () => {
        const { proxy, monitor } = await begin(`half-open ${direction}, somebody refreshes`);
        proxy.faults.swallow = direction;
        scene!.mark();
        monitor.refresh();
        await scene!.told(10_000);
        proxy.faults.swallow = "nothing";
        scene!.mark();
        await scene!.healed();
      });
    }

    it("finds it out at once when somebody opens a job", async () => {
      const { proxy, monitor } = await begin("half-open, somebody opens a job");
      proxy.faults.swallow = "both";
      scene!.mark();
      await assert.rejects(monitor.open("w1"));
      await scene!.told(10_000);
      await proxy.heal();
      scene!.mark();
      await scene!.healed();
    });

    it("finds it out at once when only the other connection is dead", async () => {
      const { proxy, monitor } = await begin("half-open, one of the connections");
      const last = proxy.connections.at(-1);
      assert.ok(last !== undefined);
      Object.assign(last.faults, { swallow: "both" });
      scene!.mark();
      monitor.refresh();
      await scene!.told(10_000);
      await scene!.healed();
    });

    it("takes stalls of half a second for what they are", async () => {
      const { proxy, redis, statuses, monitor } = await begin("stalls of 500 ms");
      for (let i = 0; i < 4; i++) {
        proxy.faults.stalled = true;
        if (i === 1) monitor.refresh();
        await enqueue(redis, `stall ${i}`);
        await sleep(500);
        proxy.faults.stalled = false;
        await sleep(100);
      }
      await scene!.whole();
      await scene!.sameAsFresh();
      assert.deepEqual(
        statuses.filter(({ state }) => state === "down"),
        [],
      );
    });

    for (const latencyMs of [2.5, 100]) {
      it(`sees everything over a round trip of ${latencyMs * 2} ms`, async () => {
        const { proxy, redis, statuses } = await begin(`round trip of ${latencyMs * 2} ms`);
        proxy.faults.latencyMs = latencyMs;
        proxy.killAll();
        await scene!.told();
        scene!.mark();
        await scene!.healed();
        await liveOn(redis);
        await scene!.sameAsFresh();
        assert.equal(statuses.filter(({ state }) => state === "down").length, 1);
      });
    }

    it("reads on while replies only drip", async () => {
      const { proxy, redis, monitor, statuses } = await begin("slow drip");
      await fillResults(redis, 500);
      proxy.faults.repliesPerSecond = 60_000;
      monitor.refresh();
      await sleep(3000);
      assert.deepEqual(
        statuses.filter(({ state }) => state === "down"),
        [],
      );
      proxy.faults.repliesPerSecond = null;
      await scene!.whole();
      await scene!.sameAsFresh();
    });

    it("waits for a server that loads its data, and says so", async function () {
      if (major < 7) this.skip();
      const args = ["--key-load-delay", "1500", "--loading-process-events-interval-bytes", "1024"];
      const { server, redis } = await begin("LOADING", { args });
      await fillResults(redis, 2000);
      await redis.save();
      await server.restart();
      await eventually(() => {
        const { status } = scene!.snapshot;
        return status.state === "down" && status.problem.reason === "loading";
      });
      await eventually(async () => !/LOADING/.test(String(await redis.get("x").catch(String))), { timeoutMs: 30_000 });
      scene!.mark();
      await scene!.healed();
      assert.equal(Object.keys(scene!.picture().rows).length, 2024);
    });

    it("reads and connects anew while the server is out of memory", async () => {
      const { proxy, redis } = await begin("OOM");
      await redis.config("SET", "maxmemory", "1");
      await assert.rejects(redis.set("arq:result:x", "x"), /OOM/);
      await scene!.sameAsFresh();
      proxy.killAll();
      await scene!.told();
      scene!.mark();
      await scene!.healed();
      const { status } = scene!.snapshot;
      assert.equal(status.state === "live" && status.feed, kind);
    });

    it("says that the server takes no more connections, and heals when it does", async () => {
      const { proxy, redis } = await begin("maxclients");
      await redis.config("SET", "maxclients", "1");
      proxy.killAll();
      await eventually(() => {
        const { status } = scene!.snapshot;
        return status.state === "down" && /no more connections/.test(status.problem.message);
      });
      scene!.mark();
      await redis.config("SET", "maxclients", "1000");
      await scene!.healed();
    });

    it("tells a wrong password, and heals when it is right", async () => {
      const urlOf = (port: number): string => `redis://:right@127.0.0.1:${port}/0`;
      const { proxy, redis } = await begin("wrong password, then right", { urlOf });
      await redis.config("SET", "requirepass", "other");
      proxy.killAll();
      await eventually(() => {
        const { status } = scene!.snapshot;
        return status.state === "down" && status.problem.reason === "passwordWrong";
      });
      await sleep(3000);
      await redis.config("SET", "requirepass", "right");
      scene!.mark();
      await eventually(() => assert.equal(scene!.snapshot.status.state, "live"), { timeoutMs: 10_000 });
      await redis.config("SET", "requirepass", "");
      await scene!.healed();
    });

    it("waits for a server that is busy for seconds, also in the middle of a sweep", async () => {
      const args = major < 7 ? [] : ["--enable-debug-command", "yes"];
      const { server, redis, monitor, statuses } = await begin("DEBUG SLEEP 4", { args });
      await fillResults(redis, 3000);
      const busy = server.client().call("DEBUG", "SLEEP", "4");
      await fillResults(redis, 10, 5000);
      await busy;
      await scene!.whole();
      await scene!.sameAsFresh();
      assert.deepEqual(
        statuses.filter(({ state }) => state === "down"),
        [],
      );
      assert.ok(monitor.snapshot().complete);
    });

    it("is empty after FLUSHALL, and whole again afterwards", async () => {
      const { redis } = await begin("FLUSHALL");
      await redis.flushall();
      await eventually(() => assert.deepEqual(scene!.picture().rows, {}), { timeoutMs: 15_000 });
      await scene!.sameAsFresh();
      await fillSome(redis);
      await scene!.sameAsFresh();
    });

    it("connects anew at once when the machine has slept", async () => {
      let asleep = 0;
      const clock: Clock = { ...systemClock, now: () => systemClock.now() + asleep };
      const { proxy, redis } = await begin("slept", { clock });
      // The sockets died while nobody was there to hear of it, and the network is back before we look.
      for (const connection of proxy.connections) Object.assign(connection.faults, { swallow: "both" });
      await liveOn(redis);
      const { accepted } = proxy;
      asleep = 3_600_000;
      scene!.mark();
      await eventually(() => proxy.accepted > accepted, { timeoutMs: 8000 });
      await scene!.healed();
      const { status } = scene!.snapshot;
      assert.ok(status.state === "live" && Math.abs(status.clockOffset + asleep) < 5000);
    });

    const times = feed === "auto" ? 50 : 10;
    it(`leaves no socket behind after ${times} new connections, and never holds more than two`, async () => {
      const { proxy, redis } = await begin(`${times} new connections`);
      for (let i = 0; i < times; i++) {
        const { accepted } = proxy;
        proxy.killAll(i % 2 === 0 ? "reset" : "close");
        await eventually(() => proxy.accepted > accepted, { timeoutMs: 10_000 });
        // Some are cut while they are being made, others when they stand.
        if (i % 3 === 0) await eventually(() => scene!.snapshot.status.state === "live", { timeoutMs: 10_000 });
      }
      await liveOn(redis);
      scene!.mark();
      await scene!.healed();
      assert.ok(proxy.mostAtOnce <= 2, `${proxy.mostAtOnce} at once`);
      await eventually(async () => assert.equal((await scene!.clients()).length, proxy.connections.length));
      assert.ok(proxy.connections.length <= 2);
      // That everything broke is no sign that the server cannot announce changes.
      const { status } = scene!.snapshot;
      assert.equal(status.state === "live" && status.feed, kind);
    });

    if (feed === "auto") {
      it("asks for changes while the server takes no second connection, and hears them when it does", async () => {
        const soon = (ms: number): number => (ms === 30_000 ? 500 : ms);
        const clock: Clock = { ...systemClock, setTimeout: (run, ms) => systemClock.setTimeout(run, soon(ms)) };
        const { proxy, redis } = await begin("one connection only", { clock });
        await redis.config("SET", "maxclients", "2");
        proxy.killAll();
        await scene!.told();
        await eventually(
          () => {
            const { status } = scene!.snapshot;
            assert.match((status.state === "live" && status.feedReason) || status.state, /no second connection/);
          },
          { timeoutMs: 10_000 },
        );
        await enqueue(redis, "polled");
        await eventually(() => assert.ok(scene!.monitor.row("polled") !== null));
        await redis.config("SET", "maxclients", "1000");
        await eventually(() => {
          const { status } = scene!.snapshot;
          assert.equal(status.state === "live" && status.feed, "push");
        });
        await liveOn(redis);
        await scene!.healed();
        assert.ok(proxy.mostAtOnce <= 2);
      });
    }
  });
}
