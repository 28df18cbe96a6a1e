import { type JobKeyKind, jobKeyKinds } from "../arq/keys";
import type { Cancel, TouchedBatch } from "../monitor/ports";
import { ClaimWatch } from "./claimWatch";
import { KeyBatch } from "./keyBatch";
import { type QueueLook, QueueWatch } from "./queueWatch";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asScanPage, asTime } from "./replies";
import type { SessionContext } from "./sessionContext";
import { escapeGlob } from "./sweepFeed";

/** The server may be busy with our ticks for at most this share of the time; a slow one is asked less often. */
const dutyCycle = 0.2;
/** A server that stood still for seconds is no slow one: what is visible is looked at again within 2 s. */
const longestRestMs = 1500;
/** Names looked at in a tick: about a millisecond of the server's time. A million keys take four minutes. */
const scanCount = 2000;
/** Jobs in all queues whose claims are looked at in a tick: half a millisecond of the server's time. */
const claimsAtMost = 500;
/** After so many ticks with nothing left to read it is calm again. */
const calmTicks = 6;

/** What a feed that looks is to look at. */
export interface PollPlan {
  /** Every queue, or those that Redis cannot announce. */
  readonly queues: () => Iterable<string>;
  /** Also at a slice of all keys in every tick. */
  readonly scanning: boolean;
  /** Between two ticks. */
  readonly gapMs: number;
  /** Jobs read in a tick. */
  readonly jobsPerTick: number;
  /** Jobs that may wait for a later tick: beyond them something is missed rather than memory filled. */
  readonly jobsWaiting: number;
}

/** Each job costs at most 8 kB: 8 MB a second. */
export const followingPace = { gapMs: 500, jobsPerTick: 500, jobsWaiting: 20_000 } as const;
/** While Redis changes too fast to be followed: a sample, at 200 jobs a second. */
export const samplingPace = { gapMs: 500, jobsPerTick: 100, jobsWaiting: 100 } as const;
/** While no view is visible. */
export const backgroundPace = { gapMs: 5000, jobsPerTick: 100, jobsWaiting: 100 } as const;

export interface PollFeedOptions {
  readonly context: SessionContext;
  /** More jobs change than are read: some are dropped from now on. */
  readonly onExcess: () => void;
  /** It is calm again; nothing is dropped any more. */
  readonly onCalm: () => void;
}

/**
 * Notices changes by looking, everything in one round trip: at each queue, at the claims of jobs that are due, and at a slice of all keys of ARQ for results that came
 * and went between two looks. At most eight commands and three for each queue. What it touches are differences to what it saw before.
 */
export class PollFeed {
  readonly #options: PollFeedOptions;
  readonly #batch: KeyBatch;
  readonly #claims: ClaimWatch;
  readonly #queues = new Map<string, QueueWatch>();
  #plan: PollPlan | null = null;
  /** Where the look at all keys is; null while a sweep looks at them. */
  #cursor: string | null = null;
  #counted: NonNullable<TouchedBatch["counted"]>[number][] = [];
  /** Redis' clock minus ours, as of the last tick. */
  #offset = 0;
  #excess = false;
  #calmFor = 0;
  #timer: Cancel | null = null;
  #ticking = false;
  /** For the answer of the last tick. */
  #waitedMs = 0;
  #closed = false;

  constructor(options: PollFeedOptions) {
    this.#options = options;
    this.#batch = new KeyBatch(options.context);
    this.#claims = new ClaimWatch(options.context);
  }

