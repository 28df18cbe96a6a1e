import type { PyValue } from "../python/value";

/** Every state a job can be shown in. What each means: `jobState.ts`. */
export const jobStates = [
  "queued",
  "deferred",
  "running",
  "retrying",
  "orphaned",
  "expired",
  "complete",
  "failed",
  "aborted",
  "finished",
  "unknown",
] as const;
export type JobState = (typeof jobStates)[number];

/** How a failure came about, told apart by what ARQ itself writes (arq/worker.py `finish_failed_job`) or the job raised. */
export type FailureKind =
  | "exception" // the coroutine raised
  | "timeout" // ARQ cancelled it after its timeout
  | "aborted" // Job.abort(), or cancelled with retry_jobs=False
  | "expired" // the payload's key expired before a worker took it
  | "notFound" // no such function registered in the worker
  | "maxRetries" // attempts used up; the real exception of the tries is not stored
  | "badPayload" // the worker could not deserialize the job
  | "retryRefused" // Retry raised under retry_jobs=False
  | "resultLost"; // ran, but its return value or exception could not be serialized

/** A failure as read from a stored result. All text has passed no redaction yet when it leaves the decoder. */
export interface JobError {
  readonly kind: FailureKind;
  /** Class name as Python prints it above a traceback: builtins bare (`KeyError`), others with their module (`shop.errors.CardDeclined`). */
  readonly type: string;
  readonly message: string;
  readonly notes: readonly string[];
  /** Members of an exception group, one text each (`ValueError: bad`), indented by two spaces a level; empty for any other failure. */
  readonly members: readonly string[];
  /** Traceback text as Python prints it, when the stored result carries one (opt-in serializer, tblib, notes); else null. */
  readonly traceback: string | null;
  /** Where `traceback` came from, for people: "stored with the result", "tblib", "exception notes"; null without one. */
  readonly tracebackSource: string | null;
}

/** Decoding never throws: it answers one of these. */
export interface DecodeFailure {
  readonly ok: false;
  readonly reason: "truncated" | "malformed" | "limit" | "unsupported";
  readonly message: string;
}

/** What `arq:job:<id>` holds (arq/jobs.py `serialize_job`). */
export interface DecodedJob {
  readonly ok: true;
  /** Outermost first: `["gzip", "pickle 4"]`, `["msgpack"]`, `["json"]`. */
  readonly codec: readonly string[];
  /** `_job_try` of the enqueuer, usually null. */
  readonly try: number | null;
  readonly function: string;
  /** A tuple, or a list under JSON and msgpack. */
  readonly args: PyValue;
  /** A dict. */
  readonly kwargs: PyValue;
  /** Unix ms; null where ARQ stored 0 because it did not know. */
  readonly enqueuedAt: number | null;
}

/** A pickle that holds a job's arguments, as they were stored: no secret in it is masked. */
export interface OriginalArguments {
  readonly ok: true;
  /** Of a dict with `a` and `k`. */
  readonly pickle: Uint8Array;
  /** Every name that Python would import to read it, in the order of the pickle, each once, as it stands there. */
  readonly globals: readonly { readonly module: string; readonly qualname: string }[];
}

/** What `arq:result:<id>` holds (arq/jobs.py `serialize_result`). */
export interface DecodedResult extends DecodedJob {
  readonly success: boolean;
  /** The return value, or the exception. */
  readonly result: PyValue;
  /** Unix ms. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Null before ARQ 0.20. */
  readonly queue: string | null;
  /** Null before ARQ 0.26. */
  readonly id: string | null;
  /** Null when `success`. */
  readonly error: JobError | null;
  /** Worker tag `w` written by the opt-in serializer, `host:pid`; else null. */
  readonly worker: string | null;
  /** Release tag `rel` written by the opt-in serializer (a version, a commit); else null. */
  readonly release: string | null;
}

/** Everything the keys of one job said, read in an order that cannot lie (result last). Times unix ms on Redis' clock. */
export interface JobFacts {
  readonly id: string;
  /** Redis TIME when the read began. */
  readonly readAt: number;
  /** The known queue whose zset holds the id, with its score (the time it may run); null when in none. */
  readonly queued: { readonly queue: string; readonly score: number } | null;
  /** `arq:in-progress:<id>`: null absent, otherwise its PTTL (-1: no expiry). */
  readonly inProgressTtl: number | null;
  /** `arq:retry:<id>`: attempts started, with its PTTL; null absent. */
  readonly retry: { readonly tries: number; readonly ttl: number } | null;
  /** `arq:job:<id>` decoded; null absent. `ttl` is its PTTL. */
  readonly job: { readonly decoded: JobSummary | DecodeFailure; readonly ttl: number } | null;
  /** `arq:result:<id>` decoded; null absent. `ttl` is null where it was not asked for (it is read when a job is opened), -1 for ever. */
  readonly result: { readonly decoded: ResultSummary | DecodeFailure; readonly ttl: number | null } | null;
  /** Score in `arq:abort` (when the abort was asked for); null absent or not asked for. */
  readonly abortRequestedAt: number | null;
}

/** What the index keeps of a job payload. */
export type JobSummary = Pick<DecodedJob, "ok" | "function" | "enqueuedAt" | "try">;
/** What the index keeps of a result payload: no values. Error text has passed the redactor. */
export type ResultSummary = Pick<
  DecodedResult,
  "ok" | "function" | "enqueuedAt" | "try" | "success" | "startedAt" | "finishedAt" | "queue" | "worker"
> & { readonly error: (Pick<JobError, "kind" | "type" | "message"> & { readonly hasTraceback: boolean }) | null };
