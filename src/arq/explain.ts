import { assertNever } from "../python/assertNever";
import { t } from "../python/l10n";
import type { OrphanEvidence } from "./claim";
import { formatCountdown, formatDuration } from "./duration";
import type { JobError, JobState } from "./jobModel";

/** What of a job the sentences are made of. Times unix ms on Redis' clock. */
export interface StateFacts {
  readonly state: JobState;
  readonly tries: number | null;
  readonly scheduledAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly runMs: number | null;
  readonly claimEndsAt: number | null;
  readonly orphanEvidence: OrphanEvidence | null;
  readonly worker: string | null;
  readonly undecodable: string | null;
  readonly error: Pick<JobError, "kind" | "message"> | null;
}

/** One sentence on the state, for people: "Running for 42 s, try 2." `now` is unix ms on Redis' clock. */
export function describeState(row: StateFacts, now: number): string {
  switch (row.state) {
    case "queued":
      return describeQueued(row, now);
    case "deferred":
      return row.scheduledAt === null
        ? t("Deferred.")
        : t("Deferred, due in {0}.", formatDuration(row.scheduledAt - now));
    case "running":
      return describeRunning(row, now);
    case "retrying":
      return describeRetrying(row, now);
    case "orphaned":
      return describeOrphaned(row, now);
    case "expired":
      if (row.scheduledAt === 0)
        return t("Still queued with score 0, which ARQ never runs, and its payload has expired.");
      return t(
        "Still queued, but its payload has expired: the worker that takes it will store the failure 'job expired'.",
      );
    case "complete":
      return listed([
        row.runMs === null ? t("Complete") : t("Complete after {0}", formatDuration(row.runMs)),
        ago(row.finishedAt, now),
        tryOf(row.tries),
      ]);
    case "failed":
      if (row.error?.kind === "resultLost") {
        const ran = row.runMs === null ? t("Ran") : t("Ran for {0}", formatDuration(row.runMs));
        const what = [ran, ago(row.finishedAt, now), tryOf(row.tries)].filter((part) => part !== null).join(", ");
        return t("{0}; its result is lost, and with it whether it succeeded.", what);
      }
      return listed([
        row.runMs === null ? t("Failed") : t("Failed after {0}", formatDuration(row.runMs)),
        ago(row.finishedAt, now),
        failedTry(row),
      ]);
    case "aborted":
      // Workers look for aborts twice a second: what was cancelled this soon was most likely never called.
      if (row.runMs !== null && row.runMs < hardlyBegunMs)
        return listed([t("Aborted before or as it began"), ago(row.finishedAt, now)]);
      return listed([
        row.runMs === null ? t("Aborted") : t("Aborted after {0}", formatDuration(row.runMs)),
        ago(row.finishedAt, now),
        tryOf(row.tries),
      ]);
    case "finished":
      return describeFinished(ago(row.finishedAt, now));
    case "unknown":
      return row.undecodable === null
        ? t("Its keys are in Redis, but it is in no queue that is known.")
        : t("Its result cannot be read: {0}.", row.undecodable.replace(/\.$/, ""));
    default:
      return assertNever(row.state);
  }
}

/** An abort before the start is stored with the time that ARQ takes to write it down. */
const hardlyBegunMs = 10;

/** What a pending abort means for the job, for people; null where there is none or the job has ended. Times unix ms on Redis' clock. */
export function describeAbort(
  row: { readonly state: JobState; readonly enqueuedAt: number | null },
  requestedAt: number | null,
  now: number,
): string | null {
  if (requestedAt === null) return null;
  const asked = now - requestedAt < 1000 ? t("just now") : t("{0} ago", formatDuration(now - requestedAt));
  switch (row.state) {
    case "running":
    case "orphaned":
      return now - requestedAt > noticedWithinMs
        ? t(
            "Its abort was asked for {0}: its worker does not allow aborts (allow_abort_jobs), or is blocked or gone.",
            asked,
          )
        : t("Its abort was asked for {0}.", asked);
    case "queued":
    case "deferred":
    case "retrying":
    case "expired":
      return row.enqueuedAt !== null && requestedAt < row.enqueuedAt
        ? t(
            "An abort of this id was asked for {0}, before the job was enqueued. It still stands: a worker that allows aborts will not run the job.",
            asked,
          )
        : t("Its abort was asked for {0}: a worker that allows aborts (allow_abort_jobs) will not run it.", asked);
    case "complete":
    case "failed":
    case "aborted":
    case "finished":
    case "unknown":
      return null;
    default:
      return assertNever(row.state);
  }
}

