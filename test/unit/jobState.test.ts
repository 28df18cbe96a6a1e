import assert from "node:assert/strict";
import { type ClaimContext, claimLifetime, claimOf } from "../../src/arq/claim";
import type { JobFacts, JobState } from "../../src/arq/jobModel";
import { jobState, nextChangeAt } from "../../src/arq/jobState";
import { failedResult, jobFacts, payload, succeededResult } from "../support/jobFacts";

const now = 1_700_000_000_000;
const due = { queue: "arq:queue", score: now - 5000 };
/** Due long before the attempt began, as the score of a running job is. */
const early = { queue: "arq:queue", score: now - 400_000 };
const later = { queue: "arq:queue", score: now + 5000 };
const gone = { job: null } as const;
const cron = "cron:report:1700000000123";

/** `arq:retry:<id>` of a first attempt that began so long ago. */
function attemptOf(ageMs: number): NonNullable<JobFacts["retry"]> {
  return { tries: 1, ttl: 88_400_000 - ageMs };
}

describe("jobState", () => {
  const table: [sentence: string, facts: Partial<JobFacts>, state: JobState][] = [
    ["a stored success is complete", { ...gone, result: succeededResult() }, "complete"],
    ["a stored exception is failed", { ...gone, result: failedResult("exception") }, "failed"],
    ["a timeout is failed", { ...gone, result: failedResult("timeout") }, "failed"],
    ["a stored abort is aborted", { ...gone, result: failedResult("aborted") }, "aborted"],
    ["an expiry that ARQ wrote down is failed", { ...gone, result: failedResult("expired") }, "failed"],
    ["tries used up are failed", { ...gone, result: failedResult("maxRetries") }, "failed"],
    ["a result that was lost is failed", { ...gone, result: failedResult("resultLost") }, "failed"],
    [
      "a result that cannot be read is unknown",
      { ...gone, result: { decoded: { ok: false, reason: "malformed", message: "?" }, ttl: null } },
      "unknown",
    ],
    [
      "a result outweighs the claim that its cron job left",
      { ...gone, inProgressTtl: 59_000, result: failedResult("exception") },
      "failed",
    ],
    [
      "a result of a job whose name and enqueue time were gone is failed",
      { ...gone, result: failedResult("expired", { function: "<unknown>", enqueuedAt: null }) },
      "failed",
    ],
    [
      "a result outweighs a claim and a queue read a moment earlier",
      { queued: due, inProgressTtl: 300_000, result: succeededResult() },
      "complete",
    ],
    // Waiting in a queue.
    ["a due job is queued", { queued: due }, "queued"],
    ["a job due this very millisecond is queued", { queued: { queue: "q", score: now } }, "queued"],
    ["a job of score 0 is queued, though ARQ never runs it", { queued: { queue: "q", score: 0 } }, "queued"],
    ["a job that is not due is deferred", { queued: later }, "deferred"],
    ["a job of an endless score is deferred", { queued: { queue: "q", score: Infinity } }, "deferred"],
    [
      "a deferred job whose abort was asked for (score 1) is queued, and its abort entry changes nothing",
      { queued: { queue: "q", score: 1 }, abortRequestedAt: now - 1000 },
      "queued",
    ],
    ["the same without an abort entry is queued", { queued: { queue: "q", score: 1 } }, "queued"],
    [
      "an abort that lingers under an id enqueued anew does not abort it yet",
      { queued: due, abortRequestedAt: 1 },
      "queued",
    ],
    ["a queued job without payload is expired", { ...gone, queued: due }, "expired"],
    ["a deferred job without payload is expired", { ...gone, queued: later }, "expired"],
    ["a retrying job without payload is expired", { ...gone, queued: due, retry: { tries: 1, ttl: 9 } }, "expired"],
    [
      "a payload that cannot be read does not change the state",
      { queued: due, job: { decoded: { ok: false, reason: "unsupported", message: "?" }, ttl: 1000 } },
      "queued",
    ],
    ["a payload without expiry is there", { queued: due, job: payload("f", -1) }, "queued"],

    // Running.
    ["a claimed job is running", { queued: due, inProgressTtl: 300_000, retry: attemptOf(10_000) }, "running"],
    [
      "a claimed job is running though its abort is asked for",
      { queued: due, inProgressTtl: 300_000, retry: attemptOf(10_000), abortRequestedAt: now - 3000 },
      "running",
    ],
    [
      "a job enqueued with _job_try=3 is running in its first attempt",
      { queued: due, inProgressTtl: 309_990, retry: { tries: 3, ttl: 88_400_000 } },
      "running",
    ],
    ["a claimed job that has not begun is running", { queued: due, inProgressTtl: 309_990 }, "running"],
    [
      "a claimed job whose payload expired meanwhile is running",
      { ...gone, queued: due, inProgressTtl: 9000, retry: attemptOf(86_000_000) },
      "running",
    ],
    ["a claim without expiry is running", { queued: due, inProgressTtl: -1 }, "running"],
    ["a claim that went away while it was read is none", { queued: due, inProgressTtl: -2 }, "queued"],
    [
      "a job of a worker with short timeouts is running to the end of its claim's last minute",
      { queued: due, inProgressTtl: 20_000, retry: attemptOf(9_985) },
      "running",
    ],
    [
      "a cron job is running in the last minute of its claim, which ends a whole number of seconds after the start",
      { id: cron, job: payload("cron:report"), queued: early, inProgressTtl: 40_000, retry: attemptOf(269_960) },
      "running",
    ],
    [
      "a cron job of a worker with timeouts under 50 s is running",
      { id: cron, job: payload("cron:report"), queued: early, inProgressTtl: 15_000, retry: attemptOf(5_300) },
      "running",
    ],

    // An attempt is over, and another one is to come.
    [
      "a job that raised Retry, or was cancelled by a shutdown, is retrying",
      { queued: due, retry: attemptOf(400_000) },
      "retrying",
    ],
    [
      "a job that raised Retry(defer=…) is retrying",
      { queued: later, retry: { tries: 2, ttl: 88_000_000 } },
      "retrying",
    ],
    [
      "a job whose worker was killed is retrying once the claim has lapsed",
      { queued: due, retry: attemptOf(310_001) },
      "retrying",
    ],
    ["a retrying job of score 0 is retrying", { queued: { queue: "q", score: 0 }, retry: attemptOf(1) }, "retrying"],
    [
      "a cron job cancelled by a shutdown is retrying, though its claim lives for 60 s more",
      { id: cron, job: payload("cron:report"), queued: early, inProgressTtl: 58_000, retry: attemptOf(14_345) },
      "retrying",
    ],
    [
      "a cron job that raised Retry(defer=…) is retrying, because its score was moved past the start",
      { id: cron, job: payload("cron:report"), queued: later, inProgressTtl: 58_000, retry: attemptOf(12_020) },
      "retrying",
    ],
    [
      "a cron job with a name of its own is one by its id",
      {
        id: "nightly:1700000000123",
        job: payload("nightly"),
        queued: early,
        inProgressTtl: 58_000,
        retry: attemptOf(14_345),
      },
      "retrying",
    ],
    [
      "a cron job whose payload has expired meanwhile, cancelled by a shutdown, is expired",
      { ...gone, id: cron, queued: due, inProgressTtl: 58_000, retry: attemptOf(14_345) },
      "expired",
    ],
    [
      "a cron job with a constant id, queued again while the claim of its last run lingers, is queued",
      { id: "nightly", job: payload("cron:report"), queued: due, inProgressTtl: 50_000 },
      "queued",
    ],
    [
      "the same with a name of its own is queued: what had begun would have a counter",
      { id: "nightly", job: payload("nightly"), queued: due, inProgressTtl: 50_000 },
      "queued",
    ],
    [
      "the same deferred is deferred",
      { id: "nightly", job: payload("nightly"), queued: later, inProgressTtl: 50_000 },
      "deferred",
    ],
    [
      "a job that runs for longer than its counter lives is running",
      {
        queued: due,
        inProgressTtl: 50_000,
        job: { decoded: { ok: true, function: "f", enqueuedAt: now - 90_000_000, try: null }, ttl: 9_000_000 },
      },
      "running",
    ],

    // In no queue that is known.
    ["a claim of a minute in no queue is a cron job that has finished", { ...gone, inProgressTtl: 59_999 }, "finished"],
    ["a longer claim in no queue is unknown", { ...gone, inProgressTtl: 60_001 }, "unknown"],
    [
      "a short claim with a counter in no queue is unknown",
      { ...gone, inProgressTtl: 9, retry: attemptOf(1) },
      "unknown",
    ],
    ["a payload in no known queue is unknown", {}, "unknown"],
    ["a claimed payload in no known queue is unknown", { inProgressTtl: 30_000 }, "unknown"],
    ["a counter alone is unknown", { ...gone, retry: { tries: 1, ttl: 88_000_000 } }, "unknown"],
    ["an abort of an id that has no job is none", { ...gone, abortRequestedAt: now - 86_400_000 }, "finished"],
    ["nothing at all is finished, as after a result that was not kept or lost", gone, "finished"],
  ];
  for (const [sentence, facts, state] of table) {
    it(sentence, () => assert.equal(jobState(jobFacts({ readAt: now, ...facts }), now), state));
  }

  const running = jobFacts({
    readAt: now,
    queued: early,
    inProgressTtl: 310_000,
    retry: { tries: 1, ttl: 88_400_000 },
  });

  it("is orphaned once the claim has outlived every timeout of the worker", () => {
    assert.equal(jobState(running, now + 299_999), "running");
    assert.equal(jobState(running, now + 304_999), "running");
    assert.equal(jobState(running, now + 305_000), "orphaned");
  });

  it("is retrying when the claim has lapsed", () => {
    assert.equal(jobState(running, now + 310_000), "retrying");
  });

  it("never takes the short claim of a cancelled cron job for an orphan", () => {
    assert.equal(jobState({ ...running, id: cron, inProgressTtl: 2000 }, now), "running");
    assert.equal(jobState({ ...running, job: payload("cron:report"), inProgressTtl: 2000 }, now), "running");
    assert.equal(jobState({ ...running, job: null, inProgressTtl: 2000 }, now), "running");
  });

  describe("of a claim, with what else is known", () => {
    const attempt = { ...running, inProgressTtl: 300_000, retry: attemptOf(10_000) };
    const started = now - 10_000;
    const none = { at: now, clients: [] };
    const seen = { worker: "web-1:7", seenAt: now - 4000, alive: true };
    const interrupted = {
      ...attempt,
      queued: early,
      id: cron,
      job: payload("cron:report"),
      inProgressTtl: 57_000,
      retry: attemptOf(13_000),
    };
    const interruptedLater = { ...interrupted, inProgressTtl: 42_000, retry: attemptOf(268_000) };
    const lookedBefore = { readAt: now - 12_000, startedAt: now - 13_000, endsAt: now + 297_000 };
    const table: [sentence: string, facts: JobFacts, context: ClaimContext, state: JobState][] = [
      ["CLIENT LIST shows no foreign connection at all", attempt, { connections: none }, "orphaned"],
      [
        "CLIENT LIST shows only connections younger than the attempt",
        attempt,
        { connections: { at: now, clients: [{ age: 8, idle: 0 }] } },
        "orphaned",
      ],
      [
        "CLIENT LIST shows one that may be as old",
        attempt,
        { connections: { at: now, clients: [{ age: 9, idle: 0 }] } },
        "running",
      ],
      [
        "CLIENT LIST shows an older one",
        attempt,
        { connections: { at: now, clients: [{ age: 4000, idle: 0 }] } },
        "running",
      ],
      [
        "the same, but an earlier list has shown that its worker is gone",
        attempt,
        {
          missed: true,
          connections: {
            at: now,
            clients: [
              { age: 4000, idle: 13 },
              { age: 3, idle: 0 },
            ],
          },
        },
        "orphaned",
      ],
      [
        "CLIENT LIST was read before the attempt began",
        attempt,
        { connections: { ...none, at: now - 20_000 } },
        "running",
      ],
      [
        "the server was started after the attempt began",
        attempt,
        { connections: { ...none, since: started + 1 } },
        "running",
      ],
      ["the server was started before that", attempt, { connections: { ...none, since: started } }, "orphaned"],
      [
        "a connection open at its start was closed after a long silence",
        attempt,
        { connections: { ...none, silent: [{ from: started - 5000, to: started + 1500 }] } },
        "running",
      ],
      [
        "a connection that fell silent before its start was closed",
        attempt,
        { connections: { ...none, silent: [{ from: started - 5000, to: started - 1 }] } },
        "orphaned",
      ],
      ["the start of the attempt is not known", { ...running, retry: null }, { connections: none }, "running"],
      ["the job is not claimed", jobFacts({ readAt: now, queued: early }), { connections: none }, "queued"],
      ["the job is in no known queue", { ...attempt, queued: null }, { connections: none }, "unknown"],
      ["a worker that is still there said that it runs it", attempt, { seen }, "running"],
      ["its worker has fallen silent", attempt, { seen: { ...seen, alive: false } }, "orphaned"],
      [
        "a worker that has fallen silent ran the attempt before this one",
        attempt,
        { seen: { ...seen, seenAt: started - 1, alive: false } },
        "running",
      ],
      [
        "its worker said so after every connection in CLIENT LIST was closed",
        attempt,
        { seen, connections: { at: now - 5000, clients: [] } },
        "running",
      ],
      [
        "its worker said so before, and nothing that old is connected any more",
        attempt,
        { seen, connections: { at: now, clients: [{ age: 2, idle: 0 }] } },
        "orphaned",
      ],
      [
        "its worker said so before, and a connection may be that old",
        attempt,
        { seen, connections: { at: now, clients: [{ age: 3, idle: 0 }] } },
        "running",
      ],
      [
        "the claim ends in 4 s, but its worker says that it runs it",
        { ...attempt, inProgressTtl: 4000 },
        { seen },
        "running",
      ],
      ["the claim ends in 4 s", { ...attempt, inProgressTtl: 4000 }, {}, "orphaned"],
      ["a cron job's claim was moved since it was read before", interrupted, { before: lookedBefore }, "retrying"],
      [
        "the claim of a job that nothing shows to be a cron job was moved",
        { ...interrupted, id: "nightly", job: payload("nightly") },
        { before: lookedBefore },
        "retrying",
      ],
      [
        "a cron job's claim was as long as others when it began, and has not moved",
        { ...interruptedLater, inProgressTtl: 42_345 },
        { before: { readAt: now - 267_000, startedAt: now - 268_000, endsAt: now + 42_345 } },
        "running",
      ],
      ["the claim was read so before", interrupted, { before: { ...lookedBefore, endsAt: now + 57_001 } }, "running"],
      [
        "a cron job's claim is of another length than others of its queue",
        interrupted,
        { lifetimes: [309_970] },
        "retrying",
      ],
      ["a cron job's claim is as long as others of its queue", interruptedLater, { lifetimes: [309_970] }, "running"],
      [
        "the claim of another job is of another length than others of its queue",
        { ...interrupted, id: "x", job: payload("x") },
        { lifetimes: [309_970] },
        "running",
      ],
    ];
    for (const [sentence, facts, context, state] of table) {
      it(`is ${state} when ${sentence}`, () => assert.equal(jobState(facts, now, context), state));
    }
  });

  it("tells why it is orphaned", () => {
    const facts = { ...running, inProgressTtl: 4000, retry: attemptOf(306_000) };
    const seen = { worker: "web-1:7", seenAt: now - 60_000, alive: false };
    const evidence = (context: ClaimContext): unknown => {
      const claim = claimOf(facts, now, context);
      return claim.kind === "orphaned" ? claim.evidence : claim.kind;
    };
    assert.equal(evidence({}), "claimOutlived");
    assert.equal(evidence({ connections: { at: now, clients: [] } }), "noConnection");
    assert.equal(evidence({ seen }), "workerSilent");
  });

  it("learns the lifetime of claims only from those that no cron job can have left", () => {
    assert.equal(claimLifetime({ ...running, inProgressTtl: 300_000, retry: attemptOf(9_990) }), 309_990);
    assert.equal(claimLifetime({ ...running, inProgressTtl: 12_000, retry: attemptOf(8_000) }), 20_000);
    assert.equal(claimLifetime({ ...running, inProgressTtl: 55_000, retry: attemptOf(8_000) }), null);
    assert.equal(claimLifetime({ ...running, inProgressTtl: -1, retry: attemptOf(8_000) }), null);
    assert.equal(claimLifetime({ ...running, retry: null }), null);
  });
});

