import type { OrphanEvidence } from "../arq/claim";
import type { FailureKind, JobState } from "../arq/jobModel";
import type { Health, HealthThresholds } from "./health";
import type { History, HistoryStatus } from "./history";
import type {
  ActivityFilter,
  ActivityPage,
  CronJob,
  EndedTrend,
  LastError,
  LatencyPoint,
  MemorySample,
  PayloadMatches,
  PayloadProgress,
  PayloadSearch,
  QueueReport,
  Retention,
  Suggestion,
  TaskStats,
} from "./queryModel";
import type { ArqSource, Demand, JobDetailFacts, SourceStatus, SweepProgress } from "./ports";
import type { Span } from "./spans";

/** One job as the views see it. Times unix ms on Redis' clock; unknown is null. */
export interface JobRow {
  readonly id: string;
  readonly function: string | null;
  readonly queue: string | null;
  readonly state: JobState;
  /** Attempts started. Null where it cannot be known. */
  readonly tries: number | null;
  readonly enqueuedAt: number | null;
  /** When it may run (zset score); null once it left the queue. */
  readonly scheduledAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Due → start, only where the due time is known. */
  readonly waitMs: number | null;
  readonly runMs: number | null;
  /** When the claim on it lapses: no worker takes it before, another one may from then on. Null when nothing claims it. */
  readonly claimEndsAt: number | null;
  /** Why its worker is thought to be gone; null unless it is orphaned. */
  readonly orphanEvidence: OrphanEvidence | null;
  readonly error: {
    readonly kind: FailureKind;
    readonly type: string;
    readonly message: string;
    readonly hasTraceback: boolean;
  } | null;
  /** `host:pid` where the opt-in serializer stored it, or the opt-in instrumentation told who runs it. */
  readonly worker: string | null;
  /** Why a payload could not be read, for people; null otherwise. */
  readonly undecodable: string | null;
  /**
   * When Redis was seen to have forgotten it; null while Redis holds it. Such a job is in no count and, unless asked for, in no query; error
   * groups and `Monitor.row` have it.
   */
  readonly rememberedSince: number | null;
}

export type StateCounts = Readonly<Record<JobState, number>>;

export interface QueueStats {
  readonly name: string;
  /** ZCARD. */
  readonly depth: number;
  readonly queued: number;
  readonly deferred: number;
  readonly running: number;
  readonly retrying: number;
  /** Age of the oldest job that is due and not running, ms; null when none waits. */
  readonly oldestDueMs: number | null;
  /** Finished jobs still remembered by Redis. */
  readonly complete: number;
  readonly failed: number;
}

/** What is honestly known of workers; arq-wire-format section 5. */
export interface WorkerStats {
  readonly name: string;
  readonly kind: "process" | "shared" | "connections";
  /** Null for connections, which no queue can be told of. */
  readonly queue: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  /** One sentence per source of knowledge. */
  readonly evidence: readonly string[];
  readonly lastSeenAt: number | null;
  /**
   * Its last sign of life is older than `arq.workers.staleAfter`, or than its own interval where that is longer; or its record lapsed, or nothing supports it.
   * Of a worker known only by signed results: it may as well be idle.
   */
  readonly stale: boolean;
  /** When its process started; null: not known, as for everything below. */
  readonly startedAt: number | null;
  /** How often it gives a sign of life, ms. */
  readonly intervalMs: number | null;
  readonly maxJobs: number | null;
  /** Jobs that run in it, at most 100. */
  readonly jobs: readonly WorkerJobStats[] | null;
  readonly release: string | null;
  /** Versions of Python and of ARQ. */
  readonly python: string | null;
  readonly arq: string | null;
  /** Since the process started. Of a shared record: of the worker that wrote last. */
  readonly counters: {
    readonly complete: number;
    readonly failed: number;
    readonly retried: number;
    readonly ongoing: number;
  } | null;
}