/** A worker that allows aborts looks for them twice a second, ms. */
const noticedWithinMs = 5000;

function describeRunning({ startedAt, tries, worker, claimEndsAt }: StateFacts, now: number): string {
  const begun = startedAt !== null || tries !== 0;
  const what = begun ? listed([runningText(startedAt, worker, now), tryOf(tries)]) : claimedText(worker);
  if (claimEndsAt === null) return what;
  const left = formatCountdown(claimEndsAt - now);
  return `${what} ${t("ARQ hands it to another worker in {0} if this one is dead.", left)}`;
}

function runningText(startedAt: number | null, worker: string | null, now: number): string {
  if (startedAt === null) return worker === null ? t("Running") : t("Running on {0}", worker);
  const since = formatDuration(now - startedAt);
  return worker === null ? t("Running for {0}", since) : t("Running for {0} on {1}", since, worker);
}

function claimedText(worker: string | null): string {
  return worker === null
    ? t("Claimed by a worker, about to start.")
    : t("Claimed by a worker on {0}, about to start.", worker);
}

function describeOrphaned(row: StateFacts, now: number): string {
  const { startedAt, tries, claimEndsAt } = row;
  const since = startedAt === null ? t("Started") : t("Started {0} ago", formatDuration(now - startedAt));
  const nth = tryOf(tries);
  const started = nth === null ? since : `${since}, ${nth}`;
  const next =
    claimEndsAt === null
      ? t("its claim never lapses, so ARQ does not run it again")
      : t("ARQ hands it to another worker in {0}", formatDuration(claimEndsAt - now));
  const why = describeOrphanEvidence(row);
  return why === null
    ? t("{0}, but its worker seems to be gone; {1}.", started, next)
    : t("{0}, but its worker seems to be gone: {1}; {2}.", started, why, next);
}

/** Why the worker of an orphaned job is thought to be gone, for people; null where that is not told. */
export function describeOrphanEvidence({
  orphanEvidence,
  worker,
}: Pick<StateFacts, "orphanEvidence" | "worker">): string | null {
  switch (orphanEvidence) {
    case "noConnection":
      return t("no connection to Redis that is as old as this attempt was used for it (CLIENT LIST)");
    case "workerSilent":
      return worker === null ? t("the process that ran it no longer reports") : t("{0} no longer reports", worker);
    case "claimOutlived":
      return t("its claim has outlived every timeout, so the worker is gone or blocked");
    case null:
      return null;
    default:
      return assertNever(orphanEvidence);
  }
}

function describeQueued({ scheduledAt, claimEndsAt }: StateFacts, now: number): string {
  if (scheduledAt === null) return t("Queued.");
  if (claimEndsAt !== null && scheduledAt > 1) {
    const [due, kept] = [formatDuration(now - scheduledAt), formatDuration(claimEndsAt - now)];
    return t("Queued, due for {0}; the claim of its last run keeps it waiting for {1}.", due, kept);
  }
  if (scheduledAt === 0) return t("Queued with score 0, which ARQ never runs.");
  if (scheduledAt === 1) return t("Queued, due at once: it was deferred, then its abort was asked for.");
  return t("Queued, due for {0}.", formatDuration(now - scheduledAt));
}

function describeRetrying({ tries, scheduledAt, claimEndsAt }: StateFacts, now: number): string {
  const next = tries === null ? t("the next try") : t("try {0}", tries + 1);
  if (scheduledAt === null) return t("Waiting for {0}.", next);
  if (scheduledAt === 0) return t("Waiting for {0} with score 0, which ARQ never runs.", next);
  // Only cron jobs keep their claim after an attempt.
  if (claimEndsAt !== null && claimEndsAt > Math.max(now, scheduledAt)) {
    const kept = formatDuration(claimEndsAt - now);
    return t("Waiting for {0}; the claim of the last one keeps it waiting for {1}.", next, kept);
  }
  return scheduledAt > now
    ? t("Waiting for {0}, due in {1}.", next, formatDuration(scheduledAt - now))
    : t("Waiting for {0}, due for {1}.", next, formatDuration(now - scheduledAt));
}

function describeFinished(when: string | null): string {
  return when === null
    ? t("Finished; its result was not kept, so the outcome cannot be known.")
    : t("Finished, {0}; its result was not kept, so the outcome cannot be known.", when);
}

