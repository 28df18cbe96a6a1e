import { parseCronId } from "./cronId";
import type { JobFacts } from "./jobModel";

/** ARQ keeps the claim of a cron job this long after an attempt (arq/worker.py `keep_cronjob_progress`), ms. */
export const cronLingerMs = 60_000;
/** TTL that ARQ gives `arq:retry:<id>` at the start of every attempt, the same in every version, ms. */
export const retryTtlMs = 88_400_000;

/**
 * A claim lives for the longest timeout of the worker's functions plus 10 s. With no more than this left, no job can still
 * be inside its timeout; the other 5 s are left to a worker that is slow to cancel and to write the result. Ms.
 */
const orphanedBelowMs = 5000;
/** Redis' age of a connection is the difference of two whole seconds, and so is its idle time; its cached clock may be behind. Ms. */
const ageSlackMs = 1100;
const idleSlackMs = 2000;
/** Two readings of the same moment from a TTL differ by no more than this, ms. */
const ttlJitterMs = 100;
/** From the claim to the start of the attempt a worker takes a round trip or two; other claims of the same poll lie in between. Ms. */
const startDelayMs = 500;
/** Clocks of enqueuer and worker against Redis', ms: a score later than the attempt by more than this was set after it began. */
const clockSkewMs = 1000;

/** What `CLIENT LIST` can add to the facts of a job. Leave it out behind a proxy, where connections say nothing of workers. */
export interface ClaimEvidence {
  /** Redis TIME when the list was read, unix ms. */
  readonly at: number;
  /** Connections that may be a worker's: since when they are open, and were last used, whole seconds as Redis prints them. */
  readonly clients: readonly { readonly age: number; readonly idle: number }[];
  /**
   * Connections were last cut for another reason than the death of a worker (a restart of the server): of attempts that began
   * before, the list says nothing. Unix ms; without it, never.
   */
  readonly since?: number;
  /** Attempts begun within one of these spans, unix ms, may be run by a worker whose connection was closed for its silence. */
  readonly silent?: readonly { readonly from: number; readonly to: number }[];
}

/** A worker process that said, through the opt-in instrumentation, that it runs a job. */
export interface SeenRunning {
  /** `host:pid`. */
  readonly worker: string;
  /** When it last said so, unix ms on Redis' clock. */
  readonly seenAt: number;
  /** It still publishes its state; false: it has fallen silent, or its state was deleted. */
  readonly alive: boolean;
}

/** What is known of a claim beside the job's keys. Everything may be left out. */
export interface ClaimContext {
  readonly connections?: ClaimEvidence | undefined;
  /** An earlier list has shown of this attempt that its worker is no longer connected. */
  readonly missed?: boolean | undefined;
  readonly seen?: SeenRunning | undefined;
  /** The same claim as it was read first in this attempt (at `readAt`), unix ms. */
  readonly before?: { readonly readAt: number; readonly startedAt: number; readonly endsAt: number } | undefined;
  /** Lifetimes of claims that workers of the same queue make, start of the attempt → end of the claim, ms. */
  readonly lifetimes?: readonly number[] | undefined;
}

/** Why the worker of a claimed job is thought to be gone. */
export const orphanEvidence = ["noConnection", "workerSilent", "claimOutlived"] as const;
export type OrphanEvidence = (typeof orphanEvidence)[number];

/** What a claim (`arq:in-progress:<id>`) means. */
export type Claim =
  | { readonly kind: "none" }
  /** A worker runs the job, or is about to. */
  | { readonly kind: "held" }
  /** A cron job's attempt is over; no worker takes the job until what is left of the claim lapses. */
  | { readonly kind: "left" }
  | { readonly kind: "orphaned"; readonly evidence: OrphanEvidence };

