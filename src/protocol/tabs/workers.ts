import type { WorkerStats } from "../../monitor/model";
import type { AppliedView, CodeNote } from "../codeViews";

/** Columns that workers are sorted by. */
export const workerSorts = [
  "name",
  "host",
  "pid",
  "queue",
  "lastSeen",
  "uptime",
  "running",
  "complete",
  "failed",
  "retried",
] as const;
export type WorkerSort = (typeof workerSorts)[number];

/** What the tab Workers asks. */
export interface WorkersIntent {
  /** Found in name, queue, release or a function that runs, whatever its case; "": every worker. */
  readonly text: string;
  readonly sort: WorkerSort;
  readonly descending: boolean;
  /** Workers before the first of the page. */
  readonly offset: number;
}

export const everyWorker: WorkersIntent = { text: "", sort: "name", descending: false, offset: 0 };

export interface WorkerLine extends WorkerStats {
  /** Of its own among all: a queue's shared record may be called as a process is. */
  readonly key: string;
  /** `max_jobs` of the workers of its queue by the source; null: not known, or the worker tells it itself. */
  readonly places: AppliedView | null;
}

export interface WorkersView {
  /** One page: those that are not heard of first, and each part as sorted. */
  readonly workers: readonly WorkerLine[];
  /** Before the first of the page. */
  readonly offset: number;
  /** That match. */
  readonly total: number;
  /** All that are known, and of these the stale ones. */
  readonly known: number;
  readonly stale: number;
  /** Setting `arq.workers.staleAfter`. */
  readonly staleAfterMs: number;
  /** Every worker is known by itself, with the jobs that it runs: more instrumentation would tell nothing more. */
  readonly allTold: boolean;
  readonly notes: readonly CodeNote[];
}
