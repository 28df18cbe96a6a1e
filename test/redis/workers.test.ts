import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { Clock, WorkerFacts, WorkerProcess } from "../../src/monitor/ports";
import { systemClock } from "../../src/monitor/systemClock";
import { ClientSampler } from "../../src/redis/clientSampler";
import { eventually } from "../support/eventually";
import { startRedis, type RedisServer } from "../support/redisServer";
import { closeSources, runSource, type Running } from "./sourceHarness";

const line = "Nov-21 22:30:12 j_complete=6 j_failed=1 j_retried=0 j_ongoing=2 queued=3";
const interval = 15;
const lifeMs = 3 * interval * 1000;

function state(change: Readonly<Record<string, unknown>> = {}): string {
  const now = Date.now();
  return JSON.stringify({
    v: 1,
    name: "web-1:11",
    host: "web-1",
    pid: 11,
    queue: "arq:queue",
    started: now - 60_000,
    at: now,
    interval,
    max_jobs: 10,
    job_timeout: 300.0,
    max_tries: 5,
    functions: ["send_email"],
    release: "2026.11.3",
    python: "3.11.7",
    arq: "0.28.0",
    health_key: "arq:queue:health-check:web-1:11",
    jobs: [{ id: "j1", function: "send_email", try: 2, started: now - 5000 }],
    complete: 7,
    failed: 1,
    retried: 2,
    ...change,
  });
}

/** Time that stands still while it is told to, so that nothing is due again however long the machine takes. */
class StandingTime implements Clock {
  #stoodAt: number | null = null;

  now(): number {
    return this.#stoodAt ?? systemClock.now();
  }

  setTimeout(callback: () => void, ms: number): () => void {
    return systemClock.setTimeout(callback, ms);
  }

  stand(): void {
    this.#stoodAt = systemClock.now();
  }

  goOn(): void {
    this.#stoodAt = null;
  }
}

