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
  claimEndsAt: null,
};
const enqueuedAt = now - 10_000;

describe("jobTimes", () => {
  const due = { queue: "arq:queue", score: now - 5000 };
  const firstTry = { tries: 1, ttl: 88_400_000 - 4000 };
  const claimed = { inProgressTtl: 306_000 };
  const claimEndsAt = now + 306_000;
  const queuedTimes = { ...nothing, tries: 0, enqueuedAt, scheduledAt: now - 5000 };
  const runningTimes = { ...queuedTimes, tries: 1, startedAt: now - 4000, runMs: 4000, claimEndsAt };
  const finishedTimes = {
    ...nothing,
    tries: 1,
    enqueuedAt,
    startedAt: now - 5000,
    finishedAt: now - 3500,
    runMs: 1500,
  };
  const cronId = `cron:report:${now - 5123}`;
  const givenTry = (given: number): JobFacts["job"] => {
    const job = payload("f");
    return { ...job, decoded: { ...job.decoded, try: given } as typeof job.decoded };
  };

  const table: [sentence: string, facts: Partial<JobFacts>, times: JobTimes][] = [
    ["knows of a queued job when it came, when it was due, and that nothing was tried", { queued: due }, queuedTimes],
    [
      "knows when a deferred job is due",
      { queued: { queue: "q", score: now + 60_000 } },
      { ...queuedTimes, scheduledAt: now + 60_000 },
    ],
    ["shows score 0, which ARQ never runs", { queued: { queue: "q", score: 0 } }, { ...queuedTimes, scheduledAt: 0 }],
    [
      "reads the start of an attempt from the TTL of its counter, the wait from the score, and when the claim lapses",
      { queued: due, ...claimed, retry: firstTry },
      { ...runningTimes, waitMs: 1000 },
    ],
    [
      "knows no wait of a second attempt, whose score may be the old one",
      { queued: due, ...claimed, retry: { ...firstTry, tries: 2 } },
      { ...runningTimes, tries: 2 },
    ],
    [
      "takes the first attempt of a job enqueued with _job_try=3 for the third, and knows its wait",
      { queued: due, ...claimed, retry: { ...firstTry, tries: 3 }, job: givenTry(3) },
      { ...runningTimes, tries: 3, waitMs: 1000 },
    ],
    [
      "knows no wait of the attempt after that",
      { queued: due, ...claimed, retry: { ...firstTry, tries: 4 }, job: givenTry(3) },
      { ...runningTimes, tries: 4 },
    ],
    [
      "knows no wait of a job whose score is no time",
      { queued: { queue: "q", score: 1 }, ...claimed, retry: firstTry },
      { ...runningTimes, scheduledAt: 1 },
    ],
    [
      "says no negative wait of a job that was due later by the clock of its enqueuer",
      { queued: { queue: "q", score: now - 3990 }, ...claimed, retry: firstTry },
      { ...runningTimes, scheduledAt: now - 3990, waitMs: 0 },
    ],
    [
      "says no negative run of an attempt that Redis dates after our clock",
      { readAt: now + 4200, queued: due, ...claimed, retry: { tries: 2, ttl: 88_400_000 } },
      { ...runningTimes, tries: 2, startedAt: now + 4200, runMs: 0, claimEndsAt: claimEndsAt + 4200 },
    ],
    [
      "keeps the start of the last attempt of a job that waits for the next",
      { queued: due, retry: firstTry },
      { ...queuedTimes, tries: 1, startedAt: now - 4000 },
    ],
    [
      "knows when a job that raised Retry(defer=…) is tried next",
      { queued: { queue: "q", score: now + 30_000 }, retry: { tries: 2, ttl: 88_400_000 - 4000 } },
      { ...queuedTimes, tries: 2, scheduledAt: now + 30_000, startedAt: now - 4000 },
    ],
    [
      "knows no run of a cron job whose attempt is over, but until when no worker takes it",
      {
        id: cronId,
        job: payload("cron:report"),
        queued: due,
        inProgressTtl: 57_300,
        retry: { tries: 1, ttl: 88_400_000 - 12_000 },
      },
      { ...queuedTimes, tries: 1, startedAt: now - 12_000, claimEndsAt: now + 57_300 },
    ],
    [
      "knows until when the claim of its last run keeps a cron job with a constant id waiting",
      { id: "nightly", queued: due, inProgressTtl: 31_000, job: payload("cron:report") },
      { ...queuedTimes, claimEndsAt: now + 31_000 },
    ],
    [
      "knows no start of a claimed job that has not begun",
      { queued: due, inProgressTtl: 310_000 },
      { ...queuedTimes, claimEndsAt: now + 310_000 },
    ],
    [
      "knows no end of a claim without expiry",
      { queued: due, inProgressTtl: -1, retry: firstTry },
      { ...runningTimes, waitMs: 1000, claimEndsAt: null },
    ],
    [
      "trusts no counter whose TTL is not ARQ's",
      { queued: due, inProgressTtl: 310_000, retry: { tries: 3, ttl: 99_000_000 } },
      { ...queuedTimes, tries: 3, claimEndsAt: now + 310_000 },
    ],
    [
      "trusts no counter without expiry",
      { queued: due, inProgressTtl: 310_000, retry: { tries: 1, ttl: -1 } },
      { ...queuedTimes, tries: 1, claimEndsAt: now + 310_000 },
    ],
    [
      "reads the end of a cron job from the claim it leaves",
      { job: null, inProgressTtl: 45_000 },
      { ...nothing, finishedAt: now - 15_000 },
    ],
    [
      "reads no end from a claim beside a counter: that is a job of a queue not known",
      { job: null, inProgressTtl: 45_000, retry: firstTry },
      { ...nothing, tries: 1, startedAt: now - 4000 },
    ],
    ["knows nothing of a job without keys", { job: null }, nothing],
    [
      "knows of a queued job without payload only when it was due",
      { queued: due, job: null },
      { ...queuedTimes, enqueuedAt: null },
    ],
    [
      "knows no enqueue time from a payload that cannot be read",
      { queued: due, job: { decoded: { ok: false, reason: "malformed", message: "?" }, ttl: 1 } },
      { ...queuedTimes, enqueuedAt: null },
    ],
    [
      "takes the times of a finished job from its result",
      { job: null, result: succeededResult({ try: 3 }) },
      { ...finishedTimes, tries: 3 },
    ],
    [
      "knows no wait of a job that ended after being deferred or retried: start less enqueue is none",
      { job: null, result: succeededResult({ enqueuedAt: now - 3_600_000 }) },
      { ...finishedTimes, enqueuedAt: now - 3_600_000 },
    ],
    [
      "lets the result outweigh a queue read a moment earlier",
      { queued: due, retry: firstTry, inProgressTtl: 4, result: succeededResult() },
      finishedTimes,
    ],
    [
      "knows no enqueue time where ARQ stored 0, because the payload was gone",
      { job: null, result: failedResult("expired", { function: "<unknown>", enqueuedAt: null }) },
      { ...finishedTimes, enqueuedAt: null, runMs: null },
    ],
    [
      "knows the wait of a finished cron job from the due time in its id",
      { id: cronId, job: null, result: succeededResult({ function: "cron:report", enqueuedAt: now - 6000 }) },
      { ...finishedTimes, enqueuedAt: now - 6000, waitMs: 123 },
    ],
    [
      "knows the wait of a cron job that was given a name of its own",
      { id: `nightly:${now - 5123}`, job: null, result: succeededResult({ function: "nightly" }) },
      { ...finishedTimes, waitMs: 123 },
    ],
    [
      "knows no wait of a cron job whose id is off by a time zone, as before ARQ 0.19.1",
      { id: `cron:report:${now - 5123 - 7_200_000}`, job: null, result: succeededResult({ function: "cron:report" }) },
      finishedTimes,
    ],
    [
      "knows no wait of a later attempt of a cron job",
      { id: cronId, job: null, result: succeededResult({ function: "cron:report", try: 2 }) },
      { ...finishedTimes, tries: 2 },
    ],
    [
      "says no negative wait of a cron job that began before it was due by another clock",
      { id: `cron:report:${now - 4000}`, job: null, result: succeededResult({ function: "cron:report" }) },
      { ...finishedTimes, waitMs: 0 },
    ],
    [
      "does not take a user's id for that of a cron job",
      { id: `order:${now - 5123}`, job: null, result: succeededResult() },
      finishedTimes,
    ],
    [
      "does not know how long a job ran whose worker's clock was set back meanwhile",
      { job: null, result: succeededResult({ finishedAt: now - 9000 }) },
      { ...finishedTimes, finishedAt: now - 9000, runMs: null },
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
