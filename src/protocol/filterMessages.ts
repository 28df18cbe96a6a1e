import type { JobQuery } from "../monitor/model";

/** A filter of jobs that was named in the workspace. */
export interface SavedFilter {
  /** Tells it apart. */
  readonly name: string;
  /** Of its first page. */
  readonly query: JobQuery;
}

/** What the page `dashboard` asks about filters of jobs and groups of errors. What asks the user something is not waited for. */
export interface FilterRequests {
  /** Filters that were named in the workspace, by name. What becomes of them is told by `FilterNotifications`. */
  savedFilters: { params: null; result: readonly SavedFilter[] };
  /** Asks the user for a name and keeps the query under it. */
  saveFilter: { params: { query: JobQuery }; result: null };
  /** Asks the user for another name. */
  renameFilter: { params: { name: string }; result: null };
  /** Takes it out of the list; the user is offered to have it back. */
  deleteFilter: { params: { name: string }; result: null };
  /** Writes every job of the query into a file that the user names. It shows its own progress. */
  exportJobs: { params: { query: JobQuery }; result: null };
  /** Errors of this key (`ErrorGroup.key`) on the current connection are not heard of any more, or are again. */
  muteGroup: { params: { key: string; muted: boolean }; result: null };
}

export interface FilterNotifications {
  /** All of them, when they have changed. */
  savedFilters: readonly SavedFilter[];
}