describe("What is read of workers", function () {
  this.timeout(60_000);
  let server: RedisServer;
  let redis: Redis;
  before(async () => {
    server = await startRedis();
    redis = server.client();
  });
  after(() => server.stop());
  beforeEach(() => redis.flushall());
  afterEach(closeSources);

  const publish = (name: string, text: string): Promise<unknown> =>
    redis.set(`arq:monitor:worker:${name}`, text, "PX", lifeMs);
  const read = (running: Running): Promise<WorkerFacts> => running.source.readWorkers(["arq:queue"]);
  const swept = async (options = {}, url = server.url): Promise<Running> => {
    const running = runSource(url, options);
    await running.swept();
    return running;
  };
  const only = async (running: Running): Promise<WorkerProcess> => {
    const { processes } = await read(running);
    assert.equal(processes.length, 1);
    return processes[0]!;
  };

  for (const feed of ["auto", "poll"] as const) {
    it(`is what an instrumented process publishes, and its end, with feed ${feed}`, async () => {
      await publish("web-1:11:ab12", state());
      const running = await swept({ feed });
      const found = await only(running);
      assert.deepEqual(
        [found.host, found.pid, found.state?.maxJobs, found.state?.release],
        ["web-1", 11, 10, "2026.11.3"],
      );
      assert.deepEqual(
        found.state?.jobs.map(({ id, function: name, try: attempt }) => [id, name, attempt]),
        [["j1", "send_email", 2]],
      );
      await redis.del("arq:monitor:worker:web-1:11:ab12");
      await eventually(async () => assert.deepEqual((await read(running)).processes, []), { timeoutMs: 15_000 });
    });
  }

  it("changes as soon as the worker writes it again, where Redis announces that", async () => {
    await publish("web-1:11:ab12", state());
    const running = await swept();
    await only(running);
    await publish("web-1:11:ab12", state({ complete: 8 }));
    await eventually(async () => assert.equal((await only(running)).state?.complete, 8));
  });

  it("stands under the prefix that is set", async () => {
    await redis.set("shop:arq:monitor:worker:web-1:11:ab12", state(), "PX", lifeMs);
    await redis.set("shop:arq:queue:health-check", line, "PX", 60_000);
    const facts = await (await swept({ prefix: "shop:arq" })).source.readWorkers(["shop:arq:queue"]);
    assert.deepEqual(
      [facts.processes.map(({ key }) => key), facts.health.map(({ key }) => key)],
      [["shop:arq:monitor:worker:web-1:11:ab12"], ["shop:arq:queue:health-check"]],
    );
  });

  it("is set to Redis' clock where the worker's own is wrong", async () => {
    const hour = 3_600_000;
    const now = Date.now();
    await publish("web-1:11:ab12", state({ at: now - hour, started: now - hour - 60_000, jobs: [] }));
    const { writtenAt, state: told } = await only(await swept());
    assert.ok(Math.abs(writtenAt - now) < 5000, `written ${now - writtenAt} ms ago`);
    assert.ok(Math.abs(told!.startedAt - (now - 60_000)) < 5000);
  });

  it("survives whatever stands under the names of the instrumentation", async () => {
    const hostile: Readonly<Record<string, string>> = {
      empty: "",
      text: "not JSON",
      list: "[1,2]",
      nothing: "null",
      deep: "[".repeat(200_000),
      huge: state({ functions: ["x".repeat(2_000_000)] }),
      version: state({ v: "1" }),
      types: state({ host: 1, pid: "11" }),
      numbers: state({ pid: -1 }),
      interval: state({ interval: 1e300 }),
      time: state({ at: -5 }),
    };
    for (const [name, text] of Object.entries(hostile)) await publish(`${name}:1:ab12`, text);
    await redis.lpush("arq:monitor:worker:wrong:1:ab12", "type");
    await publish("web-1:11:ab12", state({ jobs: [null, { id: 5 }, { id: "j1", function: 7, try: "x" }, "j2"] }));
    const { state: told } = await only(await swept());
    assert.deepEqual(told?.jobs, [{ id: "j1", function: null, try: null, startedAt: null }]);
  });

  it("is cut where there is too much of it", async () => {
    const jobs = Array.from({ length: 500 }, (_, i) => ({
      id: `j${i}`,
      function: "f".repeat(5000 / 50),
      try: 1,
      started: 1,
    }));
    const functions = Array.from({ length: 300 }, (_, i) => `function_${i}`);
    await publish("web-1:11:ab12", state({ jobs, functions, release: "r".repeat(5000) }));
    const { state: told } = await only(await swept());
    assert.deepEqual([told?.jobs.length, told?.functions.length, told?.release?.length], [100, 200, 500]);
  });

  it("says of a newer instrumentation only that its process lives", async () => {
    await publish("web-2:12:ab12", state({ v: 2 }));
    const { host, pid, state: told } = await only(await swept());
    assert.deepEqual([host, pid, told], ["web-2", 12, null]);
  });

  it("is there without CLIENT LIST, for a user who may not list connections", async () => {
    const rights = ["+@all", "-client", "+client|id", "+client|tracking", "+client|trackinginfo"];
    await redis.call("ACL", "SETUSER", "reader", "reset", "on", ">secret", "~*", "&*", ...rights);
    await publish("web-1:11:ab12", state());
    const running = await swept({}, `redis://reader:secret@127.0.0.1:${server.port}/0`);
    const facts = await read(running);
    assert.deepEqual([facts.clients, facts.clientsReadAt, facts.processes.length], [null, null, 1]);
    assert.deepEqual(
      facts.refused.map(({ command }) => command),
      ["CLIENT LIST"],
    );
  });

  it("finds health records under other names: any below the prefix, elsewhere those that say health", async () => {
    await redis.set("arq:alive", line, "PX", 60_000);
    await redis.set("arq:job_is_no_record", "text");
    await redis.set("shop-health:web-1:11", line, "PX", 60_000);
    await redis.set("health:of:something:else", "fine");
    await redis.set("named-as-nobody-could-guess", line, "PX", 60_000);
    const { health } = await read(await swept());
    const found = new Map(health.map(({ key, queue, process }) => [key, [queue, process]]));
    assert.deepEqual(
      [...found.keys()].toSorted((a, b) => a.localeCompare(b)),
      ["arq:alive", "shop-health:web-1:11"],
    );
    assert.deepEqual(found.get("arq:alive"), [null, ""]);
    assert.deepEqual(found.get("shop-health:web-1:11"), [null, "web-1:11"]);
  });

  it("finds a record again that was gone for a while, as when its worker is restarted", async () => {
    await redis.set("shop-health", line, "PX", 60_000);
    const running = await swept();
    assert.equal((await read(running)).health.length, 1);
    const shows = (count: number) =>
      eventually(async () => assert.equal((await read(running)).health.length, count), { timeoutMs: 15_000 });
    await redis.del("shop-health");
    await shows(0);
    await redis.set("shop-health", line, "PX", 60_000);
    await shows(1);
  });

  it("names connections that a worker may have: no subscriber, none of another database, none of ours", async () => {
    const [other, subscriber, worker] = [server.client({ db: 3 }), server.client(), server.client()];
    await Promise.all([other.ping(), subscriber.subscribe("news"), worker.zrangebyscore("arq:queue", "-inf", 1)]);
    const ids = await worker.client("ID");
    const { clients } = await read(await swept());
    assert.ok(clients?.some(({ id, cmd }) => id === String(ids) && /^client|zrangebyscore/.test(cmd)));
    // The test's own connection, and the worker.
    assert.equal(clients?.length, 2);
    for (const client of [other, subscriber, worker]) client.disconnect();
  });

  it("costs no more for many busy workers than for a few: each is read less often", async () => {
    for (let pid = 0; pid < 100; pid++) await publish(`web-1:${pid}:ab12`, state({ pid, health_key: null }));
    const time = new StandingTime();
    const running = await swept({ clock: time });
    time.stand();
    const sent = (): number => running.source.commands.get("getrange") ?? 0;
    assert.equal((await read(running)).processes.length, 100);
    const before = sent();
    for (let pid = 0; pid < 100; pid++)
      await publish(`web-1:${pid}:ab12`, state({ pid, complete: 8, health_key: null }));
    await read(running);
    assert.ok(sent() - before < 10, `${sent() - before} read again at once`);
    time.goOn();
    const all8 = async (): Promise<boolean> =>
      (await read(running)).processes.every(({ state: told }) => told?.complete === 8);
    await eventually(all8, { timeoutMs: 15_000 });
  });

  it("costs next to nothing for many readings in a row", async () => {
    await publish("web-1:11:ab12", state());
    await redis.set("arq:queue:health-check", line, "PX", 60_000);
    const time = new StandingTime();
    const running = await swept({ clock: time });
    time.stand();
    const sent = (name: string): number => running.source.commands.get(name) ?? 0;
    // The first reading tells of the process's own health record, which the second one reads.
    for (let i = 0; i < 2; i++) await read(running);
    const before = sent("getrange");
    const moments = new Set<number | null>();
    for (let i = 0; i < 20; i++) moments.add((await read(running)).clientsReadAt);
    assert.equal(moments.size, 1, "a list that is held is told as one and the same reading");
    assert.deepEqual([sent("client|list"), sent("getrange")], [1, before]);
  });
});

describe("The list of connections", () => {
  const own = { ids: new Set<string>(), addresses: new Set<string>(), history: null };
  const lines = (count: number): Buffer =>
    Buffer.from(
      Array.from({ length: count }, (_, i) => `id=${i} addr=10.0.0.1:${i} ${"x".repeat(300)} cmd=get\n`).join(""),
    );
  const cases = [
    { connections: 10, gapMs: 4500 },
    { connections: 500, gapMs: 15_000 },
    { connections: 5000, gapMs: 60_000 },
  ];
  for (const { connections, gapMs } of cases) {
    it(`of ${connections} connections is read again after ${gapMs / 1000} s`, () => {
      const sampler = new ClientSampler();
      let now = 1_000_000;
      // The first readings of a short list come quickly.
      for (let i = 0; i < 3; i++) {
        assert.notEqual(sampler.due(now), null);
        sampler.take(lines(connections), now, now, own, 0);
        now += connections > 100 ? gapMs : 1000;
      }
      sampler.take(lines(connections), now, now, own, 0);
      assert.equal(sampler.due(now + gapMs - 1), null);
      assert.notEqual(sampler.due(now + gapMs), null);
    });
  }
});
