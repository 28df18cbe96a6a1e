import assert from "node:assert/strict";
import { adviseFailure, explainFailure, type ExplainedError, type FailedJobFacts } from "../../src/arq/explainFailure";
import type { FailureKind } from "../../src/arq/jobModel";

const job: FailedJobFacts = {
  id: "abc123",
  function: "charge",
  tries: 2,
  runMs: 400,
  hasTraceback: false,
  codec: ["pickle 4"],
};

function failure(kind: FailureKind, message = "", type = "arq.worker.JobExecutionFailed"): ExplainedError {
  return { kind, type, message };
}

/** Per failure: what the sentence says of ARQ, and what the advice names. */
const table: [
  name: string,
  error: ExplainedError,
  facts: Partial<FailedJobFacts>,
  explains: RegExp,
  advises: RegExp,
][] = [
  [
    "an exception",
    failure("exception", "no", "shop.CardDeclined"),
    {},
    /only after Retry, RetryJob or a shutdown; any other exception, here shop\.CardDeclined, ends it at try 2\.$/,
    /raise arq\.Retry\(defer=…\)/,
  ],
  [
    "an exception at an unknown try",
    failure("exception", "no", "KeyError"),
    { tries: null },
    /here KeyError, ends it\.$/,
    /same _job_id is refused/,
  ],
  [
    "a text in place of an exception",
    failure("exception", "went wrong", "arq.jobs.SerializationError"),
    {},
    /any other exception ends it at try 2\.$/,
    /arq\.Retry/,
  ],
  [
    "the failure of another job",
    failure("exception", "job expired"),
    {},
    /\(the failure of another job, which this one waited for\)/,
    /arq\.Retry/,
  ],
  [
    "a timeout whose traceback is kept",
    failure("timeout"),
    { hasTraceback: true, runMs: 300_012 },
    /^ARQ cancelled the job after 5 min, because its timeout was over/,
    /job_timeout of the worker: 300 s by default/,
  ],
  [
    "a TimeoutError of unknown origin",
    failure("timeout"),
    { runMs: 500 },
    /after 500 ms with a TimeoutError: ARQ's own, .*, or one raised inside the function, which looks the same/,
    /longer timeout/,
  ],
  [
    "an abort",
    failure("aborted", "", "asyncio.exceptions.CancelledError"),
    {},
    /Job\.abort\(\), or by the shutdown of a worker that runs with retry_jobs=False/,
    /leave retry_jobs at True/,
  ],
  [
    "an expired job",
    failure("expired", "job expired"),
    { function: "<unknown>" },
    /payload had expired in Redis/,
    /expires_extra_ms.*_expires.*more workers/,
  ],
  [
    "a job that never ran, under JSON",
    failure("expired", "unable to serialize result"),
    { codec: ["json"] },
    /expired or could not be read, and the worker's serializer could not store which/,
    /expires_extra_ms/,
  ],
  [
    "an unknown function",
    failure("notFound", "function 'charge' not found"),
    {},
    /has no such function, and ARQ does not offer the job to another worker/,
    /^Add 'charge' to the functions of every worker on this queue, deploy workers before what enqueues/,
  ],
  [
    "an unknown cron job",
    failure("notFound", "function 'cron:x' not found"),
    { function: "cron:x" },
    /no such function/,
    /cron_jobs/,
  ],
  [
    "tries used up",
    failure("maxRetries", "max 5 retries exceeded"),
    { tries: 6 },
    /^All 5 allowed tries were used up by Retry, shutdowns or crashes \(before ARQ 0\.23 also timeouts\), so ARQ gave up/,
    /worker's log has the real error of each try.*Raise max_tries/,
  ],
  [
    "tries that began higher",
    failure("maxRetries", "max 5 retries exceeded"),
    { tries: 9 },
    /or the count began higher, with _job_try \(it stands at 9\)/,
    /max_tries/,
  ],
  [
    "the one try used up",
    failure("maxRetries", "max 1 retries exceeded"),
    {},
    /^The one allowed try was used up/,
    /max_tries/,
  ],
  [
    "a cron job interrupted by a deploy",
    failure("maxRetries", "max 1 retries exceeded"),
    { id: "nightly:1700000000123", function: "nightly" },
    /^A cron job has one try .*: a shutdown of the worker \(a deploy\), a crash or Retry used it up/,
    /^Give cron\(…\) max_tries=2 .*job_completion_wait/,
  ],
  [
    "a payload that could not be read",
    failure("badPayload", "unable to deserialize job", "arq.jobs.DeserializationError"),
    { function: "<unknown>" },
    /could not deserialize the job, and ARQ does not try that again/,
    /same serializer \(job_serializer, job_deserializer\)/,
  ],
  [
    "Retry where it is refused",
    failure("retryRefused", "<Retry defer 5.00s>", "arq.worker.Retry"),
    {},
    /raised Retry, but its worker runs with retry_jobs=False/,
    /retry_jobs of the worker at True/,
  ],
  [
    "RetryJob where it is refused",
    failure("retryRefused", "", "arq.worker.RetryJob"),
    {},
    /raised RetryJob, but/,
    /retry_jobs/,
  ],
  [
    "a lost result",
    failure("resultLost", "unable to serialize result", "arq.jobs.SerializationError"),
    {},
    /^The function ran for 400 ms, but .*: a lost result rather than a failed job/,
    /^Return plain data/,
  ],
  [
    "a lost failure under MessagePack",
    failure("resultLost", "unable to serialize result", "arq.jobs.SerializationError"),
    { codec: ["gzip", "msgpack"] },
    /stores no exceptions, so every failure looks like this one/,
    /^Let the serializer turn exceptions into data/,
  ],
];

for (const [name, error, facts, explains, advises] of table) {
  it(`explains in one sentence, and says what to do: ${name}`, () => {
    const explanation = explainFailure(error, { ...job, ...facts });
    assert.match(explanation, explains);
    assert.match(explanation, /^[A-Z][^]*[^.]\.$/);
    const advice = adviseFailure(error, { ...job, ...facts });
    assert.match(advice, advises);
    assert.match(advice, /^[A-Z][^]*[^.]\.$/);
  });
}
