import type { JobPage, JobQuery } from "../../monitor/model";
import type { FunctionLimits } from "../codeViews";

/** The columns of the list of jobs, in their first order. */
export const jobColumnIds = [
  "state",
  "function",
  "id",
  "queue",
  "enqueued",
  "started",
  "finished",
  "duration",
  "wait",
  "tries",
  "error",
  "worker",
] as const;
export type JobColumnId = (typeof jobColumnIds)[number];

/** A column that is shown. */
export interface JobColumnChoice {
  readonly id: JobColumnId;
  /** px; null: its share of the room there is. */
  readonly width: number | null;
}

/** Narrowest and widest that a column is made by hand, px. */
export const columnWidths = { least: 48, most: 900 } as const;

export const pageSizes = [25, 50, 100] as const;
export type PageSize = (typeof pageSizes)[number];

/** How the list is shown, whatever is asked of it. */
export interface JobsSettings {
  /** In their order, at least one. */
  readonly columns: readonly JobColumnChoice[];
  readonly pageSize: PageSize;
  /** Rows come and go by themselves. Otherwise they keep their places, and what a fresh look would bring is only told. */
  readonly follow: boolean;
}

export const firstJobsSettings: JobsSettings = {
  columns: jobColumnIds.slice(0, 8).map((id) => ({ id, width: null })),
  pageSize: 50,
  follow: false,
};

/** What the tab Jobs asks. Asked again with the same query it is a fresh look. */
export interface JobsIntent {
  /** Its `limit` is the page size of the settings, whatever it says. */
  readonly query: JobQuery;
  /** Absent: as they are. */
  readonly settings?: JobsSettings;
}

/** One page of jobs. */
export interface JobsView extends JobPage {
  /** Of a list newest first, on its first page: jobs that a fresh look would bring above the rows. At most `newsAtMost`. */
  readonly news: number;
  /** The rows are not those, or not in the order, that a fresh look would bring. */
  readonly changed: boolean;
  /** Of the functions in the rows, as far as the source tells. */
  readonly limits: readonly FunctionLimits[];
}

/** Newer jobs are counted so far. */
export const newsAtMost = 500;
