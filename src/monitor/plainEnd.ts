import { parseCronId } from "../arq/cronId";
import type { JobFacts, JobState, ResultSummary } from "../arq/jobModel";
import { jobTimes } from "../arq/jobTimes";
import type { JobTable } from "./jobTable";
import { stateCode } from "./jobTable";
import type { JobRow } from "./model";

/** ARQ's own word where the payload was gone or unreadable when it wrote the result. */
const unknownFunction = "<unknown>";

/** The function that a payload names; of cron jobs also where it names none. */
export function functionOf(id: string, named: string | null): string | null {
  return named === null || named === unknownFunction ? (parseCronId(id)?.name ?? null) : named;
}

/** The result of a job of which nothing but a readable result is left, which is most of them; null of any other. */
export function plainEnd(facts: JobFacts): ResultSummary | null {
  const { result } = facts;
  if (result === null || result.ttl !== null || !result.decoded.ok) return null;
  const { queued, inProgressTtl, retry, job } = facts;
  return queued === null && inProgressTtl === null && retry === null && job === null ? result.decoded : null;
}

/** The row of such a job, as long as nothing else is known of it. */
export function plainRow(facts: JobFacts, result: ResultSummary): JobRow {
  const { tries, enqueuedAt, startedAt, finishedAt, waitMs, runMs } = jobTimes(facts, facts.readAt);
  return {
    id: facts.id,
    function: functionOf(facts.id, result.function),
    queue: result.queue,
    state: endState(result),
    tries,
    enqueuedAt,
    scheduledAt: null,
    startedAt,
    finishedAt,
    waitMs,
    runMs,
    claimEndsAt: null,
    orphanEvidence: null,
    error: result.error,
    worker: result.worker,
    undecodable: null,
    rememberedSince: null,
  };
}

/** Everything in the life of the job was before `at`, unix ms. */
export function endedBefore({ enqueuedAt, startedAt, finishedAt }: ResultSummary, at: number): boolean {
  return (enqueuedAt ?? 0) < at && startedAt < at && finishedAt < at;
}

/** Whether the row was made of this result: no two ends of a job agree in both times. */
export function isOfResult({ columns, strings }: JobTable, row: number, result: ResultSummary): boolean {
  return (
    columns.finishedAt[row] === result.finishedAt &&
    columns.startedAt[row] === result.startedAt &&
    columns.state[row] === stateCode(endState(result)) &&
    columns.tries[row] === result.try &&
    strings.text(columns.queue[row]!) === result.queue &&
    strings.text(columns.function[row]!) === result.function
  );
}

function endState({ success, error }: ResultSummary): JobState {
  if (success) return "complete";
  return error?.kind === "aborted" ? "aborted" : "failed";
}
