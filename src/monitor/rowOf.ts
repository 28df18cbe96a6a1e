import { type ClaimContext, claimOf } from "../arq/claim";
import type { JobFacts } from "../arq/jobModel";
import { jobState } from "../arq/jobState";
import { isDueTime, jobTimes } from "../arq/jobTimes";
import type { JobRow } from "./model";
import { functionOf } from "./plainEnd";

/** The job as its keys tell, with what is known of its claim. */
export function rowOf(facts: JobFacts, now: number, context: ClaimContext): JobRow {
  const result = facts.result?.decoded ?? null;
  const job = facts.job?.decoded ?? null;
  const named = result?.ok === true ? result.function : job?.ok === true ? job.function : null;
  const claim = claimOf(facts, now, context);
  const state = jobState(facts, now, context);
  const runs = state === "running" || state === "orphaned";
  const unreadable = result?.ok === false ? result : job?.ok === false && result === null ? job : null;
  return {
    id: facts.id,
    function: functionOf(facts.id, named),
    queue: facts.queued?.queue ?? (result?.ok === true ? result.queue : null),
    state,
    ...jobTimes(facts, now, context),
    orphanEvidence: state === "orphaned" && claim.kind === "orphaned" ? claim.evidence : null,
    error: result?.ok === true ? result.error : null,
    worker: (result?.ok === true ? result.worker : null) ?? (runs ? (context.seen?.worker ?? null) : null),
    undecodable: unreadable === null ? null : unreadable.message,
    rememberedSince: null,
  };
}

/** The same job with what was seen of it before and its keys no longer tell. */
export function rememberFrom(before: JobRow, after: JobRow): JobRow {
  return {
    ...after,
    function: after.function ?? before.function,
    queue: after.queue ?? before.queue,
    enqueuedAt: after.enqueuedAt ?? before.enqueuedAt,
    // A result has it to the millisecond.
    startedAt: after.finishedAt === null ? steady(before.startedAt, after.startedAt) : after.startedAt,
    finishedAt: steady(before.finishedAt, after.finishedAt),
    waitMs: steady(before.waitMs, after.waitMs ?? waitSeen(before, after)),
    claimEndsAt: steady(before.claimEndsAt, after.claimEndsAt),
    // Seen running there: the result of a worker without the serializer does not say where.
    worker: after.worker ?? (before.tries === after.tries ? before.worker : null),
  };
}

/** As it was last, where Redis holds it no more. `noticedAt`: Unix ms; when that was noticed before, that stays. */
export function forgotten(row: JobRow, noticedAt: number): JobRow {
  return row.rememberedSince === null ? { ...row, rememberedSince: noticedAt } : row;
}

/** A time reckoned from a TTL is a millisecond off now and then; that is no change. */
function steady(before: number | null, after: number | null): number | null {
  return before !== null && after !== null && Math.abs(before - after) <= 2 ? before : after;
}

/** The wait before an attempt, from the due time that the job was seen with: results do not keep it, nor do keys of later attempts. */
function waitSeen(before: JobRow, after: JobRow): number | null {
  if (after.tries === null || after.startedAt === null || after.runMs === null) return null;
  if (before.waitMs !== null && before.tries === after.tries) return before.waitMs;
  if (before.tries === null || after.tries !== before.tries + 1 || !isDueTime(before.scheduledAt)) return null;
  // The score of a job that waits again is a new due time only where `Retry(defer=…)` moved it past the attempt before.
  if (before.tries > 0 && !(before.startedAt !== null && before.scheduledAt > before.startedAt)) return null;
  return Math.max(0, after.startedAt - before.scheduledAt);
}

/** Nothing that a view shows differs. Run times of jobs that run move on by themselves. */
export function sameRow(a: JobRow, b: JobRow): boolean {
  return (
    a.state === b.state &&
    a.function === b.function &&
    a.queue === b.queue &&
    a.tries === b.tries &&
    a.enqueuedAt === b.enqueuedAt &&
    a.scheduledAt === b.scheduledAt &&
    a.startedAt === b.startedAt &&
    a.finishedAt === b.finishedAt &&
    a.waitMs === b.waitMs &&
    (a.runMs === b.runMs || a.finishedAt === null) &&
    a.claimEndsAt === b.claimEndsAt &&
    a.orphanEvidence === b.orphanEvidence &&
    a.worker === b.worker &&
    a.undecodable === b.undecodable &&
    a.error?.kind === b.error?.kind &&
    a.error?.type === b.error?.type &&
    a.error?.message === b.error?.message &&
    a.error?.hasTraceback === b.error?.hasTraceback
  );
}
