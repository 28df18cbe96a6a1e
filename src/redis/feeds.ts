import { numberText, t } from "../arq/l10n";
import type { Cancel, Demand, FeedKind } from "../monitor/ports";
import { calmPerSecond } from "./floodGauge";
import { backgroundPace, followingPace, PollFeed, samplingPace } from "./pollFeed";
import { backgroundJobs, backgroundMs, type PushFeed } from "./pushFeed";
import type { SessionContext } from "./sessionContext";

/** A flood is given so long before it is looked whether it is over; twice as long each time it is not, or comes back at once. */
const trialGapMs = 10_000;
const trialGapAtMostMs = 160_000;
/** Announcements are counted for so long: at most 15,000 names at the rate that is told calm, 100,000 in a flood. */
const trialMs = 1500;

export interface FeedsOptions {
  readonly context: SessionContext;
  /** Every key has to be looked at again. */
  readonly resync: () => void;
  /** `feed`, `reason` or `limits` is not what it was. */
  readonly onChange: () => void;
}

/**
 * How closely Redis is followed. Announcements are best for few changes and looking for many: where more than `floodPerSecond` keys a second are announced, the announcements
 * are switched off and the queues are looked at, and of jobs a sample, until it is calm. While no view is visible everything is still followed as long as that takes
 * no more than 100 jobs in 5 s, then only results and queues; while nobody looks at all, nothing is. Whoever misses something says so at once, and asks for a
 * sweep as soon as nothing is missed any more.
 */
export class Feeds {
  readonly #options: FeedsOptions;
  readonly #poll: PollFeed;
  #push: PushFeed | null = null;
  /** Why Redis does not announce changes, for people. */
  #refused: string | null = null;
  #demand: Demand;
  /** Announced keys a second, when there were too many. */
  #flood: number | null = null;
  /** In the background too much changed to follow it all. */
  #narrowed = false;
  /** More jobs changed than could be read. */
  #excess = false;
  /** It has been told that something is missed. */
  #told = false;
  readonly #unannounced = new Set<string>();
  #trial: Cancel | null = null;
  #trialGapMs = trialGapMs;
  #calmSince = Number.NEGATIVE_INFINITY;
  /** Counts what was decided: a trial under which another decision was made proves nothing. */
  #decision = 0;
  #started = false;
  #closed = false;

