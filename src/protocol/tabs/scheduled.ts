import type { JobRow } from "../../monitor/model";

/** What the tab Scheduled asks. */
export type ScheduledIntent = Readonly<Record<string, never>>;

export interface ScheduledView {
  readonly rows: readonly JobRow[];
  readonly total: number;
}
