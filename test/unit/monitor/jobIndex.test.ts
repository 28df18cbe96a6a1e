import assert from "node:assert/strict";
import type { JobFacts } from "../../../src/arq/jobModel";
import { type Applied, type ApplyContext, JobIndex } from "../../../src/monitor/jobIndex";
import { QueueBook } from "../../../src/monitor/queueBook";
import { QueueSearch } from "../../../src/monitor/queueSearch";
import { failedResult, jobFacts, succeededResult } from "../../support/jobFacts";
import { ManualClock } from "../../support/manualClock";

const readAt = 1_700_000_000_000;
const second = 1000;
const hour = 3_600_000;
const gone = { job: null } as const;
const queued = { queued: { queue: "arq:queue", score: readAt - second } } as const;
const running = { ...queued, inProgressTtl: 300_000, retry: { tries: 1, ttl: 88_400_000 - second } } as const;

function apply(index: JobIndex, facts: Partial<JobFacts>, context: Partial<ApplyContext> = {}): Applied {
  const whole = jobFacts({ id: "job", readAt, ...facts });
  const rest = { live: true, sweep: 1, evidence: undefined, horizon: 0 };
  return index.apply(whole, { now: whole.readAt, ...rest, ...context });
}

function events(applied: Applied): string[] {
  return applied.events.map(({ event, inferred }) => (inferred ? `(${event})` : event));
}

