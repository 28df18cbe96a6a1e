import assert from "node:assert/strict";
import { formatCountdown, formatDuration } from "../../src/arq/duration";
import { describeAbort, describeState, type StateFacts, tracebackRemedies } from "../../src/arq/explain";
import { explainRetry } from "../../src/arq/explainRetry";
import type { FailureKind, JobState } from "../../src/arq/jobModel";

const now = 1_700_000_000_000;
const row: StateFacts = {
  state: "queued",
  tries: 0,
  scheduledAt: null,
  startedAt: null,
  finishedAt: null,
  runMs: null,
  claimEndsAt: null,
  orphanEvidence: null,
  worker: null,
  undecodable: null,
  error: null,
};

describe("describeState", () => {
  const finished = { tries: 1, startedAt: now - 65_000, finishedAt: now - 60_000, runMs: 5000 } as const;
  const table: [facts: Partial<StateFacts>, sentence: string][] = [
    [{ state: "queued", scheduledAt: now - 12_000 }, "Queued, due for 12 s."],
    [{ state: "queued" }, "Queued."],
    [{ state: "queued", scheduledAt: 0 }, "Queued with score 0, which ARQ never runs."],
    [{ state: "queued", scheduledAt: 1 }, "Queued, due at once: it was deferred, then its abort was asked for."],
    [{ state: "deferred", scheduledAt: now + 180_000 }, "Deferred, due in 3 min."],
    [{ state: "running", tries: 1, startedAt: now - 42_000 }, "Running for 42 s."],
    [{ state: "running", tries: 2, startedAt: now - 42_000 }, "Running for 42 s, try 2."],
    [{ state: "running", tries: 0 }, "Claimed by a worker, about to start."],
    [{ state: "retrying", tries: 1, scheduledAt: now + 10_000 }, "Waiting for try 2, due in 10 s."],
    [{ state: "retrying", tries: 1, scheduledAt: now - 2500 }, "Waiting for try 2, due for 2.5 s."],
    [{ state: "retrying", tries: 1, scheduledAt: 0 }, "Waiting for try 2 with score 0, which ARQ never runs."],
    [
      { state: "running", tries: 2, startedAt: now - 42_000, claimEndsAt: now + 268_000 },
      "Running for 42 s, try 2. ARQ hands it to another worker in 4:28 if this one is dead.",
    ],
    [{ state: "running", tries: 1, startedAt: now - 42_000, worker: "web-1:7" }, "Running for 42 s on web-1:7."],
    [
      { state: "queued", scheduledAt: now - 2000, claimEndsAt: now + 31_000 },
      "Queued, due for 2 s; the claim of its last run keeps it waiting for 31 s.",
    ],
    [
      { state: "retrying", tries: 1, scheduledAt: now - 2000, claimEndsAt: now + 48_000 },
      "Waiting for try 2; the claim of the last one keeps it waiting for 48 s.",
    ],
    [
      { state: "retrying", tries: 1, scheduledAt: now + 90_000, claimEndsAt: now + 48_000 },
      "Waiting for try 2, due in 1 min 30 s.",
    ],
    [
      {
        state: "orphaned",
        tries: 3,
        startedAt: now - 480_000,
        claimEndsAt: now + 60_000,
        orphanEvidence: "noConnection",
      },
      "Started 8 min ago, try 3, but its worker seems to be gone: no connection to Redis that is as old as this attempt was " +
        "used for it (CLIENT LIST); ARQ hands it to another worker in 1 min.",
    ],
    [
      { state: "orphaned", tries: 1, startedAt: now - 9000, orphanEvidence: "workerSilent", worker: "web-1:7" },
      "Started 9 s ago, but its worker seems to be gone: web-1:7 no longer reports; " +
        "its claim never lapses, so ARQ does not run it again.",
    ],
    [
      { state: "orphaned", tries: 1, startedAt: now - 9000, claimEndsAt: now + 4000, orphanEvidence: "claimOutlived" },
      "Started 9 s ago, but its worker seems to be gone: its claim has outlived every timeout, so the worker is gone or " +
        "blocked; ARQ hands it to another worker in 4 s.",
    ],
    [
      { state: "expired", scheduledAt: now },
      "Still queued, but its payload has expired: the worker that takes it will store the failure 'job expired'.",
    ],
    [
      { state: "expired", scheduledAt: 0 },
      "Still queued with score 0, which ARQ never runs, and its payload has expired.",
    ],
    [{ state: "complete", ...finished }, "Complete after 5 s, 1 min ago."],
    [{ state: "complete", ...finished, finishedAt: now - 10, tries: 2 }, "Complete after 5 s, just now, try 2."],
    [{ state: "failed", ...finished, tries: 2 }, "Failed after 5 s, 1 min ago, try 2."],
    [
      {
        state: "failed",
        ...finished,
        runMs: null,
        tries: 6,
        error: { kind: "maxRetries", message: "max 5 retries exceeded" },
      },
      "Failed, 1 min ago, tries used up.",
    ],
    [
      { state: "failed", ...finished, error: { kind: "resultLost", message: "unable to serialize result" } },
      "Ran for 5 s, 1 min ago; its result is lost, and with it whether it succeeded.",
    ],
    [{ state: "aborted", ...finished }, "Aborted after 5 s, 1 min ago."],
    [{ state: "aborted", ...finished, runMs: 1 }, "Aborted before or as it began, 1 min ago."],
    [
      { state: "finished", tries: null, finishedAt: now - 15_000 },
      "Finished, 15 s ago; its result was not kept, so the outcome cannot be known.",
    ],
    [{ state: "unknown" }, "Its keys are in Redis, but it is in no queue that is known."],
    [{ state: "unknown", undecodable: "cut off at byte 12." }, "Its result cannot be read: cut off at byte 12."],
  ];
  for (const [facts, sentence] of table) {
    it(`says "${sentence}"`, () => assert.equal(describeState({ ...row, ...facts }, now), sentence));
  }
});

