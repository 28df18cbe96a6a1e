import assert from "node:assert/strict";
import type { WorkerState } from "../../../src/arq/workerState";
import { defaultThresholds } from "../../../src/monitor/health";
import { createMonitor } from "../../../src/monitor/liveMonitor";
import type { JobEvent, JobQuery, Monitor, MonitorChange } from "../../../src/monitor/model";
import type { FeedKind } from "../../../src/monitor/ports";
import { ManualClock } from "../../support/manualClock";
import { MemorySource } from "../../support/memorySource";
import { QuietLogger } from "../../support/quietLogger";

const minute = 60_000;
const everything: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "id",
  descending: false,
  offset: 0,
  limit: 100,
};

interface Watched {
  readonly clock: ManualClock;
  readonly source: MemorySource;
  readonly monitor: Monitor;
  readonly logger: QuietLogger;
  readonly changes: MonitorChange[];
  readonly events: () => JobEvent[];
  readonly stop: () => void;
}

/** A monitor whose first sweep has ended, with one listener. `before` fills Redis beforehand. */
async function watch(
  before: (source: MemorySource, clock: ManualClock) => void = () => {},
  feed: FeedKind = "push",
): Promise<Watched> {
  const clock = new ManualClock();
  const source = new MemorySource(clock, feed);
  before(source, clock);
  // What was before lies in the past.
  clock.advance(1000);
  const logger = new QuietLogger();
  const monitor = createMonitor({
    source,
    clock,
    logger,
    thresholds: defaultThresholds,
    staleAfterMs: minute,
    queues: [],
  });
  const changes: MonitorChange[] = [];
  const stop = monitor.onChange((change) => changes.push(change));
  monitor.start();
  await clock.advanceAsync(1000);
  assert.equal(monitor.snapshot().complete, true, "the first sweep has ended");
  return { clock, source, monitor, logger, changes, events: () => changes.flatMap(({ events }) => events), stop };
}

function workerState(change: Partial<WorkerState>): WorkerState {
  const unknown = {
    release: null,
    python: null,
    arq: null,
    healthKey: null,
    complete: null,
    failed: null,
    retried: null,
  };
  const limits = { maxJobs: null, jobTimeoutMs: null, maxTries: null, functions: [] };
  return {
    host: "",
    pid: 0,
    queue: null,
    startedAt: 1,
    at: 1,
    intervalMs: 1,
    jobs: [],
    ...unknown,
    ...limits,
    ...change,
  };
}

/** Waits for a promise that needs time to pass. */
async function during(clock: ManualClock, done: Promise<void>): Promise<void> {
  await Promise.all([done, clock.advanceAsync(1000)]);
}

async function states(monitor: Monitor): Promise<Record<string, string>> {
  return Object.fromEntries((await monitor.query(everything)).rows.map((row) => [row.id, row.state]));
}

