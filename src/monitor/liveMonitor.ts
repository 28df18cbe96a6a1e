import type { HealthThresholds } from "./health";
import type { History, KeptHistory } from "./history";
import { IndexKeeper } from "./indexKeeper";
import type {
  ErrorGroup,
  FunctionStats,
  JobDetail,
  JobPage,
  JobQuery,
  JobRow,
  Monitor,
  MonitorChange,
  MonitorSnapshot,
} from "./model";
import type { ArqSource, Clock, Demand, Logger } from "./ports";
import { Queries } from "./queries";
import type {
  ActivityFilter,
  ActivityPage,
  CronJob,
  LatencyPoint,
  MemorySample,
  PayloadMatches,
  PayloadProgress,
  PayloadSearch,
  QueueReport,
  Suggestion,
  TaskStats,
} from "./queryModel";
import { SnapshotMaker } from "./snapshotMaker";

export interface MonitorOptions {
  readonly source: ArqSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly thresholds: HealthThresholds;
  /** `arq.workers.staleAfter` in ms. */
  readonly staleAfterMs: number;
  /** Queues named in the settings; others are found. */
  readonly queues: readonly string[];
  /** Null: nothing is kept beyond this session. */
  readonly history?: KeptHistory | null;
}

/** The live model of one connection: keys that may have changed → facts → one index → views. */
export function createMonitor(options: MonitorOptions): Monitor {
  return new LiveMonitor(options);
}

class LiveMonitor implements Monitor {
  readonly #source: ArqSource;
  readonly #keeper: IndexKeeper;
  readonly #snapshots: SnapshotMaker;
  readonly #queries: Queries;

  constructor(options: MonitorOptions) {
    this.#source = options.source;
    this.#keeper = new IndexKeeper({
      ...options,
      history: options.history ?? null,
      onWorkersRead: ({ refused }) => this.#snapshots.setRefused(refused),
      onBeat: () => this.#noteQueues(),
      onFlushed: () => {
        this.#queries.clear();
        this.#snapshots.clear();
      },
    });
    const { index, history, workers, queues } = this.#keeper;
    this.#queries = new Queries(
      index,
      () => this.now(),
      () => this.snapshot().queues,
      () => history.forgotten(index),
      {
        firstSeen: (group) => history.errorGroups.get(group)?.firstAt ?? null,
        since: (at) => history.failures(at),
        watched: (from, to) => from >= history.failuresSince && history.outcomes.watched(from, to, this.now()),
      },
      (names) => history.outcomes.lastEndedIn(names, this.now()),
    );
    this.#snapshots = new SnapshotMaker({
      table: () => index.table,
      history,
      keepRules: this.#keeper.keepRules,
      workers,
      book: queues,
      thresholds: options.thresholds,
      staleAfterMs: options.staleAfterMs,
    });
  }

  get history(): History {
    return this.#keeper.history;
  }

  start(): void {
    this.#keeper.start();
  }

  refresh(): void {
    this.#source.resync("asked for");
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  now(): number {
    return this.#keeper.now();
  }

  snapshot(): MonitorSnapshot {
    const { state, coverage } = this.#keeper;
    const { progress, complete, sweptAt } = coverage;
    return this.#snapshots.make({ now: this.now(), status: state, sweep: progress, complete, sweptAt });
  }

  query(query: JobQuery, signal?: AbortSignal): Promise<JobPage> {
    return this.#queries.page(query, signal);
  }

  rows(): Iterable<JobRow> {
    return this.#queries.rows();
  }

  errorGroups(signal?: AbortSignal): Promise<readonly ErrorGroup[]> {
    return this.#queries.errorGroups(signal);
  }

  functions(signal?: AbortSignal): Promise<readonly FunctionStats[]> {
    return this.#queries.functions(signal);
  }

  tasks(signal?: AbortSignal): Promise<readonly TaskStats[]> {
    return this.#queries.tasks(signal);
  }

  queueReports(signal?: AbortSignal): Promise<readonly QueueReport[]> {
    this.#noteQueues();
    return this.#queries.queueReports(signal);
  }

  latency(signal?: AbortSignal): Promise<readonly LatencyPoint[]> {
    this.#noteQueues();
    return this.#queries.latency(signal);
  }

  cron(signal?: AbortSignal): Promise<readonly CronJob[]> {
    return this.#queries.cron(signal);
  }

  suggest(text: string, cursor: number, signal?: AbortSignal): Promise<readonly Suggestion[]> {
    return this.#queries.suggest(text, cursor, signal);
  }

  searchPayloads(
    search: PayloadSearch,
    onProgress: (progress: PayloadProgress) => void,
    signal?: AbortSignal,
  ): Promise<PayloadMatches> {
    return this.#queries.searchPayloads(this.#source, search, onProgress, signal);
  }

  sampleMemory(queue: string | null, signal?: AbortSignal): Promise<MemorySample | null> {
    return this.#queries.sampleMemory(this.#source, queue, signal);
  }

  recent(filter: ActivityFilter): ActivityPage {
    return this.#keeper.activity.page(filter);
  }

  row(id: string): JobRow | null {
    return this.#keeper.row(id);
  }

  open(id: string): Promise<JobDetail | null> {
    return this.#keeper.open(id);
  }

  original(id: string): ReturnType<Monitor["original"]> {
    return this.#source.readOriginal(id);
  }

  onChange(listener: (change: MonitorChange) => void): () => void {
    return this.#keeper.onChange(listener);
  }

  setThresholds(thresholds: HealthThresholds): void {
    this.#snapshots.setThresholds(thresholds);
    this.#keeper.note({ all: true });
  }

  setDemand(demand: Demand): void {
    this.#keeper.setDemand(demand);
  }

  pauseSweep(): void {
    this.#source.pauseSweep();
  }

  resumeSweep(): void {
    this.#source.resumeSweep();
  }

  /** Also when somebody asks: a minute may have begun since the last beat. */
  #noteQueues(): void {
    const { status, queues, complete } = this.snapshot();
    if (status.state === "live") this.#queries.noteQueues(queues, complete);
  }
}