/** What the claim of a job means at `now` (unix ms on Redis' clock). Pure. */
export function claimOf(facts: JobFacts, now: number, context: ClaimContext = {}): Claim {
  if (!claimHolds(facts, now)) return { kind: "none" };
  if (isLingeringClaim(facts) || isClaimOfRunBefore(facts) || attemptIsOver(facts, context)) return { kind: "left" };
  if (facts.queued === null) return { kind: "held" };
  const evidence = orphanedBy(facts, now, context);
  return evidence === null ? { kind: "held" } : { kind: "orphaned", evidence };
}

/** `arq:in-progress:<id>` was there and has not lapsed since. */
export function claimHolds(facts: JobFacts, now: number): boolean {
  return facts.inProgressTtl !== null && !hasLapsed(facts.inProgressTtl, facts, now);
}

/** When the claim lapses and ARQ may hand the job to another worker, unix ms; null without a claim or where it has no TTL. */
export function claimEndsAt(facts: JobFacts): number | null {
  return lapsesAt(facts.inProgressTtl, facts);
}

/** When the claim has outlived every timeout of its worker, unix ms; null as for `claimEndsAt`. */
export function claimOutlivedAt(facts: JobFacts): number | null {
  const endsAt = claimEndsAt(facts);
  return endsAt === null ? null : endsAt - orphanedBelowMs;
}

/** Start of the newest attempt, unix ms, exact to about a millisecond: it is when ARQ last set the TTL of the retry key. */
export function attemptStartedAt(facts: JobFacts): number | null {
  const ttl = facts.retry?.ttl;
  return ttl === undefined || ttl < 0 || ttl > retryTtlMs ? null : facts.readAt - (retryTtlMs - ttl);
}

/**
 * How long the worker's claims live from the start of the attempt, ms: the longest timeout of its functions plus 10 s, less the
 * moment between claim and start. Null where the keys do not tell, or where an attempt of a cron job may have left the claim.
 */
export function claimLifetime(facts: JobFacts): number | null {
  const startedAt = attemptStartedAt(facts);
  const endsAt = claimEndsAt(facts);
  if (startedAt === null || endsAt === null || facts.queued === null) return null;
  const lifetime = endsAt - startedAt;
  return mayBeCut(facts, lifetime) ? null : lifetime;
}

/** The claim that a finished cron job leaves behind: in no queue, without a counter, with at most 60 s to live when it was read. */
export function isLingeringClaim(facts: JobFacts): boolean {
  return facts.queued === null && facts.job === null && facts.retry === null && isShort(facts.inProgressTtl);
}

/**
 * A cron job with a constant `job_id` that is queued again while the claim of its last run lingers: no worker takes it until
 * the claim lapses (python-arq/arq#459). A run that had begun would have a counter, which outlives every claim younger than a day.
 */
function isClaimOfRunBefore({ inProgressTtl, job, retry, queued, readAt }: JobFacts): boolean {
  if (queued === null || job === null || retry !== null || !isShort(inProgressTtl)) return false;
  const enqueuedAt = job.decoded.ok ? job.decoded.enqueuedAt : null;
  return enqueuedAt === null || readAt - enqueuedAt < retryTtlMs;
}

/**
 * A cron job cancelled by a shutdown, or that raised `Retry`, keeps its place in the queue, its counter and a claim that ARQ cuts
 * (or stretches) to 60 s from then on: it looks as if it ran. Told apart by when the claim ends, because ARQ never renews a claim
 * while the job runs: it must end a lifetime after the attempt began, the same for every job of that worker.
 */
function attemptIsOver(facts: JobFacts, { before, lifetimes }: ClaimContext): boolean {
  const { queued } = facts;
  const startedAt = attemptStartedAt(facts);
  const endsAt = claimEndsAt(facts);
  if (queued === null || startedAt === null || endsAt === null) return false;
  const lifetime = endsAt - startedAt;
  if (!mayBeCut(facts, lifetime)) return false;
  if (before !== undefined && Math.abs(before.startedAt - startedAt) <= ttlJitterMs) {
    if (Math.abs(before.endsAt - endsAt) > ttlJitterMs) return true;
    // Longer than any that is left, and the same ever since.
    if (before.endsAt - before.readAt > cronLingerMs) return false;
  }
  if (!isCron(facts)) return false;
  if (queued.score > startedAt + clockSkewMs) return true;
  const known = lifetimes ?? [];
  if (known.length > 0) return !known.some((each) => Math.abs(each - lifetime) <= startDelayMs);
  // Timeouts are whole seconds, and the attempt begins a moment after the claim.
  const short = (1000 - (lifetime % 1000)) % 1000;
  return short > startDelayMs;
}