describe("The job index", () => {
  it("says that nothing changed when nothing did, though TTLs run down and clocks jitter", () => {
    const index = new JobIndex();
    assert.equal(apply(index, running).changed, true);
    const { version } = index;
    const later = { readAt: readAt + 500, inProgressTtl: 299_500, retry: { tries: 1, ttl: 88_400_000 - 1499 } };
    const again = apply(index, { ...running, ...later });
    assert.deepEqual([again.changed, again.events, index.version], [false, [], version]);
  });

  it("takes the start from the result to the millisecond, as whoever comes later reads it", () => {
    const index = new JobIndex();
    assert.equal(apply(index, running).after?.startedAt, readAt - second);
    const result = succeededResult({ startedAt: readAt - second + 1, finishedAt: readAt + 10, try: 1 });
    assert.equal(apply(index, { ...gone, result, readAt: readAt + 20 }).after?.startedAt, readAt - second + 1);
  });

  it("makes no row for a job of which nothing is left", () => {
    const index = new JobIndex();
    assert.deepEqual(apply(index, gone), { changed: false, before: null, after: null, events: [] });
    assert.deepEqual(apply(index, { ...gone, abortRequestedAt: readAt }).after, null);
    assert.equal(index.table.size, 0);
  });

  it("keeps the name of a function that ARQ no longer knew when it wrote the failure", () => {
    const index = new JobIndex();
    apply(index, queued);
    const expired = failedResult("expired", { function: "<unknown>", enqueuedAt: null });
    const { after } = apply(index, { ...gone, result: expired });
    assert.deepEqual([after?.function, after?.enqueuedAt], ["send_email", 1_699_999_990_000]);
    const unseen = new JobIndex();
    assert.equal(apply(unseen, { ...gone, result: expired }).after?.function, null);
  });

  it("tells that the payload expired before it tells of the failure, also when only the failure was seen", () => {
    const index = new JobIndex();
    apply(index, queued);
    assert.deepEqual(events(apply(index, { ...queued, job: null })), ["expired"]);
    const result = failedResult("expired", { function: "<unknown>", try: 0 });
    assert.deepEqual(events(apply(index, { ...gone, result })), ["failed"]);
    const late = new JobIndex();
    apply(late, queued);
    assert.deepEqual(events(apply(late, { ...gone, result })), ["(expired)", "failed"]);
  });

  it("tells only what lies after the horizon of a job that it meets for the first time", () => {
    const result = succeededResult();
    const all = ["(enqueued)", "(started)", "(completed)"];
    assert.deepEqual(events(apply(new JobIndex(), { ...gone, result }, { live: false })), all);
    const horizon = 1_699_999_996_000;
    assert.deepEqual(events(apply(new JobIndex(), { ...gone, result }, { live: false, horizon })), ["(completed)"]);
  });

  it("bounds the attempts it tells of, because an enqueuer may set the counter to anything", () => {
    const huge = { ...running, retry: { tries: 1_000_000, ttl: 88_400_000 - second } };
    assert.ok(apply(new JobIndex(), huge).events.length < 250);
  });

  it("names a cron job by its id when only its claim is left, and lets it go with the claim", () => {
    const index = new JobIndex();
    const id = "cron:tick:1699999990123";
    const { after } = apply(index, { id, ...gone, inProgressTtl: 50_000 });
    assert.deepEqual([after?.state, after?.function, after?.finishedAt], ["finished", "cron:tick", readAt - 10_000]);
    assert.equal(index.nextDeadline, readAt + 50_000);
    assert.deepEqual(events(apply(index, { id, ...gone, readAt: readAt + 50_001 })), []);
  });

  it("does not tell again of the end of a cron job whose result is forgotten before its claim lapses", () => {
    const index = new JobIndex();
    const id = "cron:tick:1699999990000";
    apply(index, { ...gone, id, inProgressTtl: 60_000, result: succeededResult({ finishedAt: readAt }) });
    // Its worker's clock is two seconds ahead of Redis'.
    const left = apply(index, { ...gone, id, readAt: readAt + 10_000, inProgressTtl: 48_000 });
    assert.deepEqual([left.after?.state, left.events], ["finished", []]);
  });

  it("says which jobs time has changed, each once, the earliest first", () => {
    const index = new JobIndex();
    const due = (id: string, ms: number): Applied =>
      apply(index, { id, queued: { queue: "arq:queue", score: readAt + ms } });
    for (const [id, ms] of [
      ["c", 3000],
      ["a", 1000],
      ["d", 4000],
      ["b", 2000],
    ] as const)
      due(id, ms);
    due("d", 500);
    assert.equal(index.nextDeadline, readAt + 500);
    assert.deepEqual(index.takeDue(readAt + 2500), ["d", "a", "b"]);
    assert.deepEqual(index.takeDue(readAt + 2500), []);
    assert.equal(index.nextDeadline, readAt + 3000);
  });

  it("does not pile up deadlines of a job that is read again and again", () => {
    const index = new JobIndex();
    for (let round = 0; round < 5000; round++) {
      apply(index, { readAt: readAt + round, queued: { queue: "arq:queue", score: readAt + 1_000_000 + round } });
    }
    assert.deepEqual(index.takeDue(readAt + 3_000_000), ["job"]);
  });

  it("remembers 500 jobs that Redis forgot, and since when, in no row of the table", () => {
    const index = new JobIndex();
    for (let n = 0; n < 600; n++) {
      apply(index, { id: `j${n}`, ...queued });
      apply(index, { id: `j${n}`, ...gone, readAt: readAt + n });
    }
    const last = index.row("j599", readAt);
    assert.deepEqual([last?.state, last?.rememberedSince], ["finished", readAt + 599]);
    assert.equal(index.row("j99", readAt), null);
    assert.equal(index.row("j100", readAt)?.rememberedSince, readAt + 100);
    assert.deepEqual([index.table.size, index.remembered.size], [0, 500]);
  });

  it("remembers 5,000 failed jobs with their errors, which others do not push out", () => {
    const index = new JobIndex();
    const forget = (id: string, facts: Partial<JobFacts>): void => {
      apply(index, { id, ...gone, ...facts });
      apply(index, { id, ...gone });
    };
    for (let n = 0; n < 5001; n++) forget(`f${n}`, { result: failedResult("exception") });
    for (let n = 0; n < 600; n++) forget(`c${n}`, { result: succeededResult() });
    assert.equal(index.row("f0", readAt), null);
    assert.equal(index.row("f1", readAt)?.error?.message, "bad");
    assert.equal([...index.remembered].length, 5500);
  });

  it("no longer remembers a job whose id is enqueued anew", () => {
    const index = new JobIndex();
    apply(index, { ...gone, result: failedResult("exception") });
    apply(index, gone);
    assert.equal(index.row("job", readAt)?.rememberedSince, readAt);
    const { version } = index;
    apply(index, { ...queued, readAt: readAt + second });
    assert.deepEqual([index.row("job", readAt)?.state, index.row("job", readAt)?.rememberedSince], ["queued", null]);
    assert.equal(index.remembered.size, 0);
    assert.ok(index.version > version);
  });

  it("reads off a finished job that it meets for the first time what it would have seen of its life", () => {
    const result = { ...failedResult("timeout", { try: 3 }), ttl: null };
    const facts = { ...gone, id: "cron:tick:1699999990000", result, readAt };
    const looked = new JobIndex();
    apply(looked, facts, { live: false, horizon: readAt });
    const watched = new JobIndex();
    apply(watched, { ...facts, inProgressTtl: 50_000 }, { live: false });
    apply(watched, facts);
    const { id } = facts;
    assert.deepEqual(looked.row(id, readAt), watched.row(id, readAt));
    const row = looked.table.find(id);
    assert.deepEqual(looked.table.told(row), watched.table.told(watched.table.find(id)));
    assert.deepEqual([apply(looked, facts).changed, looked.version], [false, 1]);
  });

  it("sees that the same id has ended anew, by the same function in the same queue", () => {
    const index = new JobIndex();
    apply(index, { ...gone, result: succeededResult() }, { live: false, horizon: readAt });
    const anew = succeededResult({ startedAt: 1_699_999_999_000, finishedAt: 1_699_999_999_500, enqueuedAt: readAt });
    const { changed, after } = apply(index, { ...gone, result: anew }, { live: false });
    assert.deepEqual([changed, after?.finishedAt], [true, 1_699_999_999_500]);
  });

  it("finds the jobs that a sweep has not met, in portions", () => {
    const index = new JobIndex();
    for (let n = 0; n < 5000; n++) apply(index, { id: `j${n}`, ...queued }, { sweep: n % 2 === 0 ? 65_537 : 65_536 });
    const portions = [...index.notMetIn(65_537)];
    assert.ok(portions.every((ids) => ids.length <= 2000));
    assert.deepEqual(new Set(portions.flat()), new Set(Array.from({ length: 2500 }, (_, n) => `j${2 * n + 1}`)));
  });
});

