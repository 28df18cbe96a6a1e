import type { ErrorGroup } from "../../monitor/model";

/** What the tab Failed asks. */
export type FailedIntent = Readonly<Record<string, never>>;

/** A group without its jobs, which a list of all groups would carry by the thousand. */
export type GroupView = Omit<ErrorGroup, "jobs">;

export interface FailedView {
  /** Newest first. */
  readonly groups: readonly GroupView[];
}
