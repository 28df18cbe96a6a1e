import { type ClaimContext, claimOf, claimOutlivedAt, hasLapsed, lapsesAt } from "./claim";
import type { JobFacts, JobState } from "./jobModel";

/**
 * The state that the keys of one job prove at `now` (unix ms on Redis' clock), with what is known of its claim from elsewhere.
 * Pure; what lapses by time alone (a TTL, a due time) is taken into account, so that no key has to be read again for it.
 *
 * Precedence as in arq/jobs.py `Job.status`: result, claim, score. Where ARQ's own status is wrong, the keys decide: a cron job
 * that has ended looks in progress for a minute, and so does one that waits for its next attempt.
 */
export function jobState(facts: JobFacts, now: number, context: ClaimContext = {}): JobState {
  if (facts.result !== null) return resultState(facts.result.decoded);
  const claim = claimOf(facts, now, context);
  const payload = holds(facts.job, facts, now);
  const counter = holds(facts.retry, facts, now);
  if (facts.queued !== null) {
    if (claim.kind === "held") return "running";
    if (claim.kind === "orphaned") return "orphaned";
    if (!payload) return "expired";
    if (counter) return "retrying";
    // ARQ never runs a job of score 0 (`not score` in start_jobs); it is queued all the same: describeState says so.
    return facts.queued.score > now ? "deferred" : "queued";
  }
  // A claim or a counter without queue and payload: a job of a queue we do not know, whose payload has expired.
  return payload || counter || claim.kind === "held" ? "unknown" : "finished";
}

/**
 * When time alone will change the state, unix ms on Redis' clock: a deferred job falls due, a claim lapses, a payload expires.
 * Null when it will not.
 */
export function nextChangeAt(facts: JobFacts, now: number, context: ClaimContext = {}): number | null {
  const current = jobState(facts, now, context);
  const moments = [
    facts.queued?.score ?? null,
    lapsesAt(facts.inProgressTtl, facts),
    claimOutlivedAt(facts),
    lapsesAt(facts.retry?.ttl ?? null, facts),
    lapsesAt(facts.job?.ttl ?? null, facts),
  ];
  const ahead = moments.filter((at): at is number => at !== null && at > now).sort((a, b) => a - b);
  return ahead.find((at) => jobState(facts, at, context) !== current) ?? null;
}

function resultState(decoded: NonNullable<JobFacts["result"]>["decoded"]): JobState {
  if (!decoded.ok) return "unknown";
  if (decoded.success) return "complete";
  return decoded.error?.kind === "aborted" ? "aborted" : "failed";
}

function holds(key: { readonly ttl: number } | null, facts: JobFacts, now: number): boolean {
  return key !== null && !hasLapsed(key.ttl, facts, now);
}
