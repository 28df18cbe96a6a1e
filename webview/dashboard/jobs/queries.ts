import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobPage, JobQuery, JobSort, JobState } from "../../../src/protocol/viewModels";

export function isFiltered(query: JobQuery): boolean {
  return (
    query.states.length > 0 ||
    query.queue !== null ||
    query.function !== null ||
    query.errorGroup !== null ||
    (query.remembered ?? false) !== false ||
    query.text !== ""
  );
}

/** Another filter starts at the first page again. */
export function refine(query: JobQuery, change: Partial<JobQuery>): JobQuery {
  return { ...query, ...change, offset: 0, anchor: null };
}

/** Same jobs in another order is no reason to lose the filter; no filter is no reason to lose the order. */
export function clearFilters(query: JobQuery): JobQuery {
  return { ...newestJobs, sort: query.sort, descending: query.descending };
}

export function toggleState(states: readonly JobState[], state: JobState): readonly JobState[] {
  return states.includes(state) ? states.filter((each) => each !== state) : [...states, state];
}

/** Only this state, or every state again when it already was the only one. */
export function onlyState(states: readonly JobState[], state: JobState): readonly JobState[] {
  return states.length === 1 && states[0] === state ? [] : [state];
}

const textColumns: readonly JobSort[] = ["id", "function", "state", "queue", "error", "worker"];
const start = { offset: 0, anchor: null };

/** What a click on a column head asks for: its natural direction, then the other one, then newest first again. */
export function nextSort(
  query: JobQuery,
  column: JobSort,
): Pick<JobQuery, "sort" | "descending" | "offset" | "anchor"> {
  const natural = !textColumns.includes(column);
  if (query.sort !== column) return { sort: column, descending: natural, ...start };
  if (query.descending === natural) return { sort: column, descending: !natural, ...start };
  return { sort: "newest", descending: true, ...start };
}

/**
 * The page before or after; null when there is none. The one after follows the last job that is shown (`page`, the answer to `query`), so that no job
 * is skipped or shown twice because others came meanwhile; while that answer is under way (null), it is counted off.
 */
export function turnPage(query: JobQuery, page: JobPage | null, total: number, direction: -1 | 1): JobQuery | null {
  const from = page?.offset ?? query.offset;
  const offset = Math.min(lastOffset(query, total), Math.max(0, from + direction * query.limit));
  if (direction === 1) {
    if (page !== null && page.anchor !== null)
      return { ...query, offset: from + page.rows.length, anchor: page.anchor };
    return offset <= from ? null : { ...query, offset, anchor: null };
  }
  return from === 0 ? null : { ...query, offset, anchor: null };
}

/** Where the last page begins. */
export function lastOffset(query: JobQuery, total: number): number {
  return total === 0 ? 0 : Math.floor((total - 1) / query.limit) * query.limit;
}
