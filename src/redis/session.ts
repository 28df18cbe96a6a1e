import { t } from "../arq/l10n";
import type { Cancel, Demand, RefusedCommand, ReplicaState, ServerInfo, SourceStatus } from "../monitor/ports";
import { ConnectError } from "./connectError";
import { Feeds } from "./feeds";
import { PushFeed } from "./pushFeed";
import { ReadOnlyPort, type PortOptions } from "./readOnlyPort";
import { type Reply, ReplyError } from "./readOnlyCommands";
import { asNumber, asText, asTime } from "./replies";
import { Refusals } from "./refusals";
import { assertServes, replicaSentence, replicaState, serverInfo, startOfServer } from "./serverInfo";
import type { SessionContext } from "./sessionContext";
import { searchQueues, sweep } from "./sweepFeed";
import { type OwnConnections, WorkerReader } from "./workerReader";

export interface SessionOptions {
  /** For the second connection, as the first was opened. */
  readonly port: PortOptions;
  /** Everything of the context that outlives a connection. */
  readonly shared: Omit<SessionContext, "redis" | "refusals" | "ended" | "onQueueFound" | "news" | "announces">;
  /** Why push must not be tried; null to try it. It is tried all the same after `retryMs`, unless that is null. */
  readonly pushRefused: PushRefused | null;
  readonly noisy: Set<string>;
  readonly demand: Demand;
  /** When the connection before this one broke, unix ms on our clock; null when there was none. */
  readonly cutAt: number | null;
  /** Called before the status turns live: from now on it may be asked. */
  readonly onReady: (session: Session) => void;
  readonly onStatus: (status: SourceStatus) => void;
  /** The connection is over. `listener`: it was the one that hears the announcements. */
  readonly onEnd: (error: ConnectError, listener: boolean) => void;
}

export interface PushRefused {
  readonly reason: string;
  readonly retryMs: number | null;
}

/** A server that takes no second connection is asked for one again. */
const secondConnectionMs = 30_000;
/** Where both connections break they break within this: a server that ends only the one that hears does so for a reason. */
const togetherMs = 100;
/** A replica is asked again how far behind it is. Only a replica: a quiet minute with a master costs four commands. */
const replicaGapMs = 30_000;
/** Outside the prefix nothing is announced but the queues that are known, so a source that only looks looks there now and then. */
const searchGapMs = 600_000;

/**
 * One life of the connection: from signing in until any of its sockets is lost. It never heals itself; the next session begins from scratch,
 * with a sweep, so that nothing that happened in between can be missed.
 */
export class Session {
  readonly context: SessionContext;
  own: OwnConnections;
  readonly #options: SessionOptions;
  readonly #port: ReadOnlyPort;
  #listener: ReadOnlyPort | null = null;
  #push: PushFeed | null = null;
  readonly #feeds: Feeds;
  /** What is known of workers over this connection. */
  readonly workers: WorkerReader;
  /** When opening it began, unix ms on our clock. */
  readonly #openedFrom: number;
  #sweep = 0;
  #sweeping: Promise<void> = Promise.resolve();
  #searching = false;
  /** What waits, by what it is for. */
  readonly #waits = new Map<"search" | "push" | "role" | "listener", Cancel>();
  #ended = false;
  #endedBy: ConnectError | null = null;
  #live: (() => SourceStatus) | null = null;
  #replica: ReplicaState | null = null;
  readonly #ownIds = new Set<string>();
  readonly #ownAddresses = new Set<string>();