describe("The live monitor", () => {
  it("shows every job that Redis holds once the first sweep has ended", async () => {
    const { monitor } = await watch((source, clock) => {
      source.enqueue("a");
      source.enqueue("b", { dueAt: clock.now() + minute });
      source.enqueue("c");
      source.begin("c");
      source.enqueue("d");
      source.begin("d");
      source.succeed("d");
      source.enqueue("e");
      source.begin("e");
      source.fail("e", "ValueError", "order 17 has no items");
    });
    assert.deepEqual(await states(monitor), { a: "queued", b: "deferred", c: "running", d: "complete", e: "failed" });
    const { counts, queues } = monitor.snapshot();
    assert.deepEqual([counts.queued, counts.deferred, counts.running, counts.complete, counts.failed], [1, 1, 1, 1, 1]);
    assert.deepEqual(
      queues.map(({ name, depth, queued, deferred, running }) => ({ name, depth, queued, deferred, running })),
      [{ name: "arq:queue", depth: 3, queued: 1, deferred: 1, running: 1 }],
    );
  });

  it("tells before the end of the first sweep what happened in it, not afterwards", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    const logger = new QuietLogger();
    const monitor = createMonitor({
      source,
      clock,
      logger,
      thresholds: defaultThresholds,
      staleAfterMs: minute,
      queues: [],
    });
    const told: string[] = [];
    monitor.onChange(({ events }) => {
      for (const { id, event } of events) told.push(`${id} ${event} ${monitor.snapshot().complete}`);
    });
    source.sweep = async () => {
      const { sink } = source;
      await sink.sweepStarted();
      clock.advance(5);
      source.enqueue("job");
      await sink.touched({ jobs: ["job"], queues: ["arq:queue"], workers: true, origin: "sweep" });
      await sink.sweepEnded();
    };
    monitor.start();
    await clock.advanceAsync(1000);
    assert.deepEqual(told, ["job enqueued false"]);
    source.begin("job");
    await clock.advanceAsync(1000);
    assert.deepEqual(told, ["job enqueued false", "job started true"]);
    await monitor.close();
  });

  it("does not take an older reading of an opened job for the newer", async () => {
    const { clock, source, monitor, events } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    await clock.advanceAsync(500);
    // What opening has read is on its way while the job ends and is read.
    const running = source.facts("job");
    let arrive = (): void => {};
    source.readJob = async () => {
      await new Promise<void>((resolve) => (arrive = resolve));
      return { facts: running, job: null, result: null, tries: [] };
    };
    const opened = monitor.open("job");
    source.succeed("job");
    await clock.advanceAsync(500);
    arrive();
    assert.equal((await opened)?.row.state, "complete");
    await clock.advanceAsync(500);
    assert.deepEqual(
      events().map(({ event }) => event),
      ["started", "completed"],
    );
  });

  it("follows a job through its life and tells each event once, as observed", async () => {
    const { clock, source, monitor, events } = await watch();
    source.enqueue("job");
    await clock.advanceAsync(50);
    source.begin("job");
    await clock.advanceAsync(50);
    source.again("job", 500);
    await clock.advanceAsync(600);
    source.begin("job");
    await clock.advanceAsync(50);
    source.succeed("job");
    await clock.advanceAsync(500);
    assert.deepEqual(
      events().map(({ event, inferred }) => [event, inferred]),
      [
        ["enqueued", false],
        ["started", false],
        ["retried", false],
        ["started", false],
        ["completed", false],
      ],
    );
    const row = monitor.row("job");
    assert.deepEqual([row?.state, row?.tries, row?.runMs], ["complete", 2, 50]);
  });

  it("infers what happened between two looks, so that nothing is missing and nothing is told twice", async () => {
    const { clock, source, events } = await watch();
    source.silent = true;
    const enqueuedAt = clock.now();
    source.enqueue("job");
    await clock.advanceAsync(100);
    source.begin("job");
    await clock.advanceAsync(100);
    source.again("job", 0);
    source.begin("job");
    source.fail("job", "ValueError", "bad");
    source.silent = false;
    await during(clock, source.sweep());
    await during(clock, source.sweep());
    assert.deepEqual(
      events().map(({ event, at, inferred }) => [event, at - enqueuedAt, inferred]),
      [
        ["enqueued", 0, true],
        ["started", 200, true],
        ["retried", 200, true],
        ["started", 200, true],
        ["failed", 200, true],
      ],
    );
  });

  it("tells no event of what happened before it watched", async () => {
    const { clock, source, events } = await watch((source, clock) => {
      source.enqueue("old", { enqueuedAt: clock.now() - minute });
      source.enqueue("older", { enqueuedAt: clock.now() - minute });
      source.begin("older");
      source.succeed("older");
    });
    assert.deepEqual(events(), []);
    source.begin("old");
    await clock.advanceAsync(500);
    assert.deepEqual(
      events().map(({ event, id }) => [event, id]),
      [["started", "old"]],
    );
  });

  it("lets a job go that ends without a kept result, and says that it finished", async () => {
    const { clock, source, monitor, events } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    await clock.advanceAsync(200);
    source.vanish("job");
    await clock.advanceAsync(200);
    assert.equal((await monitor.query(everything)).total, 0);
    assert.deepEqual(events().at(-1), {
      at: clock.now() - 200,
      event: "finished",
      id: "job",
      function: "work",
      queue: "arq:queue",
      inferred: false,
    });
    assert.equal((await monitor.open("job"))?.row.state, "finished", "a panel that shows it can still say so");
    assert.equal(await monitor.open("never seen"), null);
  });

  it("opens a job that has just gone as one, also while the reading that would tell the index is under way", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    source.fail("job", "KeyError", "'sku'");
    await clock.advanceAsync(200);
    source.readJobs = () => new Promise(() => {});
    source.vanish("job");
    await clock.advanceAsync(200);
    assert.equal(monitor.snapshot().complete && (await monitor.query(everything)).total, 1, "not yet known");
    const opened = await monitor.open("job");
    assert.deepEqual([opened?.row.state, opened?.row.rememberedSince], ["failed", opened?.facts.readAt]);
  });

  it("forgets a result whose time is over without calling that an event", async () => {
    const { clock, monitor, events } = await watch((source) => {
      source.enqueue("job");
      source.begin("job");
      source.succeed("job", 30_000);
    });
    await clock.advanceAsync(minute);
    assert.equal((await monitor.query(everything)).total, 0);
    assert.equal(monitor.snapshot().counts.complete, 0);
    assert.deepEqual(events(), []);
    assert.equal(monitor.snapshot().lastHour.complete, 1, "the rate of the last hour still counts it");
  });

  it("turns a deferred job into a queued one when its time comes, without being told", async () => {
    const { clock, monitor, changes } = await watch((source, clock) =>
      source.enqueue("job", { dueAt: clock.now() + 30_000 }),
    );
    assert.equal(monitor.row("job")?.state, "deferred");
    await clock.advanceAsync(27_000);
    assert.equal(monitor.row("job")?.state, "deferred");
    changes.length = 0;
    await clock.advanceAsync(2000);
    assert.equal(monitor.row("job")?.state, "queued");
    assert.ok(changes.some(({ jobs }) => jobs.has("job")));
  });

  it("sees a claim lapse when the worker that made it died", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    await clock.advanceAsync(100);
    assert.equal(monitor.row("job")?.state, "running");
    await clock.advanceAsync(6 * minute);
    assert.equal(monitor.row("job")?.state, "retrying");
  });

  it("calls a claim orphaned when no connection is as old as the attempt, and takes it back when one shows", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    const worker = { id: "7", addr: "10.0.0.9:5000", name: "", age: 100, idle: 0, cmd: "exec", lib: "" };
    source.clients = [worker];
    source.begin("job");
    await clock.advanceAsync(20_000);
    assert.equal(monitor.row("job")?.state, "running");
    source.clients = [];
    await clock.advanceAsync(6000);
    assert.equal(monitor.row("job")?.state, "orphaned");
    source.clients = [worker];
    await clock.advanceAsync(6000);
    assert.equal(monitor.row("job")?.state, "running");
  });

  it("knows an orphan as soon as the first sweep has ended", async () => {
    const { monitor } = await watch((source) => {
      source.enqueue("job");
      source.begin("job");
      source.clients = [];
    });
    assert.deepEqual([monitor.row("job")?.state, monitor.row("job")?.orphanEvidence], ["orphaned", "noConnection"]);
  });

  it("calls no claim orphaned by connections behind a proxy", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    source.clientsTellSince = null;
    source.clients = [];
    source.begin("job");
    await clock.advanceAsync(4 * minute);
    assert.equal(monitor.row("job")?.state, "running");
  });

  it("shows which instrumented worker runs a job, and calls it orphaned when that is silent for three intervals", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    const startedAt = clock.now();
    const [host, pid, key] = ["web-1", 7, "arq:monitor:worker:web-1:7:abcd"];
    const tell = (): void => {
      const writtenAt = clock.now();
      const state = workerState({
        host,
        pid,
        at: writtenAt,
        intervalMs: 5000,
        jobs: [{ id: "job", function: null, try: 1, startedAt }],
      });
      source.processes = [{ key, host, pid, readAt: writtenAt, writtenAt, ttl: 15_000, state }];
    };
    for (let beat = 0; beat < 4; beat++) {
      tell();
      await clock.advanceAsync(5000);
    }
    assert.deepEqual([monitor.row("job")?.state, monitor.row("job")?.worker], ["running", "web-1:7"]);
    await clock.advanceAsync(20_000);
    const row = monitor.row("job");
    assert.deepEqual([row?.state, row?.orphanEvidence, row?.worker], ["orphaned", "workerSilent", "web-1:7"]);
  });

  it("trusts no end of a connection that was silent for minutes", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    source.begin("job");
    const claimer = { id: "7", addr: "10.0.0.9:5000", name: "", age: 0, idle: 0, cmd: "exec", lib: "" };
    for (let second = 0; second < 240; second += 5) {
      source.clients = [{ ...claimer, age: second + 100, idle: second }];
      await clock.advanceAsync(5000);
    }
    source.clients = [];
    await clock.advanceAsync(20_000);
    assert.equal(monitor.row("job")?.state, "running");
  });

  it("does not call a job orphaned whose worker ended it and went, before it has read that", async () => {
    const { clock, source, monitor, changes } = await watch((source) => source.enqueue("job"));
    const worker = { id: "7", addr: "10.0.0.9:5000", name: "", age: 100, idle: 0, cmd: "exec", lib: "" };
    source.clients = [worker];
    source.begin("job");
    await clock.advanceAsync(10_000);
    source.silent = true;
    source.succeed("job");
    source.clients = [];
    const seen: (string | undefined)[] = [];
    const stop = monitor.onChange(() => seen.push(monitor.row("job")?.state));
    await clock.advanceAsync(10_000);
    stop();
    assert.ok(!seen.includes("orphaned"), seen.join());
    assert.equal(monitor.row("job")?.state, "complete");
    assert.ok(changes.some(({ jobs }) => jobs.has("job")));
  });

  it("reads what is touched at once when idle, and everything touched meanwhile in one go, each job once", async () => {
    const { clock, source } = await watch((source) => source.enqueue("known"));
    source.reads.length = 0;
    source.hold();
    source.enqueue("first");
    await clock.advanceAsync(0);
    for (let round = 0; round < 3; round++) for (const id of ["a", "b", "c"]) source.put(id, {});
    await clock.advanceAsync(0);
    assert.deepEqual(source.reads, [["first"]], "one read in flight");
    source.release();
    await clock.advanceAsync(0);
    assert.deepEqual(source.reads, [["first"], ["a", "b", "c"]]);
  });

  it("reads at most 500 jobs at a time and makes a sweep wait for the rest", async () => {
    const { source } = await watch((source) => {
      for (let index = 0; index < 1300; index++) source.enqueue(`job${index}`);
    });
    assert.deepEqual(
      source.reads.map((ids) => ids.length),
      [500, 500, 300],
    );
  });

  it("tells the first change after silence whole, with its job and its queue, and then at most one per 100 ms", async () => {
    const { clock, source, changes } = await watch();
    await clock.advanceAsync(1000);
    changes.length = 0;
    source.enqueue("a");
    await clock.advanceAsync(25);
    assert.deepEqual(
      changes.map(({ jobs, queues }) => [[...jobs], [...queues]]),
      [[["a"], ["arq:queue"]]],
    );
    for (let index = 0; index < 20; index++) {
      source.enqueue(`b${index}`);
      await clock.advanceAsync(5);
    }
    assert.ok(changes.length <= 2, `${changes.length} changes in 100 ms`);
    await clock.advanceAsync(100);
    const told = new Set(changes.flatMap(({ jobs }) => [...jobs]));
    assert.equal(told.size, 21);
  });

  it("does nothing on its own while nobody looks, and catches up when somebody does", async () => {
    const { clock, source, monitor, stop } = await watch((source, clock) =>
      source.enqueue("job", { dueAt: clock.now() + 30_000 }),
    );
    await clock.advanceAsync(1000);
    stop();
    await clock.advanceAsync(1000);
    assert.equal(clock.pending, 0);
    source.reads.length = 0;
    await clock.advanceAsync(10 * minute);
    assert.deepEqual(source.reads, []);
    monitor.onChange(() => {});
    await clock.advanceAsync(1000);
    assert.equal(monitor.row("job")?.state, "queued");
  });

  it("reads jobs again that a sweep did not meet, and forgets those that are gone", async () => {
    const { clock, source, monitor } = await watch((source) => {
      source.enqueue("stays");
      source.enqueue("goes");
    });
    source.silent = true;
    source.vanish("goes");
    source.silent = false;
    assert.deepEqual(Object.keys(await states(monitor)), ["goes", "stays"]);
    monitor.refresh();
    await clock.advanceAsync(500);
    assert.equal(source.resyncs, 1);
    assert.deepEqual(Object.keys(await states(monitor)), ["stays"]);
  });

  it("keeps the last numbers through an outage but never calls them live, and heals by itself", async () => {
    const { clock, source, monitor, events } = await watch((source) => source.enqueue("job"));
    source.drop();
    await clock.advanceAsync(1000);
    const down = monitor.snapshot();
    assert.equal(down.status.state, "down");
    assert.equal(down.counts.queued, 1);
    assert.equal(down.health.level, "unknown");
    await assert.rejects(monitor.open("job"), /connection to localhost:6379\/0 was lost/);

    source.begin("job");
    source.succeed("job");
    source.enqueue("next");
    await during(clock, source.connect());
    assert.equal(monitor.snapshot().status.state, "live");
    assert.deepEqual(await states(monitor), { job: "complete", next: "queued" });
    assert.deepEqual(
      events().map(({ event, id, inferred }) => [event, id, inferred]),
      [
        ["started", "job", true],
        ["completed", "job", true],
        ["enqueued", "next", true],
      ],
    );
  });

  it("does not call a sweep whole that a lost connection interrupted", async () => {
    const clock = new ManualClock();
    const source = new MemorySource(clock);
    source.enqueue("job");
    const options = { thresholds: defaultThresholds, staleAfterMs: minute, queues: [], logger: new QuietLogger() };
    const monitor = createMonitor({ source, clock, ...options });
    monitor.onChange(() => {});
    source.hold();
    monitor.start();
    await clock.advanceAsync(0);
    source.drop();
    source.release();
    await clock.advanceAsync(500);
    assert.equal(monitor.snapshot().complete, false);
    await during(clock, source.connect());
    assert.equal(monitor.snapshot().complete, true);
    assert.deepEqual(await states(monitor), { job: "queued" });
  });

  it("goes on by itself when a read fails while the connection stands", async () => {
    const { clock, source, monitor } = await watch();
    source.broken = true;
    source.enqueue("job");
    await clock.advanceAsync(100);
    source.broken = false;
    await clock.advanceAsync(2000);
    assert.deepEqual(await states(monitor), { job: "queued" });
  });

  it("is empty after FLUSHDB and tells nothing of the jobs that were lost", async () => {
    const { clock, source, monitor, changes, events } = await watch((source) => {
      source.enqueue("a");
      source.enqueue("b");
    });
    changes.length = 0;
    await during(clock, source.flush());
    assert.equal((await monitor.query(everything)).total, 0);
    assert.deepEqual(monitor.snapshot().queues, []);
    assert.ok(changes.some(({ all }) => all));
    assert.deepEqual(events(), []);
    source.enqueue("new");
    await clock.advanceAsync(500);
    assert.deepEqual(await states(monitor), { new: "queued" });
  });

  it("tells of a job that was enqueued after FLUSHDB before it heard of that", async () => {
    const { clock, source, events } = await watch((source) => source.enqueue("before"));
    source.silent = true;
    source.vanish("before");
    source.enqueue("after");
    await clock.advanceAsync(10);
    source.silent = false;
    void source.sink.flushed();
    await during(clock, source.sweep());
    assert.deepEqual(
      events().map(({ id, event }) => `${id} ${event}`),
      ["after enqueued"],
    );
  });

  it("knows a queue before it judges the jobs in it, and does not take another zset for one", async () => {
    const { clock, source, monitor, changes } = await watch((source) => source.foreign.add("leaderboard"));
    source.enqueue("job", { queue: "mail: urgent" });
    await clock.advanceAsync(500);
    assert.equal(monitor.row("job")?.state, "queued");
    assert.ok(changes.every(({ jobs }) => !jobs.has("job") || monitor.row("job")?.queue === "mail: urgent"));
    assert.deepEqual(
      monitor.snapshot().queues.map(({ name }) => name),
      ["mail: urgent"],
    );
  });

  it("lets the source look for queues when a job is in none of those known, and not without end", async () => {
    const { clock, source, monitor } = await watch();
    const decoded = { ok: true, function: "work", enqueuedAt: clock.now(), try: null } as const;
    source.put("stray", { job: { decoded, endsAt: clock.now() + 60 * minute } });
    await clock.advanceAsync(5000);
    assert.equal(monitor.row("stray")?.state, "unknown");
    assert.equal(source.searches, 1);
    await clock.advanceAsync(5 * minute);
    assert.equal(source.searches, 1, "the same job is no reason to look again");
  });

  it("tells the same id apart when it is enqueued anew", async () => {
    const { clock, source, monitor, events } = await watch((source) => source.enqueue("nightly"));
    source.begin("nightly");
    await clock.advanceAsync(100);
    source.silent = true;
    source.vanish("nightly");
    await clock.advanceAsync(100);
    source.silent = false;
    source.enqueue("nightly");
    await clock.advanceAsync(500);
    assert.equal(monitor.row("nightly")?.state, "queued");
    assert.equal(monitor.row("nightly")?.tries, 0);
    assert.deepEqual(
      events().map(({ event, inferred }) => [event, inferred]),
      [
        ["started", false],
        ["finished", true],
        ["enqueued", false],
      ],
    );
  });

  it("remembers the wait of a job it saw waiting, which its result does not keep", async () => {
    const { clock, source, monitor } = await watch((source) => source.enqueue("job"));
    const due = monitor.row("job")!.scheduledAt!;
    await clock.advanceAsync(7000);
    const waited = clock.now() - due;
    source.begin("job");
    source.succeed("job");
    await clock.advanceAsync(200);
    assert.equal(monitor.row("job")?.waitMs, waited);
    assert.equal((await monitor.functions())[0]?.waitP95Ms, waited);
  });

  it("ends in the same state by push, by poll and by a fresh sweep", async () => {
    const live = (source: MemorySource, clock: ManualClock): (() => void)[] => [
      () => source.enqueue("a"),
      () => source.enqueue("b", { dueAt: clock.now() + 400 }),
      () => source.begin("a"),
      () => source.enqueue("c"),
      () => source.again("a", 200),
      () => source.begin("c"),
      () => source.fail("c", "KeyError", "'x'"),
      () => source.begin("a"),
      () => source.enqueue("d"),
      () => source.vanish("d"),
      () => source.abort("a"),
    ];
    const results: unknown[] = [];
    for (const silent of [false, true]) {
      const watched = await watch(undefined, silent ? "poll" : "push");
      for (const step of live(watched.source, watched.clock)) {
        watched.source.silent = silent;
        step();
        await watched.clock.advanceAsync(50);
      }
      watched.source.silent = false;
      if (silent) await during(watched.clock, watched.source.sweep());
      await watched.clock.advanceAsync(1000);
      const fresh = createMonitor({
        source: watched.source,
        clock: watched.clock,
        logger: watched.logger,
        thresholds: defaultThresholds,
        staleAfterMs: minute,
        queues: [],
      });
      await watched.monitor.close();
      fresh.onChange(() => {});
      fresh.start();
      await watched.clock.advanceAsync(1000);
      assert.deepEqual(await states(watched.monitor), await states(fresh));
      assert.deepEqual(watched.monitor.snapshot().counts, fresh.snapshot().counts);
      results.push(await states(fresh));
    }
    assert.deepEqual(results[0], { a: "aborted", b: "queued", c: "failed" });
    assert.deepEqual(results[1], results[0]);
  });

  it("says what was refused to it beside what the connection tells of", async () => {
    const refused = [{ command: "CLIENT LIST", consequence: "Workers cannot be counted." }];
    const { monitor } = await watch((source) => (source.refused = refused));
    const { status } = monitor.snapshot();
    assert.deepEqual(status.state === "live" && status.refused, refused);
  });

  it("keeps going when a listener throws, and logs it", async () => {
    const { clock, source, monitor, logger, changes } = await watch();
    monitor.onChange(() => {
      throw new Error("broken view");
    });
    changes.length = 0;
    source.enqueue("job");
    await clock.advanceAsync(500);
    assert.ok(changes.some(({ jobs }) => jobs.has("job")));
    assert.ok(logger.lines.some(({ level, message }) => level === "error" && message.includes("broken view")));
  });

  it("raises red health when jobs are due and connections show no worker, and says so", async () => {
    const { clock, source, monitor } = await watch((source) => {
      source.clients = [];
      source.enqueue("job");
    });
    await clock.advanceAsync(6000);
    const { health, workerCount } = monitor.snapshot();
    assert.deepEqual(workerCount, { kind: "exact", n: 0 });
    assert.equal(health.level, "red");
    assert.equal(health.reasons[0]?.rule, "noWorker");
    source.clients = [{ id: "7", addr: "h:1", name: "", age: 9, idle: 0, cmd: "zrangebyscore", lib: "" }];
    source.begin("job");
    source.succeed("job");
    await clock.advanceAsync(6000);
    assert.equal(monitor.snapshot().health.level, "green");
  });

  it("turns yellow only when waits of over 10 s have lasted a minute", async () => {
    const { clock, monitor } = await watch((source) => source.enqueue("job"));
    await clock.advanceAsync(40_000);
    assert.equal(monitor.snapshot().health.level, "green");
    await clock.advanceAsync(40_000);
    assert.equal(monitor.snapshot().health.level, "yellow");
  });
});
