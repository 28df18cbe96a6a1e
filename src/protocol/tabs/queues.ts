import type { QueueStats } from "../../monitor/model";
import type { CodeNote } from "../codeViews";
import type { MemorySample, Percentiles, QueueReport } from "../../monitor/queryModel";

/** Columns that queues are sorted by. */
export const queueSorts = [
  "name",
  "depth",
  "queued",
  "deferred",
  "running",
  "perMinute",
  "runAverage",
  "runP95",
  "failureRate",
  "oldest",
] as const;
export type QueueSort = (typeof queueSorts)[number];

/** What the tab Queues asks. */
export interface QueuesIntent {
  /** Found in the name, whatever its case; "": every queue. */
  readonly text: string;
  /** Also queues in which nothing has happened for 24 h. */
  readonly idle: boolean;
  readonly sort: QueueSort;
  readonly descending: boolean;
  /** Queues before the first of the page. */
  readonly offset: number;
  /** The queue whose details are shown. */
  readonly open: string | null;
}

export const everyQueue: QueuesIntent = {
  text: "",
  idle: false,
  sort: "name",
  descending: false,
  offset: 0,
  open: null,
};

/** Depth minute by minute, oldest first: as `DepthPoint`s, in a fifth of their bytes. */
export interface DepthLine {
  /** Start of the first minute, unix ms. */
  readonly from: number;
  readonly depths: readonly number[];
  /** Of the same minutes: reckoned, not counted. */
  readonly estimated: readonly boolean[];
}

/** Too many fail, by the failure rate of the settings `arq.health.*`. Null: not so many, or too few have ended to say so. */
export type FailureMark = "yellow" | "red" | null;

export interface QueueLine extends QueueStats, Omit<QueueReport, "name" | "depth"> {
  readonly line: DepthLine;
  readonly failing: FailureMark;
  /** Nothing is in it, and nothing is known to have happened in it for 24 h. */
  readonly idle: boolean;
}

export interface QueuesView {
  /** Where the source in the open folders and the queues do not fit, and what to change in the settings of their workers. */
  readonly notes: readonly CodeNote[];
  /** One page, as sorted. */
  readonly queues: readonly QueueLine[];
  /** Before the first of the page. */
  readonly offset: number;
  /** That can be paged through. */
  readonly total: number;
  /** All that are known. */
  readonly known: number;
  /** Of those that match the text, the ones in which nothing has happened for 24 h. */
  readonly idle: number;
  /** A job that has waited longer is marked, ms: by the settings `arq.health.*`. */
  readonly lateMs: { readonly yellow: number; readonly red: number };
}

export type { MemorySample, Percentiles };
