import type { FunctionStats } from "../../monitor/model";
import type { CodeNote, LimitsView } from "../codeViews";
import type { EndedTrend } from "../../monitor/queryModel";
import type { FailureMark } from "./queues";

/** Columns that functions are sorted by. */
export const functionSorts = [
  "name",
  "count",
  "successRate",
  "perMinute",
  "waitP50",
  "waitP95",
  "waitP99",
  "runP50",
  "runP95",
  "runP99",
  "lastError",
] as const;
export type FunctionSort = (typeof functionSorts)[number];

/** What the tab Functions asks. */
export interface FunctionsIntent {
  /** Found in the name, whatever its case; "": every function. */
  readonly text: string;
  readonly sort: FunctionSort;
  readonly descending: boolean;
  /** Functions before the first of the page. */
  readonly offset: number;
}

export const everyFunction: FunctionsIntent = { text: "", sort: "count", descending: true, offset: 0 };

export interface FunctionLine extends FunctionStats {
  readonly failing: FailureMark;
  /** What the source says; null: nothing, or not the same in all its queues. */
  readonly limits: LimitsView | null;
}

/** Functions that are worth a look, of all that are known. Null where none is. */
export interface StandingOut {
  /** Highest failure rate of those that fail by the settings. */
  readonly failing: {
    readonly name: string;
    readonly failureRate: number;
    readonly mark: NonNullable<FailureMark>;
  } | null;
  /** Longest p95 of running, and of waiting, where there is more than one to compare. */
  readonly slowest: { readonly name: string; readonly ms: number } | null;
  readonly waiting: { readonly name: string; readonly ms: number } | null;
}

export interface FunctionsView {
  /** One page, as sorted. */
  readonly functions: readonly FunctionLine[];
  /** Before the first of the page. */
  readonly offset: number;
  /** That match. */
  readonly total: number;
  /** All that are known. */
  readonly known: number;
  /** The longest p95 of all of them, ms: what the bars are measured by. 0: none is known. */
  readonly longestRunMs: number;
  readonly standingOut: StandingOut;
  readonly notes: readonly CodeNote[];
}

export type { EndedTrend };