describe("describeAbort", () => {
  const table: [state: JobState, requestedAt: number | null, sentence: string | null][] = [
    ["running", null, null],
    ["running", now - 500, "Its abort was asked for just now."],
    ["running", now - 3000, "Its abort was asked for 3 s ago."],
    [
      "running",
      now - 8000,
      "Its abort was asked for 8 s ago: its worker does not allow aborts (allow_abort_jobs), or is blocked or gone.",
    ],
    [
      "queued",
      now - 3000,
      "Its abort was asked for 3 s ago: a worker that allows aborts (allow_abort_jobs) will not run it.",
    ],
    [
      "deferred",
      now - 7_200_000,
      "An abort of this id was asked for 2 h ago, before the job was enqueued. It still stands: a worker that allows aborts " +
        "will not run the job.",
    ],
    ["aborted", now - 3000, null],
    ["unknown", now - 3000, null],
  ];
  for (const [state, requestedAt, sentence] of table) {
    it(`says ${sentence === null ? "nothing" : `"${sentence}"`} of ${requestedAt === null ? "none" : "an abort"} when ${state}`, () =>
      assert.equal(describeAbort({ state, enqueuedAt: now - 60_000 }, requestedAt, now), sentence));
  }
});

const kinds: Record<FailureKind, number> = {
  exception: 3,
  timeout: 3,
  aborted: 2,
  expired: 0,
  notFound: 0,
  maxRetries: 1,
  badPayload: 2,
  retryRefused: 3,
  resultLost: 2,
};

for (const [kind, remedies] of Object.entries(kinds) as [FailureKind, number][]) {
  it(`tracebackRemedies offers ${remedies} ways to a traceback after ${kind}`, () => {
    const missing = tracebackRemedies({ kind });
    assert.equal(missing.remedies.length, remedies);
    assert.match(missing.why, /\.$/);
    for (const remedy of missing.remedies) assert.ok(remedy.snippet?.endsWith("\n"));
  });
}

describe("tracebackRemedies", () => {
  it("offers the instrumentation first, by a command and by the two lines, wherever something can be gained", () => {
    for (const [kind, remedies] of Object.entries(kinds) as [FailureKind, number][]) {
      if (remedies === 0) continue;
      const [first] = tracebackRemedies({ kind }).remedies;
      assert.equal(first?.action, "addWorkerInstrumentation", kind);
      assert.match(first?.snippet ?? "", /^from arq_monitor import instrument\ninstrument\(WorkerSettings\)\n$/);
    }
  });

  it("gives the serializer that stores traceback and worker, set as a plain function", () => {
    const snippet = tracebackRemedies({ kind: "exception" }).remedies[1]?.snippet ?? "";
    assert.match(snippet, /data\.get\("s"\) is False/);
    assert.match(snippet, /"tb": .*"w": /);
    // A staticmethod object cannot be called before Python 3.10, and ARQ takes settings from the class's __dict__.
    assert.match(snippet, /^ {4}job_serializer = serialize$/m);
  });
});

describe("formatDuration", () => {
  const table: [ms: number, text: string][] = [
    [-5, "0 ms"],
    [12, "12 ms"],
    [999, "999 ms"],
    [1000, "1 s"],
    [1500, "1.5 s"],
    [9940, "9.9 s"],
    [9999, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [185_000, "3 min 5 s"],
    [3_600_000, "1 h"],
    [7_800_000, "2 h 10 min"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
  ];
  for (const [ms, text] of table) it(`prints ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
});

describe("why a job is run more than once", () => {
  const retry = { try: 1, outcome: "retry", type: "shop.Busy" } as const;
  const texts: readonly (readonly [
    state: JobState,
    tries: number | null,
    noted: readonly (typeof retry)[],
    text: string | null,
  ])[] = [
    ["running", 1, [], null],
    ["retrying", null, [], null],
    ["failed", 3, [retry], null],
    ["retrying", 1, [retry], "ARQ will run it again, because try 1 asked for it after shop.Busy."],
    ["running", 2, [retry], "ARQ ran it again, because try 1 asked for it after shop.Busy."],
    [
      "complete",
      2,
      [],
      "ARQ runs a job again after Retry and RetryJob, and where a worker was stopped or died while it ran.",
    ],
  ];
  for (const [state, tries, noted, text] of texts)
    it(`is said of a ${state} job after ${tries} tries, ${noted.length} noted`, () =>
      assert.equal(explainRetry({ state, tries }, noted), text));

  it("tells a shutdown", () => {
    const shutdown = { try: 1, outcome: "cancelled", type: "CancelledError" } as const;
    assert.match(
      explainRetry({ state: "running", tries: 2 }, [shutdown]) ?? "",
      /cancelled by the shutdown of its worker/,
    );
  });
});

describe("a countdown in a sentence", () => {
  const texts: readonly (readonly [ms: number, text: string])[] = [
    [268_000, "4:28"],
    [8_001, "0:09"],
    [-5, "0:00"],
    [3_599_500, "1 h"],
    [7_500_000, "2 h 5 min"],
  ];
  for (const [ms, text] of texts) it(`of ${ms} ms is ${text}`, () => assert.equal(formatCountdown(ms), text));
});