  private constructor(options: SessionOptions, port: ReadOnlyPort, openedFrom: number) {
    this.#openedFrom = openedFrom;
    this.#options = options;
    this.#port = port;
    const refusals = new Refusals(() => this.#refused());
    const onQueueFound = (): void => this.#follow();
    const ended = (): boolean => this.#ended;
    const announces = (key: string): boolean => this.#feeds.announces(key);
    const news = { at: options.shared.clock.now() };
    this.context = { ...options.shared, redis: port, refusals, ended, onQueueFound, announces, news };
    const { context } = this;
    this.#feeds = new Feeds({ context, resync: () => this.resync(), onChange: () => this.#told() }, options.demand);
    this.workers = new WorkerReader(context, () => this.own);
    this.own = { ids: this.#ownIds, addresses: this.#ownAddresses, history: null };
    if (port.localAddress !== null) this.#ownAddresses.add(port.localAddress);
    port.onLost((error) => this.#end(error, false));
  }

  /** Chooses the feed over a connection whose opening began at `openedFrom`, and begins to sweep. Rejects with a `ConnectError` when it cannot be. */
  static async open(options: SessionOptions, port: ReadOnlyPort, openedFrom: number): Promise<Session> {
    const session = new Session(options, port, openedFrom);
    const giveUp = (): void => session.close();
    options.port.signal?.addEventListener("abort", giveUp);
    try {
      await session.#begin();
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      options.port.signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Sweeps from the beginning; a sweep that runs is given up. */
  resync(): void {
    const run = ++this.#sweep;
    if (run > 1) void this.#lookAtRole();
    this.#sweeping = this.#endsWith(run, this.#lookAtAll(run));
    this.#feeds.sweepBegan();
  }

  /** Looks for queues not known so far. A search that waits or runs is enough, and a sweep is one, too. */
  findQueues(): void {
    if (this.#searching) return;
    this.#searching = true;
    void this.#sweeping.then(async () => {
      const run = this.#sweep;
      await this.#endsWith(
        run,
        searchQueues(this.context, () => run === this.#sweep),
      );
      this.#searching = false;
    });
  }

  /** The user's settings or a result name these: they are followed from now on. */
  know(queues: readonly string[]): void {
    const { queues: known } = this.context.found;
    const before = known.size;
    for (const queue of queues) known.add(queue);
    if (known.size > before) this.#follow();
  }

  /** As `ArqSource.setDemand`. */
  setDemand(demand: Demand): void {
    // A look at everything for nobody; whoever comes back begins another one.
    if (demand === "none") this.#sweep++;
    void this.#feeds.setDemand(demand);
  }

  /** Are both connections alive? One that stays wholly silent for so long is lost. */
  probe(silenceMs: number): void {
    for (const port of [this.#port, this.#listener]) {
      port?.run([["ping"]], silenceMs).catch((error: unknown) => {
        this.context.logger.debug(`A sign of life was asked for: ${String(error)}`);
      });
    }
  }

  /** Ends it as if it were lost. */
  abandon(why: string): void {
    this.#end(new ConnectError("established", false, new Error(why)), false);
  }

  close(): void {
    this.#ended = true;
    for (const cancel of this.#waits.values()) cancel();
    this.#feeds.close();
    this.#push?.close();
    this.#listener?.close();
    this.#port.close();
  }

  async #begin(): Promise<void> {
    const { keys, clock } = this.context;
    const asked = clock.now();
    const { refusals } = this.context;
    const replies = await this.#port.run([
      ["time"],
      ["client", "id"],
      ["info", "server"],
      ["scan", "0", "MATCH", `${keys.prefix}:*`, "COUNT", 1],
      ["zrange", keys.defaultQueue, 0, 0, "WITHSCORES"],
      ["get", keys.health(keys.defaultQueue)],
      ["getrange", keys.health(keys.defaultQueue), 0, 0],
      ["info", "replication"],
    ]);
    assertServes(asText(replies[2]));
    refusals.note(replies);
    this.#failWhenUseless(replies);
    // Half of the way there and back is as good a guess as any for when the server looked at its clock.
    const heard = clock.now();
    const serverTime = asTime(replies[0]);
    const clockOffset = serverTime === null ? 0 : serverTime - Math.round((asked + heard) / 2);
    const id = asNumber(replies[1]);
    if (id !== null) this.#ownIds.add(String(id));
    const server = serverInfo(asText(replies[2]), this.#options.port.settings.address);
    this.#replica = replicaState(asText(replies[7]));
    const serverStartedAt = startOfServer(asText(replies[2]), serverTime);
    const { cutAt } = this.#options;
    const history = { openedFrom: this.#openedFrom, openedTo: asked, clockOffset, serverStartedAt, cutAt };
    this.own = { ...this.own, history };

    const refused = this.#options.pushRefused ?? (await this.#tryPush());
    // The first connection broke while the second was tried: nobody has been told of this session, so nobody would be told of its end.
    if (this.#endedBy !== null) throw this.#endedBy;
    if (refused !== null) this.#searchLater();
    if (this.#replica !== null) this.#watchRole();
    this.#live = () => liveStatus(this.#feeds, server, this.#replica, clockOffset, refusals.list());
    this.#options.onReady(this);
    await this.#feeds.start(this.#push, refused?.reason ?? null);
    this.#pushLater(refused);
    // With nobody to see it, the first look waits until somebody comes.
    if (this.#options.demand !== "none") this.resync();
  }

  /** Null when the server announces changes; else why it does not. */
  async #tryPush(): Promise<PushRefused | null> {
    let listener: ReadOnlyPort;
    try {
      listener = await ReadOnlyPort.open(this.#options.port);
    } catch (error) {
      // The first connection stands, so this server only takes no second one (maxclients, a proxy).
      this.context.logger.debug(`A second connection was not possible: ${String(error)}`);
      const reason = t("The server takes no second connection, which announcements need.");
      return { reason, retryMs: secondConnectionMs };
    }
    if (this.#ended) {
      // Nobody would close it.
      listener.close();
      throw this.#endedBy ?? new ConnectError("established", false, null);
    }
    this.#listener = listener;
    if (listener.localAddress !== null) this.#ownAddresses.add(listener.localAddress);
    listener.onLost((error) => this.#wait("listener", togetherMs, () => this.#end(error, true)));
    const feed = await PushFeed.open({
      context: this.context,
      listener,
      commander: this.#port,
      noisy: this.#options.noisy,
      ownTracking: (listenerId, silenceMs) => this.workers.ownTracking(listenerId, silenceMs),
      onFlush: () => this.#flushed(),
      onPolled: (queues) => this.#feeds.lookAt(queues),
      onFlood: (keysPerSecond) => this.#feeds.flooded(keysPerSecond),
      onExcess: () => this.#feeds.narrow(),
      onBroken: (error) => this.#end(error, false),
    });
    if (feed instanceof PushFeed) {
      this.#push = feed;
      this.#ownIds.add(String(feed.listenerId));
      return null;
    }
    this.#listener = null;
    listener.close();
    return { reason: feed.reason, retryMs: null };
  }

  /** What kept push from working may have passed. */
  #pushLater(refused: PushRefused | null): void {
    const { retryMs } = refused ?? { retryMs: null };
    if (retryMs === null) return;
    this.#wait("push", retryMs, () => void this.#pushNow());
  }

  async #pushNow(): Promise<void> {
    try {
      const refused = await this.#tryPush();
      this.#pushLater(refused);
      if (refused !== null || this.#ended) return;
      await this.#feeds.start(this.#push, null);
      // What changed before was not announced.
      this.resync();
    } catch (error) {
      // The connection is lost, which is told by itself.
      this.context.logger.debug(`Trying push again ended: ${String(error)}`);
    }
  }

  #wait(what: "search" | "push" | "role" | "listener", ms: number, then: () => void): void {
    if (!this.#ended) this.#waits.set(what, this.context.clock.setTimeout(then, ms));
  }

  async #lookAtAll(run: number): Promise<void> {
    // Whatever was written while nobody listened was not announced.
    const { found } = this.context;
    for (const key of [...found.health, ...found.workers]) found.changed.add(key);
    await sweep(this.context, () => run === this.#sweep);
    if (run === this.#sweep && !this.#ended) this.#feeds.swept();
  }

  /** Without it, nothing that is shown is sure. */
  async #endsWith(run: number, look: Promise<void>): Promise<void> {
    try {
      await look;
    } catch (error) {
      if (this.#ended || run !== this.#sweep) return;
      const cause = error instanceof Error ? error : new Error(String(error));
      this.#end(cause instanceof ConnectError ? cause : new ConnectError("established", false, cause), false);
    }
  }

  #searchLater(): void {
    this.#wait("search", searchGapMs, () => {
      this.findQueues();
      this.#searchLater();
    });
  }

  #follow(): void {
    this.#push?.follow().catch((error: unknown) => {
      this.context.logger.debug(`Following another queue ended: ${String(error)}`);
    });
  }

  #flushed(): void {
    void this.context.sink.flushed();
    this.resync();
  }

  #refused(): void {
    if (this.#live !== null && this.context.refusals.blind) this.#end(blindError(), false);
    else this.#told();
  }

  #told(): void {
    if (this.#live !== null && !this.#ended) this.#options.onStatus(this.#live());
  }

  #watchRole(): void {
    this.#wait("role", replicaGapMs, () => {
      void this.#lookAtRole().then(() => {
        if (this.#replica !== null) this.#watchRole();
      });
    });
  }

  /** A master can become a replica, and a replica falls behind; every look at everything tells. */
  async #lookAtRole(): Promise<void> {
    try {
      const replies = await this.#port.run([["info", "replication"]]);
      const before = JSON.stringify(this.#replica);
      this.#replica = replicaState(asText(replies[0]));
      if (JSON.stringify(this.#replica) !== before) this.#told();
    } catch (error) {
      this.context.logger.debug(`Asking for the role of the server ended: ${String(error)}`);
    }
  }

  #failWhenUseless(replies: readonly Reply[]): void {
    if (this.context.refusals.blind) throw blindError();
    for (const reply of replies) {
      // A node of a cluster has only some of the keys: what it does not say would look like what is not there.
      const whole = !(reply instanceof ReplyError) || !/^(MOVED|CLUSTERDOWN|MASTERDOWN|LOADING) /.test(reply.message);
      if (!whole) throw new ConnectError("greeting", false, new Error(reply.message));
    }
  }

  #end(error: ConnectError, listener: boolean): void {
    if (this.#ended) return;
    this.#endedBy = error;
    this.close();
    if (this.#live !== null) this.#options.onEnd(error, listener);
  }
}

function liveStatus(
  { feed, reason, limits }: Feeds,
  server: ServerInfo,
  replica: ReplicaState | null,
  clockOffset: number,
  refused: readonly RefusedCommand[],
): SourceStatus {
  return {
    state: "live",
    feed,
    feedReason: reason,
    server: replica === null ? server : { ...server, replica },
    clockOffset,
    refused,
    limits: replica === null ? limits : [...limits, replicaSentence(replica)],
  };
}

function blindError(): ConnectError {
  return new ConnectError("greeting", false, new Error("NOPERM neither payloads nor queues can be read"));
}
