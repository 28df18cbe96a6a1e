import assert from "node:assert/strict";
import type { JobFacts } from "../../src/arq/jobModel";
import { type JobTimes, jobTimes } from "../../src/arq/jobTimes";
import { failedResult, jobFacts, payload, succeededResult } from "../support/jobFacts";

const now = 1_700_000_000_000;
const nothing: JobTimes = {
  tries: null,
  enqueuedAt: null,
  scheduledAt: null,
  startedAt: null,
  finishedAt: null,
  waitMs: null,
  runMs: null,
};
const enqueuedAt = now - 10_000;

describe("jobTimes", () => {
  const due = { queue: "arq:queue", score: now - 5000 };
  const firstTry = { tries: 1, ttl: 88_400_000 - 4000 };
  const table: [sentence: string, facts: Partial<JobFacts>, times: JobTimes][] = [
    [
      "knows of a queued job when it came, when it was due, and that nothing was tried",
      { queued: due },
      { ...nothing, tries: 0, enqueuedAt, scheduledAt: now - 5000 },
    ],
    [
      "reads the start of an attempt from the TTL of its counter, and the wait from the score",
      { queued: due, inProgressTtl: 306_000, retry: firstTry },
      {
        ...nothing,
        tries: 1,
        enqueuedAt,
        scheduledAt: now - 5000,
        startedAt: now - 4000,
        waitMs: 1000,
        runMs: 4000,
      },
    ],
    [
      "knows no wait of a second attempt, whose score may be the old one",
      { queued: due, inProgressTtl: 306_000, retry: { ...firstTry, tries: 2 } },
      { ...nothing, tries: 2, enqueuedAt, scheduledAt: now - 5000, startedAt: now - 4000, runMs: 4000 },
    ],
    [
      "knows no wait of a job whose score is no time",
      { queued: { queue: "q", score: 1 }, inProgressTtl: 306_000, retry: firstTry },
      { ...nothing, tries: 1, enqueuedAt, scheduledAt: 1, startedAt: now - 4000, runMs: 4000 },
    ],
    [
      "says no negative wait of a job that an old worker started before it was due",
      { queued: { queue: "q", score: now - 3990 }, inProgressTtl: 306_000, retry: firstTry },
      { ...nothing, tries: 1, enqueuedAt, scheduledAt: now - 3990, startedAt: now - 4000, waitMs: 0, runMs: 4000 },
    ],
    [
      "keeps the start of the last attempt of a job that waits for the next",
      { queued: due, retry: firstTry },
      { ...nothing, tries: 1, enqueuedAt, scheduledAt: now - 5000, startedAt: now - 4000 },
    ],
    [
      "knows no start of a claimed job that has not begun",
      { queued: due, inProgressTtl: 310_000 },
      { ...nothing, tries: 0, enqueuedAt, scheduledAt: now - 5000 },
    ],
    [
      "trusts no counter whose TTL is not ARQ's",
      { queued: due, inProgressTtl: 310_000, retry: { tries: 3, ttl: 99_000_000 } },
      { ...nothing, tries: 3, enqueuedAt, scheduledAt: now - 5000 },
    ],
    [
      "reads the end of a cron job from the claim it leaves",
      { job: null, inProgressTtl: 45_000 },
      { ...nothing, finishedAt: now - 15_000 },
    ],
    ["knows nothing of a job without keys", { job: null }, nothing],
    [
      "knows no enqueue time from a payload that cannot be read",
      { queued: due, job: { decoded: { ok: false, reason: "malformed", message: "?" }, ttl: 1 } },
      { ...nothing, tries: 0, scheduledAt: now - 5000 },
    ],
    [
      "takes the times of a finished job from its result",
      { job: null, result: succeededResult({ try: 3 }) },
      {
        tries: 3,
        enqueuedAt,
        scheduledAt: null,
        startedAt: now - 5000,
        finishedAt: now - 3500,
        waitMs: null,
        runMs: 1500,
      },
    ],
    [
      "lets the result outweigh a queue read a moment earlier",
      { queued: due, retry: firstTry, inProgressTtl: 4, result: succeededResult() },
      {
        tries: 1,
        enqueuedAt,
        scheduledAt: null,
        startedAt: now - 5000,
        finishedAt: now - 3500,
        waitMs: null,
        runMs: 1500,
      },
    ],
    [
      "knows the wait of a finished cron job from the due time in its id",
      {
        id: `cron:report:${now - 5123}`,
        job: null,
        result: succeededResult({ function: "cron:report", enqueuedAt: now - 6000 }),
      },
      {
        tries: 1,
        enqueuedAt: now - 6000,
        scheduledAt: null,
        startedAt: now - 5000,
        finishedAt: now - 3500,
        waitMs: 123,
        runMs: 1500,
      },
    ],
    [
      "does not take a user's id for that of a cron job",
      { id: `order:${now - 5123}`, job: null, result: succeededResult() },
      {
        tries: 1,
        enqueuedAt,
        scheduledAt: null,
        startedAt: now - 5000,
        finishedAt: now - 3500,
        waitMs: null,
        runMs: 1500,
      },
    ],
    [
      "says no negative run when the worker's clock was set back",
      { job: null, result: succeededResult({ finishedAt: now - 9000 }) },
      {
        tries: 1,
        enqueuedAt,
        scheduledAt: null,
        startedAt: now - 5000,
        finishedAt: now - 9000,
        waitMs: null,
        runMs: 0,
      },
    ],
    [
      "knows only the enqueue time under a result that cannot be read",
      { job: payload("f"), result: { decoded: { ok: false, reason: "limit", message: "?" }, ttl: null } },
      { ...nothing, enqueuedAt },
    ],
  ];
  for (const [sentence, facts, times] of table) {
    it(sentence, () => assert.deepEqual(jobTimes(jobFacts({ readAt: now, ...facts }), now), times));
  }

  it("counts the run of a claimed job on from the reading, and stops when the claim has lapsed", () => {
    const facts = jobFacts({ readAt: now, queued: due, inProgressTtl: 306_000, retry: firstTry });
    assert.equal(jobTimes(facts, now + 60_000).runMs, 64_000);
    assert.equal(jobTimes(facts, now + 306_000).runMs, null);
  });

  for (const kind of ["expired", "notFound", "maxRetries", "badPayload"] as const) {
    it(`knows no run of a job that failed as ${kind}: its function was not called`, () => {
      const times = jobTimes(jobFacts({ job: null, result: failedResult(kind) }), now);
      assert.equal(times.runMs, null);
      assert.equal(times.finishedAt, now - 3500);
    });
  }
});
