import { assertNever } from "../python/assertNever";
import { t } from "../python/l10n";
import { parseCronId } from "./cronId";
import { formatDuration } from "./duration";
import { isLostResult } from "./failureKind";
import type { JobError } from "./jobModel";

/** A failure as the sentences need it. */
export type ExplainedError = Pick<JobError, "kind" | "type" | "message">;

/** What else of the job makes them exact; null wherever it is not known. */
export interface FailedJobFacts {
  readonly id: string;
  readonly function: string | null;
  /** Attempts started, the one that gave up included. */
  readonly tries: number | null;
  readonly runMs: number | null;
  /** Whether the stored result carries a traceback. */
  readonly hasTraceback: boolean;
  /** As `DecodedJob.codec`; null where the result has not been opened. */
  readonly codec: readonly string[] | null;
}

/** One sentence: why ARQ did or did not run the job again after this failure (arq/worker.py `run_job`), or that this is not sure. */
export function explainFailure(error: ExplainedError, job: FailedJobFacts): string {
  switch (error.kind) {
    case "exception":
      return explainException(error, job.tries);
    case "timeout": {
      const ran = job.runMs === null ? null : formatDuration(job.runMs);
      // With its traceback kept, a TimeoutError from inside the function is told apart, and is an ordinary exception.
      if (job.hasTraceback) {
        return ran === null
          ? t("ARQ cancelled the job, because its timeout was over, and does not run a job again after that.")
          : t(
              "ARQ cancelled the job after {0}, because its timeout was over, and does not run a job again after that.",
              ran,
            );
      }
      return ran === null
        ? t(
            "The job ended with a TimeoutError: ARQ's own, because the job's timeout was over, or one raised inside the function, which looks the same; ARQ runs a job again after neither.",
          )
        : t(
            "The job ended after {0} with a TimeoutError: ARQ's own, because the job's timeout was over, or one raised inside the function, which looks the same; ARQ runs a job again after neither.",
            ran,
          );
    }
    case "aborted":
      return t(
        "The job was cancelled: by Job.abort(), or by the shutdown of a worker that runs with retry_jobs=False; ARQ does not run it again after either.",
      );
    case "expired":
      return isLostResult(error.message)
        ? t(
            "The function was not called: the payload had expired or could not be read, and the worker's serializer could not store which.",
          )
        : t(
            "The payload had expired in Redis (by default a day after the job was due) before a worker took the job, so nothing was left to run.",
          );
    case "notFound":
      return t(
        "The worker that took the job has no such function, and ARQ does not offer the job to another worker: often an old worker during a deployment.",
      );
    case "maxRetries":
      return explainMaxRetries(error, job);
    case "badPayload":
      return t(
        "The function was not called: the worker could not deserialize the job, and ARQ does not try that again.",
      );
    case "retryRefused": {
      const name = error.type.endsWith("RetryJob") ? "RetryJob" : "Retry";
      return t("The function raised {0}, but its worker runs with retry_jobs=False, so the job failed at once.", name);
    }
    case "resultLost":
      return explainLostResult(job);
    default:
      return assertNever(error.kind);
  }
}

function explainException({ type }: ExplainedError, tries: number | null): string {
  const what = describeException(type);
  return tries === null
    ? t("ARQ runs a job again only after Retry, RetryJob or a shutdown; {0} ends it.", what)
    : t("ARQ runs a job again only after Retry, RetryJob or a shutdown; {0} ends it at try {1}.", what, tries);
}

function describeException(type: string): string {
  // Where a text was stored instead of an exception, its class is not known.
  if (type === "arq.jobs.SerializationError") return t("any other exception");
  return fromArq.test(type)
    ? t("any other exception, here {0} (the failure of another job, which this one waited for),", type)
    : t("any other exception, here {0},", type);
}

/** What `Job.result()` raises in a task that waits for another job; a text in place of an exception is SerializationError. */
const fromArq = /^(?:arq|darq|akq)\.(?:worker\.JobExecutionFailed|jobs\.(?:DeserializationError|ResultNotFound))$/;