  /** Looks like this from now on; null: not at all. */
  follow(plan: PollPlan | null): void {
    const idle = this.#plan === null;
    const faster = plan !== null && this.#plan !== null && plan.gapMs < this.#plan.gapMs;
    this.#plan = plan;
    if (plan === null || faster) this.#timer?.();
    if (plan !== null && (idle || faster) && !this.#ticking) this.#wait(0);
  }

  /** A sweep begins: what was seen is forgotten. */
  reset(): void {
    this.#queues.clear();
    this.#cursor = null;
    this.#batch.take("live");
    this.#excess = false;
  }

  /** A sweep has met every key. */
  swept(): void {
    this.#options.context.sink.roundStarted();
    this.#cursor = "0";
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  #wait(ms: number): void {
    if (this.#closed) return;
    this.#timer = this.#options.context.clock.setTimeout(() => void this.#turn(), ms);
  }

  async #turn(): Promise<void> {
    const { logger, ended } = this.#options.context;
    const began = performance.now();
    this.#ticking = true;
    this.#waitedMs = 0;
    try {
      if (this.#plan !== null) await this.#tick(this.#plan);
    } catch (error) {
      logger.debug(`Looking at the queues failed: ${String(error)}`);
    }
    this.#ticking = false;
    if (this.#plan === null || ended()) return;
    const left = this.#plan.gapMs - (performance.now() - began);
    this.#wait(Math.max(0, left, Math.min(longestRestMs, this.#waitedMs / dutyCycle - this.#waitedMs)));
  }

  async #tick(plan: PollPlan): Promise<void> {
    const { redis, refusals, clock, keys } = this.#options.context;
    const names = [...plan.queues()];
    const watches = names.map((name) => {
      const known = this.#queues.get(name);
      const watch = known ?? new QueueWatch(this.#options.context, name);
      this.#queues.set(name, watch);
      return { name, watch, isNew: known === undefined };
    });
    const expected = clock.now() + this.#offset;
    const cursor = plan.scanning && !this.#excess && !refusals.has("scan") ? this.#cursor : null;
    const asked: (readonly ReadCommand[])[] = [
      refusals.has("time") ? [] : [["time"]],
      cursor === null ? [] : [["scan", cursor, "MATCH", `${escapeGlob(keys.prefix)}:*`, "COUNT", scanCount]],
      this.#claims.commands(watches.flatMap(({ watch }) => watch.due).slice(0, claimsAtMost)),
      ...watches.map(({ watch }) => watch.commands(expected)),
    ];
    const askedAt = performance.now();
    const replies = await redis.run(asked.flat());
    this.#waitedMs = performance.now() - askedAt;
    // What was refused is asked for in another way at the next tick.
    if (refusals.note(replies) || this.#closed) return;
    let taken = 0;
    const [time, scanned, claims, ...looks] = asked.map(({ length }) => replies.slice(taken, (taken += length)));
    const now = asTime(time?.[0]) ?? expected;
    this.#offset = now - clock.now();
    for (const id of this.#claims.take(claims ?? [], now)) this.#batch.jobs.add(id);
    for (const [i, { name, watch, isNew }] of watches.entries()) {
      await this.#take(watch.take(looks[i] ?? [], now), name, watch, isNew);
    }
    await this.#emit(plan);
    // A sweep that has begun meanwhile looks at everything anyway.
    if (cursor !== null && cursor === this.#cursor) await this.#look(scanned?.[0]);
  }

  async #take(look: QueueLook | null, name: string, watch: QueueWatch, isNew: boolean): Promise<void> {
    if (look === null) return;
    const missed = look.missed ? await watch.readAll() : [];
    if (look.depth !== null && (look.changed || isNew)) this.#counted.push({ name, depth: look.depth });
    if (isNew) {
      // What the first look meets was met, not seen to change.
      const jobs = [...look.touched, ...missed];
      await this.#options.context.sink.touched({ jobs, queues: [name], workers: false, origin: "sweep" });
      return;
    }
    for (const id of look.touched) this.#batch.jobs.add(id);
    for (const id of missed) this.#batch.jobs.add(id);
    if (look.changed) this.#batch.queues.add(name);
  }

  /** Names of keys tell which jobs are there; those that are not known like that are read. */
  async #look(reply: Reply | undefined): Promise<void> {
    const { keys, sink, found } = this.#options.context;
    const page = asScanPage(reply);
    if (page === null) return;
    const met: Record<JobKeyKind, string[]> = { result: [], job: [], inProgress: [], retry: [] };
    for (const key of page.keys) {
      const parsed = keys.parse(key);
      switch (parsed?.kind) {
        case "result":
        case "job":
        case "inProgress":
        case "retry":
          met[parsed.kind].push(parsed.id);
          break;
        default:
          // Known queues are looked at in every tick, and known records every few seconds.
          if (!found.queues.has(key) && !found.health.has(key) && !found.workers.has(key)) this.#batch.add(key);
      }
    }
    for (const kind of jobKeyKinds) await sink.met(met[kind], kind);
    if (this.#cursor === null) return;
    this.#cursor = page.cursor;
    if (this.#batch.hasCandidates) await this.#batch.resolve();
    if (page.cursor !== "0") return;
    await sink.roundEnded();
    if (this.#cursor !== null) this.swept();
  }

  async #emit(plan: PollPlan): Promise<void> {
    const { sink } = this.#options.context;
    this.#batch.aborts = false;
    const excess = this.#batch.jobs.size > plan.jobsWaiting;
    const hasNews = !this.#batch.empty || this.#counted.length > 0;
    if (hasNews) {
      this.#options.context.news.at = this.#options.context.clock.now();
      const counted = this.#counted;
      this.#counted = [];
      await sink.touched({ ...this.#batch.take("live", plan.jobsPerTick), counted });
    }
    if (excess) {
      this.#batch.jobs.clear();
      this.#calmFor = 0;
      if (!this.#excess) this.#options.onExcess();
      this.#excess = true;
    } else if (this.#excess && ++this.#calmFor >= calmTicks) {
      this.#excess = false;
      this.#options.onCalm();
    }
  }
}
