import assert from "node:assert/strict";
import type { JobFacts, JobState } from "../../src/arq/jobModel";
import { type ClaimEvidence, jobState, nextChangeAt } from "../../src/arq/jobState";
import { failedResult, jobFacts, payload, succeededResult } from "../support/jobFacts";

const now = 1_700_000_000_000;
const due = { queue: "arq:queue", score: now - 5000 };
const later = { queue: "arq:queue", score: now + 5000 };
const gone = { job: null } as const;

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
      "a result outweighs a claim and a queue read a moment earlier",
      { queued: due, inProgressTtl: 300_000, result: succeededResult() },
      "complete",
    ],
    ["a due job is queued", { queued: due }, "queued"],
    ["a job due this very millisecond is queued", { queued: { queue: "q", score: now } }, "queued"],
    ["a job of score 0 is queued, though ARQ never runs it", { queued: { queue: "q", score: 0 } }, "queued"],
    ["a job that is not due is deferred", { queued: later }, "deferred"],
    [
      "a claimed job is running",
      { queued: due, inProgressTtl: 300_000, retry: { tries: 1, ttl: 88_390_000 } },
      "running",
    ],
    [
      "a claimed job whose payload expired meanwhile is running",
      { ...gone, queued: due, inProgressTtl: 9000 },
      "running",
    ],
    ["a claim without expiry is running", { queued: due, inProgressTtl: -1 }, "running"],
    ["a claim that went away while it was read is none", { queued: due, inProgressTtl: -2 }, "queued"],
    [
      "a job with a counter that is due again is retrying",
      { queued: due, retry: { tries: 1, ttl: 88_000_000 } },
      "retrying",
    ],
    [
      "a job with a counter that waits is retrying",
      { queued: later, retry: { tries: 2, ttl: 88_000_000 } },
      "retrying",
    ],
    ["a queued job without payload is expired", { ...gone, queued: due }, "expired"],
    ["a deferred job without payload is expired", { ...gone, queued: later }, "expired"],
    ["a retrying job without payload is expired", { ...gone, queued: due, retry: { tries: 1, ttl: 9 } }, "expired"],
    [
      "a payload that cannot be read does not change the state",
      { queued: due, job: { decoded: { ok: false, reason: "unsupported", message: "?" }, ttl: 1000 } },
      "queued",
    ],
    ["a claim of a minute in no queue is a cron job that has finished", { ...gone, inProgressTtl: 59_999 }, "finished"],
    ["a longer claim in no queue is unknown", { ...gone, inProgressTtl: 60_001 }, "unknown"],
    ["a payload in no known queue is unknown", {}, "unknown"],
    ["a claimed payload in no known queue is unknown", { inProgressTtl: 30_000 }, "unknown"],
    ["a counter alone is unknown", { ...gone, retry: { tries: 1, ttl: 88_000_000 } }, "unknown"],
    ["nothing at all is finished", gone, "finished"],
  ];
  for (const [sentence, facts, state] of table) {
    it(sentence, () => assert.equal(jobState(jobFacts({ readAt: now, ...facts }), now), state));
  }

  const running = jobFacts({ readAt: now, queued: due, inProgressTtl: 310_000, retry: { tries: 1, ttl: 88_400_000 } });
  const cron = "cron:report:1700000000123";

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

  it("is queued, not running, while only the claim of a cron job's last run lingers", () => {
    const again = jobFacts({
      readAt: now,
      id: "constant",
      queued: due,
      job: payload("cron:report"),
      inProgressTtl: 50_000,
    });
    assert.equal(jobState(again, now), "queued");
    assert.equal(jobState({ ...again, retry: { tries: 1, ttl: 88_399_000 } }, now), "running");
    assert.equal(jobState({ ...again, inProgressTtl: 60_001 }, now), "running");
    assert.equal(jobState({ ...again, job: payload("report") }, now), "running");
  });

  const attempt = { ...running, retry: { tries: 1, ttl: 88_390_000 } };
  const evidence: [sentence: string, facts: JobFacts, evidence: ClaimEvidence, state: JobState][] = [
    ["no foreign connection at all", attempt, { at: now, oldestForeignSeconds: null }, "orphaned"],
    ["only connections younger than the attempt", attempt, { at: now, oldestForeignSeconds: 8 }, "orphaned"],
    ["a connection that may be as old", attempt, { at: now, oldestForeignSeconds: 9 }, "running"],
    ["an older connection", attempt, { at: now, oldestForeignSeconds: 4000 }, "running"],
    ["a list read before the attempt began", attempt, { at: now - 20_000, oldestForeignSeconds: null }, "running"],
    [
      "an attempt whose start is not known",
      { ...running, retry: null },
      { at: now, oldestForeignSeconds: null },
      "running",
    ],
    [
      "a job that is not claimed",
      jobFacts({ readAt: now, queued: due }),
      { at: now, oldestForeignSeconds: null },
      "queued",
    ],
  ];
  for (const [sentence, facts, clients, state] of evidence) {
    it(`is ${state} when CLIENT LIST shows ${sentence}`, () => assert.equal(jobState(facts, now, clients), state));
  }
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
