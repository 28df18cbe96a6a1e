import assert from "node:assert/strict";
import type { JobTry } from "../../src/arq/tries";
import { parseWorkerState } from "../../src/arq/workerState";
import { parseTracebacks } from "../../src/python/traceback";
import { ensureArq, requireArq } from "../support/arqEnvironment";
import { comparableOutcome, improved } from "../support/comparableOutcome";
import { type Outcome, playOutcomes } from "../support/instrumentedWorkers";
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

interface StoredHour {
  readonly functions: Readonly<Record<string, { complete: number; failed: number; retried: number }>>;
}

/** Of this function in all hours that were counted: a scenario may end in another one than it began in. */
function countsOf({ after }: Outcome, name: string): readonly number[] {
  const hours = Object.entries(after).filter(([key]) => key.startsWith("arq:monitor:hour:"));
  assert.ok(hours.length > 0, "no hour");
  const counts = hours.flatMap(([, hour]) => (hour as unknown as StoredHour).functions[name] ?? []);
  const sum = (which: "complete" | "failed" | "retried"): number => counts.reduce((all, one) => all + one[which], 0);
  return [sum("complete"), sum("failed"), sum("retried")];
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
        assert.deepEqual(comparableOutcome(name, of(name)), comparableOutcome(name, outcome), name);
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
        assert.deepEqual(countsOf(of(scenario), name), [complete, failed, retried], scenario);
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
