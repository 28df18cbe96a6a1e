import { t } from "../arq/l10n";
import type { Cancel } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { FloodGauge } from "./floodGauge";
import { Heartbeat } from "./heartbeat";
import { KeyBatch } from "./keyBatch";
import { PrefixNoise } from "./prefixNoise";
import { type Reply, ReplyError } from "./readOnlyCommands";
import type { ReadOnlyPort } from "./readOnlyPort";
import { asList, asMembers, asNumber, asText, asTexts } from "./replies";
import type { SessionContext } from "./sessionContext";
import { trackingPrefixes, type TrackingScope } from "./trackingPrefixes";

/**
 * After so long without an announcement one of the two connections is asked for a sign of life, in turn: four commands in a quiet minute. With the limit for
 * the answer it makes 19 s in which a peer that is gone without a word is found out.
 */
const beatMs = 15_200;
const beatSilenceMs = 4000;
/** While nobody looks. */
const keepAliveMs = 60_000;

/** A job that comes or goes names its queue in the same announcement: there is nothing to wait for. */
const wholeMs = 2;
/** A worker claims a job and counts the attempt in two transactions a few milliseconds apart: they are one change to look at. */
const gatherMs = 15;
/**
 * When more keys a second are announced, news is gathered for longer: of a job that comes and goes within the span only the end is read, one command
 * instead of three times eight. 300 keys are 33 jobs.
 */
const busyPaces: readonly (readonly [keysPerSecond: number, gatherMs: number])[] = [
  [1500, 500],
  [300, 250],
];
/** With the longest span above: at most 2,000 jobs a second are read, of which each costs at most 8 kB. */
const jobsAtOnce = 1000;
/** Ids that wait to be read, and announced names that wait to be understood: beyond these something is missed rather than memory filled. */
const jobsWaiting = 20_000;
const keysWaiting = 200_000;
/** Understanding 1,000 names takes about a millisecond; others get their turn after this. */
const digestMs = 4;
const digestStep = 256;

/** The budget while no view is visible: so many jobs are read every so often. */
export const backgroundMs = 5000;
export const backgroundJobs = 100;

/** Requests to abort stay in their set for ever when nobody serves them: only the newest are news. */
const abortsLooked = 100;

export interface PushFeedOptions {
  readonly context: SessionContext;
  /** Receives the announcements; can do nothing else from then on. */
  readonly listener: ReadOnlyPort;
  /** Does the tracking: if it goes, the announcements stop silently. */
  readonly commander: ReadOnlyPort;
  /** Queues whose name as a prefix announces too much; those found here are added. */
  readonly noisy: Set<string>;
  /** A look at the connections that is due anyway and shows our own, too: whether it tracks. Null when none is due. */
  readonly ownTracking: (listenerId: number, silenceMs: number) => Promise<boolean | null>;
  /** Everything may be gone. */
  readonly onFlush: () => void;
  /** Queues that must be looked at because Redis cannot announce them. */
  readonly onPolled: (queues: readonly string[]) => void;
  /** More is announced than should be listened to. Nothing more is touched until `track`. */
  readonly onFlood: (keysPerSecond: number) => void;
  /** In the background more jobs change than its budget allows to read; the rest is dropped. */
  readonly onExcess: () => void;
  /** Announcements no longer come, or of too many foreign keys: begin again from scratch. */
  readonly onBroken: (error: ConnectError) => void;
}

/**
 * Lets Redis announce changed keys (`CLIENT TRACKING … BCAST`), without any change on the server. Needs two connections, because in RESP2
 * announcements come by a subscription. What is announced is touched a few milliseconds later; the more there is, the calmer.
 */
