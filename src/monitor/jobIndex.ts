import { type JobFacts, type JobState, jobStates, type ResultSummary } from "../arq/jobModel";
import type { ClaimContext } from "../arq/claim";
import { nextChangeAt } from "../arq/jobState";
import type { JobKeyKind } from "../arq/keys";
import { eventsBetween, isAnotherLife, nothingTold, vanishedEvent, type Told } from "./activity";
import { ClaimBook } from "./claimBook";
import type { WorkerEvidence } from "./claimEvidence";
import { JobTable, stateCode } from "./jobTable";
import type { JobEvent, JobRow } from "./model";
import { endedBefore, isOfResult, plainEnd, plainRow } from "./plainEnd";
import { RememberedJobs } from "./rememberedJobs";
import { RowHeap } from "./rowHeap";
import { rememberFrom, rowOf, sameRow } from "./rowOf";

/** How facts are to be taken. Times unix ms on Redis' clock. */
export interface ApplyContext {
  readonly now: number;
  /** The feed announced these jobs, as against a look at everything. */
  readonly live: boolean;
  /** Number of the sweep that is under way, or of the last one. */
  readonly sweep: number;
  /** What was last seen of workers; undefined before anybody has looked. */
  readonly evidence: WorkerEvidence | undefined;
  /** Of a job met for the first time, events before this are the past that nobody watched. */
  readonly horizon: number;
}

export interface Applied {
  /** Anything a view shows has changed. */
  readonly changed: boolean;
  /** The job as it was before; null when it was not known, and in `nothingNew`. */
  readonly before: JobRow | null;
  /** The job now; null when no key of it is left, and in `nothingNew`. */
  readonly after: JobRow | null;
  readonly events: readonly JobEvent[];
}

const noEvents: readonly JobEvent[] = [];
/** Of a job that was known to have ended, and has. */
export const nothingNew: Applied = { changed: false, before: null, after: null, events: noEvents };
/** Sweeps are told apart by the bits that a row has for them. */
const sweepMask = 0xffff;
/** A pass over so many rows takes about a millisecond, and so does making so many ids. */
const rowsPerLook = 250_000;
const idsPerPortion = 2000;

/** Every job that Redis knows, as of the last reading of its keys. Holds no payload. */
export class JobIndex {
  #table = new JobTable();
  /** Grows with every change that a view could show. */
  version = 0;
  /** Grows with every change of what is known of jobs that Redis has forgotten, and with some others. */
  rememberedVersion = 0;
  /** When time alone changes a job, by row. */
  #deadlines = deadlinesOf(this.#table);
  /** Jobs that Redis has forgotten while we knew them. They are in no row of the table. */
  readonly remembered = new RememberedJobs();
  /** What is seen of workers can change what a claim means. */
  readonly #claims = new ClaimBook();

  get table(): JobTable {
    return this.#table;
  }

