import type { JobRow } from "../../../src/protocol/viewModels";

/** How long after the pointer last moved over the rows they stay in their places, ms. */
export const holdTime = 1500;

/**
 * The rows that are shown, in their places, with what is new of each: a list that slides between aiming and clicking opens the wrong job.
 * A job that is gone from the fresh rows stays as it last was until the hold ends.
 */
export function heldRows(shown: readonly JobRow[], fresh: readonly JobRow[]): readonly JobRow[] {
  const byId = new Map(fresh.map((row) => [row.id, row]));
  return shown.map((row) => byId.get(row.id) ?? row);
}
