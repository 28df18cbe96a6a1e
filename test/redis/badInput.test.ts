import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { Redis } from "ioredis";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { JobQuery, Monitor } from "../../src/monitor/model";
import { systemClock } from "../../src/monitor/systemClock";
import { eventually } from "../support/eventually";
import { QuietLogger } from "../support/quietLogger";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, jobPayload, openTestSource, resultPayload } from "./sourceHarness";

const everything: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "id",
  descending: false,
  offset: 0,
  limit: 1000,
};

describe("What others leave in Redis", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  let monitor: Monitor;
  let logger: QuietLogger;
  before(async () => {
    server = await startRedis();
    redis = server.client();
  });
  after(() => server.stop());
  beforeEach(() => redis.flushall());
  afterEach(async () => {
    await monitor.close();
    await closeSources();
    assert.deepEqual(
      logger.lines.filter(({ level }) => level === "error"),
      [],
    );
  });

  async function watch(url = server.url, feed: "auto" | "poll" = "auto"): Promise<void> {
    logger = new QuietLogger();
    const timeouts = { connectTimeoutMs: 600, replyTimeoutMs: 600 };
    const source = openTestSource(url, { feed, logger, timeouts });
    monitor = createMonitor({
      source,
      clock: systemClock,
      logger,
      thresholds: defaultThresholds,
      staleAfterMs: 60_000,
      queues: [],
    });
    monitor.onChange(() => {});
    monitor.start();
  }
  async function whole(): Promise<void> {
    await eventually(() => {
      const { status, complete } = monitor.snapshot();
      assert.ok(complete && status.state === "live", JSON.stringify(status));
    });
  }
  async function enqueue(id: string | Buffer, payload: Buffer, queue: string | Buffer = "arq:queue"): Promise<void> {
    await redis.set(Buffer.concat([Buffer.from("arq:job:"), Buffer.from(id)]), payload);
    await redis.zadd(queue, Date.now() - 1000, id);
  }
  async function works(): Promise<void> {
    await enqueue("healthy", jobPayload);
    await eventually(() => assert.equal(monitor.row("healthy")?.state, "queued"));
  }

  for (const feed of ["auto", "poll"] as const) {
    describe(feed === "auto" ? "heard by push" : "seen by poll", () => {
      it("is shown as jobs without a name where payloads cannot be decoded, and only they", async () => {
        await watch(server.url, feed);
        await whole();
        const payloads: [string, Buffer][] = [
          ["random", randomBytes(300)],
          ["truncated", jobPayload.subarray(0, 40)],
          ["empty pickle", Buffer.from([0x80, 4, 0x2e])],
          ["huge", Buffer.concat([jobPayload.subarray(0, -1), randomBytes(20 * 1024 * 1024)])],
          ["other pickle", Buffer.from("80044b2a2e", "hex")],
        ];
        for (const [id, payload] of payloads) await enqueue(id, payload);
        // {"t": null, "f": "packed", "a": [], "k": {}, "et": 1700000000123} as msgpack.
        await enqueue("msgpack", Buffer.from("85a174c0a166a67061636b6564a16190a16b80a26574cf0000018bcfe5687b", "hex"));
        for (const [id] of payloads) {
          await eventually(() => {
            const row = monitor.row(id);
            assert.equal(row?.state, "queued", `${id} ${JSON.stringify(row)}`);
            assert.equal(row?.function, null);
            assert.ok((row?.undecodable ?? "").length > 10, id);
          });
          assert.equal((await monitor.open(id))?.job?.decoded.ok, false);
        }
        await eventually(() => assert.equal(monitor.row("msgpack")?.function, "packed"));
        await redis.set("arq:result:random", randomBytes(300));
        await redis.zrem("arq:queue", "random");
        await eventually(() => assert.equal(monitor.row("random")?.state, "unknown"));
        await works();
      });

      it("costs one cell where a key has another type or holds no number", async () => {
        await redis.rpush("arq:job:listed", "x");
        await redis.zadd("arq:queue", 1, "listed", 2, "tried", 3, "claimed", 4, "hashed");
        await enqueue("tried", jobPayload);
        await redis.set("arq:retry:tried", "abc");
        await enqueue("claimed", jobPayload);
        await redis.rpush("arq:in-progress:claimed", "x");
        await redis.hset("arq:result:hashed", "a", "b");
        await redis.set("arq:abort", "no set");
        await redis.rpush("arq:queue:health-check", "x");
        await redis.set("arq:mail:health-check", "nonsense");
        await watch(server.url, feed);
        await whole();
        assert.equal(monitor.row("listed")?.state, "queued");
        assert.ok(monitor.row("listed")?.undecodable);
        // The key stands, so an attempt was counted; how many nobody can tell.
        assert.ok(["queued", "retrying"].includes(monitor.row("tried")?.state ?? ""));
        assert.equal(monitor.row("claimed")?.state, "running");
        assert.equal(monitor.row("hashed")?.state, "unknown");
        for (const id of ["listed", "tried", "claimed", "hashed"]) assert.ok((await monitor.open(id)) !== null);
        await works();
      });

      it("leaves a queue uncounted while its name is taken by a string, and counts it afterwards", async () => {
        await redis.set("arq:queue", "no queue");
        await redis.set("arq:job:lost", jobPayload);
        await watch(server.url, feed);
        await whole();
        assert.deepEqual(
          monitor.snapshot().queues.filter(({ depth }) => depth > 0),
          [],
        );
        assert.equal(monitor.row("lost")?.state, "unknown");
        await redis.del("arq:queue");
        await works();
        await eventually(() => assert.equal(monitor.snapshot().queues[0]?.depth, 1));
      });

      it("may be queues and ids of any characters", async () => {
        const queues = ["two words", "a:b::c", "line\nbreak", "naïve ✓", "[glob]*?", "{slot}"];
        for (const [i, queue] of queues.entries()) await enqueue(`id ${i}\n:*`, jobPayload, queue);
        await enqueue(Buffer.from([0x69, 0xff, 0xfe]), jobPayload);
        await watch(server.url, feed);
        await whole();
        for (const [i, queue] of queues.entries()) {
          const row = monitor.row(`id ${i}\n:*`);
          assert.deepEqual([row?.queue, row?.state, row?.function], [queue, "queued", "send_email"]);
        }
        // ARQ's own ids are text; a member of other bytes is counted, its job cannot be named.
        await works();
        await eventually(() => {
          assert.equal(monitor.snapshot().queues.find(({ name }) => name === "arq:queue")?.depth, 2);
        });
      });

      it("is gone after FLUSHALL, without a number left over", async () => {
        for (let i = 0; i < 50; i++) await enqueue(`job ${i}`, jobPayload);
        await redis.set("arq:result:done", resultPayload);
        await watch(server.url, feed);
        await whole();
        assert.equal((await monitor.query(everything)).total, 51);
        await redis.flushall();
        await eventually(async () => {
          assert.equal((await monitor.query(everything)).total, 0);
          assert.ok(monitor.snapshot().queues.every(({ depth }) => depth === 0));
        });
        await works();
      });

      it("is not shown as live while Redis answers nobody, and is again afterwards", async () => {
        await enqueue("waiting", jobPayload);
        await watch(server.url, feed);
        await whole();
        await redis.call("CLIENT", "PAUSE", "6000", "ALL");
        // Somebody looks.
        await eventually(
          () => {
            monitor.refresh();
            const { status } = monitor.snapshot();
            assert.ok(status.state === "down" && ["lost", "timeout"].includes(status.problem.reason));
          },
          { timeoutMs: 5500 },
        );
        await whole();
        await works();
      });
    });
  }

  it("may be nothing at all: a Redis without ARQ is live, whole and empty", async () => {
    await redis.set("session:1", "x");
    await redis.zadd("leaderboard", 1, "somebody");
    await watch();
    await whole();
    assert.equal((await monitor.query(everything)).total, 0);
    assert.deepEqual(
      monitor.snapshot().queues.filter(({ depth }) => depth > 0),
      [],
    );
    await works();
  });

  it("may be a server that takes connections and never answers: down, with a reason, and tried again", async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => void sockets.add(socket.on("error", () => {})));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    await watch(`redis://127.0.0.1:${(mute.address() as AddressInfo).port}`);
    await eventually(() => {
      const { status } = monitor.snapshot();
      assert.ok(status.state === "down" && status.problem.reason === "timeout" && status.retryAt !== null);
    });
    await eventually(() => sockets.size >= 2);
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});