  /** Takes in what the keys of one job say now. */
  apply(facts: JobFacts, context: ApplyContext): Applied {
    // A reading is never older than its own TIME, however far our idea of Redis' clock is off.
    const now = Math.max(context.now, facts.readAt);
    const row = this.table.find(facts.id);
    // Most jobs that are met in a look at everything: their life is over.
    const end = plainEnd(facts);
    if (end !== null) {
      if (row < 0 && endedBefore(end, context.horizon)) return this.#meetEnded(facts, end, context.sweep);
      if (row >= 0 && isOfResult(this.#table, row, end)) {
        this.#table.columns.sweep[row] = context.sweep;
        return nothingNew;
      }
    }
    const before = row < 0 ? null : this.table.read(row, now);
    const told = row < 0 ? nothingTold : this.#table.told(row);
    if (isGone(facts)) return this.#forget(row, before, told, facts, context);

    const claim = this.#claims.contextOf(facts, context.evidence, before?.state === "orphaned");
    const fresh = rowOf(facts, now, claim);
    const { state } = fresh;
    const ended = facts.result !== null || state === "finished";
    const after = before === null || isAnotherLife(before, told, fresh, ended) ? fresh : rememberFrom(before, fresh);
    const { events, told: toldNow } = eventsBetween({
      before,
      told,
      after,
      ended,
      readAt: facts.readAt,
      live: context.live,
    });

    const changed = before === null || !sameRow(before, after);
    const target = row < 0 ? this.table.add(facts.id) : row;
    if (changed) this.table.write(target, after);
    const { result } = facts;
    // When a result goes is rarely asked for: what was read once holds as long as the result is the same.
    if (changed || result === null || result.ttl !== null)
      this.#setDeadline(target, changesAt(facts, state, now, claim));
    this.table.columns.sweep[target] = context.sweep;
    this.table.tell(target, toldNow);
    this.#claims.keep(facts, context.evidence);
    this.#recall(facts.id);
    if (changed) {
      this.version++;
      // A failure that is held no more, or again, is one that others remember.
      if ((before ?? after).state === "failed") this.rememberedVersion++;
    }
    return {
      changed,
      before,
      after,
      events: before === null ? events.filter((event) => event.at >= context.horizon) : events,
    };
  }

  /** The job; also one of the last that left without a trace, as it was seen last. Null when it is not known. */
  row(id: string, now: number): JobRow | null {
    const row = this.table.find(id);
    return row < 0 ? (this.remembered.get(id) ?? null) : this.table.read(row, now);
  }

  /**
   * Judges every claimed job again by what is seen of workers now. `suspects` seem to have lost their worker, which is only sure
   * when their keys have been read once more: a worker that ends its jobs before it goes looks the same for a moment.
   */
  judgeClaims(now: number, evidence: WorkerEvidence): { readonly changed: JobRow[]; readonly suspects: string[] } {
    const changed: JobRow[] = [];
    const suspects: string[] = [];
    this.#claims.see(evidence);
    for (const facts of this.#claims.facts) {
      const row = this.table.find(facts.id);
      const before = row < 0 ? null : this.table.read(row, now);
      if (before?.state !== "running" && before?.state !== "orphaned") continue;
      const claim = this.#claims.contextOf(facts, evidence, before.state === "orphaned", true);
      const { state, orphanEvidence, worker } = rowOf(facts, Math.max(now, facts.readAt), claim);
      // Whatever has come of the claim by time alone is for the next reading of its keys.
      if (state !== "running" && state !== "orphaned") continue;
      if (state === "orphaned" && before.state === "running") {
        suspects.push(facts.id);
        continue;
      }
      const after = { ...before, state, orphanEvidence, worker: worker ?? before.worker };
      if (sameRow(before, after)) continue;
      this.table.write(row, after);
      this.version++;
      changed.push(after);
    }
    return { changed, suspects };
  }

  /** When time alone changes a job next; null when it does not. */
  get nextDeadline(): number | null {
    const at = this.#deadlines.firstKey;
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  /** Redis was asked when it forgets the result of an ended job: then, or never (Infinity). */
  expectForgotten(row: number, at: number): void {
    this.#deadlines.set(row, at);
  }

  /** Jobs that time has changed by now, at most so many: their keys have to be read again. */
  takeDue(now: number, atMost = Number.POSITIVE_INFINITY): string[] {
    const due: string[] = [];
    while (due.length < atMost && (this.#deadlines.firstKey ?? Number.POSITIVE_INFINITY) <= now) {
      const row = this.#deadlines.first;
      this.#deadlines.remove(row);
      due.push(this.#table.id(row));
    }
    return due;
  }

  /** Jobs in this state, in portions as of `notMetIn`. */
  *inState(state: JobState): Iterable<string[]> {
    const code = stateCode(state);
    if (this.#table.tallies.states[code] === 0) return;
    yield* this.#portions((row) => this.#table.columns.state[row] === code);
  }

  /** Some of the jobs last seen in one of these queues. */
  idsIn(queues: readonly string[], atMost: number): string[] {
    const codes = new Set(queues.map((queue) => this.#table.strings.find(queue)).filter((code) => code > 0));
    if (codes.size === 0) return [];
    const { queue, scheduledAt } = this.#table.columns;
    // Only what is in a queue has a score.
    return this.#openWhere((row) => codes.has(queue[row]!) && !Number.isNaN(scheduledAt[row]!), atMost);
  }

  /**
   * A look at names has met a key of this job. Marks the job as met if that key is the one that makes it what it is known to be. @returns whether such a key is no
   * news.
   */
  meet(id: string, key: JobKeyKind, sweep: number): boolean {
    const row = this.#table.find(id);
    if (row < 0) return false;
    const state = jobStates[this.#table.columns.state[row]!];
    const isOver = this.#table.told(row).ended;
    const hasResult = isOver && state !== "finished";
    const isClaimed = state === "running" || state === "orphaned";
    const waits = !isOver && !isClaimed && state !== "expired" && state !== "unknown";
    const isOther = !hasResult && !isClaimed && !waits;
    const { makesIt, isKnown } = {
      result: { makesIt: hasResult, isKnown: hasResult },
      job: { makesIt: waits || state === "unknown", isKnown: waits || isClaimed || state === "unknown" },
      // A feed that looks sees only claims of jobs at the head of their queue.
      inProgress: { makesIt: isClaimed || isOther, isKnown: !waits },
      retry: { makesIt: isOther, isKnown: true },
    }[key];
    if (makesIt) this.#table.columns.sweep[row] = sweep;
    return isKnown;
  }

  /** Of the members of a queue, by score, and of the jobs known to be in it: those that do not agree. Both may be long, so at most so many. */
  differing(queue: string, members: ReadonlyMap<string, number>, atMost: number): string[] {
    const { scheduledAt } = this.#table.columns;
    const known = this.idsIn([queue], Number.POSITIVE_INFINITY);
    const differing = new Set(known.filter((id) => members.get(id) !== scheduledAt[this.#table.find(id)]));
    const there = new Set(known);
    for (const id of members.keys()) if (!there.has(id)) differing.add(id);
    return [...differing].slice(0, atMost);
  }

  /** Jobs that the sweep has not met, in portions: one is found in a few ms. The index may change between two. */
  *notMetIn(sweep: number): Iterable<string[]> {
    const mark = sweep & sweepMask;
    yield* this.#portions((row) => this.#table.columns.sweep[row] !== mark && !this.#table.isFree(row));
  }

  *#portions(matches: (row: number) => boolean): Iterable<string[]> {
    for (let row = 0; row < this.#table.end;) {
      const ids: string[] = [];
      const until = Math.min(this.#table.end, row + rowsPerLook);
      for (; row < until && ids.length < idsPerPortion; row++) if (matches(row)) ids.push(this.#table.id(row));
      yield ids;
    }
  }

  #openWhere(matches: (row: number) => boolean, atMost: number): string[] {
    const ids: string[] = [];
    for (const row of this.#table.tallies.open.rows) {
      if (ids.length >= atMost) break;
      if (matches(row)) ids.push(this.#table.id(row));
    }
    return ids;
  }

  clear(): void {
    this.#table = new JobTable();
    this.#deadlines = deadlinesOf(this.#table);
    this.#claims.clear();
    this.remembered.clear();
    this.changedElsewhere();
  }

  /** More, or less, is known of jobs that are not in the table. */
  changedElsewhere(): void {
    this.version++;
    this.rememberedVersion++;
  }

  #meetEnded(facts: JobFacts, result: ResultSummary, sweep: number): Applied {
    const after = plainRow(facts, result);
    const row = this.#table.add(facts.id);
    this.#table.write(row, after);
    const { tries } = after;
    this.#table.tell(row, { started: tries ?? 0, retried: Math.max(0, (tries ?? 0) - 1), ended: true });
    this.#table.columns.sweep[row] = sweep;
    this.#recall(facts.id);
    this.version++;
    if (after.state === "failed") this.rememberedVersion++;
    return { changed: true, before: null, after, events: noEvents };
  }

  #forget(row: number, before: JobRow | null, told: Told, facts: JobFacts, context: ApplyContext): Applied {
    if (before === null) return { changed: false, before, after: null, events: [] };
    const event = vanishedEvent(before, told, facts.readAt, context.live);
    this.#deadlines.remove(row);
    this.table.remove(row);
    this.#claims.forget(facts.id);
    const rememberedSince = facts.readAt;
    this.remembered.add(
      event === null
        ? { ...before, rememberedSince }
        : { ...before, state: "finished", scheduledAt: null, finishedAt: event.at, rememberedSince },
    );
    this.version++;
    this.rememberedVersion++;
    return { changed: true, before, after: null, events: event === null ? [] : [event] };
  }

  /** Redis holds the job again. */
  #recall(id: string): void {
    if (this.remembered.size > 0 && this.remembered.delete(id)) this.rememberedVersion++;
  }

  #setDeadline(row: number, at: number | null): void {
    if (at === null) this.#deadlines.remove(row);
    else this.#deadlines.set(row, at);
  }
}

function deadlinesOf(table: JobTable): RowHeap {
  return new RowHeap(() => table.columns.deadline);
}

/** No key of the job is left. An abort asked for an id stays in Redis for ever and makes no job. */
export function isGone(facts: JobFacts): boolean {
  const { queued, inProgressTtl, retry, job, result } = facts;
  return queued === null && inProgressTtl === null && retry === null && job === null && result === null;
}

function changesAt(facts: JobFacts, state: JobState, now: number, claim: ClaimContext): number | null {
  // What is left of a job that ended goes with its TTL.
  const lastTtl = facts.result?.ttl ?? (state === "finished" ? facts.inProgressTtl : null);
  return lastTtl !== null && lastTtl >= 0 ? facts.readAt + lastTtl : nextChangeAt(facts, now, claim);
}
