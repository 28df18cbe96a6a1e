import type { Cancel } from "../monitor/ports";
import { KeyBatch } from "./keyBatch";
import { QueueWatch } from "./queueWatch";
import { asScanPage, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";
import { escapeGlob } from "./sweepFeed";

const tickMs = 500;
/** A tick may cost at most this share of the time; a slow server is asked less often. */
const dutyCycle = 0.2;
const scanCount = 1000;
const scansPerTick = 5;
const scanBudgetMs = 20;
const knownLimit = 500_000;

/**
 * Notices changes by looking: at each queue every 500 ms, and at a slice of all keys of ARQ for results that came and went between two looks.
 * What it touches are differences to what it saw before; the first look at everything is the sweep's.
 */
export class PollFeed {
  readonly #context: SessionContext;
  readonly #watched: () => Iterable<string>;
  readonly #scanning: boolean;
  readonly #batch: KeyBatch;
  readonly #queues = new Map<string, QueueWatch>();
  /** Keys met in the last whole round, and in the round that runs. */
  #lastRound: Set<string> | null = null;
  #thisRound = new Set<string>();
  #cursor = "0";
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

  /** Forgets what was seen: the next look at each queue and the next round only learn. */
  reset(): void {
    this.#queues.clear();
    this.#lastRound = null;
    this.#thisRound = new Set();
    this.#cursor = "0";
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
    if (this.#scanning) await this.#scan();
  }

  async #scan(): Promise<void> {
    const { redis, refusals, keys } = this.#context;
    const began = performance.now();
    for (let i = 0; i < scansPerTick && !refusals.has("scan") && !this.#closed; i++) {
      const replies = await redis.run([
        ["scan", this.#cursor, "MATCH", `${escapeGlob(keys.prefix)}:*`, "COUNT", scanCount],
      ]);
      refusals.note(replies);
      const page = isError(replies[0]) ? null : asScanPage(replies[0]);
      if (page === null) return;
      for (const key of page.keys) this.#met(key);
      this.#cursor = page.cursor;
      if (page.cursor === "0") {
        this.#endRound();
        break;
      }
      if (performance.now() - began > scanBudgetMs) break;
    }
    if (this.#batch.hasCandidates) await this.#batch.resolve();
    await this.#emit();
  }

  #met(key: string): void {
    if (this.#thisRound.size < knownLimit) this.#thisRound.add(key);
    // Candidates for queues are looked at once; keys of jobs only when they are new.
    if (this.#lastRound === null ? this.#context.keys.parse(key) === null : !this.#lastRound.has(key))
      this.#batch.add(key);
  }

  /** Keys of the round before that were not met again are gone: results forgotten, claims lapsed. */
  #endRound(): void {
    const full = this.#thisRound.size >= knownLimit;
    for (const key of this.#lastRound ?? []) if (!full && !this.#thisRound.has(key)) this.#batch.add(key);
    this.#lastRound = this.#thisRound;
    this.#thisRound = new Set();
  }

  async #emit(): Promise<void> {
    if (!this.#closed && !this.#batch.empty) await this.#context.sink.touched(this.#batch.take("live"));
  }
}