/** A job that a worker says it runs. */
export interface WorkerJobStats {
  readonly id: string;
  readonly function: string | null;
  readonly try: number | null;
  readonly startedAt: number | null;
}

/** How many workers: exact, at least, about, or unknown. `zero` only where the evidence can show it. */
export type WorkerCount =
  | { readonly kind: "exact"; readonly n: number }
  | { readonly kind: "atLeast"; readonly n: number }
  | { readonly kind: "about"; readonly n: number }
  | { readonly kind: "unknown"; readonly reason: string };

export interface ErrorGroup {
  /** Stable key: type and normalized message. */
  readonly key: string;
  readonly type: string;
  /** UUIDs, long hex and digits as `#`, cut at 200 characters. */
  readonly message: string;
  /** Message of the newest job in the group, as it was. */
  readonly sample: string;
  /** Jobs, each once: one that failed again under the same id counts as it failed last. */
  readonly count: number;
  /** Of `count`, those that Redis has forgotten. */
  readonly remembered: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /**
   * Failed within the last hour, 24 hours and 7 days, as far as they are known. The same jobs are found by the query
   * `{ errorGroup: key, remembered: "also", text: "since:1h" }` (`since:24h`, `since:7d`).
   */
  readonly lastHour: number;
  readonly lastDay: number;
  readonly lastWeek: number;
  /** Failed in each of the last 24 hours, oldest first. */
  readonly trend: readonly number[];
  /**
   * `new`: seen for the first time within the last hour. `back`: first seen before, then not for at least 6 hours, and again within the last hour. Null: neither,
   * or failures may have been missed in the 6 hours (of `new`: in the hour) before, so that nobody can say.
   */
  readonly mark: "new" | "back" | null;
  /** Where it happened, most often first. */
  readonly functions: readonly NamedCount[];
  readonly queues: readonly NamedCount[];
  /** The newest job, `jobs[0]`. Null when it has left Redis since the jobs were counted. */
  readonly latest: JobRow | null;
  /** Newest first, at most 200, and fewer of old groups where there are thousands of jobs in all. */
  readonly jobs: readonly JobRow[];
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** Percentiles are exact, by nearest rank, of jobs that have ended and were called. */
export interface FunctionStats {
  readonly name: string;
  /** Jobs in the index, whatever their state. */
  readonly count: number;
  readonly complete: number;
  readonly failed: number;
  /** In these states now. */
  readonly running: number;
  readonly queued: number;
  /** Names of the queues in which its jobs are or were, in order, at most 100. */
  readonly queues: readonly string[];
  /** Failed, and complete, of complete and failed, 0 to 1; null of none. */
  readonly failureRate: number | null;
  readonly successRate: number | null;
  readonly trend: EndedTrend;
  /** Jobs that ended within the last hour, as far as their results are kept, a minute. Null when none has. */
  readonly endedPerMinute: number | null;
  readonly runP50Ms: number | null;
  readonly runP95Ms: number | null;
  readonly runP99Ms: number | null;
  readonly waitP50Ms: number | null;
  readonly waitP95Ms: number | null;
  readonly waitP99Ms: number | null;
  readonly lastError: LastError | null;
}

/**
 * Success within a span. `complete + failed` is what the rate is made of; aborted jobs stand apart. Outcomes stay counted when Redis forgets them: where
 * results are kept as long as the span, `status:failed since:1h` finds as many; else `is:any` with it, as far as failed jobs are remembered.
 */
export interface Rate {
  readonly windowMs: number;
  /** What is really covered: spans in which we watched, or of which Redis still holds the results, or workers keep count; at most `windowMs`. */
  readonly coveredMs: number;
  /** The rest, oldest first: outcomes in these may be missing. Of more than 200, the longest. */
  readonly gaps: readonly Span[];
  readonly complete: number;
  readonly failed: number;
  readonly aborted: number;
}

export interface ThroughputBucket {
  /** Start of the bucket, unix ms. */
  readonly at: number;
  readonly complete: number;
  readonly failed: number;
  /** False: a gap. Outcomes of this span may be missing, in part or all of them. */
  readonly covered: boolean;
}

/** Everything the trees, the status bar and the overview draw, at one moment. Cheap to make: no job list in it. */
export interface MonitorSnapshot {
  readonly at: number;
  readonly status: SourceStatus;
  /** Null once the first sweep has ended (or before it began). */
  readonly sweep: SweepProgress | null;
  /** The first sweep since the start or the last flush has ended: numbers are whole. */
  readonly complete: boolean;
  /** When the last look at every key ended; null before the first. Under push what changed since was told, under poll some of it is found only by the next. */
  readonly sweptAt: number | null;
  readonly queues: readonly QueueStats[];
  readonly counts: StateCounts;
  readonly workers: readonly WorkerStats[];
  readonly workerCount: WorkerCount;
  readonly health: Health;
  readonly lastHour: Rate;
  readonly lastDay: Rate;
  readonly lastWeek: Rate;
  readonly history: HistoryStatus;
  /** How long results are kept: whether there is enough to look into a failure. */
  readonly retention: Retention;
  /** Last hour, one bucket a minute, oldest first. */
  readonly throughput: readonly ThroughputBucket[];
}

/** What changed, so that a view refreshes only what it shows. */
export interface MonitorChange {
  readonly jobs: ReadonlySet<string>;
  readonly queues: ReadonlySet<string>;
  readonly workers: boolean;
  readonly status: boolean;
  /** Everything: a flush, or a change of settings. */
  readonly all: boolean;
  readonly events: readonly JobEvent[];
  /** Spans that ended now, in which events may have gone unnoticed. */
  readonly gaps: readonly Gap[];
}

/** A span in which changes were not, or not all, noticed. What then happened is told only as far as Redis still proves it. Times as in `JobEvent`. */
export interface Gap {
  readonly kind: "gap";
  readonly from: number;
  readonly to: number;
  /** One sentence, for people. */
  readonly why: string;
}

export type JobEventKind =
  | "enqueued"
  | "started"
  | "retried"
  | "completed"
  | "failed"
  | "aborted"
  | "expired"
  | "finished";
export interface JobEvent {
  readonly at: number;
  readonly event: JobEventKind;
  readonly id: string;
  readonly function: string | null;
  readonly queue: string | null;
  /** From the times in a result, not seen happening. */
  readonly inferred: boolean;
}

export type JobSort =
  | "newest"
  | "id"
  | "function"
  | "state"
  | "queue"
  | "enqueuedAt"
  /** When it may run: only jobs that are in a queue have it. */
  | "scheduledAt"
  | "startedAt"
  | "finishedAt"
  | "runMs"
  | "waitMs"
  | "tries"
  | "error"
  | "worker";
export interface JobQuery {
  /** Empty: every state. */
  readonly states: readonly JobState[];
  readonly queue: string | null;
  readonly function: string | null;
  /** Key of an ErrorGroup. */
  readonly errorGroup: string | null;
  /** In the filter language (`jobFilter.ts`): `status:failed fn:send_*` and words to be found in id, function or error. */
  readonly text: string;
  readonly sort: JobSort;
  readonly descending: boolean;
  /** Rows to skip. Not looked at where an anchor is given. */
  readonly offset: number;
  readonly limit: number;
  /**
   * `JobPage.anchor` of the page before, for the one that follows: it begins after the same job, also when others came, went or
   * moved before it. One that was made for another sort is none.
   */
  readonly anchor?: string | null;
  /**
   * Of the jobs that Redis has forgotten while we knew them, instead of those it holds (true; `is:remembered` in the text), or of both (`"also"`;
   * `is:any`). Of these the failed ones are what error groups count: `errorGroup` with `"also"` and `since:1h` finds the jobs that
   * `ErrorGroup.lastHour` counts. No id is listed twice: of a job that was enqueued again under its id, the last of its lives that match.
   */
  readonly remembered?: boolean | "also";
}
export interface JobPage {
  readonly rows: readonly JobRow[];
  readonly total: number;
  /** Of all jobs that the query was put to: those in the index, and with `remembered: "also"` those that Redis has forgotten. */
  readonly indexed: number;
  /** What of `JobQuery.text` could not be understood, and what to write instead: one sentence each, for people. */
  readonly notes: readonly string[];
  /** Jobs before the first of the page. */
  readonly offset: number;
  /** For `JobQuery.anchor` of the next page; null on the last. Opaque. */
  readonly anchor: string | null;
  /** The text asks for `arg:` or `result:`, which no page goes by: `Monitor.searchPayloads` does. */
  readonly needsPayloads: boolean;
}

export interface JobDetail extends JobDetailFacts {
  readonly row: JobRow;
}

/** The live model of one connection. */
export interface Monitor {
  start(): void;
  /** Sweep everything again. */
  refresh(): void;
  close(): Promise<void>;
  snapshot(): MonitorSnapshot;
  /** Works in slices, so that others get their turn. Rejects with the signal's reason once that is aborted. */
  query(query: JobQuery, signal?: AbortSignal): Promise<JobPage>;
  /** Every job in the index, one at a time, in no order. The index must not be given time to change meanwhile. */
  rows(): Iterable<JobRow>;
  /** Newest first. */
  errorGroups(signal?: AbortSignal): Promise<readonly ErrorGroup[]>;
  functions(signal?: AbortSignal): Promise<readonly FunctionStats[]>;
  /** Per function and queue, in their order. */
  tasks(signal?: AbortSignal): Promise<readonly TaskStats[]>;
  /** Every queue that is known, in the order of the snapshot. */
  queueReports(signal?: AbortSignal): Promise<readonly QueueReport[]>;
  /** How long jobs waited and ran in the last hour, one point a minute, oldest first. */
  latency(signal?: AbortSignal): Promise<readonly LatencyPoint[]>;
  /** Cron jobs of which runs are known, by name. */
  cron(signal?: AbortSignal): Promise<readonly CronJob[]>;
  /** What may be written at the cursor of a filter. */
  suggest(text: string, cursor: number, signal?: AbortSignal): Promise<readonly Suggestion[]>;
  /** Reads payloads to find what `arg:` and `result:` of the query's text ask for. A cancelled search answers what it has found. Rejects when not connected. */
  searchPayloads(
    search: PayloadSearch,
    onProgress: (progress: PayloadProgress) => void,
    signal?: AbortSignal,
  ): Promise<PayloadMatches>;
  /** What the jobs of a queue (null: all) occupy in Redis, from a sample that is read now. Null where the server refuses. Rejects when not connected. */
  sampleMemory(queue: string | null, signal?: AbortSignal): Promise<MemorySample | null>;
  row(id: string): JobRow | null;
  /** Reads the job from Redis now. Null when no key of it is left and the index does not know it. Rejects when not connected. */
  open(id: string): Promise<JobDetail | null>;
  /** As `ArqSource.readOriginal`. */
  original: ArqSource["readOriginal"];
  /** Calm: at most one change per 100 ms, merged. The first after silence comes within 25 ms. */
  onChange(listener: (change: MonitorChange) => void): () => void;
  setThresholds(thresholds: HealthThresholds): void;
  /** What was seen beyond what Redis still holds. */
  readonly history: History;
  /** What happened last. */
  recent(filter: ActivityFilter): ActivityPage;
  /** Who looks from now on; `visible` until told otherwise. */
  setDemand(demand: Demand): void;
  /** The look at everything stands still, or goes on. */
  pauseSweep(): void;
  resumeSweep(): void;
  /** Redis' clock, unix ms. */
  now(): number;
}
