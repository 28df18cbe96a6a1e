import type { Cancel } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { KeyBatch } from "./keyBatch";
import { QueueWatch } from "./queueWatch";
import { type Reply, ReplyError } from "./readOnlyCommands";
import type { ReadOnlyPort } from "./readOnlyPort";
import { asList, asMembers, asNumber, asText, asTexts } from "./replies";
import type { SessionContext } from "./sessionContext";
import { trackingPrefixes } from "./trackingPrefixes";

const heartbeatMs = 10_000;
/** A worker claims a job and counts the attempt in two transactions a few milliseconds apart: they are one change to look at. */
const gatherMs = 15;
/** Requests to abort stay in their set for ever when nobody serves them: only the newest are news. */
const abortsLooked = 100;
const noiseWindowMs = 10_000;
/** Foreign keys announced under the name of a queue within the window: beyond this, looking at the queue is cheaper. */
const noiseLimit = 2000;

export interface PushFeedOptions {
  readonly context: SessionContext;
  /** Receives the announcements; can do nothing else from then on. */
  readonly listener: ReadOnlyPort;
  /** Does the tracking: if it goes, the announcements stop silently. */
  readonly commander: ReadOnlyPort;
  /** Queues whose name as a prefix announces too much; those found here are added. */
  readonly noisy: Set<string>;
  /** Everything may be gone. */
  readonly onFlush: () => void;
  /** Queues that must be looked at because Redis cannot announce them. */
  readonly onPolled: (queues: readonly string[]) => void;
  /** Announcements no longer come, or come in too great number: begin again from scratch. */
  readonly onBroken: (error: ConnectError) => void;
}

/**
 * Lets Redis announce every changed key (`CLIENT TRACKING … BCAST`), without any change on the server. Needs two connections, because in RESP2
 * announcements come by a subscription. What is announced is touched 15 ms later, whatever else runs.
 */
export class PushFeed {
  readonly #options: PushFeedOptions;
  readonly #batch: KeyBatch;
  /** `CLIENT ID` of the listening connection. */
  listenerId = 0;
  #prefixes: string[] = [];
  readonly #polled = new Set<string>();
  #scheduled: Cancel | null = null;
  #resolving = false;
  #heartbeat: Cancel | null = null;
  readonly #noise = new Map<string, { count: number; since: number }>();
  readonly #watches = new Map<string, QueueWatch>();
  #closed = false;

  private constructor(options: PushFeedOptions) {
    this.#options = options;
    this.#batch = new KeyBatch(options.context);
  }

  /** Answers why not, for people, when the server does not offer it. Rejects when a connection is lost. */
  static async open(options: PushFeedOptions): Promise<PushFeed | { readonly reason: string }> {
    const feed = new PushFeed(options);
    const refused = await feed.#setUp();
    if (refused !== null) return { reason: refused };
    feed.#beat();
    return feed;
  }

  /** Asks for announcements of queues found since. The prefixes there are stay in force meanwhile. */
  async follow(queues: Iterable<string>): Promise<void> {
    const { context, commander, noisy, onPolled } = this.#options;
    const wanted = trackingPrefixes(context.keys.prefix, queues, noisy);
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
  }

  close(): void {
    this.#closed = true;
    this.#heartbeat?.();
    this.#scheduled?.();
  }

  async #setUp(): Promise<string | null> {
    const { context, listener, commander, noisy, onPolled } = this.#options;
    // Before subscribing: a subscriber may not ask for its id.
    const [id] = await listener.run([["client", "id"]]);
    const listenerId = asNumber(id);
    if (listenerId === null) return refusal("CLIENT ID", id);
    this.listenerId = listenerId;
    const refused = await listener.subscribeInvalidations((keys) => this.#announced(keys));
    if (refused !== null) return refusal("SUBSCRIBE", refused);
    const { prefixes, polled } = trackingPrefixes(context.keys.prefix, context.found.queues, noisy);
    const arguments_ = prefixes.flatMap((prefix) => ["PREFIX", prefix]);
    const [tracking] = await commander.run([
      ["client", "tracking", "on", "redirect", listenerId, "bcast", ...arguments_],
    ]);
    if (tracking instanceof ReplyError) {
      context.refusals.note([tracking]);
      return refusal("CLIENT TRACKING", tracking);
    }
    this.#prefixes = prefixes;
    for (const queue of polled) this.#polled.add(queue);
    if (polled.length > 0) onPolled(polled);
    return (await this.#tracks()) ? null : "The server accepted CLIENT TRACKING but does not announce changes.";
  }

  #announced(keys: readonly Buffer[] | null): void {
    if (this.#closed) return;
    if (keys === null) {
      this.#options.onFlush();
      return;
    }
    for (const bytes of keys) {
      const key = bytes.toString("utf8");
      if (!this.#batch.add(key)) this.#count(key);
    }
    this.#scheduled ??= this.#options.context.clock.setTimeout(() => {
      this.#scheduled = null;
      this.#lookCloser();
      this.#emit();
      if (this.#batch.hasCandidates && !this.#resolving) void this.#resolve();
    }, gatherMs);
  }

  /**
   * ARQ changes a queue together with a key of the job, but for one case: asking to abort a deferred job moves it in its queue and names it only
   * in the set of aborts. People move jobs by hand, too. Then only a look tells which.
   */
  #lookCloser(): void {
    const queues = this.#batch.jobs.size === 0 ? [...this.#batch.queues] : [];
    const aborts = this.#batch.aborts;
    this.#batch.aborts = false;
    if (queues.length > 0 || aborts) void this.#look(queues, aborts);
  }

