import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { allowedCommands } from "../../src/redis/readOnlyCommands";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { serverTraits } from "./serverTraits";
import { closeSources, jobPayload, resultPayload, runSource } from "./sourceHarness";

/** The least that everything needs, as README gives it. */
const least = (
  "resetkeys %R~arq:* resetchannels &__redis__:invalidate -@all +get +mget +getrange +strlen +exists +ttl +pttl +type +scan " +
  "+zcard +zcount +zscore +zmscore +zrange +zrangebyscore +time +info +ping +select +hello +auth +subscribe +unsubscribe " +
  "+client|id +client|list +client|tracking +client|trackinginfo"
).split(" ");

const without = (command: string): string[] => least.filter((rule) => rule !== `+${command}`);

describe("A user with few rights", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  let major: number;
  before(async () => {
    ({ major } = await serverTraits());
    server = await startRedis();
    redis = server.client();
    await redis.set("arq:job:waiting", jobPayload);
    await redis.zadd("arq:queue", 1, "waiting");
    await redis.set("arq:result:abc123", resultPayload);
    await redis.psetex(
      "arq:queue:health-check",
      60_000,
      "Nov-21 22:30:12 j_complete=6 j_failed=1 j_retried=0 j_ongoing=2 queued=3",
    );
  });
  after(() => server.stop());
  afterEach(async () => {
    await closeSources();
    await redis.multi().del("arq:job:late").zrem("arq:queue", "late").exec();
  });

  async function userWith(...rules: string[]): Promise<string> {
    // Before Redis 7 a key cannot be given for reading only.
    const understood = major >= 7 ? rules : rules.map((rule) => rule.replace("%R~", "~"));
    await redis.call("ACL", "SETUSER", "reader", "reset", "on", ">secret", ...understood);
    return `redis://reader:secret@127.0.0.1:${server.port}/0`;
  }

  it("with exactly the rights README names is refused nothing", async () => {
    const running = runSource(await userWith(...least));
    const live = await running.live();
    assert.equal(live.feed, "push");
    await running.swept();
    await running.source.readWorkers(["arq:queue"]);
    await running.source.readQueues(["arq:queue"]);
    const [facts] = await running.source.readJobs(["waiting"], ["arq:queue"]);
    assert.equal(facts?.queued?.score, 1);
    assert.deepEqual(
      (await running.live()).refused.map(({ command }) => command),
      [],
    );
    await redis.set("arq:result:news", resultPayload);
    await eventually(() => running.jobs("live").has("news"));
    await redis.del("arq:result:news");
  });

  /** All that can be sent but what signs in, and what is asked of others than Redis. */
  const each = [...allowedCommands].filter((name) => name !== "auth" && !name.startsWith("sentinel|"));
  /** Asked for only where a queue, a payload or a server is out of the ordinary, or at the first heartbeat. */
  const rarelyUsed = [
    "select",
    "ping",
    "mget",
    "strlen",
    "zrangebyscore",
    "subscribe",
    "exists",
    "client|trackinginfo",
  ];
  const pushOnly = ["subscribe", "client|id", "client|tracking", "client|trackinginfo"];
  const cases = each.flatMap((command) => [
    { command, feed: "auto" as const },
    { command, feed: "poll" as const },
  ]);
  for (const { command, feed } of cases) {
    const kind = feed === "auto" ? "push" : "poll";
    it(`without ${command.replace("|", " ").toUpperCase()} sees the rest and says what is missing (${kind})`, async () => {
      const running = runSource(await userWith(...without(command)), { feed });
      await running.swept();
      const [waiting, done] = await running.source.readJobs(["waiting", "abc123"], ["arq:queue"]);
      const queues = await running.source.readQueues(["arq:queue"]);
      const workers = await running.source.readWorkers(["arq:queue"]);
      const detail = await running.source.readJob("abc123", ["arq:queue"]);
      assert.equal(waiting?.job?.decoded.ok && waiting.job.decoded.function, "send_email");
      assert.equal(done?.result?.decoded.ok && done.result.decoded.success, false);
      assert.equal(detail.result?.decoded.ok, true);
      if (command !== "zrange") assert.deepEqual(waiting?.queued, { queue: "arq:queue", score: 1 });
      assert.deepEqual(
        queues.map(({ name, depth, due }) => ({ name, depth, due })),
        [{ name: "arq:queue", depth: 1, due: 1 }],
      );
      assert.equal(workers.clients === null, command === "client|list");
      assert.equal(workers.health.length, 1);
      const live = await running.live();
      const push = feed === "auto" && !["subscribe", "client|id", "client|tracking"].includes(command);
      assert.equal(live.feed, push ? "push" : "poll");
      if (feed === "auto" && !push) assert.match(live.feedReason ?? "", new RegExp(command.replace("|", " "), "i"));
      if (!rarelyUsed.includes(command) && (push || !pushOnly.includes(command))) {
        await eventually(async () => {
          const { refused } = await running.live();
          assert.ok(refused.some((refusal) => refusal.command === command.replace("|", " ").toUpperCase()));
        });
      }
      for (const refusal of live.refused) assert.ok(refusal.consequence.length > 10);
      await redis.multi().set("arq:job:late", jobPayload).zadd("arq:queue", Date.now(), "late").exec();
      // Where the queue itself may not be read, it is met in a look at all keys.
      const noticed = (): boolean => running.jobs("live").has("late") || running.met.has("late");
      await eventually(noticed, { timeoutMs: 20_000 });
    });
  }

  it("without SELECT is told that another database is out of reach", async () => {
    const url = (await userWith(...without("select"))).replace(/0$/, "1");
    const running = runSource(url);
    await eventually(() => {
      const status = running.status();
      return status?.state === "down" && status.problem.reason === "noPermission";
    });
  });

  it("who loses a right while he is connected, or is removed, is told so, and heals when it is given back", async () => {
    const running = runSource(await userWith(...least));
    await running.swept();
    await redis.call("ACL", "SETUSER", "reader", "-zcard");
    await running.source.readQueues(["arq:queue"]);
    assert.ok((await running.live()).refused.some((refusal) => refusal.command === "ZCARD"));
    await redis.call("ACL", "DELUSER", "reader");
    await eventually(() => {
      const status = running.status();
      return status?.state === "down" && status.problem.reason === "passwordWrong";
    });
    await userWith(...least);
    assert.deepEqual((await running.live()).refused, []);
  });

  for (const smallest of [
    ["+scan", "+get"],
    ["+zrange", "+get"],
  ]) {
    it(`who may only ${smallest.join(" and ").replaceAll("+", "").toUpperCase()} still sees jobs`, async () => {
      const running = runSource(await userWith("~arq:*", "-@all", ...smallest));
      await running.swept();
      assert.equal((await running.live()).feed, "poll");
      assert.ok(running.jobs("sweep").has("waiting"));
      const [waiting] = await running.source.readJobs(["waiting"], ["arq:queue"]);
      assert.equal(waiting?.job?.decoded.ok && waiting.job.decoded.function, "send_email");
      await running.source.readQueues(["arq:queue"]);
      await running.source.readWorkers(["arq:queue"]);
      await running.source.readJob("waiting", ["arq:queue"]);
    });
  }

  it("who may read no payload at all is told so", async () => {
    const running = runSource(await userWith("~arq:*", "&*", "-@all", "+scan", "+zrange", "+ping"));
    await eventually(() => {
      const status = running.status();
      return status?.state === "down" && status.problem.reason === "noPermission";
    });
  });

  it("is shown other queues when one of them may not be read", async () => {
    const running = runSource(await userWith(...least), { queues: ["arq:queue", "orders"] });
    await running.swept();
    const queues = await running.source.readQueues(["arq:queue", "orders"]);
    assert.deepEqual(
      queues.map(({ name }) => name),
      ["arq:queue"],
    );
    const [waiting] = await running.source.readJobs(["waiting"], ["arq:queue", "orders"]);
    assert.equal(waiting?.queued?.queue, "arq:queue");
    assert.ok((await running.live()).refused.some(({ command }) => command.endsWith("orders")));
  });

  it("without a password is told that one is needed, and with a wrong one that it is wrong", async () => {
    await userWith(...least);
    await redis.call("CONFIG", "SET", "requirepass", "top");
    const none = runSource(server.url);
    const wrong = runSource(server.url, { password: "guess" });
    const reason = (running: typeof none) => {
      const status = running.status();
      return status?.state === "down" ? status.problem.reason : null;
    };
    await eventually(() => reason(none) === "passwordNeeded" && reason(wrong) === "passwordWrong");
    await redis.call("CONFIG", "SET", "requirepass", "");
  });
});
