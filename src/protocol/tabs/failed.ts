import type { ErrorGroup, NamedCount, ThroughputBucket } from "../../monitor/model";

export const failedSpans = ["1h", "24h", "7d", "all"] as const;
export type FailedSpan = (typeof failedSpans)[number];
/** Spans that are drawn. */
export type ChartSpan = Exclude<FailedSpan, "all">;

/** What the tab Failed asks. */
export interface FailedIntent {
  /** Errors of jobs that failed within it. */
  readonly span: FailedSpan;
  /** Errors with each of these words in their type, their message or the name of a function; "": all. */
  readonly text: string;
}

/** The deepest place in own code that the traceback of a job of the group tells. */
export interface GroupFrame {
  /** As the traceback has it, perhaps on another machine. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly function: string;
}

/** A group without its jobs, which a list of all groups would carry by the thousand. */
export interface GroupView extends Omit<ErrorGroup, "jobs" | "latest"> {
  /** The newest job. Null when it has left Redis since the jobs were counted. */
  readonly latestId: string | null;
  /** Null: no traceback is known, or none that leads through own code. */
  readonly frame: GroupFrame | null;
  /** Where it happened, most often first: the first few of `functionsInAll`. */
  readonly functions: readonly NamedCount[];
  readonly functionsInAll: number;
  readonly queues: readonly NamedCount[];
  readonly queuesInAll: number;
}

export interface FailedView {
  /** Newest first; of more than 200, the newest. Muted ones stand apart. */
  readonly groups: readonly GroupView[];
  /** Those of the muted ones that are asked for, as many at most. */
  readonly muted: readonly GroupView[];
  readonly mutedInAll: number;
  /** Groups that are asked for, without muted ones, and their failures within the span. */
  readonly found: Found;
  /** All groups there are, whatever is asked, muted or not. */
  readonly known: Found;
  /** How jobs ended within `chartSpan`, oldest first. */
  readonly chart: readonly ThroughputBucket[];
  /** The span that is asked for; of all time the shortest that holds everything of the last 7 days that is known. */
  readonly chartSpan: ChartSpan;
  /** Of `known.jobs`, those that Redis has forgotten. */
  readonly remembered: number;
  /** When the first failure that is known happened, unix ms; null without any. */
  readonly firstAt: number | null;
}

export interface Found {
  readonly groups: number;
  readonly jobs: number;
}

/** Failures within the span, as far as they are known. */
export function failuresWithin(
  group: Pick<ErrorGroup, "count" | "lastHour" | "lastDay" | "lastWeek">,
  span: FailedSpan,
): number {
  return { "1h": group.lastHour, "24h": group.lastDay, "7d": group.lastWeek, all: group.count }[span];
}