export class PushFeed {
  readonly #options: PushFeedOptions;
  readonly #batch: KeyBatch;
  readonly #gauge = new FloodGauge();
  /** `CLIENT ID` of the listening connection. */
  listenerId = 0;
  #scope: TrackingScope = "all";
  /** Announcements are counted and thrown away. */
  #deaf = false;
  #background = false;
  #prefixes: string[] = [];
  readonly #polled = new Set<string>();
  /** Commands that change the tracking, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Announcements not understood yet, and how far the first of them is. */
  #waiting: (readonly Buffer[])[] = [];
  #digested = 0;
  #waitingKeys = 0;
  #digesting: Cancel | null = null;
  #scheduled: Cancel | null = null;
  #emitting = false;
  #resolving = false;
  readonly #heartbeat: Heartbeat;
  readonly #noise = new PrefixNoise();
  #closed = false;

  private constructor(options: PushFeedOptions) {
    this.#options = options;
    this.#batch = new KeyBatch(options.context);
    const checks = [() => this.#checkListener(), () => this.#checkTracking()];
    this.#heartbeat = new Heartbeat(options.context.clock, beatMs, checks);
  }

  /** Answers why not, for people, when the server does not offer it. Rejects when a connection is lost. */
  static async open(options: PushFeedOptions): Promise<PushFeed | { readonly reason: string }> {
    const feed = new PushFeed(options);
    let refused: string | null = "";
    try {
      refused = await feed.#setUp();
    } finally {
      if (refused !== null) feed.close();
    }
    return refused === null ? feed : { reason: refused };
  }

  /** Whether a change of this key is announced and heard. */
  announces(key: string): boolean {
    return !this.#deaf && this.#prefixes.some((prefix) => key.startsWith(prefix));
  }

  /** Announced keys a second. */
  get rate(): number {
    return this.#gauge.rate(this.#options.context.clock.now());
  }

  /** Asks for announcements of queues and health records found since. The prefixes there are stay in force meanwhile. */
  follow(): Promise<void> {
    return this.#inTurn(async () => {
      const { commander, onPolled } = this.#options;
      const wanted = this.#wanted();
      const polled: string[] = [...wanted.polled];
      for (const prefix of wanted.prefixes) {
        if (this.#prefixes.some((known) => prefix.startsWith(known))) continue;
        const possible = !this.#prefixes.some((known) => known.startsWith(prefix));
        const [reply] = possible
          ? await commander.run([["client", "tracking", "on", "redirect", this.listenerId, "bcast", "PREFIX", prefix]])
          : [null];
        if (!possible || reply instanceof ReplyError) polled.push(prefix);
        else this.#prefixes.push(prefix);
      }
      const news = polled.filter((queue) => !this.#polled.has(queue));
      for (const queue of news) this.#polled.add(queue);
      if (news.length > 0) onPolled(news);
    });
  }

  /**
   * Has this much announced from now on, at the pace of the background if so; resolves when the server does. `deaf`: it is only counted how much it is. Nothing
   * that was announced before is touched any more unless the scope stays: whoever asks for more looks at everything afterwards.
   */
  track(scope: TrackingScope, { background = false, deaf = false } = {}): Promise<void> {
    this.#deaf = deaf;
    this.#background = background;
    if (scope !== this.#scope || deaf) this.#forget();
    return this.#inTurn(async () => {
      if (scope === this.#scope) return;
      this.#scope = scope;
      this.#heartbeat.setGap(scope === "none" ? keepAliveMs : beatMs);
      const [off] = await this.#options.commander.run([["client", "tracking", "off"]]);
      this.#prefixes = [];
      if (off instanceof ReplyError) this.#options.context.refusals.note([off]);
      const refused = scope === "none" ? null : await this.#switchOn();
      if (refused !== null) this.#break(refused);
    });
  }

  close(): void {
    this.#closed = true;
    this.#heartbeat.close();
    this.#forget();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(task);
    this.#turn = run.catch(() => {});
    return run;
  }

  async #setUp(): Promise<string | null> {
    const { listener } = this.#options;
    // Before subscribing: a subscriber may not ask for its id.
    const [id] = await listener.run([["client", "id"]]);
    const listenerId = asNumber(id);
    if (listenerId === null) return refusal("CLIENT ID", id);
    this.listenerId = listenerId;
    const refused = await listener.subscribeInvalidations((keys) => this.#announced(keys));
    if (refused !== null) return refusal("SUBSCRIBE", refused);
    return this.#switchOn();
  }

  #wanted(): ReturnType<typeof trackingPrefixes> {
    const { context, noisy } = this.#options;
    const { queues, health } = context.found;
    return trackingPrefixes(context.keys.prefix, { queues, health, noisy }, this.#scope);
  }

  /** Null when the server announces from now on; else why it does not. */
  async #switchOn(): Promise<string | null> {
    const { context, commander, onPolled } = this.#options;
    const { prefixes, polled } = this.#wanted();
    const arguments_ = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
    const [tracking] = await commander.run([
      ["client", "tracking", "on", "redirect", this.listenerId, "bcast", ...arguments_],
    ]);
    if (tracking instanceof ReplyError) {
      context.refusals.note([tracking]);
      return refusal("CLIENT TRACKING", tracking);
    }
    this.#prefixes = prefixes;
    for (const queue of polled) this.#polled.add(queue);
    if (polled.length > 0) onPolled(polled);
    return (await this.#tracks()) ? null : t("The server accepted CLIENT TRACKING but does not announce changes.");
  }

  #announced(keys: readonly Buffer[] | null): void {
    if (this.#closed) return;
    const now = this.#options.context.clock.now();
    // What is announced shows that both connections do their work.
    this.#heartbeat.heard();
    this.#options.context.news.at = now;
    if (keys === null) {
      this.#forget();
      this.#options.onFlush();
      return;
    }
    const isFlood = this.#gauge.add(keys.length, now);
    if (this.#deaf || this.#scope === "none") return;
    if (isFlood || this.#waitingKeys + keys.length > keysWaiting) return this.#flood();
    this.#waiting.push(keys);
    this.#waitingKeys += keys.length;
    if (this.#digesting === null) this.#digest();
  }

  /** In slices: a script or a transaction can change a million keys in one announcement. */
  #digest(): void {
    this.#digesting = null;
    const until = performance.now() + digestMs;
    for (let keys = this.#waiting[0]; keys !== undefined; keys = this.#waiting[0]) {
      for (; this.#digested < keys.length; this.#digested++) {
        if (this.#digested % digestStep === 0 && performance.now() > until) {
          this.#digesting = this.#options.context.clock.setTimeout(() => this.#digest(), 0);
          return this.#schedule();
        }
        const key = keys[this.#digested]!.toString("utf8");
        if (!this.#batch.add(key)) this.#count(key);
      }
      this.#waiting.shift();
      this.#waitingKeys -= keys.length;
      this.#digested = 0;
      if (this.#batch.jobs.size > (this.#background ? backgroundJobs : jobsWaiting)) {
        if (!this.#background) return this.#flood();
        if (this.#scope === "all") this.#options.onExcess();
        for (const id of [...this.#batch.jobs].slice(backgroundJobs)) this.#batch.jobs.delete(id);
      }
    }
    this.#schedule();
  }

  #flood(): void {
    this.#forget();
    this.#deaf = true;
    this.#options.onFlood(this.rate);
  }

  #forget(): void {
    this.#digesting?.();
    this.#scheduled?.();
    this.#digesting = this.#scheduled = null;
    this.#waiting = [];
    this.#waitingKeys = this.#digested = 0;
    this.#batch.take("live");
    this.#batch.aborts = false;
  }

  #schedule(): void {
    if (this.#emitting || this.#closed) return;
    this.#scheduled ??= this.#options.context.clock.setTimeout(() => {
      this.#scheduled = null;
      if (this.#batch.aborts) void this.#lookAtAborts();
      void this.#emit();
      if (this.#batch.hasCandidates && !this.#resolving) void this.#resolve();
    }, this.#pace());
  }

  #pace(): number {
    if (this.#background) return backgroundMs;
    const { rate } = this;
    const busy = busyPaces.find(([keysPerSecond]) => rate > keysPerSecond);
    return busy?.[1] ?? (this.#batch.queues.size > 0 ? wholeMs : gatherMs);
  }

  /**
   * ARQ changes a queue together with a key of the job, but for one case: asking to abort a deferred job moves it in its queue and names it only
   * in the set of aborts.
   */
  async #lookAtAborts(): Promise<void> {
    const { context } = this.#options;
    this.#batch.aborts = false;
    if (context.refusals.has("zrange")) return;
    try {
      const replies = await context.redis.run([["zrange", context.keys.abort, -abortsLooked, -1, "WITHSCORES"]]);
      context.refusals.note(replies);
      for (const { id } of asMembers(replies[0]) ?? []) this.#batch.jobs.add(id);
      await this.#emit();
    } catch (error) {
      context.logger.debug(`Looking at requested aborts ended: ${String(error)}`);
    }
  }

  /** What comes while the monitor is still busy with what it was told goes with the next. */
  async #emit(): Promise<void> {
    if (this.#closed || this.#emitting || this.#batch.empty) return;
    this.#emitting = true;
    await this.#options.context.sink.touched(this.#batch.take("live", jobsAtOnce));
    this.#emitting = false;
    if (!this.#batch.empty) this.#schedule();
  }

  async #resolve(): Promise<void> {
    this.#resolving = true;
    try {
      while (this.#batch.hasCandidates && !this.#closed) {
        await this.#batch.resolve();
        await this.#emit();
      }
    } catch (error) {
      // The connection is lost, which its owner hears by itself.
      this.#options.context.logger.debug(`Looking at announced keys ended: ${String(error)}`);
    } finally {
      this.#resolving = false;
    }
  }

  #count(key: string): void {
    const prefix = this.#prefixes.find((known) => key.startsWith(known));
    if (prefix === undefined || this.#prefixes[0] === prefix) return;
    if (!this.#noise.add(prefix, this.#options.context.clock.now())) return;
    this.#options.noisy.add(prefix);
    this.#break(`Too many foreign keys begin with the queue name ${prefix}`);
  }

  async #checkListener(): Promise<void> {
    await this.#signOfLife(this.#options.listener.run([["ping"]], beatSilenceMs));
  }

  async #checkTracking(): Promise<void> {
    const { commander } = this.#options;
    if (this.#scope === "none") await this.#signOfLife(commander.run([["ping"]], beatSilenceMs));
    else {
      const tracks = await this.#signOfLife(this.#inTurn(() => this.#tracks()));
      if (tracks === false) this.#break("Redis stopped announcing changes");
    }
  }

  async #signOfLife<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      // The connection is lost, which its owner hears by itself.
      this.#options.context.logger.debug(`The heartbeat ended: ${String(error)}`);
      return undefined;
    }
  }

  /** True also where the server cannot tell (Redis before 6.2, or refused). */
  async #tracks(): Promise<boolean> {
    const { context, commander, ownTracking } = this.#options;
    const seen = await ownTracking(this.listenerId, beatSilenceMs);
    if (seen !== null) return seen;
    if (context.refusals.has("client|trackinginfo")) {
      await commander.run([["ping"]], beatSilenceMs);
      return true;
    }
    const replies = await commander.run([["client", "trackinginfo"]], beatSilenceMs);
    context.refusals.note(replies);
    const fields = asList(replies[0]);
    if (fields === null) return true;
    const flags = asTexts(fields[1]) ?? [];
    const redirect = fields.findIndex((field: Reply) => asText(field) === "redirect");
    return (
      flags.includes("on") && !flags.includes("broken_redirect") && asNumber(fields[redirect + 1]) === this.listenerId
    );
  }

  #break(why: string): void {
    if (!this.#closed) this.#options.onBroken(new ConnectError("established", false, new Error(why)));
  }
}

function refusal(command: string, reply: Reply | undefined): string {
  if (!(reply instanceof ReplyError)) return t("The server does not offer {0} to this user", command);
  const said = reply.message.split("\n")[0]?.slice(0, 120) ?? "";
  return t("The server does not offer {0} to this user: {1}", command, said);
}
