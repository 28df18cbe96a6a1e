import { ArqKeys } from "../arq/keys";
import type { Redactor } from "../arq/redact";
import type { JobFacts } from "../arq/jobModel";
import type {
  ArqSource,
  Cancel,
  Clock,
  ConnectionProblem,
  Demand,
  JobDetailFacts,
  Logger,
  QueueFacts,
  SourceSink,
  SourceStatus,
  WorkerFacts,
} from "../monitor/ports";
import { ConnectError } from "./connectError";
import { connectionProblem } from "./connectionProblem";
import { type ConnectionSettings, parseConnectionUrl } from "./connectionUrl";
import { redactedLogger, redactedReads, redactedSink, type Reads } from "./door";
import { readJobDetail, readJobFacts } from "./factReader";
import { readQueueFacts } from "./queueReader";
import type { PortOptions } from "./readOnlyPort";
import { Session } from "./session";
import type { Found, SessionContext } from "./sessionContext";
import { type OwnConnections, WorkerReader } from "./workerReader";

export interface RedisSourceOptions {
  readonly url: string;
  /** Beats the one in the URL. */
  readonly password: string | null;
  /** First part of ARQ's key names, `arq` unless a fork changed it. */
  readonly prefix: string;
  /** Queues named by the user; none: ARQ's default queue. Others are found by looking. */
  readonly queues: readonly string[];
  readonly feed: "auto" | "poll";
  /** Unless told: 5 s to connect and to sign in, 10 s for a reply. */
  readonly timeouts?: Pick<PortOptions, "connectTimeoutMs" | "replyTimeoutMs">;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly logger: Logger;
}

const unknownConnections: OwnConnections = { ids: new Set(), addresses: new Set(), history: null };
const firstRetryMs = 250;
const lastRetryMs = 10_000;
/** So many losses of the announcing connection within the span, and the server is asked instead for as long again. */
const lossLimit = 3;
const lossSpanMs = 300_000;
/** Trying again soon would change nothing about these, and might lock an account. */
const stubborn: readonly ConnectionProblem["reason"][] = [
  "passwordNeeded",
  "passwordWrong",
  "noPermission",
  "badDatabase",
  "notRedis",
  "tlsExpected",
  "tlsFailed",
];

/** A source over one Redis. Connects when started, and by itself again, 0.25 to 10 s apart, for as long as it is not closed. */
export function openRedisSource(options: RedisSourceOptions): ArqSource {
  return new RedisSource(options);
}

class RedisSource implements ArqSource {
  readonly commands = new Map<string, number>();
  readonly #options: RedisSourceOptions;
  readonly #reads: Reads;
  readonly #keys: ArqKeys;
  readonly #found: Found;
  readonly #noisy = new Set<string>();
  #sink: SourceSink | null = null;
  #session: Session | null = null;
  #workers: WorkerReader | null = null;
  #retry: Cancel | null = null;
  /** Ends the wait for the next attempt; null while there is none. */
  #retryNow: (() => void) | null = null;
  #demand: Demand = "visible";
  #failures = 0;
  #lastLiveAt: number | null = null;
  /** When a connection that stood broke last, on our clock. */
  #cutAt: number | null = null;
  #losses: number[] = [];
  #closed = false;
  /** Ends an attempt to connect. */
  readonly #closing = new AbortController();

