import { parseCronId } from "./cronId";
import type { JobFacts, JobState } from "./jobModel";

/** What `CLIENT LIST` can add to the facts of a job. Leave it out behind a proxy, where connections say nothing of workers. */
export interface ClaimEvidence {
  /** Redis TIME when the list was read, unix ms. */
  readonly at: number;
  /** Age of the oldest connection that is not ours, whole seconds as Redis prints it; null when there is none. */
  readonly oldestForeignSeconds: number | null;
}

/** ARQ keeps the claim of a finished cron job this long (arq/worker.py `keep_cronjob_progress`), ms. */
export const cronLingerMs = 60_000;
/** TTL that ARQ gives `arq:retry:<id>` at the start of every attempt, the same in every version, ms. */
export const retryTtlMs = 88_400_000;

/**
 * A claim lives for the longest timeout of the worker's functions plus 10 s. With no more than this left, no job can still
 * be inside its timeout; the other 5 s are left to a worker that is slow to cancel and to write the result. Ms.
 */
const orphanedBelowMs = 5000;

/**
 * The state that the keys of one job prove at `now` (unix ms on Redis' clock). Pure; what lapses by time alone (a TTL, a due
 * time) is taken into account, so that no key has to be read again for it.
 *
 * Precedence as in arq/jobs.py `Job.status`: result, claim, score. Where ARQ's own status is wrong (a cron job that has
 * ended looks in progress for a minute), the keys decide: a claim outside every queue with at most 60 s to live is a cron
 * job that has finished.
 */
export function jobState(facts: JobFacts, now: number, evidence?: ClaimEvidence): JobState {
  if (facts.result !== null) return resultState(facts.result.decoded);
  const claimed = claimHolds(facts, now);
  const payload = holds(facts.job, facts, now);
  if (facts.queued !== null) {
    if (claimed && !isClaimOfRunBefore(facts)) return isOrphaned(facts, now, evidence) ? "orphaned" : "running";
    if (!payload) return "expired";
    if (holds(facts.retry, facts, now)) return "retrying";
    // ARQ never runs a job of score 0 (`not score` in start_jobs); it is queued all the same: describeState says so.
    return facts.queued.score > now ? "deferred" : "queued";
  }
  if (payload) return "unknown";
  // A claim or a counter without queue and payload: a job of a queue we do not know, whose payload has expired.
  if (claimed && !isLingeringClaim(facts)) return "unknown";
  if (holds(facts.retry, facts, now)) return "unknown";
  return "finished";
}

/**
 * When time alone will change the state, unix ms on Redis' clock: a deferred job falls due, a claim lapses, a payload expires.
 * Null when it will not.
 */
export function nextChangeAt(facts: JobFacts, now: number): number | null {
  const current = jobState(facts, now);
  const claimEnds = lapsesAt(facts.inProgressTtl, facts);
  const moments = [
    facts.queued?.score ?? null,
    claimEnds,
    claimEnds === null ? null : claimEnds - orphanedBelowMs,
    lapsesAt(facts.retry?.ttl ?? null, facts),
    lapsesAt(facts.job?.ttl ?? null, facts),
  ];
  const ahead = moments.filter((at): at is number => at !== null && at > now).sort((a, b) => a - b);
  return ahead.find((at) => jobState(facts, at) !== current) ?? null;
}

/** The claim that a finished cron job leaves behind: in no queue, with at most 60 s to live when it was read. */
export function isLingeringClaim(facts: JobFacts): boolean {
  const ttl = facts.inProgressTtl;
  return facts.queued === null && facts.job === null && ttl !== null && ttl >= 0 && ttl <= cronLingerMs;
}

/**
 * A cron job with a constant `job_id` that is queued again while the claim of its last run lingers: no worker takes it until
 * the claim lapses (python-arq/arq#459). A run that had begun would have a retry key.
 */
function isClaimOfRunBefore(facts: JobFacts): boolean {
  const { inProgressTtl: ttl, job, retry } = facts;
  return ttl !== null && ttl >= 0 && ttl <= cronLingerMs && job !== null && retry === null && looksLikeCron(facts);
}

/** `arq:in-progress:<id>` was there and has not lapsed since. */
export function claimHolds(facts: JobFacts, now: number): boolean {
  return facts.inProgressTtl !== null && !hasLapsed(facts.inProgressTtl, facts, now);
}

/** Start of the newest attempt, unix ms, exact to about a millisecond: it is when ARQ last set the TTL of the retry key. */
export function attemptStartedAt(facts: JobFacts): number | null {
  const ttl = facts.retry?.ttl;
  return ttl === undefined || ttl < 0 || ttl > retryTtlMs ? null : facts.readAt - (retryTtlMs - ttl);
}

function resultState(decoded: NonNullable<JobFacts["result"]>["decoded"]): JobState {
  if (!decoded.ok) return "unknown";
  if (decoded.success) return "complete";
  return decoded.error?.kind === "aborted" ? "aborted" : "failed";
}

function isOrphaned(facts: JobFacts, now: number, evidence: ClaimEvidence | undefined): boolean {
  const startedAt = attemptStartedAt(facts);
  if (evidence !== undefined && startedAt !== null) {
    // Redis cuts the age to whole seconds: a connection that claimed the job may look up to a second younger.
    const reach = evidence.oldestForeignSeconds === null ? 0 : (evidence.oldestForeignSeconds + 1) * 1000;
    if (startedAt < evidence.at && reach < evidence.at - startedAt) return true;
  }
  const claimEnds = lapsesAt(facts.inProgressTtl, facts);
  // A cron job cancelled by a shutdown keeps its place in the queue and a claim cut to 60 s: its short TTL proves nothing.
  if (claimEnds === null || looksLikeCron(facts)) return false;
  return claimEnds - now <= orphanedBelowMs;
}

function looksLikeCron(facts: JobFacts): boolean {
  if (parseCronId(facts.id) !== null) return true;
  const decoded = facts.job?.decoded;
  // Without a readable payload it may be one. Cron jobs with `job_id=` or `unique=False` show only in the function's name.
  return decoded === undefined || !decoded.ok || decoded.function.startsWith("cron:");
}

function holds(key: { readonly ttl: number } | null, facts: JobFacts, now: number): boolean {
  return key !== null && !hasLapsed(key.ttl, facts, now);
}

function hasLapsed(ttl: number, facts: JobFacts, now: number): boolean {
  const end = lapsesAt(ttl, facts);
  return end !== null && end <= now;
}

/** PTTL as a moment: null without one (absent key, or -1: no expiry), the moment of the reading where it was gone by then (-2). */
function lapsesAt(ttl: number | null, facts: JobFacts): number | null {
  return ttl === null || ttl === -1 ? null : facts.readAt + Math.max(0, ttl);
}