function orphanedBy(facts: JobFacts, now: number, context: ClaimContext): OrphanEvidence | null {
  const startedAt = attemptStartedAt(facts);
  const seen = context.seen !== undefined && context.seen.seenAt >= (startedAt ?? Infinity) ? context.seen : null;
  if (startedAt !== null && seen !== null && !seen.alive) return "workerSilent";
  if (startedAt !== null && context.connections !== undefined) {
    // A worker that has told since that it runs the job was connected then.
    const connectedAt = Math.max(startedAt, seen?.seenAt ?? startedAt);
    if (isDisconnected(connectedAt, startedAt, context.connections) ?? context.missed === true) return "noConnection";
  }
  const outlivedAt = claimOutlivedAt(facts);
  // The short claim of a cron job may be what its last attempt left, and what an instrumented worker says beats the clock.
  if (outlivedAt === null || now < outlivedAt || mayBeCron(facts) || seen !== null) return null;
  return "claimOutlived";
}

/**
 * A worker that began an attempt had a connection open then, and used it then: to claim the job. Without one that is as old it is gone.
 * Connections as old that were silent before the attempt began belong to others, or lie spare in its pool while it uses younger
 * ones: null, undecided, where there are younger ones, and in every case that the list does not tell of.
 */
function isDisconnected(connectedAt: number, startedAt: number, evidence: ClaimEvidence): boolean | null {
  const { at, clients, since, silent = [] } = evidence;
  const age = at - connectedAt;
  if (age <= 0 || (since !== undefined && startedAt < since)) return null;
  if (silent.some(({ from, to }) => startedAt >= from && startedAt <= to)) return null;
  let older = false;
  let younger = false;
  for (const client of clients) {
    if (client.age * 1000 + ageSlackMs < age) younger = true;
    else if (client.idle * 1000 - idleSlackMs > age) older = true;
    else return false;
  }
  return older && younger ? null : true;
}

/** ARQ calls a cron job `cron:<function>` unless it was given a name, and makes its id of the name and the due time. */
function isCron(facts: JobFacts): boolean {
  const decoded = facts.job?.decoded;
  const name = parseCronId(facts.id)?.name ?? null;
  if (decoded?.ok !== true) return name !== null;
  return decoded.function.startsWith("cron:") || decoded.function === name;
}

/** Without a readable payload it may be one. */
function mayBeCron(facts: JobFacts): boolean {
  return facts.job?.decoded.ok !== true || parseCronId(facts.id) !== null || isCron(facts);
}

/** Set to 60 s when the attempt ended, a claim has less to live by now, and ends no earlier than 60 s after the start. */
function mayBeCut({ inProgressTtl }: JobFacts, lifetime: number): boolean {
  return isShort(inProgressTtl) && lifetime >= cronLingerMs - ttlJitterMs;
}

function isShort(ttl: number | null): boolean {
  return ttl !== null && ttl >= 0 && ttl <= cronLingerMs;
}

export function hasLapsed(ttl: number, facts: JobFacts, now: number): boolean {
  const end = lapsesAt(ttl, facts);
  return end !== null && end <= now;
}

/** PTTL as a moment: null without one (absent key, or -1: no expiry), the moment of the reading where it was gone by then (-2). */
export function lapsesAt(ttl: number | null, facts: JobFacts): number | null {
  return ttl === null || ttl === -1 ? null : facts.readAt + Math.max(0, ttl);
}
