import type { Cancel } from "../monitor/ports";
import { KeyBatch } from "./keyBatch";
import { QueueWatch } from "./queueWatch";
import { asScanPage, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";
import { escapeGlob, type SweepObserver } from "./sweepFeed";

const tickMs = 500;
/** A tick may cost at most this share of the time; a slow server is asked less often. */
const dutyCycle = 0.2;
const scanCount = 1000;
const scansPerTick = 5;
const scanBudgetMs = 20;
const knownLimit = 500_000;

/** One way through all keys of ARQ, compared with the one before. */
interface Round {
  readonly before: ReadonlySet<string>;
  readonly met: Set<string>;
  cursor: string;
}

/**
 * Notices changes by looking: at each queue every 500 ms, and at a slice of all keys of ARQ for results that came and went between two looks.
 * What it touches are differences to what it saw before; the first look at everything is the sweep's, which tells it what it met: a result that
 * appears behind the sweep's back is then a difference, too.
 */
export class PollFeed implements SweepObserver {
  readonly #context: SessionContext;
  readonly #watched: () => Iterable<string>;
  readonly #scanning: boolean;
  readonly #batch: KeyBatch;
  readonly #queues = new Map<string, QueueWatch>();
  /** What the sweep that runs has met. */
  #swept = new Set<string>();
  /** Null until the sweep has met every key. */
  #round: Round | null = null;
  #timer: Cancel | null = null;
  #closed = false;

  /** `scanning` false: only these queues, because everything else is announced. */
  constructor(context: SessionContext, watched: () => Iterable<string>, scanning: boolean) {
    this.#context = context;
    this.#watched = watched;
    this.#scanning = scanning;
    this.#batch = new KeyBatch(context);
  }

  start(): void {
    this.#loop(0);
  }

  /** A sweep begins: what was seen is forgotten. */
  reset(): void {
    this.#queues.clear();
    this.#swept = new Set();
    this.#round = null;
  }

  met(key: string): void {
    if (this.#scanning && this.#swept.size < knownLimit) this.#swept.add(key);
  }

  allMet(): void {
    this.#round = { before: this.#swept, met: new Set(), cursor: "0" };
    this.#swept = new Set();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  #loop(delay: number): void {
    if (this.#closed) return;
    this.#timer = this.#context.clock.setTimeout(() => {
      const began = performance.now();
      void this.#tick()
        .catch((error: unknown) => this.#context.logger.debug(`Looking at the queues failed: ${String(error)}`))
        .then(() => {
          if (this.#context.ended()) return;
          const took = performance.now() - began;
          this.#loop(Math.max(tickMs - took, took / dutyCycle - took));
        });
    }, delay);
  }

  async #tick(): Promise<void> {
    const { redis, refusals, clock } = this.#context;
    const [time] = refusals.has("time") ? [] : await redis.run([["time"]]);
    if (time !== undefined) refusals.note([time]);
    const now = asTime(time) ?? clock.now();
    for (const name of this.#watched()) {
      const known = this.#queues.get(name);
      const watch = known ?? new QueueWatch(this.#context, name);
      this.#queues.set(name, watch);
      const touched = await watch.look(now);
      if (known === undefined) {
        // What the first look meets was met, not seen to change.
        await this.#context.sink.touched({ jobs: [...touched], queues: [name], workers: false, origin: "sweep" });
        continue;
      }
      for (const id of touched) this.#batch.jobs.add(id);
      if (watch.changed) this.#batch.queues.add(name);
    }
    await this.#emit();
    if (this.#scanning && this.#round !== null) await this.#scan(this.#round);
  }

  async #scan(round: Round): Promise<void> {
    const { redis, refusals, keys } = this.#context;
    const began = performance.now();
    for (let i = 0; i < scansPerTick && !refusals.has("scan") && !this.#closed; i++) {
      const replies = await redis.run([
        ["scan", round.cursor, "MATCH", `${escapeGlob(keys.prefix)}:*`, "COUNT", scanCount],
      ]);
      refusals.note(replies);
      const page = isError(replies[0]) ? null : asScanPage(replies[0]);
      // A sweep has begun meanwhile: it looks at everything anyway.
      if (page === null || round !== this.#round) return;
      for (const key of page.keys) this.#look(key, round);
      round.cursor = page.cursor;
      if (page.cursor === "0") {
        this.#endRound(round);
        break;
      }
      if (performance.now() - began > scanBudgetMs) break;
    }
    if (this.#batch.hasCandidates) await this.#batch.resolve();
    await this.#emit();
  }

  #look(key: string, { before, met }: Round): void {
    if (met.size < knownLimit) met.add(key);
    // Of more keys than can be remembered it is not known which are new.
    if (!before.has(key) && before.size < knownLimit) this.#batch.add(key);
  }

  /** Keys of the round before that were not met again are gone: results forgotten, claims lapsed. */
  #endRound({ before, met }: Round): void {
    if (met.size < knownLimit) for (const key of before) if (!met.has(key)) this.#batch.add(key);
    this.#round = { before: met, met: new Set(), cursor: "0" };
  }

  async #emit(): Promise<void> {
    if (!this.#closed && !this.#batch.empty) await this.#context.sink.touched(this.#batch.take("live"));
  }
}
