import { cronJobs } from "./cronJobs";
import { DepthHistory } from "./depthHistory";
import { DueHistory } from "./dueHistory";
import { groupErrors, type KnownOfFailures, nothingMoreKnown } from "./errorGroups";
import { functionStatistics } from "./functionStatistics";
import type { JobIndex } from "./jobIndex";
import { latency } from "./latency";
import type { ErrorGroup, FunctionStats, JobPage, JobQuery, JobRow, QueueStats } from "./model";
import { sampleMemory } from "./memorySample";
import { searchPayloads } from "./payloadSearch";
import type { ArqSource } from "./ports";
import { queryJobs, queryTogether, remembersIn } from "./query";
import type {
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
import { queueStatistics } from "./queueStatistics";
import { heldRows, rememberedRows } from "./rowSources";
import { SharedWork } from "./sharedWork";
import { Slices } from "./slices";
import { suggest } from "./suggestions";
import type { RowSource } from "./tableLook";
import { taskStatistics } from "./taskStatistics";

/** What is asked of the index: pages of jobs, and what its jobs add up to. */
export class Queries {
  readonly #index: JobIndex;
  readonly #now: () => number;
  readonly #queues: () => readonly QueueStats[];
  readonly #lastEndedIn: (queues: ReadonlySet<string>) => ReadonlyMap<string, number>;
  readonly #depths = new DepthHistory();
  readonly #dues = new DueHistory();
  readonly #errorGroups: SharedWork<readonly ErrorGroup[]>;
  readonly #functions: SharedWork<readonly FunctionStats[]>;
  readonly #tasks: SharedWork<readonly TaskStats[]>;
  readonly #queueReports: SharedWork<readonly QueueReport[]>;
  readonly #latency: SharedWork<readonly LatencyPoint[]>;
  readonly #cron: SharedWork<readonly CronJob[]>;
  readonly #remembered: SharedWork<RowSource>;

  /**
   * `now` is Redis' clock, unix ms. `forgotten`: failed jobs that the index does not know any more; `more`: what else is known of failures;
   * `lastEndedIn`: when a job ended last in these queues, as far as more is known than the index tells.
   */
  constructor(
    index: JobIndex,
    now: () => number,
    queues: () => readonly QueueStats[],
    forgotten: () => Iterable<JobRow> = () => [],
    more: KnownOfFailures = nothingMoreKnown,
    lastEndedIn: (queues: ReadonlySet<string>) => ReadonlyMap<string, number> = () => new Map(),
  ) {
    this.#index = index;
    this.#now = now;
    this.#lastEndedIn = lastEndedIn;
    this.#queues = queues;
    const version = (): number => index.version;
    const jobs = (): number => index.table.size;
    const remembered = function* (): Iterable<JobRow> {
      yield* index.remembered;
      yield* forgotten();
    };
    this.#errorGroups = new SharedWork(version, jobs, (slices) =>
      groupErrors(index.table, remembered(), now(), slices, more),
    );
    this.#functions = new SharedWork(version, jobs, (slices) => functionStatistics(index.table, now(), slices));
    this.#tasks = new SharedWork(version, jobs, (slices) => taskStatistics(index.table, remembered(), now(), slices));
    this.#queueReports = new SharedWork(version, jobs, (slices) => this.#reportQueues(slices));
    this.#latency = new SharedWork(version, jobs, (slices) => latency(index.table, this.#dues, now(), slices));
    this.#cron = new SharedWork(version, jobs, (slices) => cronJobs(index.table, remembered(), now(), slices));
    // Never older than the last change, so that no job is missing while it goes, or there twice.
    const rememberedVersion = (): number => index.rememberedVersion;
    const never = (): number => 0;
    this.#remembered = new SharedWork(rememberedVersion, never, (slices) => rememberedRows(remembered(), slices));
  }

  async page(query: JobQuery, signal?: AbortSignal): Promise<JobPage> {
    const which = remembersIn(query);
    if (which === true) return this.#rememberedPage(query, signal);
    for (;;) {
      const { table } = this.#index;
      const page =
        which === "also"
          ? await queryTogether(
              [heldRows(table), await this.#remembered.get(signal)],
              query,
              this.#now(),
              new Slices(signal),
            )
          : await queryJobs(table, query, this.#now(), new Slices(signal));
      // After a flush there is another table.
      if (table === this.#index.table) return page;
    }
  }

  *rows(): Iterable<JobRow> {
    const { table } = this.#index;
    for (let row = 0; row < table.end; row++) {
      if (!table.isFree(row)) yield table.read(row, this.#now());
    }
  }

  errorGroups(signal?: AbortSignal): Promise<readonly ErrorGroup[]> {
    return this.#errorGroups.get(signal);
  }

  functions(signal?: AbortSignal): Promise<readonly FunctionStats[]> {
    return this.#functions.get(signal);
  }

  tasks(signal?: AbortSignal): Promise<readonly TaskStats[]> {
    return this.#tasks.get(signal);
  }

  queueReports(signal?: AbortSignal): Promise<readonly QueueReport[]> {
    return this.#queueReports.get(signal);
  }

  latency(signal?: AbortSignal): Promise<readonly LatencyPoint[]> {
    return this.#latency.get(signal);
  }

  cron(signal?: AbortSignal): Promise<readonly CronJob[]> {
    return this.#cron.get(signal);
  }

  async suggest(text: string, cursor: number, signal?: AbortSignal): Promise<readonly Suggestion[]> {
    return suggest(this.#index.table, text, cursor, this.#now(), new Slices(signal));
  }

  searchPayloads(
    source: Pick<ArqSource, "readPayloads">,
    search: PayloadSearch,
    onProgress: (progress: PayloadProgress) => void,
    signal?: AbortSignal,
  ): Promise<PayloadMatches> {
    const page = (query: JobQuery): Promise<JobPage> => this.page(query, signal);
    return searchPayloads({ page, source, now: this.#now() }, search, onProgress, signal);
  }

  sampleMemory(
    source: Pick<ArqSource, "readSizes">,
    queue: string | null,
    signal?: AbortSignal,
  ): Promise<MemorySample | null> {
    return sampleMemory(this.#index.table, queue, source, signal);
  }

  /** What is counted of queues is kept current. Call it more than once a minute as long as that is so. `whole`: every queue has been looked at. */
  noteQueues(queues: readonly QueueStats[], whole: boolean): void {
    const now = this.#now();
    for (const { name, depth } of queues) this.#depths.saw(name, depth, now);
    const waits = queues.flatMap(({ oldestDueMs }) => oldestDueMs ?? []);
    if (whole) this.#dues.saw(waits.length === 0 ? null : Math.max(...waits), now);
  }

  /** The queues of before are no more. */
  clear(): void {
    this.#depths.clear();
    this.#dues.clear();
  }

  async #rememberedPage(query: JobQuery, signal: AbortSignal | undefined): Promise<JobPage> {
    const rows = await this.#remembered.get(signal);
    const page = await queryTogether([rows], query, this.#now(), new Slices(signal));
    return { ...page, indexed: this.#index.table.size };
  }

  /** When something happened in these queues that their jobs do not tell any more. */
  #lastKnownIn(queues: ReadonlySet<string>): Map<string, number> {
    const last = new Map(this.#lastEndedIn(queues));
    for (const { queue, finishedAt } of this.#index.remembered) {
      if (queue === null || finishedAt === null || !queues.has(queue)) continue;
      last.set(queue, Math.max(last.get(queue) ?? finishedAt, finishedAt));
    }
    return last;
  }

  #reportQueues(slices: Slices): Promise<QueueReport[]> {
    const { table } = this.#index;
    const now = this.#now();
    return queueStatistics(table, this.#queues(), this.#depths, now, slices, (names) => this.#lastKnownIn(names));
  }
}