function explainMaxRetries(error: ExplainedError, job: FailedJobFacts): string {
  const max = maxOf(error);
  if (max === 1 && isCron(job)) {
    return t(
      "A cron job has one try unless max_tries says otherwise: a shutdown of the worker (a deploy), a crash or Retry used it up, so ARQ gave up when the job came round again; the message says nothing of that.",
    );
  }
  const all =
    max === null
      ? t("All allowed tries were")
      : max === 1
        ? t("The one allowed try was")
        : t("All {0} allowed tries were", max);
  if (max === null || job.tries === null || job.tries <= max + 1) {
    return t(
      "{0} used up by Retry, shutdowns or crashes (before ARQ 0.23 also timeouts), so ARQ gave up without calling the function again; what the tries raised is not stored.",
      all,
    );
  }
  return t(
    "{0} used up by Retry, shutdowns or crashes (before ARQ 0.23 also timeouts), or the count began higher, with _job_try (it stands at {1}), so ARQ gave up without calling the function again; what the tries raised is not stored.",
    all,
    job.tries,
  );
}

function explainLostResult({ runMs, codec }: FailedJobFacts): string {
  if (isPlainData(codec)) {
    return t(
      "What the function returned or raised could not be serialized, or ARQ's own failure could not: this serializer stores no exceptions, so every failure looks like this one; ARQ does not run the job again.",
    );
  }
  return runMs === null
    ? t(
        "The function ran, but what it returned or raised could not be serialized: a lost result rather than a failed job, which ARQ stores as a failure and does not run again.",
      )
    : t(
        "The function ran for {0}, but what it returned or raised could not be serialized: a lost result rather than a failed job, which ARQ stores as a failure and does not run again.",
        formatDuration(runMs),
      );
}

/** What to do about a failure: one or two sentences, for people. */
export function adviseFailure(error: ExplainedError, job: FailedJobFacts): string {
  switch (error.kind) {
    case "exception":
      return t(
        "To have ARQ try again by itself, raise arq.Retry(defer=…) from the except block. Enqueued again by hand, a job with the same _job_id is refused as long as this result is kept.",
      );
    case "timeout":
      return t(
        "Give the function a longer timeout (func(…, timeout=…), or job_timeout of the worker: 300 s by default), or make the job smaller. A timeout inside the function is better caught there.",
      );
    case "aborted":
      return t(
        "If nobody aborted it, leave retry_jobs at True, its default: a shutdown then hands the job to the next worker.",
      );
    case "expired":
      return t(
        "Raise expires_extra_ms of the pool that enqueues, or _expires of the job, or run more workers. Tries do not extend the time, so long retries expire, too.",
      );
    case "notFound":
      return isCron(job)
        ? t(
            "Deploy all workers of a queue with the same cron_jobs; a cron job that was renamed or removed fails once like this.",
          )
        : t(
            "Add {0} to the functions of every worker on this queue, deploy workers before what enqueues, and give workers with other functions a queue of their own.",
            named(job),
          );
    case "maxRetries":
      return maxOf(error) === 1 && isCron(job)
        ? t(
            "Give cron(…) max_tries=2 or more if an interrupted run should be repeated, or the worker a job_completion_wait, in which running jobs may end. The worker's log has what a try raised.",
          )
        : t(
            "The worker's log has the real error of each try, and the worker instrumentation keeps it with the job. Raise max_tries if the tries were worth more.",
          );
    case "badPayload":
      return t(
        'Use the same serializer (job_serializer, job_deserializer) where jobs are enqueued and in the worker, and deploy classes that arguments are made of to the worker first. Its log has the exception: "deserializing job … failed".',
      );
    case "retryRefused":
      return t(
        "Leave retry_jobs of the worker at True, its default, or let the function fail with an exception of its own.",
      );
    case "resultLost":
      return isPlainData(job.codec)
        ? t("Let the serializer turn exceptions into data (type, message, traceback): ARQ Monitor reads them.")
        : t(
            'Return plain data (dicts, lists, texts, numbers) instead of connections, locks, generators or lambdas, or set a serializer that can store it. The worker\'s log says what it stumbled over: "error serializing result of …".',
          );
    default:
      return assertNever(error.kind);
  }
}

function maxOf({ message }: ExplainedError): number | null {
  const max = /^max (\d+) retries exceeded$/.exec(message)?.[1];
  return max === undefined ? null : Number(max);
}

function named(job: FailedJobFacts): string {
  return job.function === null ? t("the function") : `'${job.function}'`;
}

function isCron(job: FailedJobFacts): boolean {
  return job.function?.startsWith("cron:") === true || parseCronId(job.id) !== null;
}

/** Serializers that know no Python objects. */
function isPlainData(codec: readonly string[] | null): boolean {
  const last = codec?.at(-1);
  return last === "json" || last === "msgpack";
}