  async #look(queues: readonly string[], aborts: boolean): Promise<void> {
    const { context } = this.#options;
    try {
      for (const name of queues) {
        let watch = this.#watches.get(name);
        if (watch === undefined) this.#watches.set(name, (watch = new QueueWatch(context, name)));
        for (const id of await watch.look(context.clock.now())) this.#batch.jobs.add(id);
      }
      if (aborts && !context.refusals.has("zrange")) {
        const replies = await context.redis.run([["zrange", context.keys.abort, -abortsLooked, -1, "WITHSCORES"]]);
        context.refusals.note(replies);
        for (const { id } of asMembers(replies[0]) ?? []) this.#batch.jobs.add(id);
      }
      this.#emit();
    } catch (error) {
      context.logger.debug(`Looking closer at an announcement ended: ${String(error)}`);
    }
  }

  #emit(): void {
    if (this.#closed || this.#batch.empty) return;
    // Not awaited: news must not wait for what is still being worked on.
    void this.#options.context.sink.touched(this.#batch.take("live"));
  }

  async #resolve(): Promise<void> {
    this.#resolving = true;
    try {
      while (this.#batch.hasCandidates && !this.#closed) {
        await this.#batch.resolve();
        this.#emit();
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
    const now = this.#options.context.clock.now();
    const noise = this.#noise.get(prefix);
    if (noise === undefined || now - noise.since > noiseWindowMs) {
      this.#noise.set(prefix, { count: 1, since: now });
      return;
    }
    noise.count++;
    if (noise.count !== noiseLimit) return;
    this.#options.noisy.add(prefix);
    this.#options.onBroken(
      new ConnectError("established", false, new Error(`Too many foreign keys begin with the queue name ${prefix}`)),
    );
  }

  #beat(): void {
    this.#heartbeat = this.#options.context.clock.setTimeout(() => {
      void this.#check().then(() => {
        if (!this.#closed) this.#beat();
      });
    }, heartbeatMs);
  }

  async #check(): Promise<void> {
    try {
      await this.#options.listener.run([["ping"]]);
      if (!(await this.#tracks()) && !this.#closed) {
        this.#options.onBroken(new ConnectError("established", false, new Error("Redis stopped announcing changes")));
      }
    } catch (error) {
      this.#options.context.logger.debug(`The heartbeat ended: ${String(error)}`);
    }
  }

  /** True also where the server cannot tell (Redis before 6.2, or refused). */
  async #tracks(): Promise<boolean> {
    const { context, commander } = this.#options;
    if (context.refusals.has("client|trackinginfo")) {
      await commander.run([["ping"]]);
      return true;
    }
    const replies = await commander.run([["client", "trackinginfo"]]);
    context.refusals.note(replies);
    const fields = asList(replies[0]);
    if (fields === null) return true;
    const flags = asTexts(fields[1]) ?? [];
    const redirect = fields.findIndex((field: Reply) => asText(field) === "redirect");
    return (
      flags.includes("on") && !flags.includes("broken_redirect") && asNumber(fields[redirect + 1]) === this.listenerId
    );
  }
}

function refusal(command: string, reply: Reply | undefined): string {
  const said = reply instanceof ReplyError ? `: ${reply.message.split("\n")[0]?.slice(0, 120) ?? ""}` : "";
  return `The server does not offer ${command} to this user${said}`;
}