describe("The book of queues", () => {
  it("asks again for a queue that was empty, when it is touched: its first job must not seem to be in no queue", () => {
    const book = new QueueBook([]);
    const empty = { name: "arq:queue", depth: 0, due: 0, oldestDueAt: null, confirmed: false };
    book.meet("arq:queue", 1);
    book.count(["arq:queue"], [empty]);
    assert.deepEqual(book.uncounted, []);
    book.meet("arq:queue", 1);
    assert.deepEqual(book.uncounted, ["arq:queue"]);
    book.count(["arq:queue"], [{ ...empty, depth: 1, confirmed: true }]);
    book.meet("arq:queue", 1);
    assert.deepEqual(book.uncounted, []);
  });

  it("never says that more jobs are due than there are, when it hears of a new depth alone", () => {
    const book = new QueueBook([]);
    book.meet("arq:queue", 1);
    book.count(["arq:queue"], [{ name: "arq:queue", depth: 5, due: 3, oldestDueAt: 1, confirmed: true }]);
    book.setDepth("arq:queue", 4);
    assert.deepEqual([book.facts("arq:queue")?.depth, book.facts("arq:queue")?.due], [4, 3]);
    book.setDepth("arq:queue", 1);
    assert.deepEqual([book.facts("arq:queue")?.depth, book.facts("arq:queue")?.due], [1, 1]);
  });

  it("asks again for a queue whose members had no payload, when it is touched: the next one may be a job", () => {
    const book = new QueueBook([]);
    const expired = { name: "arq:queue", depth: 5, due: 5, oldestDueAt: null, confirmed: false };
    book.meet("arq:queue", 1);
    book.count(["arq:queue"], [expired]);
    assert.deepEqual(book.uncounted, []);
    book.meet("arq:queue", 1);
    assert.deepEqual(book.uncounted, ["arq:queue"]);
    book.count(["arq:queue"], [{ ...expired, depth: 6, confirmed: true }]);
    book.meet("arq:queue", 1);
    assert.deepEqual(book.uncounted, []);
  });
});

describe("The search for queues", () => {
  it("begins at once, waits longer after each vain one, and is quick again after a find", () => {
    const clock = new ManualClock();
    const at: number[] = [];
    const began = clock.now();
    const search = new QueueSearch(clock, () => at.push(Math.round((clock.now() - began) / second)));
    for (let s = 0; s < 40; s++) {
      search.jobElsewhere();
      clock.advance(second);
    }
    assert.deepEqual(at, [0, 4, 12, 28]);
    search.queueFound();
    search.jobElsewhere();
    clock.advance(3 * second);
    assert.equal(at.length, 5);
    search.jobElsewhere();
    search.close();
    clock.advance(hour);
    assert.equal(at.length, 5);
  });
});
