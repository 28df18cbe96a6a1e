import type { JobRow } from "../../monitor/model";
import type { CronJob, CronRun } from "../../monitor/queryModel";
import type { ScheduleView } from "../codeViews";

/** What the tab Scheduled asks. */
export interface ScheduledIntent {
  /** In the filter language of the jobs; "": every job that is to run. */
  readonly text: string;
  readonly queue: string | null;
  readonly function: string | null;
  /** Jobs before the first of the page. */
  readonly offset: number;
}

export const everythingScheduled: ScheduledIntent = { text: "", queue: null, function: null, offset: 0 };

export interface CronLine extends CronJob {
  /** Function and queue: of the same name there may be one in several queues. */
  readonly id: string;
  readonly missed: MissedRuns | null;
  /** By the source in the open folders; null: it does not tell. */
  readonly schedule: ScheduleView | null;
}

/** Due times that have passed since the last run that is known, and no run was seen. */
export interface MissedRuns {
  readonly count: number;
  /** The newest of them, unix ms. */
  readonly dueAt: number;
  /** Everything that happened since the last run was seen: then there was none. */
  readonly watched: boolean;
}

export interface ScheduledView {
  /** Deferred and retrying, what is due first first: one page of them. */
  readonly rows: readonly JobRow[];
  readonly cron: readonly CronLine[];
  /** Before the first of the page. */
  readonly offset: number;
  /** That match. */
  readonly total: number;
  /** What of the text could not be understood. */
  readonly notes: readonly string[];
  /** The text asks for what only payloads tell, which this list does not go by. */
  readonly needsPayloads: boolean;
}

export type { CronJob, CronRun };