  constructor(options: RedisSourceOptions) {
    const parsed = parseConnectionUrl(options.url);
    const password = options.password ?? (parsed.ok ? parsed.settings.password : null);
    this.#options = { ...options, logger: redactedLogger(options.logger, options.redactor, password) };
    this.#reads = redactedReads(this.#rawReads(), options.redactor);
    this.#keys = new ArqKeys(options.prefix);
    this.#found = {
      queues: new Set(options.queues.length > 0 ? options.queues : [this.#keys.defaultQueue]),
      named: new Set(options.queues),
      confirmed: new Set(),
      health: new Set(),
      workers: new Set(),
      changed: new Set(),
      foreign: new Set(),
    };
  }

  start(listener: SourceSink): void {
    if (this.#sink !== null || this.#closed) return;
    const sink = redactedSink(listener, this.#options.redactor);
    this.#sink = sink;
    const parsed = parseConnectionUrl(this.#options.url);
    if (!parsed.ok) {
      sink.status({ state: "down", problem: parsed.problem, since: null, retryAt: null });
      return;
    }
    const settings = { ...parsed.settings, password: this.#options.password ?? parsed.settings.password };
    sink.status({ state: "connecting", attempt: 1 });
    void this.#open(settings, sink);
  }

  resync(reason: string): void {
    this.#options.logger.debug(`Sweeping again: ${reason}`);
    if (this.#session === null) this.#retryNow?.();
    else this.#session.resync();
  }

  findQueues(): void {
    this.#session?.findQueues();
  }

  setDemand(demand: Demand): void {
    this.#demand = demand;
    this.#session?.setDemand(demand);
  }

  pauseSweep(): void {
    this.#session?.pauseSweep();
  }

  resumeSweep(): void {
    this.#session?.resumeSweep();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
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

  readWorkers(queues: readonly string[]): Promise<WorkerFacts> {
    return this.#reads.readWorkers(queues);
  }

  readJob(id: string, queues: readonly string[]): Promise<JobDetailFacts> {
    return this.#reads.readJob(id, queues);
  }

  /** What stands in Redis as it is: nobody but the door may call these. */
  #rawReads(): Reads {
    return {
      readJobs: async (ids, queues) => readJobFacts(this.#context(queues), ids, queues),
      readQueues: async (queues) => readQueueFacts(this.#context(queues), queues),
      readWorkers: async (queues) => {
        const context = this.#context(queues);
        if (this.#workers?.context !== context) {
          this.#workers = new WorkerReader(context, this.#session?.own ?? unknownConnections);
        }
        return this.#workers.read(queues);
      },
      readJob: async (id, queues) => readJobDetail(this.#context(queues), id, queues),
    };
  }

  #context(queues: readonly string[]): SessionContext {
    if (this.#session === null) throw new ConnectError("established", false, null);
    this.#session.know(queues);
    return this.#session.context;
  }

  async #open(settings: ConnectionSettings, sink: SourceSink): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      const session = await Session.open({
        port: {
          settings,
          commands: this.commands,
          connectTimeoutMs: 5000,
          replyTimeoutMs: 10_000,
          ...this.#options.timeouts,
          signal: this.#closing.signal,
        },
        shared: {
          keys: this.#keys,
          db: settings.db,
          clock,
          logger,
          sink: this.#guarded(sink),
          found: this.#found,
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
          this.#down(error, settings, sink);
        },
      });
      if (this.#closed) session.close();
    } catch (error) {
      if (!this.#closed) this.#down(error, settings, sink);
    }
  }

  #down(error: unknown, settings: ConnectionSettings, sink: SourceSink): void {
    const { clock, logger } = this.#options;
    const problem = connectionProblem(error, settings);
    const delay = stubborn.includes(problem.reason)
      ? lastRetryMs
      : Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    logger.warn(`${problem.message} Trying again in ${delay} ms.`);
    const since = this.#lastLiveAt;
    sink.status({ state: "down", problem, since, retryAt: clock.now() + delay });
    const again = (): void => {
      this.#retry?.();
      this.#retry = this.#retryNow = null;
      void this.#open(settings, sink);
    };
    this.#retry = clock.setTimeout(again, delay);
    this.#retryNow = () => {
      again();
      sink.status({ state: "down", problem, since, retryAt: clock.now() });
    };
  }

  /** Null to try push. */
  #pushRefused(): string | null {
    if (this.#options.feed === "poll") return "Polling is chosen in the settings (arq.feed).";
    const since = this.#options.clock.now() - lossSpanMs;
    this.#losses = this.#losses.filter((at) => at > since);
    return this.#losses.length < lossLimit
      ? null
      : `The server broke the connection that announces changes ${this.#losses.length} times within five minutes.`;
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
      lookedAround: () => (open() ? sink.lookedAround() : undefined),
    };
  }
}
