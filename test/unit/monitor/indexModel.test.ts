import assert from "node:assert/strict";
import { type JobFacts, type JobState, jobStates } from "../../../src/arq/jobModel";
import { jobState } from "../../../src/arq/jobState";
import { type ApplyContext, isGone, JobIndex } from "../../../src/monitor/jobIndex";
import type { JobTable } from "../../../src/monitor/jobTable";
import type { JobRow } from "../../../src/monitor/model";
import { runningJobs } from "../../../src/monitor/runningJobs";
import { gatherStatistics, oldestHeld } from "../../../src/monitor/statistics";
import { failedResult, jobFacts, succeededResult } from "../../support/jobFacts";
import { randomNumbers } from "../../support/random";

const began = 1_700_000_000_000;
const second = 1000;
const minute = 60 * second;
const queues = ["arq:queue", "mail", "größe"];

/** What the keys of a job may say at a moment; sometimes that none is left. */
function anyFacts(random: () => number, id: string, readAt: number): JobFacts {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const ago = (ms: number): number => readAt - Math.floor(random() * ms);
  const queue = pick(queues);
  const score = pick([ago(10 * minute), readAt + Math.floor(random() * minute), 0, 1]);
  const inQueue = { queued: { queue, score } };
  const retry = { tries: 1 + Math.floor(random() * 3), ttl: 88_400_000 - Math.floor(random() * minute) };
  const times = { startedAt: ago(minute), finishedAt: ago(minute), enqueuedAt: ago(10 * minute), queue };
  const name = pick(["work", "send_email", "<unknown>"]);
  const none = { job: null };
  const kinds: (() => Partial<JobFacts>)[] = [
    () => inQueue,
    () => ({ ...inQueue, ...none }),
    () => ({ ...inQueue, retry }),
    () => ({ ...inQueue, retry, inProgressTtl: 300_000 }),
    () => ({ ...inQueue, retry, inProgressTtl: Math.floor(random() * 60_000) }),
    () => ({ ...none, inProgressTtl: Math.floor(random() * 60_000) }),
    () => ({}),
    () => ({ ...none, result: succeededResult({ ...times, function: name }) }),
    () => ({ ...none, result: succeededResult({ ...times, worker: `host:${Math.floor(random() * 5)}` }) }),
    () => ({ ...none, result: failedResult(pick(["exception", "aborted", "expired"]), times) }),
    () => ({ ...none, result: { decoded: { ok: false, reason: "malformed", message: "bad" }, ttl: null } }),
    () => none,
    () => none,
  ];
  return jobFacts({ id, readAt, ...pick(kinds)() });
}

function rows(table: JobTable): number[] {
  return Array.from({ length: table.end }, (_, row) => row).filter((row) => !table.isFree(row));
}

/** Every number as a look at all rows gives it. */
function recount(table: JobTable, now: number): unknown {
  const all = rows(table).map((row) => table.read(row, now));
  const count = (state: JobState, queue?: string): number =>
    all.filter((job) => job.state === state && (queue === undefined || job.queue === queue)).length;
  const waits = (job: JobRow): boolean =>
    ["queued", "retrying", "expired"].includes(job.state) &&
    job.scheduledAt !== null &&
    job.scheduledAt <= now &&
    !(job.claimEndsAt !== null && job.claimEndsAt > now);
  const perQueue = [...new Set(all.map(({ queue }) => queue))].flatMap((queue) => {
    if (queue === null) return [];
    const due = all.filter((job) => job.queue === queue && waits(job)).map(({ scheduledAt }) => scheduledAt!);
    const times = due.filter((at) => at > 1);
    const states = ["queued", "deferred", "running", "retrying", "complete", "failed"] as const;
    const counts = Object.fromEntries(states.map((state) => [state, count(state, queue)]));
    const oldestDueAt = times.length === 0 ? null : Math.min(...times);
    return [[queue, { ...counts, waiting: due.length, oldestDueAt }] as const];
  });
  const held = all.filter(({ state }) => state === "complete" || state === "failed" || state === "aborted");
  return {
    counts: Object.fromEntries(jobStates.map((state) => [state, count(state)])),
    queues: new Map(perQueue),
    waiting: all.filter(waits).length,
    oldestHeld: held.length === 0 ? null : Math.min(...held.map(({ finishedAt }) => finishedAt!)),
    running: all.filter(({ state, startedAt }) => state === "running" && startedAt !== null).length,
    open: all.filter(({ state }) => !["complete", "failed", "aborted", "finished"].includes(state)).length,
  };
}