/** What is known of these, one after the other. */
function listed(parts: readonly (string | null)[]): string {
  return t("{0}.", parts.filter((part) => part !== null).join(", "));
}

/** The first try goes without saying. */
function tryOf(tries: number | null): string | null {
  return tries === null || tries < 2 ? null : t("try {0}", tries);
}

/** ARQ counts the attempt at which it gives up, though it does not call the function then. */
function failedTry({ tries, error }: StateFacts): string | null {
  return error?.kind === "maxRetries" ? t("tries used up") : tryOf(tries);
}

function ago(at: number | null, now: number): string | null {
  if (at === null) return null;
  return now - at < 1000 ? t("just now") : t("{0} ago", formatDuration(now - at));
}

/** Something the user can do, once, to have a traceback the next time. */
export interface Remedy {
  readonly title: string;
  readonly detail: string;
  /** Text to paste, or null. */
  readonly snippet: string | null;
  /** A command of ours that does it, or null. */
  readonly action: "addWorkerInstrumentation" | null;
}

/** Why a failure has no traceback, and what gives one the next time; no remedies where there never was a traceback. */
export interface MissingTraceback {
  readonly why: string;
  readonly remedies: readonly Remedy[];
}

/**
 * The serializer is the one place that sees the live exception before ARQ stores it, for timeouts and chained causes too.
 * Its output stays ordinary pickle that stock readers understand, because they read the dict by key.
 */
const serializerSnippet = `import os
import pickle
import socket
import traceback


def serialize(data):
    error = data.get("r")
    if data.get("s") is False and isinstance(error, BaseException):
        text = traceback.format_exception(type(error), error, error.__traceback__)
        data = {**data, "tb": "".join(text), "w": f"{socket.gethostname()}:{os.getpid()}"}
    return pickle.dumps(data)


class WorkerSettings:
    job_serializer = serialize
`;

const instrumentIt = (): Remedy => ({
  title: t("Add the worker instrumentation"),
  detail: t(
    "One file and two lines in the worker's module: tracebacks, the error of every try, and which worker runs what. Nothing that enqueues jobs or reads results has to change.",
  ),
  snippet: "from arq_monitor import instrument\ninstrument(WorkerSettings)\n",
  action: "addWorkerInstrumentation",
});

const storeIt = (): Remedy => ({
  title: t("Or by hand: store the traceback with the result"),
  detail: t(
    "A serializer of your own sees the exception before ARQ stores it. It keeps the traceback of the last try only.",
  ),
  snippet: serializerSnippet,
  action: null,
});

const readTheLog = (): Remedy => ({
  title: t("Let ARQ Monitor read the worker's log"),
  detail: t(
    "ARQ logs every failure with its traceback. Run the worker in a terminal or a debug console of this window, which are read as they print, or write its log to a file in the workspace; the setting arq.workerLogs names the files that are read.",
  ),
  snippet: "arq tasks.WorkerSettings 2>&1 | tee -a logs/worker.log\n",
  action: null,
});

/** For a failed job whose stored result carries no traceback. */
export function tracebackRemedies(error: Pick<JobError, "kind">): MissingTraceback {
  switch (error.kind) {
    case "exception":
    case "timeout":
    case "retryRefused":
      return {
        why: t("ARQ stores the exception without its traceback."),
        remedies: [instrumentIt(), storeIt(), readTheLog()],
      };
    case "aborted":
      // The log has one line for an abort, without a traceback; one before the start never raised anything.
      return {
        why: t("ARQ stores a cancelled job without the place where it was cancelled."),
        remedies: [instrumentIt(), storeIt()],
      };
    case "resultLost":
      return {
        why: t("ARQ could not serialize what the function returned or raised, and replaced it by a text."),
        remedies: [instrumentIt(), readTheLog()],
      };
    case "badPayload":
      return {
        why: t("The function was not called: the worker failed to deserialize the job, and only its log says where."),
        remedies: [instrumentIt(), readTheLog()],
      };
    case "maxRetries":
      return {
        why: t("The function was not called in the last attempt; ARQ keeps no exceptions of the tries before it."),
        remedies: [instrumentIt()],
      };
    case "expired":
    case "notFound":
      return { why: t("The function was not called, so there never was a traceback."), remedies: [] };
    default:
      return assertNever(error.kind);
  }
}
