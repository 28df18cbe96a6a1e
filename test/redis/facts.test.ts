import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { JobFacts } from "../../src/arq/jobModel";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, jobPayload, resultPayload, runSource, type Running } from "./sourceHarness";

describe("The facts of a job", function () {
  this.timeout(30_000);
  let server: RedisServer;
  let redis: Redis;
  let running: Running;
  before(async () => {
    server = await startRedis();
    redis = server.client();
    running = runSource(server.url, { queues: ["arq:queue", "two words:x"] });
    await running.swept();
  });
  after(async () => {
    await closeSources();
    await server.stop();
  });
  beforeEach(() => redis.flushall());

  async function read(id: string): Promise<JobFacts> {
    const [facts] = await running.source.readJobs([id], ["arq:queue", "two words:x"]);
    assert.ok(facts);
    return facts;
  }
  const summary = { ok: true, function: "send_email", enqueuedAt: 1_700_000_000_123, try: null } as const;

  it("are empty for a job that is not there", async () => {
    const facts = await read("nobody");
    const { readAt, ...rest } = facts;
    assert.ok(Math.abs(readAt - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      id: "nobody",
      queued: null,
      inProgressTtl: null,
      retry: null,
      job: null,
      result: null,
      abortRequestedAt: null,
    });
  });

  it("name the queue, the attempts, the claim and the payload of a running job", async () => {
    await redis.psetex("arq:job:a b:c", 50_000, jobPayload);
    await redis.zadd("two words:x", 1_700_000_000_500, "a b:c");
    await redis.psetex("arq:in-progress:a b:c", 300_000, "1");
    await redis.setex("arq:retry:a b:c", 88_400, "3");
    const facts = await read("a b:c");
    assert.deepEqual(facts.queued, { queue: "two words:x", score: 1_700_000_000_500 });
    assert.ok(facts.inProgressTtl !== null && facts.inProgressTtl > 200_000 && facts.inProgressTtl <= 300_000);
    assert.equal(facts.retry?.tries, 3);
    assert.ok(facts.retry.ttl > 88_000_000 && facts.retry.ttl <= 88_400_000);
    assert.deepEqual(facts.job?.decoded, summary);
    assert.ok(facts.job.ttl > 40_000 && facts.job.ttl <= 50_000);
  });

  it("name the queue in which a job is due first, when two queues hold its id", async () => {
    await redis.psetex("arq:job:twice", 50_000, jobPayload);
    await redis.zadd("arq:queue", 1_700_000_000_500, "twice");
    await redis.zadd("two words:x", 1_700_000_000_499, "twice");
    assert.deepEqual((await read("twice")).queued, { queue: "two words:x", score: 1_700_000_000_499 });
    await redis.zrem("two words:x", "twice");
    assert.deepEqual((await read("twice")).queued, { queue: "arq:queue", score: 1_700_000_000_500 });
  });

  it("hold the outcome of a finished job", async () => {
    await redis.set("arq:result:abc123", resultPayload);
    const { result } = await read("abc123");
    assert.deepEqual(result, {
      ttl: null,
      decoded: {
        ok: true,
        function: "send_email",
        enqueuedAt: 1_700_000_000_123,
        try: 2,
        success: false,
        startedAt: 1_700_000_000_500,
        finishedAt: 1_700_000_000_900,
        queue: "arq:queue",
        worker: null,
        error: { kind: "exception", type: "ValueError", message: "bad", hasTraceback: false },
      },
    });
  });

  it("say what is wrong with a payload that cannot be read, and only there", async () => {
    await redis.set("arq:job:bad", "not a pickle");
    await redis.rpush("arq:result:list", "x");
    await redis.zadd("arq:queue", 1, "bad");
    const [bad, list] = await running.source.readJobs(["bad", "list"], ["arq:queue"]);
    assert.ok(bad?.job && !bad.job.decoded.ok);
    assert.deepEqual(bad.queued, { queue: "arq:queue", score: 1 });
    assert.ok(list?.result && !list.result.decoded.ok);
    assert.equal(list.result.decoded.reason, "malformed");
  });

  it("come from payloads read whole when they are longer than the first look, and are refused when they are too long", async () => {
    const long = (length: number): string =>
      JSON.stringify({ t: null, f: "big", a: ["x".repeat(length)], k: {}, et: 1_700_000_000_123 });
    await redis.set("arq:job:long", long(20_000));
    await redis.set("arq:job:huge", long(9 * 1024 * 1024));
    await redis.zadd("arq:queue", 1, "long", 2, "huge");
    const [small, huge] = await running.source.readJobs(["long", "huge"], ["arq:queue"]);
    assert.equal(small?.job?.decoded.ok && small.job.decoded.function, "big");
    assert.ok(huge?.job && !huge.job.decoded.ok);
    assert.equal(huge.job.decoded.reason, "limit");
  });

  it("are answered for every id that was asked, in order, however many", async () => {
    const ids = Array.from({ length: 2500 }, (_, i) => `job ${i}`);
    await redis.zadd("arq:queue", ...ids.flatMap((id, i) => [i, id]));
    const facts = await running.source.readJobs(ids, ["arq:queue", "two words:x"]);
    assert.deepEqual(
      facts.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      facts.map(({ queued }) => queued?.score),
      ids.map((_, i) => i),
    );
  });

  it("hold values, lifetimes and a pending abort when the job is opened", async () => {
    await redis.psetex("arq:job:abc123", 50_000, jobPayload);
    await redis.psetex("arq:result:abc123", 60_000, resultPayload);
    await redis.zadd("arq:abort", 1_700_000_000_999, "abc123");
    const detail = await running.source.readJob("abc123", ["arq:queue"]);
    assert.equal(detail.facts.abortRequestedAt, 1_700_000_000_999);
    const ttl = detail.facts.result?.ttl ?? 0;
    assert.ok(ttl > 50_000 && ttl <= 60_000);
    assert.equal(detail.job?.size, jobPayload.length);
    assert.ok(detail.job.decoded.ok);
    assert.deepEqual(detail.job.decoded.args, { kind: "tuple", items: [{ kind: "str", value: "a@b.c" }] });
    assert.ok(detail.result?.decoded.ok);
    assert.equal(detail.result.decoded.error?.message, "bad");
  });

  it("never carry a secret past the redactor", async () => {
    const payload = { t: null, f: "login", a: [], k: { password: "hunter2" }, et: 1_700_000_000_123 };
    await redis.set("arq:job:secret", JSON.stringify(payload));
    const outcome = { ...payload, s: false, r: "error: password=hunter2", st: 1, ft: 2, q: "arq:queue", id: "secret" };
    await redis.set("arq:result:secret", JSON.stringify(outcome));
    const told = [await running.source.readJob("secret", []), await running.source.readJobs(["secret"], [])];
    const text = JSON.stringify(told, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, /login/);
  });

  it("of queues count what is due, and leave out what is no queue", async () => {
    const due = Date.now() - 5000;
    await redis.zadd("arq:queue", 1, "due", due, "since", Date.now() + 100_000, "later");
    await redis.set("arq:job:due", jobPayload);
    await redis.set("two words:x", "a string");
    assert.deepEqual(await running.source.readQueues(["arq:queue", "two words:x"]), [
      { name: "arq:queue", depth: 3, due: 2, oldestDueAt: due, confirmed: true },
    ]);
  });

  it("of workers leave out our own connections", async () => {
    const facts = await running.source.readWorkers(["arq:queue"]);
    assert.ok(facts.clients);
    const own = String(await redis.client("ID"));
    assert.deepEqual(
      facts.clients.map(({ id }) => id),
      [own],
    );
  });

  it("of workers say since when connections tell of programs: since the server was started", async () => {
    const { clientsTellSince, readAt } = await running.source.readWorkers(["arq:queue"]);
    assert.ok(clientsTellSince !== null);
    const uptime = Number(/uptime_in_seconds:(\d+)/.exec(await redis.info("server"))?.[1]) * 1000;
    assert.ok(Math.abs(readAt - uptime - clientsTellSince) <= 5000, `${readAt - uptime - clientsTellSince} ms apart`);
  });

  it("touch a deferred job that is to be aborted", async () => {
    await redis.set("arq:job:later", jobPayload);
    await redis.zadd("arq:queue", Date.now() + 100_000, "later");
    await eventually(() => running.jobs("live").has("later"));
    running.clear();
    await redis.multi().zrem("arq:queue", "later").zadd("arq:queue", 1, "later").exec();
    await redis.zadd("arq:abort", Date.now(), "later");
    await eventually(() => running.jobs("live").has("later"));
  });
});