  constructor(options: FeedsOptions, demand: Demand) {
    this.#options = options;
    this.#demand = demand;
    this.#poll = new PollFeed({
      context: options.context,
      onExcess: () => this.#setExcess(true),
      onCalm: () => this.#setExcess(false),
    });
  }

  get feed(): FeedKind {
    return this.#push === null || this.#flood !== null ? "poll" : "push";
  }

  /** Why not push, for people. */
  get reason(): string | null {
    if (this.#push === null) return this.#refused;
    return this.#flood === null ? null : t("Redis changes too fast to be told of each change.");
  }

  get limits(): readonly string[] {
    if (this.#demand === "none") return [t("Nobody looks, so changes are not followed.")];
    if (this.#flood !== null) {
      return [
        t(
          "Redis changes about {0} keys a second: queues are counted, and of jobs only some are read until it is calmer.",
          rounded(this.#flood),
        ),
      ];
    }
    if (this.#narrowed || (this.#excess && this.#demand === "background")) {
      const seconds = backgroundMs / 1000;
      return [
        t(
          "While no view is visible, queues are counted and at most {0} of the jobs that ended are read every {1} seconds.",
          backgroundJobs,
          seconds,
        ),
      ];
    }
    if (!this.#excess) return [];
    const perSecond = followingPace.jobsPerTick * (1000 / followingPace.gapMs);
    return [
      t("More jobs change than are read ({0} a second), so that some are shown as they were.", rounded(perSecond)),
    ];
  }

  announces(key: string): boolean {
    return this.#push?.announces(key) ?? false;
  }

  /** Begins, with announcements or, when there are none, with the reason. */
  async start(push: PushFeed | null, refused: string | null): Promise<void> {
    this.#push = push;
    this.#refused = refused;
    this.#started = true;
    await this.#apply();
  }

  async setDemand(demand: Demand): Promise<void> {
    if (demand === this.#demand) return;
    this.#demand = demand;
    if (demand === "visible") this.#narrowed = this.#excess = false;
    await this.#apply();
  }

  /** A sweep has begun: what changes from now on and is missed all the same will not be told by it. */
  sweepBegan(): void {
    this.#poll.reset();
    this.#excess = false;
    this.#told = false;
    this.#tell();
  }

  swept(): void {
    this.#poll.swept();
  }

  /** Queues that Redis cannot announce. */
  lookAt(queues: readonly string[]): void {
    for (const queue of queues) this.#unannounced.add(queue);
    void this.#apply();
  }

  /** More is announced than should be listened to. */
  flooded(keysPerSecond: number): void {
    if (this.#flood !== null || this.#closed) return;
    const { clock, logger } = this.#options.context;
    logger.info(`Redis changes ${keysPerSecond} keys a second: they are looked at instead of being announced.`);
    this.#flood = keysPerSecond;
    const again = clock.now() - this.#calmSince < 6 * trialGapMs;
    this.#trialGapMs = again ? Math.min(trialGapAtMostMs, this.#trialGapMs * 2) : trialGapMs;
    void this.#apply();
    this.#tryLater();
  }

  /** In the background more changes than its budget allows to read. */
  narrow(): void {
    this.#narrowed = true;
    void this.#apply();
  }

  close(): void {
    this.#closed = true;
    this.#trial?.();
    this.#poll.close();
    this.#push?.close();
  }

  #setExcess(excess: boolean): void {
    if (excess === this.#excess) return;
    this.#excess = excess;
    void this.#apply();
  }

  /** Why something is missed, for people; null when nothing is. */
  get #missing(): string | null {
    if (this.#demand === "none") return t("Nobody looked.");
    if (this.#flood !== null)
      return t("Redis changed about {0} keys a second, more than is followed.", rounded(this.#flood));
    if (this.#narrowed || (this.#excess && this.#demand === "background")) {
      return t("No view was visible, and more changed than is followed then.");
    }
    return this.#excess ? t("More jobs changed than are read.") : null;
  }

  #tell(): void {
    const missing = this.#missing;
    if (missing === null || this.#told) return;
    this.#told = true;
    this.#options.context.sink.missed(missing);
  }

  async #apply(): Promise<void> {
    const decision = ++this.#decision;
    if (this.#closed || !this.#started) return;
    this.#tell();
    this.#options.onChange();
    const background = this.#demand === "background";
    const listens = this.feed === "push" && this.#demand !== "none";
    this.#lookAround(listens);
    try {
      await this.#push?.track(!listens ? "none" : this.#narrowed ? "outcomes" : "all", { background });
    } catch (error) {
      // The connection is lost, which its owner hears by itself.
      this.#options.context.logger.debug(`Changing what is announced ended: ${String(error)}`);
      return;
    }
    // Where it was decided anew meanwhile, what was asked for here is being changed: a look at everything begins after the last.
    if (decision !== this.#decision || this.#missing !== null || !this.#told || this.#closed) return;
    this.#options.resync();
  }

  #lookAround(listens: boolean): void {
    const { found } = this.#options.context;
    const pace = this.#demand === "background" ? backgroundPace : this.#flood === null ? followingPace : samplingPace;
    if (this.#demand === "none" || (listens && this.#unannounced.size === 0)) this.#poll.follow(null);
    else if (listens) this.#poll.follow({ ...pace, queues: () => this.#unannounced, scanning: false });
    else this.#poll.follow({ ...pace, queues: () => found.queues, scanning: this.#flood === null });
  }

  #tryLater(): void {
    this.#trial?.();
    this.#trial = this.#options.context.clock.setTimeout(() => void this.#try(), this.#trialGapMs);
  }

  /** Listens for a moment, only to count. */
  async #try(): Promise<void> {
    const push = this.#push;
    const { clock, logger } = this.#options.context;
    // Whoever comes back asks anew.
    if (push === null || this.#demand === "none") return void (this.#flood = null);
    const decision = ++this.#decision;
    try {
      await push.track("all", { deaf: true });
      await new Promise<void>((resolve) => (this.#trial = clock.setTimeout(resolve, trialMs)));
    } catch (error) {
      logger.debug(`Listening for a moment ended: ${String(error)}`);
      return;
    }
    if (this.#closed) return;
    if (decision !== this.#decision) return this.#tryLater();
    const { rate } = push;
    if (rate < calmPerSecond) {
      logger.info(`Redis changes ${rate} keys a second: they are announced again.`);
      this.#flood = null;
      this.#excess = false;
      this.#calmSince = clock.now();
    } else {
      this.#flood = rate;
      this.#trialGapMs = Math.min(trialGapAtMostMs, this.#trialGapMs * 2);
      this.#tryLater();
    }
    await this.#apply();
  }
}

/** Two digits are enough of a rate: 12,000. */
function rounded(value: number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return numberText(Math.round(value / unit) * unit);
}
