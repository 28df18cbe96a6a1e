import { ArqKeys } from "../arq/keys";
import type { Redactor } from "../arq/redact";
import type { JobFacts } from "../arq/jobModel";
import { t } from "../arq/l10n";
import type {
  ArqSource,
  Cancel,
  Clock,
  Demand,
  JobDetailFacts,
  JobPayloads,
  Logger,
  QueueFacts,
  ResultTtls,
  SourceSink,
  SourceCost,
  SourceStatus,
  WorkerFacts,
} from "../monitor/ports";
import type { WorkerHour } from "../monitor/workerHours";
import { ConnectError } from "./connectError";
import { CostMeter } from "./costMeter";
import { connectionProblem } from "./connectionProblem";
import { watchClock } from "./clockWatch";
import { type ConnectionOptions, connectionSettings } from "./connectionSettings";
import { Connector } from "./connector";
import { redactedLogger, redactedReads, redactedSink, type Reads } from "./door";
import { readJobDetail, readJobFacts } from "./factReader";
import { readMembers } from "./readMembers";
import { readWorkerHours } from "./hourReader";
import { readPayloads, readSizes } from "./jobPayloadReader";
import { readOriginal } from "./originalReader";
import { readQueueFacts } from "./queueReader";
import type { PortOptions } from "./readOnlyPort";
import { retryDelay } from "./retryPace";
import { type PushRefused, Session, type SessionOptions } from "./session";
import type { Found, SessionContext } from "./sessionContext";
import { readResultTtls } from "./ttlReader";

export interface RedisSourceOptions extends ConnectionOptions {
  /** First part of ARQ's key names, `arq` unless a fork changed it. */
  readonly prefix: string;
  /** Queues named by the user; none: ARQ's default queue. Others are found by looking. */
  readonly queues: readonly string[];
  readonly feed: "auto" | "poll";
  /** Unless told: 5 s to connect and to sign in, 8 s of silence where a reply is due. */
  readonly timeouts?: Pick<PortOptions, "connectTimeoutMs" | "replyTimeoutMs">;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** On a user's action, a connection that then says nothing for so long is given up. A server that only stalls for half a second is not. */
const probeSilenceMs = 1500;
/** A job that is opened and has not come after this may never come. */
const patienceMs = 300;
/** So many losses of the announcing connection within the span, and the server is asked instead for as long again. */
const lossLimit = 3;
const lossSpanMs = 300_000;
/** A source over one Redis. Connects when started, and by itself again for as long as it is not closed, at the pace of `retryDelay`. */
export function openRedisSource(options: RedisSourceOptions): ArqSource {
  return new RedisSource(options);
}

class RedisSource implements ArqSource {
  readonly #cost: CostMeter;
  readonly #options: RedisSourceOptions;
  readonly #settings: ReturnType<typeof connectionSettings>;
  readonly #reads: Reads;
  readonly #keys: ArqKeys;
  readonly #found: Found;
  readonly #noisy = new Set<string>();
  /** A pause outlasts the connection. */
  readonly #sweepControl = { paused: false };
  #sink: SourceSink | null = null;
  #session: Session | null = null;
  #retry: Cancel | null = null;
  /** Ends the wait for the next attempt; null while there is none. */
  #retryNow: (() => void) | null = null;
  #demand: Demand = "visible";
  #stopWatching: Cancel | null = null;
  #failures = 0;
  #lastLiveAt: number | null = null;
  /** When a connection that stood broke last, on our clock. */
  #cutAt: number | null = null;
  #losses: number[] = [];
  #closed = false;
  /** Ends an attempt to connect. */
  readonly #closing = new AbortController();

