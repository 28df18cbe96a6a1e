import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import type { JobTry } from "../../src/arq/tries";
import { parseTracebacks } from "../../src/python/traceback";
import { parseWorkerState } from "../../src/arq/workerState";
import { closeSources, runSource } from "../redis/sourceHarness";
import { ensureArq, requireArq } from "../support/arqEnvironment";
import { eventually } from "../support/eventually";
import { checkWorker, killWorkers, type Outcome, playOutcomes, startWorker } from "../support/instrumentedWorkers";
import { type RedisServer, startRedis } from "../support/redisServer";

interface Pair {
  readonly python: string;
  readonly arq: string;
}
/** The oldest and the newest; all with `INSTRUMENTATION=all`. */
const ends: readonly Pair[] = [
  { python: "3.8", arq: "0.23" },
  { python: "3.13", arq: "0.28.0" },
];
const between: readonly Pair[] = [
  { python: "3.9", arq: "0.25.0" },
  { python: "3.10", arq: "0.26.3" },
  { python: "3.11", arq: "0.26.3" },
  { python: "3.12", arq: "0.27.0" },
];
const pairs = process.env["INSTRUMENTATION"] === "all" ? [...ends, ...between] : ends;
const log = (line: string): void => console.log(`      ${line}`);

/** Where the instrumentation keeps what ARQ would have lost; everywhere else the outcome is that of a bare worker. */
const improved = new Map([
  ["exception_that_cannot_be_pickled", "'Locked: cannot be pickled'"],
  ["json_serializer", "'ValueError: order 4711 has no items'"],
]);

/** An outcome without what the instrumentation adds, and without what differs from run to run. */
function comparable(name: string, { registered, counters, crash, hooks, ...outcome }: Outcome): unknown {
  const keys = (all: Outcome["after"]): unknown =>
    Object.fromEntries(
      Object.entries(all).flatMap(([key, value]): [string, unknown][] => {
        if (/^arq:monitor:|:health-check|^mine$/.test(key)) return [];
        if (Array.isArray(value) || !key.startsWith("arq:result:")) return [[key, Array.isArray(value) ? value : ""]];
        const { tb: _tb, w: _w, rel: _rel, ttl: _ttl, ...stored } = value as Record<string, unknown>;
        return [[key, improved.has(name) ? { ...stored, r: "" } : stored]];
      }),
    );
  const lines = outcome.log
    // Kept as a text, it is no trouble of the serializer any more.
    .filter((line) => !(improved.has(name) && line.startsWith("error serializing result")))
    .filter((line) => !line.startsWith("shutdown on") && !line.startsWith("redis_version"))
    .map((line) => line.replaceAll(/ +[\d.]+s|0x[0-9a-f]+/g, ""));
  // The keys between a shutdown and its end are those of a moment.
  const during = name === "shutdown" ? null : keys(outcome.while);
  return { registered, counters, crash, hooks, while: during, after: keys(outcome.after), log: lines };
}

interface StoredTry {
  readonly try: number;
  readonly type: string;
  readonly message: string;
  readonly traceback: string;
  readonly outcome: JobTry["outcome"];
  readonly defer_ms: number | null;
  readonly worker: string;
}

function triesOf({ after }: Outcome, id = "job"): readonly StoredTry[] {
  const record = after[`arq:monitor:tries:${id}`];
  return record === undefined ? [] : (record as unknown as { tries: readonly StoredTry[] }).tries;
}

function storedOf({ after }: Outcome, id = "job"): Readonly<Record<string, unknown>> {
  return after[`arq:result:${id}`] as Readonly<Record<string, unknown>>;
}

function countsOf({ after }: Outcome): Readonly<Record<string, { complete: number; failed: number; retried: number }>> {
  const [key] = Object.keys(after).filter((name) => name.startsWith("arq:monitor:hour:"));
  assert.ok(key !== undefined, "no hour");
  return (after[key] as { functions: Record<string, { complete: number; failed: number; retried: number }> }).functions;
}

/** Skips the suite where this machine lacks the old Python; the newest ARQ is tried with whatever Python there is. */
async function pythonFor(context: Mocha.Context, { python, arq }: Pair): Promise<string> {
  const found = await ensureArq({ version: arq, python, log });
  if ("python" in found) return found.python;
  if (arq === "0.28.0") return requireArq(context);
  log(`skipped: ${found.unavailable}`);
  return context.skip();
}

