import { attemptStartedAt, type ClaimContext, claimEndsAt, claimOf, cronLingerMs, isLingeringClaim } from "./claim";
import { parseCronId } from "./cronId";
import type { FailureKind, JobFacts, ResultSummary } from "./jobModel";

/** Times unix ms on Redis' clock, durations ms and never negative; null where the keys do not tell. */
export interface JobTimes {
  /** Attempts started, as ARQ counts them: a worker that takes a job only to refuse it has started one, and `_job_try` counts from there. */
  readonly tries: number | null;
  readonly enqueuedAt: number | null;
  /** Score in the queue. 0 is never run; 1 is a deferred job whose abort was asked for. Null once it left the queue. */
  readonly scheduledAt: number | null;
  /** Start of the newest attempt. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Due → start of the newest attempt. */
  readonly waitMs: number | null;
  /** How long the function ran, or has been running; null when it was not called, or the worker's clock was set back meanwhile. */
  readonly runMs: number | null;
  /** When the claim on a job in a queue lapses: no worker takes the job before, and another one may from then on. */
  readonly claimEndsAt: number | null;
}

/** Time zones differ by at least a quarter of an hour, ms. */
const nearMs = 600_000;

/** Scores that are no time: 0 is never run, 1 is what `Job.abort()` gives a deferred job. */
export const lastScoreThatIsNoTime = 1;

/** Failures that ARQ writes without calling the function: between their start and finish nothing ran. */
const notCalled: ReadonlySet<FailureKind> = new Set(["expired", "notFound", "maxRetries", "badPayload"]);

/** What the keys of one job prove about its times at `now` (unix ms on Redis' clock), with what is known of its claim. */
export function jobTimes(facts: JobFacts, now: number, context: ClaimContext = {}): JobTimes {
  if (facts.result?.decoded.ok === true) return resultTimes(facts, facts.result.decoded);
  const enqueuedAt = facts.job?.decoded.ok === true ? facts.job.decoded.enqueuedAt : null;
  if (facts.result !== null) return { ...nothingKnown, enqueuedAt };
  const startedAt = attemptStartedAt(facts);
  const scheduledAt = facts.queued?.score ?? null;
  const claim = claimOf(facts, now, context).kind;
  const running = startedAt !== null && facts.queued !== null && (claim === "held" || claim === "orphaned");
  return {
    tries: facts.retry?.tries ?? (facts.queued !== null || facts.job !== null ? 0 : null),
    enqueuedAt,
    scheduledAt,
    startedAt,
    finishedAt: lingeringFinish(facts),
    waitMs: running ? waitOf(facts, scheduledAt, startedAt) : null,
    runMs: running ? Math.max(0, now - startedAt) : null,
    claimEndsAt: facts.queued === null || claim === "none" ? null : claimEndsAt(facts),
  };
}

/** The start of the wait that ended with an attempt: a score that is a time. */
export function isDueTime(score: number | null): score is number {
  return score !== null && score > lastScoreThatIsNoTime && Number.isFinite(score);
}

const nothingKnown: JobTimes = {
  tries: null,
  enqueuedAt: null,
  scheduledAt: null,
  startedAt: null,
  finishedAt: null,
  waitMs: null,
  runMs: null,
  claimEndsAt: null,
};

function resultTimes(facts: JobFacts, result: ResultSummary): JobTimes {
  const { startedAt, finishedAt } = result;
  const cron = parseCronId(facts.id);
  // The score is not stored in a result. Only the id of a cron job keeps its due time, and only if the function agrees.
  const isDue = cron !== null && cron.name === result.function && isNear(cron.dueAt, result.enqueuedAt);
  const due = isDue && result.try === 1 ? cron.dueAt : null;
  const called = result.error === null || !notCalled.has(result.error.kind);
  return {
    // Written out: a spread with others over it takes longer than all the rest here, of a million results.
    tries: result.try,
    enqueuedAt: result.enqueuedAt,
    scheduledAt: null,
    startedAt,
    finishedAt,
    waitMs: due === null || !called ? null : Math.max(0, startedAt - due),
    // Both times are of one clock: only setting it back makes the end come first, and how long it ran is then lost.
    runMs: called && finishedAt >= startedAt ? finishedAt - startedAt : null,
    claimEndsAt: null,
  };
}

/** Cron jobs are enqueued about when they are due. Before ARQ 0.19.1 the time in the id is off by the worker's time zone. */
function isNear(dueAt: number, enqueuedAt: number | null): boolean {
  return enqueuedAt === null || Math.abs(dueAt - enqueuedAt) <= nearMs;
}

/**
 * Only for the first attempt: after `Retry(defer=…)` the score is the new due time, after `Retry()` or a shutdown it is still
 * the old one, and nothing tells the two apart. Where the enqueuer gave `_job_try`, the first attempt counts as that.
 */
function waitOf(facts: JobFacts, due: number | null, startedAt: number): number | null {
  const given = facts.job?.decoded.ok === true ? (facts.job.decoded.try ?? 1) : 1;
  if (!isDueTime(due) || facts.retry?.tries !== Math.max(1, given)) return null;
  return Math.max(0, startedAt - due);
}

/** ARQ sets the claim of a cron job to 60 s in the transaction that ends it. */
function lingeringFinish(facts: JobFacts): number | null {
  return isLingeringClaim(facts) && facts.inProgressTtl !== null
    ? facts.readAt - (cronLingerMs - facts.inProgressTtl)
    : null;
}
