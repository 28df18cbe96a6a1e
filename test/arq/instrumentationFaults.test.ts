import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { parseWorkerState } from "../../src/arq/workerState";
import { closeSources, runSource } from "../redis/sourceHarness";
import { requireArq } from "../support/arqEnvironment";
import { comparableOutcome } from "../support/comparableOutcome";
import { eventually } from "../support/eventually";
import {
  checkWorker,
  killWorkers,
  type Outcome,
  playOutcomes,
  startWorker,
  tryLives,
  trySettings,
} from "../support/instrumentedWorkers";
import { type RedisServer, startRedis } from "../support/redisServer";
import { TempFolder } from "../support/tempFolder";

describe("The worker instrumentation when things go wrong", function () {
  this.timeout(180_000);
  let redis: RedisServer;
  let client: Redis;
  let python: string;
  const some = [
    "success",
    "exception_with_cause",
    "exception_that_cannot_be_pickled",
    "retries",
    "tries_used_up",
    "timeout",
    "shutdown",
    "cron_failure",
    "dotted_names",
    "result_that_cannot_be_serialized",
    "user_hooks",
    "broken_startup",
    "broken_end",
  ];
  let bare: ReadonlyMap<string, Outcome>;

  before(async function () {
    python = await requireArq(this);
    redis = await startRedis();
    client = redis.client();
    bare = await playOutcomes(python, redis.port, "bare", some);
  });

  afterEach(() => killWorkers());
  after(async () => {
    await closeSources();
    await redis?.stop();
  });

  const faults = [
    "redis",
    "silent redis",
    "json",
    "hostname",
    "traceback",
    "git",
    "worker",
    "clean",
    "monitor",
    "notes",
    "counters",
    "end",
    "wrapping",
    "start",
    "serializer",
    "settings",
  ];
  for (const fault of faults) {
    it(`never raises and changes no outcome when this fails: ${fault}`, async () => {
      const outcomes = await playOutcomes(python, redis.port, fault, some);
      for (const [name, outcome] of bare) {
        assert.deepEqual(
          comparableOutcome(name, outcomes.get(name)!),
          comparableOutcome(name, outcome),
          `${name} under ${fault}`,
        );
      }
    });
  }

  it("instruments settings of every kind in place, once, and finds the release in the environment or in git's files", async () => {
    const scratch = new TempFolder();
    try {
      assert.deepEqual(await trySettings(python, scratch.path), {
        decorated: { task: true, other: true },
        kept: [true, true, false],
        twice: true,
        borrowed: { task: true, other: true, late: true },
        prefix: "shop:monitor:check:shop:queue",
        inherited: { task: true },
        context: ["mine"],
        override: { given: true },
        dict: ["task"],
        nonsense: [true, true, true, true],
        "by hand": [null, null],
        releases: { branch: true, packed: true, worktree: true, detached: true, hostile: true, environment: "v1.2.3" },
      });
    } finally {
      scratch.remove();
    }
  });

  it("tells two workers in one process apart, and runs once in a worker that runs again", async () => {
    assert.deepEqual(await tryLives(python, redis.port), {
      keyword: "a keyword of this name",
      "two workers": 2,
      "run again": 2,
      closed: [0, 1],
      "after close": 1,
      counted: 2,
      context: ["mine"],
    });
  });

  async function workerKeys(): Promise<string[]> {
    return client.keys("arq:monitor:worker:*");
  }

  async function enqueue(settings: string, name: string, args: readonly unknown[] = []): Promise<string> {
    const id = `${settings}-${name}-${process.hrtime.bigint()}`;
    await client.set(`arq:job:${id}`, pickledJob(name, args));
    await client.zadd("arq:queue", Date.now(), id);
    return id;
  }

  it("lets `arq --check` see a worker that lives, and none after it stopped", async () => {
    await client.flushall();
    const worker = await startWorker(python, redis.port, "Instrumented");
    await eventually(async () => assert.equal((await client.keys("arq:monitor:check:*")).length, 1));
    assert.equal(await checkWorker(python, redis.port, "Instrumented"), true);
    assert.equal(
      await client.exists("arq:queue:health-check"),
      0,
      "no record that others might take for another worker",
    );
    await worker.stop("SIGTERM");
    assert.equal(await checkWorker(python, redis.port, "Instrumented"), false);
    assert.deepEqual(await workerKeys(), []);
  });

  it("shows the job that runs, and leaves the state of a killed worker to its expiry", async () => {
    await client.flushall();
    const worker = await startWorker(python, redis.port, "Instrumented");
    const id = await enqueue("state", "sleeper", [60]);
    const state = await eventually(async () => {
      const [key] = await workerKeys();
      const parsed = parseWorkerState((await client.get(key ?? "")) ?? "");
      assert.ok(parsed.ok && parsed.state.jobs.length === 1);
      return parsed.state;
    });
    assert.equal(state.pid, worker.pid);
    assert.deepEqual([state.jobs[0]?.id, state.jobs[0]?.function, state.jobs[0]?.try], [id, "sleeper", 1]);
    await worker.stop("SIGKILL");
    const [key] = await workerKeys();
    const ttl = await client.pttl(key ?? "");
    assert.ok(ttl > 0 && ttl <= 45_000);
  });

  it("comes back by itself when its connection is cut", async () => {
    await client.flushall();
    const worker = await startWorker(python, redis.port, "Instrumented");
    await eventually(async () => assert.equal((await workerKeys()).length, 1));
    // ARQ itself never sends a SET outside a transaction, which ends in EXEC.
    const list = String(await client.client("LIST"));
    const ours = list.split("\n").filter((line) => / cmd=set /.test(line));
    assert.equal(ours.length, 1, list);
    await client.client("KILL", "ID", /id=(\d+)/.exec(ours[0] ?? "")?.[1] ?? "");
    await enqueue("cut", "succeed");
    await eventually(
      async () => {
        const [key] = await workerKeys();
        const parsed = parseWorkerState((await client.get(key ?? "")) ?? "");
        assert.equal(parsed.ok && parsed.state.complete, 1);
      },
      { timeoutMs: 15_000 },
    );
    assert.equal(await worker.stop("SIGTERM"), 0);
  });

  it("ends as a bare worker does when Redis dies", async () => {
    const ends: unknown[] = [];
    for (const settings of ["Bare", "Instrumented"]) {
      const worker = await startWorker(python, redis.port, settings);
      // ARQ gives up at the first poll that fails, and polls all the time.
      await redis.kill();
      ends.push(await worker.ended);
      await redis.restart();
      assert.ok(!worker.log().includes("arq_monitor"), worker.log());
    }
    assert.deepEqual(ends, [1, 1]);
  });

  it("survives as a bare worker does when Redis dies and is back before the next poll", async () => {
    for (const settings of ["Bare", "Instrumented"]) {
      const worker = await startWorker(python, redis.port, `${settings}AtRest`);
      const before = await enqueue(settings, "succeed");
      await eventually(async () => assert.equal(await client.exists(`arq:result:${before}`), 1), { timeoutMs: 15_000 });
      // It rests for four seconds now. Stopped, it sleeps as long as the restart takes, however busy the machine is.
      process.kill(worker.pid, "SIGSTOP");
      await redis.restart();
      const after = await enqueue(settings, "succeed");
      process.kill(worker.pid, "SIGCONT");
      await eventually(async () => assert.equal(await client.exists(`arq:result:${after}`), 1), { timeoutMs: 20_000 });
      if (settings === "Instrumented") {
        const [key] = await eventually(
          async () => {
            const keys = await workerKeys();
            assert.equal(keys.length, 1);
            return keys;
          },
          { timeoutMs: 20_000 },
        );
        assert.ok(key?.includes(`:${worker.pid}:`));
      }
      assert.ok(!worker.log().includes("arq_monitor"), worker.log());
      // Not asked to stop: ARQ, told so right after a job, ends well or with an error as it happens.
      await worker.stop("SIGKILL");
    }
  });

  it("gives the job page the error of every try, with secrets masked", async () => {
    await client.flushall();
    const worker = await startWorker(python, redis.port, "Instrumented");
    const id = await enqueue("page", "give_up");
    const reading = runSource(redis.url);
    await reading.live();
    const detail = await eventually(
      async () => {
        const read = await reading.source.readJob(id, ["arq:queue"]);
        assert.ok(read.result !== null && read.tries.length === 2);
        return read;
      },
      { timeoutMs: 20_000 },
    );
    assert.ok(detail.result?.decoded.ok);
    assert.equal(detail.result.decoded.error?.kind, "maxRetries");
    for (const one of detail.tries) {
      assert.equal(one.type, "KeyError");
      assert.match(one.traceback ?? "", /in price_of\n/);
      assert.ok(one.worker?.endsWith(`:${worker.pid}`));
    }
    assert.ok(!JSON.stringify(detail.tries).includes("hunter2secret"));
    await worker.stop("SIGTERM");
  });
});

/** What `enqueue_job` pickles, by hand: protocol 0. */
function pickledJob(name: string, args: readonly unknown[]): string {
  const items = args.map((arg) => `I${String(arg)}\n`).join("");
  return `(dVt\nNsVf\nV${name}\nsVa\n(${items}tsVk\n(dsVet\nL${Date.now()}L\ns.`;
}
