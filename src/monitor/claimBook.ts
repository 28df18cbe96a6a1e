import { attemptStartedAt, claimEndsAt, claimHolds, claimLifetime, type ClaimContext } from "../arq/claim";
import type { JobFacts } from "../arq/jobModel";
import type { Runner, WorkerEvidence } from "./claimEvidence";

interface KnownClaim {
  readonly facts: JobFacts;
  /** As it was read first in this attempt, unix ms. */
  readonly first: ClaimContext["before"];
  /** The instrumented worker that was last seen to run it. */
  readonly runner: Runner | undefined;
}

/** Of one queue: workers of several settings serve it at most. */
const lifetimesKept = 8;
/** Lifetimes of one worker differ by what lies between claim and start, ms. */
const sameLifetimeMs = 500;
const sameAttemptMs = 100;
const nothingKnown: ClaimContext = {};

/** Claims on jobs in queues, with what was seen of them before. At most a few per worker. */
export class ClaimBook {
  readonly #claims = new Map<string, KnownClaim>();
  readonly #lifetimes = new Map<string, readonly number[]>();

  /** Takes in a reading; forgets the job when nothing claims it any more. */
  keep(facts: JobFacts, evidence: WorkerEvidence | undefined): void {
    const before = this.#claims.get(facts.id);
    if (facts.queued === null || facts.result !== null || !claimHolds(facts, facts.readAt)) {
      this.#claims.delete(facts.id);
      return;
    }
    const startedAt = attemptStartedAt(facts);
    const endsAt = claimEndsAt(facts);
    const same = isSame(before?.first, startedAt);
    const first = same
      ? before?.first
      : startedAt === null || endsAt === null
        ? undefined
        : { readAt: facts.readAt, startedAt, endsAt };
    const runner = evidence?.runners.get(facts.id) ?? (same ? before?.runner : undefined);
    this.#claims.set(facts.id, { facts, first, runner });
    this.#learn(facts.queued.queue, claimLifetime(facts));
  }

  /** Remembers who was seen to run these jobs: when they fall silent, only that tells. */
  see({ runners }: WorkerEvidence): void {
    for (const [id, runner] of runners) {
      const known = this.#claims.get(id);
      if (known !== undefined) this.#claims.set(id, { ...known, runner });
    }
  }

  forget(id: string): void {
    this.#claims.delete(id);
  }

  clear(): void {
    this.#claims.clear();
    this.#lifetimes.clear();
  }

  /** Every claimed job, as its keys were read last. */
  get facts(): JobFacts[] {
    return Array.from(this.#claims.values(), ({ facts }) => facts);
  }

  /**
   * What is known of the claim beside these facts. A worker ends its job before it goes, so its absence is told only to facts that
   * were read afterwards, unless it was missed in this attempt already; `late` tells it to all.
   */
  contextOf(facts: JobFacts, evidence: WorkerEvidence | undefined, wasOrphaned: boolean, late = false): ClaimContext {
    // Most jobs are not claimed.
    if (facts.inProgressTtl === null) return nothingKnown;
    const known = this.#claims.get(facts.id);
    const last = evidence?.runners.get(facts.id) ?? known?.runner;
    const startedAt = attemptStartedAt(facts);
    const missed = wasOrphaned && isSame(known?.first, startedAt);
    const told = (at: number): boolean => late || missed || at <= facts.readAt;
    // What was said before this attempt is of another one.
    const runner = last !== undefined && startedAt !== null && last.seenAt >= startedAt ? last : undefined;
    const alive = runner !== undefined && evidence?.alive.has(runner.key) === true;
    const heard = evidence !== undefined && runner !== undefined && (alive || told(evidence.at));
    return {
      connections:
        evidence?.connections !== undefined && told(evidence.connections.at) ? evidence.connections : undefined,
      seen: heard ? { worker: runner.worker, seenAt: runner.seenAt, alive } : undefined,
      missed,
      before: known?.first,
      lifetimes: facts.queued === null ? undefined : this.#lifetimes.get(facts.queued.queue),
    };
  }

  #learn(queue: string, lifetime: number | null): void {
    if (lifetime === null) return;
    const known = this.#lifetimes.get(queue) ?? [];
    if (known.some((each) => Math.abs(each - lifetime) <= sameLifetimeMs)) return;
    this.#lifetimes.set(queue, [...known, lifetime].slice(-lifetimesKept));
  }
}

/** The attempt that began then is the one that was read before. */
function isSame(first: KnownClaim["first"], startedAt: number | null): boolean {
  return first !== undefined && startedAt !== null && Math.abs(first.startedAt - startedAt) <= sameAttemptMs;
}
