import type { JobState } from "../arq/jobModel";
import type { Gap, JobEvent, JobEventKind, JobQuery, JobRow, NamedCount } from "./model";

/** What may be written at the cursor of a filter. */
export interface Suggestion {
  /** Stands in place of `text.slice(from, to)`. A name of a filter ends with its colon, so that its values come next. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  /** What it is, for people: a value as it is in Redis, or a filter and what it does. */
  readonly label: string;
  readonly detail: string;
  /** Jobs that are left with it, under everything else that is written; null for the name of a filter. */
  readonly count: number | null;
}

export interface LastError {
  readonly type: string;
  readonly message: string;
  /** When the job failed, unix ms. */
  readonly at: number;
  readonly id: string;
}

/** What is known of the jobs of one function in one queue: of those that lie ahead now, and of the last hour, as far as results are kept. */
export interface TaskStats {
  readonly function: string;
  /** Null of ended jobs of which nobody knows the queue. */
  readonly queue: string | null;
  /** Jobs in the index, whatever their state. */
  readonly count: number;
  /** In these states now. */
  readonly queued: number;
  readonly deferred: number;
  readonly running: number;
  readonly retrying: number;
  /** Ended within the last hour; of the failed ones also those that Redis has forgotten. */
  readonly completeLastHour: number;
  readonly failedLastHour: number;
  /** By nearest rank, exact, of the jobs that ended within the last hour and were called; null of none. */
  readonly runP95Ms: number | null;
  /** Of the job that failed last, whenever that was. */
  readonly lastError: LastError | null;
}

/** Percentiles by nearest rank, exact, ms. Null where none is known. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Jobs that ended within the last hour, as far as their results are kept: so many in each step, oldest first. The last step ends now. */
export interface EndedTrend {
  readonly stepMs: number;
  readonly complete: readonly number[];
  readonly failed: readonly number[];
}

/** What the jobs of one queue add up to; depth and the states of its jobs are in `QueueStats`. */
export interface QueueReport {
  readonly name: string;
  /** Jobs that ended within the last hour, as far as their results are kept, a minute. Null when none has. */
  readonly endedPerMinute: number | null;
  /** Failed of complete and failed, 0 to 1; null of none. */
  readonly failureRate: number | null;
  readonly waitMs: Percentiles;
  readonly runMs: Percentiles;
  readonly runMeanMs: number | null;
  /**
   * When something is known to have happened in it last, unix ms: now while it holds a job; else as its last jobs tell, or what the history keeps of
   * them, to the minute (for 8 days) or hour (for 90). Null when nothing is known.
   */
  readonly lastActivityAt: number | null;
  /** When the one that waits longest fell due, unix ms; null when none waits. */
  readonly oldestDueAt: number | null;
  /** Last hour, one point a minute, oldest first. */
  readonly depth: readonly DepthPoint[];
}

/** How many jobs a queue held (waiting, deferred and running). */
export interface DepthPoint {
  /** Start of the minute, unix ms. */
  readonly at: number;
  readonly depth: number;
  /** Not counted at the time: reckoned from the times of jobs that Redis still holds, so it was this or more. */
  readonly estimated: boolean;
}

/** How long jobs waited and ran in one minute. Percentiles by nearest rank, exact, ms, of jobs that Redis still holds; null where none is known. */
export interface LatencyPoint {
  /** Start of the minute, unix ms. */
  readonly at: number;
  /** Of jobs whose newest attempt started in it, where it is known when they were due. */
  readonly waitP50Ms: number | null;
  readonly waitP95Ms: number | null;
  /** Of jobs that ended in it and were called. */
  readonly runP50Ms: number | null;
  readonly runP95Ms: number | null;
  /** How long the job that waited longest at the end of the minute (of the one that runs: by now) had been due. 0: none waited. Null: not known. */
  readonly oldestDueMs: number | null;
  /** `oldestDueMs` was not counted at the time: reckoned from jobs that Redis still holds, so it was this or more. */
  readonly estimated: boolean;
}