function tallied(table: JobTable, now: number): unknown {
  const { counts, queues: perQueue } = gatherStatistics(table, now);
  return {
    counts,
    queues: perQueue,
    waiting: table.tallies.due.count,
    oldestHeld: oldestHeld(table),
    running: runningJobs(table).length,
    open: table.tallies.open.size,
  };
}

/** Redis as a plain map, and the index that watches it. */
class World {
  readonly index = new JobIndex();
  readonly redis = new Map<string, JobFacts>();
  now = began;
  sweep = 1;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** The index reads the keys of a job. */
  read(id: string): void {
    const facts = this.redis.get(id) ?? jobFacts({ id, readAt: this.now, job: null });
    const context: ApplyContext = {
      now: this.now,
      live: this.#random() < 0.5,
      sweep: this.sweep,
      evidence: undefined,
      horizon: began + 5 * minute,
    };
    this.index.apply(facts, context);
  }

  /** Somebody changes the keys of a job. */
  change(id: string): void {
    const facts = anyFacts(this.#random, id, this.now);
    if (isGone(facts)) this.redis.delete(id);
    else this.redis.set(id, facts);
  }

  lookAtEverything(): void {
    this.sweep++;
    for (const id of this.redis.keys()) this.read(id);
    for (const ids of this.index.notMetIn(this.sweep)) for (const id of ids) this.read(id);
  }
}

describe("The index against a plain map", () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`equals it after every look at everything, whatever happened unseen, and counts what a recount counts (${seed})`, () => {
      const random = randomNumbers(seed);
      const world = new World(random);
      const ids = Array.from({ length: 150 }, (_, n) =>
        n % 3 === 0 ? `cron:tick:${began + n}` : n % 3 === 1 ? n.toString(16).padStart(32, "0") : `job ${n}`,
      );
      for (let step = 0; step < 4000; step++) {
        const id = ids[Math.floor(random() * ids.length)]!;
        const what = random();
        world.now += Math.floor(random() * 50);
        if (what < 0.45) world.change(id);
        if (what > 0.2) world.read(id);
        if (what > 0.9995) {
          world.redis.clear();
          world.index.clear();
        }
        if (step % 50 === 49)
          assert.deepEqual(tallied(world.index.table, world.now), recount(world.index.table, world.now));
        if (step % 500 < 499) continue;

        world.lookAtEverything();
        const { table } = world.index;
        assert.deepEqual(new Set(rows(table).map((row) => table.id(row))), new Set(world.redis.keys()));
        assert.equal(table.size, world.redis.size);
        const fresh = new World(random);
        fresh.now = world.now;
        for (const [each, facts] of world.redis) fresh.redis.set(each, facts);
        fresh.lookAtEverything();
        for (const [each, facts] of world.redis) {
          const row = world.index.row(each, world.now)!;
          const other = fresh.index.row(each, world.now)!;
          const bare = ({ state, tries, scheduledAt, finishedAt, error, undecodable }: JobRow): unknown => [
            state,
            tries,
            scheduledAt,
            finishedAt,
            error,
            undecodable,
          ];
          assert.deepEqual(bare(row), bare(other), each);
          if (facts.inProgressTtl === null) assert.equal(row.state, jobState(facts, world.now), each);
          assert.equal(row.rememberedSince, null);
        }
        for (const row of world.index.remembered) {
          assert.ok(row.rememberedSince !== null && !world.redis.has(row.id), `${row.id} is remembered, and there`);
        }
      }
    });
  }

  it("forgets none of its numbers when every job goes", () => {
    const random = randomNumbers(5);
    const world = new World(random);
    for (let n = 0; n < 500; n++) world.change(`job ${n}`);
    world.lookAtEverything();
    world.redis.clear();
    world.lookAtEverything();
    assert.deepEqual(tallied(world.index.table, world.now), recount(world.index.table, world.now));
    assert.deepEqual([world.index.table.size, world.index.nextDeadline], [0, null]);
    assert.equal(world.index.table.strings.find("send_email"), -1);
  });
});
