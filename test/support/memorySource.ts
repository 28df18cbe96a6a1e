import type { JobFacts } from "../../src/arq/jobModel";
import type {
  ArqSource,
  ClientFacts,
  Clock,
  ConnectionProblem,
  Demand,
  FeedKind,
  HealthRecord,
  JobDetailFacts,
  JobPayloads,
  QueueFacts,
  RefusedCommand,
  ResultTtls,
  SourceCost,
  SourceSink,
  TouchedBatch,
  WorkerFacts,
  WorkerProcess,
} from "../../src/monitor/ports";
import type { WorkerHour } from "../../src/monitor/workerHours";

type Result = NonNullable<JobFacts["result"]>;

/** What one job's keys hold. Moments instead of TTLs, so that they lapse as the clock moves. Unix ms. */
interface StoredJob {
  queued: JobFacts["queued"];
  claimEndsAt: number | null;
  retry: { tries: number; endsAt: number } | null;
  job: { decoded: NonNullable<JobFacts["job"]>["decoded"]; endsAt: number } | null;
  result: { decoded: Result["decoded"]; endsAt: number | null } | null;
}

export const lostConnection: ConnectionProblem = {
  reason: "lost",
  message: "The connection to localhost:6379/0 was lost.",
  advice: "It is tried again by itself.",
};

const day = 86_400_000;
const retryTtl = 88_400_000;
const claimTtl = 310_000;

/**
 * An `ArqSource` with a Redis of its own in memory, whose methods do to the keys what ARQ does and tell the sink as a feed
 * would. With `silent` nothing is told, as in an outage or between two looks of a poll.
 */
export class MemorySource implements ArqSource {
  readonly commands = new Map<string, number>();
  /** Ids of each call of `readJobs`. */
  readonly reads: string[][] = [];
  /** Ids of each call of `readResultTtls`. */
  readonly ttlReads: string[][] = [];
  /** What `readPayloads` and `readSizes` answer. */
  readonly payloads = new Map<string, Partial<JobPayloads>>();
  readonly sizes = new Map<string, number>();
  silent = false;
  /** Reading fails as it does when the connection is gone. */
  broken = false;
  health: HealthRecord[] = [];
  clients: ClientFacts[] | null = null;
  clientsTellSince: number | null = 0;
  processes: WorkerProcess[] = [];
  /** What workers counted, and which hours were asked for. */
  workerHours: WorkerHour[] = [];
  readonly askedHours: (readonly number[])[] = [];
  refused: RefusedCommand[] = [];
  /** Names that are zsets but no queues. */
  readonly foreign = new Set<string>();
  demand: Demand = "visible";
  resyncs = 0;
  searches = 0;
  readonly #clock: Clock;
  readonly #feed: FeedKind;
  readonly #jobs = new Map<string, StoredJob>();
  #sink: SourceSink | null = null;
  #held: Promise<void> | null = null;
  #letGo: () => void = () => {};

  constructor(clock: Clock, feed: FeedKind = "push") {
    this.#clock = clock;
    this.#feed = feed;
  }