for (const { python: version, arq } of pairs) {
  describe(`The worker instrumentation under Python ${version} and ARQ ${arq}`, function () {
    this.timeout(180_000);
    let redis: RedisServer;
    let python: string;
    let bare: ReadonlyMap<string, Outcome>;
    let instrumented: ReadonlyMap<string, Outcome>;

    before(async function () {
      this.timeout(600_000);
      python = await pythonFor(this, { python: version, arq });
      redis = await startRedis();
      bare = await playOutcomes(python, redis.port, "bare");
      instrumented = await playOutcomes(python, redis.port, "instrumented");
    });

    after(() => redis?.stop());

    const of = (name: string): Outcome => {
      const outcome = instrumented.get(name);
      assert.ok(outcome !== undefined && outcome.error === undefined, outcome?.error ?? `no scenario ${name}`);
      return outcome;
    };

    it("changes no outcome: keys, results, counters, registered functions, hooks and log are those of a bare worker", () => {
      assert.ok(bare.size > 30);
      for (const [name, outcome] of bare) {
        assert.equal(outcome.error, undefined, name);
        assert.deepEqual(comparable(name, of(name)), comparable(name, outcome), name);
      }
    });

    it("keeps type and message where the exception cannot be serialized, and ARQ would have lost it", () => {
      for (const [name, kept] of improved) {
        assert.equal(storedOf(bare.get(name)!)["r"], "'unable to serialize result'");
        assert.equal(storedOf(of(name))["r"], kept);
        assert.match(String(storedOf(of(name))["tb"]), /in fail/);
      }
    });

    it("adds traceback, worker and release to results", () => {
      const success = storedOf(of("success"));
      assert.match(String(success["w"]), /^.+:\d+$/);
      assert.equal(success["rel"], "v1.2.3");
      assert.equal(success["tb"], undefined);
      const failed = storedOf(of("exception_with_cause"));
      const [traceback] = parseTracebacks(String(failed["tb"]));
      assert.equal(traceback?.type, "RuntimeError");
      assert.deepEqual(
        traceback?.cause?.frames.map((frame) => [frame.function, frame.source]),
        [
          ["fail_chained", 'price_of("socks")'],
          ["price_of", "return {}[article]"],
        ],
      );
      assert.ok(!String(failed["tb"]).includes("arq_monitor"), "our own frame is nobody's business");
    });

    const inCode: readonly (readonly [scenario: string, frame: string])[] = [
      ["timeout", "sleeper"],
      ["abort", "sleeper"],
      ["retry_refused", "price_of"],
      ["exception_that_cannot_be_unpickled", "fail_one_way"],
      ["exception_without_text", "fail_garbled"],
      ["result_without_repr", "__repr__"],
      ["json_serializer_that_takes_all", "fail"],
      ["bad_payload", "deserialize_job_raw"],
    ];
    for (const [scenario, frame] of inCode) {
      it(`leads to the line after ${scenario.replaceAll("_", " ")}`, () => {
        const text = String(storedOf(of(scenario))["tb"]);
        assert.ok(parseTracebacks(text).length > 0, text);
        assert.ok(text.includes(`in ${frame}\n`), text);
      });
    }

    it("says how many frames it left out of a deep traceback", () => {
      const text = String(storedOf(of("exception_from_the_deep"))["tb"]);
      const [traceback] = parseTracebacks(text);
      assert.match(traceback?.frames[0]?.file ?? "", /^<\d+ frames left out>$/);
      assert.ok(text.length < 64 * 1024);
      assert.equal(traceback?.message, "at the bottom");
    });

    it("keeps each try of a job that was given up and taken up again", () => {
      const tries = triesOf(of("retries"));
      assert.deepEqual(
        tries.map((one) => [one.try, one.type, one.message, one.outcome, one.defer_ms]),
        [
          [1, "KeyError", "'try 1'", "retry", 50],
          [2, "KeyError", "'try 2'", "retry", 50],
        ],
      );
      assert.match(
        tries[1]?.traceback ?? "",
        /in price_of\n[\s\S]*direct cause[\s\S]*arq\.worker\.Retry: <Retry defer/,
      );
    });

    it("keeps what the tries raised where ARQ only says that they are used up", () => {
      assert.match(String(storedOf(of("tries_used_up"))["r"]), /max 2 retries exceeded/);
      const tries = triesOf(of("tries_used_up"));
      assert.deepEqual(
        tries.map((one) => [one.try, one.type, one.outcome]),
        [
          [1, "KeyError", "retry"],
          [2, "KeyError", "retry"],
        ],
      );
    });

    it("notes failures that leave no result: cron jobs, and results that are not kept", () => {
      for (const name of ["cron_failure", "failure_not_kept"]) {
        assert.equal(storedOf(of(name)), undefined, name);
        assert.deepEqual(
          triesOf(of(name)).map((one) => [one.type, one.outcome]),
          [["ValueError", "failed"]],
          name,
        );
      }
    });

    it("notes what was cancelled, by whatever, before the process ends", () => {
      for (const name of ["timeout", "timeout_not_kept", "abort", "shutdown"]) {
        const [only, ...more] = triesOf(of(name));
        assert.equal(only?.outcome, "cancelled", name);
        assert.equal(more.length, 0);
        assert.match(only.traceback, /in sleeper\n/, name);
      }
    });

    const counted: readonly (readonly [
      scenario: string,
      name: string,
      complete: number,
      failed: number,
      retried: number,
    ])[] = [
      ["success", "succeed", 1, 0, 0],
      ["exception", "fail", 0, 1, 0],
      ["retries", "retry_twice", 1, 0, 2],
      ["retry_of_the_job", "retry_job", 1, 0, 1],
      ["timeout_not_kept", "sleeper", 0, 1, 0],
      ["abort", "sleeper", 0, 1, 0],
      ["shutdown", "sleeper", 0, 0, 1],
      ["result_without_repr", "mute_result", 0, 1, 0],
      ["cron_success", "cron:succeed", 1, 0, 0],
    ];
    it("counts by function as ARQ counts by worker", () => {
      for (const [scenario, name, complete, failed, retried] of counted) {
        const found = countsOf(of(scenario))[name];
        assert.deepEqual([found?.complete, found?.failed, found?.retried], [complete, failed, retried], scenario);
        const [all, bad, again] = of(scenario).counters;
        assert.deepEqual([all, bad, again], [complete, failed, retried], scenario);
      }
    });

    it("publishes the worker while it runs, and takes it off the list at the end", () => {
      const { while: during, after } = of("success");
      const [key] = Object.keys(during).filter((name) => name.startsWith("arq:monitor:worker:"));
      assert.ok(key !== undefined);
      const { ttl, ...written } = during[key] as { ttl: number };
      const parsed = parseWorkerState(JSON.stringify(written));
      assert.ok(parsed.ok);
      const { state } = parsed;
      assert.equal(key.startsWith(`arq:monitor:worker:${state.host}:${state.pid}:`), true);
      assert.deepEqual(
        [
          state.queue,
          state.functions,
          state.maxJobs,
          state.jobTimeoutMs,
          state.maxTries,
          state.intervalMs,
          state.release,
        ],
        ["arq:queue", ["succeed"], 10, 300_000, 5, 15_000, "v1.2.3"],
      );
      assert.ok(ttl > 30_000 && ttl <= 45_000);
      const health = during[`arq:queue:health-check:${state.host}:${state.pid}`] as { text: string; ttl: number };
      assert.match(
        health.text,
        /^\w{3}-\d\d \d\d:\d\d:\d\d j_complete=0 j_failed=0 j_retried=0 j_ongoing=\d queued=\d$/,
      );
      assert.ok(health.ttl > 10_000 && health.ttl <= 16_000);
      assert.deepEqual(
        Object.keys(after).filter((name) => /:worker:|health-check|:check:/.test(name)),
        [],
      );
    });

    it("leaves a health key of the user's own alone", () => {
      const { while: during } = of("own_health_key");
      assert.ok("mine" in during);
      assert.deepEqual(
        Object.keys(during).filter((name) => /health-check|:check:/.test(name)),
        [],
      );
    });
  });
}

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
    "settings",
  ];
  for (const fault of faults) {
    it(`never raises and changes no outcome when this fails: ${fault}`, async () => {
      const outcomes = await playOutcomes(python, redis.port, fault, some);
      for (const [name, outcome] of bare) {
        assert.deepEqual(comparable(name, outcomes.get(name)!), comparable(name, outcome), `${name} under ${fault}`);
      }
    });
  }

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

  it("behaves as a bare worker does when Redis dies, and again when it is back", async () => {
    const ends: unknown[] = [];
    for (const settings of ["Bare", "Instrumented"]) {
      const worker = await startWorker(python, redis.port, settings);
      await redis.restart();
      // ARQ gives up at the first poll that fails, unless it finds Redis back.
      const id = await enqueue(settings, "succeed");
      const fate = await Promise.race([
        worker.ended,
        eventually(async () => (await client.exists(`arq:result:${id}`)) === 1 && "survived", { timeoutMs: 15_000 }),
      ]);
      ends.push(fate);
      if (worker.log().includes("arq_monitor")) assert.fail(worker.log());
      await worker.stop("SIGTERM");
    }
    assert.equal(ends[0], ends[1]);
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