describe("nextChangeAt", () => {
  const table: [sentence: string, facts: Partial<JobFacts>, at: number | null][] = [
    ["when a deferred job falls due", { queued: later }, now + 5000],
    ["never for a queued job whose payload stays", { queued: due, job: payload("f", -1) }, null],
    ["when the payload of a queued job expires", { queued: due, job: payload("f", 7000) }, now + 7000],
    ["when a counter lapses under a queued job", { queued: due, retry: { tries: 1, ttl: 900 } }, now + 900],
    [
      "never because of a due time when it is retrying",
      { queued: later, retry: { tries: 1, ttl: -1 }, job: payload("f", -1) },
      null,
    ],
    ["when a claim has outlived every timeout", { queued: due, inProgressTtl: 310_000 }, now + 305_000],
    [
      "when the claim of a cron job lapses",
      { id: "cron:x:1700000000123", queued: due, inProgressTtl: 4000, retry: { tries: 1, ttl: -1 } },
      now + 4000,
    ],
    ["never once there is a result", { queued: later, inProgressTtl: 400, result: succeededResult() }, null],
    ["never for a finished cron job", { job: null, inProgressTtl: 400 }, null],
    ["when the last trace of a strange claim goes", { job: null, inProgressTtl: 90_000 }, now + 90_000],
  ];
  for (const [sentence, facts, at] of table) {
    it(`is ${sentence}`, () => {
      const whole = jobFacts({ readAt: now, ...facts });
      assert.equal(nextChangeAt(whole, now), at);
      if (at !== null) assert.notEqual(jobState(whole, at), jobState(whole, now));
    });
  }
});