  get sink(): SourceSink {
    if (this.#sink === null) throw new Error("The source has not been started.");
    return this.#sink;
  }

  /** Connects and looks at everything, as a real source does by itself. */
  start(sink: SourceSink): void {
    if (this.#sink !== null) return;
    this.#sink = sink;
    sink.status({ state: "connecting", attempt: 1 });
    void this.connect();
  }

  resync(_reason: string): void {
    this.resyncs++;
    void this.sweep();
  }

  findQueues(): void {
    this.searches++;
  }

  setDemand(demand: Demand): void {
    this.demand = demand;
  }

  cost(): SourceCost {
    return { commands: this.commands, bytesSent: 0, bytesReceived: 0, waitedMs: 0, since: 0 };
  }

  pauseSweep(): void {}

  resumeSweep(): void {}

  close(): Promise<void> {
    this.#sink?.status({ state: "closed" });
    this.#sink = null;
    return Promise.resolve();
  }

  /** Resolves when the sink has taken in the whole look. */
  async connect(): Promise<void> {
    this.broken = false;
    this.silent = false;
    this.sink.status({
      state: "live",
      feed: this.#feed,
      feedReason: this.#feed === "push" ? null : "asked for",
      server: { version: "7.2.0", kind: "redis", address: "localhost:6379/0" },
      clockOffset: 0,
      refused: [],
      limits: [],
    });
    await this.sweep();
  }

  drop(problem: ConnectionProblem = lostConnection): void {
    this.broken = true;
    this.silent = true;
    this.sink.status({ state: "down", problem, since: this.#clock.now(), retryAt: null });
  }

  async sweep(): Promise<void> {
    const { sink } = this;
    await sink.sweepStarted();
    this.#expire();
    const ids = [...this.#jobs.keys()];
    await sink.sweepProgress({ keysScanned: ids.length, keysTotal: ids.length, paused: false });
    await sink.touched({ jobs: ids, queues: this.queueNames(), workers: true, origin: "sweep" });
    await sink.sweepEnded();
  }

  /** FLUSHDB by somebody. */
  async flush(): Promise<void> {
    this.#jobs.clear();
    this.health = [];
    await this.sink.flushed();
    await this.sweep();
  }

  /** Reading waits until `release`, as on a slow line. */
  hold(): void {
    this.#held = new Promise((resolve) => (this.#letGo = resolve));
  }

  release(): void {
    this.#held = null;
    this.#letGo();
  }

  queueNames(): string[] {
    const names = new Set(this.foreign);
    for (const { queued } of this.#jobs.values()) if (queued !== null) names.add(queued.queue);
    return [...names];
  }

  /** `enqueue_job`. `dueAt` is the score. */
  enqueue(
    id: string,
    job: { function?: string; queue?: string; enqueuedAt?: number; dueAt?: number; payloadTtl?: number } = {},
  ): void {
    const now = this.#clock.now();
    const queue = job.queue ?? "arq:queue";
    const enqueuedAt = job.enqueuedAt ?? now;
    this.#jobs.set(id, {
      queued: { queue, score: job.dueAt ?? enqueuedAt },
      claimEndsAt: null,
      retry: null,
      job: {
        decoded: { ok: true, function: job.function ?? "work", enqueuedAt, try: null },
        endsAt: now + (job.payloadTtl ?? day),
      },
      result: null,
    });
    this.#tell({ jobs: [id], queues: [queue] });
  }

  /** A worker claims the job and begins an attempt. */
  begin(id: string): void {
    const job = this.#get(id);
    const now = this.#clock.now();
    job.claimEndsAt = now + claimTtl;
    job.retry = { tries: (job.retry?.tries ?? 0) + 1, endsAt: now + retryTtl };
    this.#tell({ jobs: [id] });
  }

  /** `raise Retry(defer=…)`: back into the queue, due after so many ms. */
  again(id: string, deferMs: number): void {
    const job = this.#get(id);
    job.claimEndsAt = null;
    if (job.queued !== null) job.queued = { ...job.queued, score: this.#clock.now() + deferMs };
    this.#tell({ jobs: [id], queues: job.queued === null ? [] : [job.queued.queue] });
  }

  succeed(id: string, keepMs: number | null = 3_600_000): void {
    this.#end(id, { success: true, error: null }, keepMs);
  }

  fail(id: string, type: string, message: string, keepMs: number | null = 3_600_000): void {
    this.#end(id, { success: false, error: { kind: "exception", type, message, hasTraceback: false } }, keepMs);
  }

  abort(id: string): void {
    const error = { kind: "aborted", type: "asyncio.CancelledError", message: "", hasTraceback: false } as const;
    this.#end(id, { success: false, error }, 3_600_000);
  }

  /** The job ends and its result is not kept. */
  vanish(id: string): void {
    const queue = this.#get(id).queued?.queue;
    this.#jobs.delete(id);
    this.#tell({ jobs: [id], queues: queue === undefined ? [] : [queue] });
  }

  /** Puts keys in place that no method makes. */
  put(id: string, keys: Partial<StoredJob>): void {
    const none: StoredJob = { queued: null, claimEndsAt: null, retry: null, job: null, result: null };
    this.#jobs.set(id, { ...none, ...this.#jobs.get(id), ...keys });
    this.#tell({ jobs: [id] });
  }

  async readJobs(ids: readonly string[], queues: readonly string[]): Promise<JobFacts[]> {
    this.reads.push([...ids]);
    await this.#answer();
    this.#expire();
    return ids.map((id) => this.#factsOf(id, queues));
  }

  async readQueues(queues: readonly string[]): Promise<QueueFacts[]> {
    await this.#answer();
    const now = this.#clock.now();
    return queues.map((name) => {
      const scores = [...this.#jobs.values()].flatMap(({ queued }) => (queued?.queue === name ? [queued.score] : []));
      return {
        name,
        depth: scores.length,
        due: scores.filter((score) => score <= now).length,
        oldestDueAt: scores.filter((score) => score > 1 && score <= now).toSorted((a, b) => a - b)[0] ?? null,
        confirmed: scores.length > 0 && !this.foreign.has(name),
      };
    });
  }

  async readMembers(queue: string): Promise<ReadonlyMap<string, number>> {
    await this.#answer();
    return new Map(
      [...this.#jobs].flatMap(([id, { queued }]) => (queued?.queue === queue ? [[id, queued.score] as const] : [])),
    );
  }

  async readWorkerHours(hours: readonly number[]): Promise<readonly WorkerHour[]> {
    await this.#answer();
    this.askedHours.push(hours);
    return this.workerHours.filter(({ at }) => hours.includes(at));
  }

  async readWorkers(): Promise<WorkerFacts> {
    await this.#answer();
    const { health, clients, processes, refused } = this;
    const readAt = this.#clock.now();
    const { clientsTellSince } = this;
    const clientsReadAt = clients === null ? null : readAt;
    return { readAt, health, clients, clientsReadAt, clientsTellSince, processes, refused };
  }

  async readPayloads(ids: readonly string[]): Promise<readonly JobPayloads[]> {
    await this.#answer();
    return ids.map((id) => ({ job: null, result: null, ...this.payloads.get(id), id }));
  }

  async readResultTtls(ids: readonly string[]): Promise<ResultTtls | null> {
    this.ttlReads.push([...ids]);
    await this.#answer();
    this.#expire();
    const readAt = this.#clock.now();
    const ttls = ids.map((id) => {
      const result = this.#jobs.get(id)?.result ?? null;
      if (result === null) return -2;
      return result.endsAt === null ? -1 : result.endsAt - readAt;
    });
    return { readAt, ttls };
  }

  async readSizes(ids: readonly string[]): Promise<readonly number[]> {
    await this.#answer();
    return ids.map((id) => this.sizes.get(id) ?? 0);
  }

  async readOriginal(): Promise<null> {
    await this.#answer();
    return null;
  }

  async readJob(id: string, queues: readonly string[]): Promise<JobDetailFacts> {
    await this.#answer();
    return { facts: this.facts(id, queues), job: null, result: null, tries: [] };
  }

  /** What Redis would answer now. */
  facts(id: string, queues: readonly string[] = this.queueNames()): JobFacts {
    this.#expire();
    return this.#factsOf(id, queues);
  }

  #factsOf(id: string, queues: readonly string[]): JobFacts {
    const readAt = this.#clock.now();
    const job = this.#jobs.get(id);
    const none = { id, readAt, queued: null, inProgressTtl: null, retry: null, job: null, result: null };
    if (job === undefined) return { ...none, abortRequestedAt: null };
    return {
      id,
      readAt,
      queued: job.queued !== null && queues.includes(job.queued.queue) ? job.queued : null,
      inProgressTtl: job.claimEndsAt === null ? null : job.claimEndsAt - readAt,
      retry: job.retry === null ? null : { tries: job.retry.tries, ttl: job.retry.endsAt - readAt },
      job: job.job === null ? null : { decoded: job.job.decoded, ttl: job.job.endsAt - readAt },
      result: job.result === null ? null : { decoded: job.result.decoded, ttl: null },
      abortRequestedAt: null,
    };
  }

  #end(
    id: string,
    outcome: Pick<Extract<Result["decoded"], { ok: true }>, "success" | "error">,
    keepMs: number | null,
  ): void {
    const job = this.#get(id);
    const now = this.#clock.now();
    if (job.job === null || !job.job.decoded.ok) throw new Error(`${id} has no payload to end with`);
    const queue = job.queued?.queue ?? null;
    job.result = {
      decoded: {
        ok: true,
        function: job.job.decoded.function,
        enqueuedAt: job.job.decoded.enqueuedAt,
        try: job.retry?.tries ?? 1,
        startedAt: job.retry === null ? now : job.retry.endsAt - retryTtl,
        finishedAt: now,
        queue,
        worker: null,
        ...outcome,
      },
      endsAt: keepMs === null ? null : now + keepMs,
    };
    Object.assign(job, { queued: null, claimEndsAt: null, retry: null, job: null });
    // Redis announces that it has forgotten a key, too.
    if (keepMs !== null) this.#clock.setTimeout(() => this.#tell({ jobs: [id] }), keepMs);
    this.#tell({ jobs: [id], queues: queue === null ? [] : [queue] });
  }

  /** Redis deletes keys whose time has come; jobs without keys are gone. */
  #expire(): void {
    const now = this.#clock.now();
    for (const [id, job] of this.#jobs) {
      if (job.claimEndsAt !== null && job.claimEndsAt <= now) job.claimEndsAt = null;
      if (job.retry !== null && job.retry.endsAt <= now) job.retry = null;
      if (job.job !== null && job.job.endsAt <= now) job.job = null;
      if (job.result !== null && job.result.endsAt !== null && job.result.endsAt <= now) job.result = null;
      if (Object.values(job).every((key) => key === null)) this.#jobs.delete(id);
    }
  }

  #tell(batch: Partial<TouchedBatch>): void {
    if (this.silent || this.#sink === null) return;
    void this.#sink.touched({ jobs: [], queues: [], workers: false, origin: "live", ...batch });
  }

  async #answer(): Promise<void> {
    await this.#held;
    if (this.broken) throw new Error("Connection is closed.");
  }

  #get(id: string): StoredJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`No job ${id}`);
    return job;
  }
}