/** A cron job of which runs were seen in one queue. ARQ puts a run into Redis about a second before it is due, and keeps no result of it unless `keep_result` says so. */
export interface CronJob {
  /** For people: the function's name without ARQ's `cron:`. */
  readonly name: string;
  /** As in `JobRow.function`. */
  readonly function: string;
  readonly queue: string | null;
  /** The run that waits, and when it is due. Null when none is in Redis. */
  readonly next: { readonly id: string; readonly at: number } | null;
  /** When the next run is due if it goes on as before; null where `intervalMs` is. */
  readonly expectedAt: number | null;
  /** Newest first, at most 10; without `next`. */
  readonly lastRuns: readonly CronRun[];
  /** Runs that are known, those that Redis has forgotten while we knew them included. */
  readonly count: number;
  readonly failed: number;
  /** How far apart they are due, to the second; null when that is unclear. */
  readonly intervalMs: number | null;
}

export interface CronRun {
  readonly id: string;
  readonly state: JobState;
  /** Null where its id does not tell. */
  readonly dueAt: number | null;
  readonly startedAt: number | null;
  readonly runMs: number | null;
}

/** An event, or a span that was not observed. `seq` counts up from 1, in the order in which things were told. */
export type ActivityEntry =
  | { readonly seq: number; readonly kind: "event"; readonly event: JobEvent }
  | { readonly seq: number; readonly kind: "gap"; readonly gap: Gap };

/** Which of the last events are asked for. Gaps pass every filter: whatever is looked for may have happened in them. */
export interface ActivityFilter {
  /** Empty: every kind. */
  readonly kinds: readonly JobEventKind[];
  /** Null: all. */
  readonly queue: string | null;
  readonly function: string | null;
  /** Null: up to the newest; else up to this `seq`, as for a page that was paused then. */
  readonly upTo: number | null;
  readonly limit: number;
}

/**
 * What happened last in this session, also before anybody asked. The last 1,100 events of each kind are kept (100 to be shown and 1,000 that wait while a page is
 * paused), so a filter by queue or function looks among these.
 */
export interface ActivityPage {
  /** Newest first, at most `limit`. */
  readonly entries: readonly ActivityEntry[];
  /** `seq` of the newest entry there is, whatever the filter; 0 before the first. */
  readonly newest: number;
  /** Entries after `upTo` that pass the filter. */
  readonly newer: number;
  /** False: there were more, which are no longer kept. */
  readonly newerIsExact: boolean;
}

/** How long Redis keeps results (ARQ's `keep_result`), as far as it was seen. */
export interface Retention {
  /** The shortest time after which results of some function are gone, ms, to the second; null where none is known to go. */
  readonly shortestMs: number | null;
  /** Whose results those are, as in `JobRow.function`; null where that is not known either. */
  readonly function: string | null;
  /**
   * Functions whose results are not kept at all: jobs of theirs ended without one within the last hour, so many, and none of a result is known. Most first, at
   * most 50. Of cron jobs (`cron:…`) that is ARQ's default.
   */
  readonly zero: readonly NamedCount[];
  /** Jobs that ended within the last hour and left no result, of all that ended then, as far as we watched. */
  readonly withoutTrace: number;
  readonly ended: number;
}

/** What keys of jobs occupy, from a sample. Lengths of the values, without what Redis needs around them. */
export interface MemorySample {
  /** Jobs that were looked at, of so many. */
  readonly sampled: number;
  readonly of: number;
  /** Sum of the sample. */
  readonly bytes: number;
  /** The same for all of them, reckoned from the mean of the sample. Null of an empty sample. */
  readonly estimatedBytes: number | null;
  readonly largestBytes: number;
}

/** How far a search through payloads may go. The first bound that is met ends it. */
export interface PayloadBudget {
  readonly jobs: number;
  readonly bytes: number;
  readonly ms: number;
}

/** Jobs whose arguments or result hold what `arg:` and `result:` ask for, under all that `query` asks of the index. */
export interface PayloadSearch {
  readonly query: JobQuery;
  readonly budget: PayloadBudget;
}

export interface PayloadProgress {
  /** Jobs whose payloads were looked at, of so many under the other filters. */
  readonly looked: number;
  readonly of: number;
  readonly found: number;
  readonly bytes: number;
  /** Jobs whose payload could not be read: they may match all the same. */
  readonly unreadable: number;
}

export interface PayloadMatches extends PayloadProgress {
  /** In the order of the query, at most its limit. */
  readonly rows: readonly JobRow[];
  /** `enough`: as many as the limit allows were found. */
  readonly ended: "all looked at" | "enough" | "jobs" | "bytes" | "time" | "cancelled";
  readonly notes: readonly string[];
}