  constructor(options: RedisSourceOptions) {
    this.#cost = new CostMeter(options.clock.now());
    this.#settings = connectionSettings(options);
    const password = this.#settings.ok ? this.#settings.settings.password : options.password;
    this.#options = { ...options, logger: redactedLogger(options.logger, options.redactor, password) };
    this.#reads = redactedReads(this.#rawReads(), options.redactor);
    this.#keys = new ArqKeys(options.prefix);
    this.#found = {
      queues: new Set(options.queues.length > 0 ? options.queues : [this.#keys.defaultQueue]),
      named: new Set(options.queues),
      confirmed: new Set(),
      health: new Set(),
      workers: new Set(),
      hours: new Set(),
      changed: new Set(),
      foreign: new Set(),
    };
  }

  get commands(): ReadonlyMap<string, number> {
    return this.#cost.commands;
  }

  cost(): SourceCost {
    return this.#cost.read();
  }

  start(listener: SourceSink): void {
    if (this.#sink !== null || this.#closed) return;
    const sink = redactedSink(listener, this.#options.redactor);
    this.#sink = sink;
    if (!this.#settings.ok) {
      sink.status({ state: "down", problem: this.#settings.problem, since: null, retryAt: null });
      return;
    }
    this.#stopWatching = watchClock(this.#options.clock, (by) => this.#clockJumped(by));
    sink.status({ state: "connecting", attempt: 1 });
    void this.#open(new Connector(this.#settings.settings), sink);
  }

  resync(reason: string): void {
    this.#options.logger.debug(`Sweeping again: ${reason}`);
    if (this.#session === null) this.#retryNow?.();
    else {
      this.#session.probe(probeSilenceMs);
      this.#session.resync();
    }
  }

  findQueues(): void {
    this.#session?.findQueues();
  }

  setDemand(demand: Demand): void {
    this.#demand = demand;
    this.#session?.setDemand(demand);
    // Somebody who begins to look does not wait for the end of a pause that was made for nobody.
    if (demand === "visible") this.#retryNow?.();
  }

  pauseSweep(): void {
    this.#sweepControl.paused = true;
  }

  resumeSweep(): void {
    this.#sweepControl.paused = false;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
    this.#stopWatching?.();
    this.#retry?.();
    this.#retryNow = null;
    this.#session?.close();
    this.#session = null;
    this.#sink?.status({ state: "closed" });
  }

  readJobs(ids: readonly string[], queues: readonly string[]): Promise<JobFacts[]> {
    return this.#reads.readJobs(ids, queues);
  }

  readQueues(queues: readonly string[]): Promise<QueueFacts[]> {
    return this.#reads.readQueues(queues);
  }

  readMembers(queue: string, atMost: number): Promise<ReadonlyMap<string, number> | null> {
    return this.#reads.readMembers(queue, atMost);
  }

  readWorkers(queues: readonly string[]): Promise<WorkerFacts> {
    return this.#reads.readWorkers(queues);
  }

  readWorkerHours(hours: readonly number[]): Promise<readonly WorkerHour[]> {
    return this.#reads.readWorkerHours(hours);
  }

  readPayloads(ids: readonly string[], longest: number): Promise<readonly JobPayloads[]> {
    return this.#reads.readPayloads(ids, longest);
  }

  readOriginal(id: string): ReturnType<ArqSource["readOriginal"]> {
    return this.#reads.readOriginal(id);
  }

  readSizes(ids: readonly string[]): Promise<readonly number[] | null> {
    return this.#reads.readSizes(ids);
  }

  readResultTtls(ids: readonly string[]): Promise<ResultTtls | null> {
    return this.#reads.readResultTtls(ids);
  }

  async readJob(id: string, queues: readonly string[]): Promise<JobDetailFacts> {
    // Somebody waits for it: a peer that is gone without a word is found out now.
    const stopWaiting = this.#options.clock.setTimeout(() => this.#session?.probe(probeSilenceMs), patienceMs);
    try {
      return await this.#reads.readJob(id, queues);
    } finally {
      stopWaiting();
    }
  }

  /** What stands in Redis as it is: nobody but the door may call these. */
  #rawReads(): Reads {
    return {
      readJobs: async (ids, queues) => readJobFacts(this.#context(queues), ids, queues),
      readQueues: async (queues) => readQueueFacts(this.#context(queues), queues),
      readMembers: async (queue, atMost) => readMembers(this.#context([]), queue, atMost),
      readWorkers: async (queues) => {
        this.#context(queues);
        return this.#session!.workers.read(queues);
      },
      readWorkerHours: async (hours) => readWorkerHours(this.#context([]), hours),
      readJob: async (id, queues) => readJobDetail(this.#context(queues), id, queues),
      readPayloads: async (ids, longest) => readPayloads(this.#context([]), ids, longest),
      readOriginal: async (id) => readOriginal(this.#context([]), id),
      readSizes: async (ids) => readSizes(this.#context([]), ids),
      readResultTtls: async (ids) => readResultTtls(this.#context([]), ids),
    };
  }

  #context(queues: readonly string[]): SessionContext {
    if (this.#session === null) throw new ConnectError("established", false, null);
    this.#session.know(queues);
    return this.#session.context;
  }

  async #open(connector: Connector, sink: SourceSink): Promise<void> {
    const { clock, logger } = this.#options;
    const from = clock.now();
    const port = {
      cost: this.#cost,
      connectTimeoutMs: 5000,
      replyTimeoutMs: 8000,
      ...this.#options.timeouts,
      signal: this.#closing.signal,
    };
    try {
      const first = await connector.open(port, this.#demand === "visible");
      const settings = connector.place;
      const options: SessionOptions = {
        port: { ...port, settings },
        shared: {
          keys: this.#keys,
          db: settings.db,
          clock,
          logger,
          sink: this.#guarded(sink),
          found: this.#found,
          sweepControl: this.#sweepControl,
        },
        pushRefused: this.#pushRefused(),
        noisy: this.#noisy,
        demand: this.#demand,
        cutAt: this.#cutAt,
        onReady: (ready) => {
          if (this.#closed) return;
          this.#session = ready;
          // It may have changed while the connection was being opened.
          ready.setDemand(this.#demand);
        },
        onStatus: (status) => {
          if (!this.#closed) sink.status(status);
        },
        onEnd: (error, listener) => {
          if (listener) this.#losses.push(clock.now());
          this.#cutAt = clock.now();
          this.#session = null;
          this.#lastLiveAt = clock.now();
          this.#down(error, connector, sink);
        },
      };
      const session = await Session.open(options, first, from);
      if (this.#closed) session.close();
    } catch (error) {
      if (!this.#closed) this.#down(error, connector, sink);
    }
  }

  #down(error: unknown, connector: Connector, sink: SourceSink): void {
    const { clock, logger } = this.#options;
    const problem = connectionProblem(error, connector.place);
    const delay = retryDelay(problem.reason, this.#failures++, this.#demand);
    logger.warn(`${problem.message} Trying again in ${delay} ms.`);
    const since = this.#lastLiveAt;
    sink.status({ state: "down", problem, since, retryAt: clock.now() + delay });
    const again = (): void => {
      this.#retry?.();
      this.#retry = this.#retryNow = null;
      void this.#open(connector, sink);
    };
    this.#retry = clock.setTimeout(again, delay);
    this.#retryNow = () => {
      again();
      sink.status({ state: "down", problem, since, retryAt: clock.now() });
    };
  }

  /** The machine slept, or its clock was set: what stood may be dead without a word, and times that were compared with Redis' clock are off. */
  #clockJumped(by: number): void {
    this.#options.logger.info(`The clock jumped by ${Math.round(by / 1000)} s: connecting anew.`);
    this.#failures = 0;
    this.#session?.abandon("the clock jumped");
    this.#retryNow?.();
  }

  /** Null to try push. */
  #pushRefused(): PushRefused | null {
    if (this.#options.feed === "poll")
      return { reason: t("Polling is chosen in the settings (arq.feed)."), retryMs: null };
    const since = this.#options.clock.now() - lossSpanMs;
    this.#losses = this.#losses.filter((at) => at > since);
    if (this.#losses.length < lossLimit) return null;
    const reason = t(
      "The server broke the connection that announces changes {0} times within five minutes.",
      this.#losses.length,
    );
    return { reason, retryMs: lossSpanMs };
  }

  /** A closed source tells nothing more. */
  #guarded(sink: SourceSink): SourceSink {
    const open = (): boolean => !this.#closed;
    return {
      status: (status: SourceStatus) => (open() ? sink.status(status) : undefined),
      sweepStarted: () => (open() ? sink.sweepStarted() : undefined),
      sweepProgress: (progress) => (open() ? sink.sweepProgress(progress) : undefined),
      sweepEnded: () => {
        // Only now has the connection shown that it is good for something.
        this.#failures = 0;
        return open() ? sink.sweepEnded() : undefined;
      },
      touched: (batch) => (open() ? sink.touched(batch) : undefined),
      flushed: () => (open() ? sink.flushed() : undefined),
      missed: (why) => (open() ? sink.missed(why) : undefined),
      met: (ids, key) => (open() ? sink.met(ids, key) : undefined),
      roundStarted: () => (open() ? sink.roundStarted() : undefined),
      roundEnded: () => (open() ? sink.roundEnded() : undefined),
    };
  }
}
