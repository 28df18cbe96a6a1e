import {
  columnWidths,
  firstJobsSettings,
  jobColumnIds,
  type JobColumnChoice,
  type JobColumnId,
} from "../../../src/protocol/tabs/jobs";

type Columns = readonly JobColumnChoice[];

/** With the column, after those that come before it in the first order; or without it. The last one stays. */
export function toggleColumn(columns: Columns, id: JobColumnId): Columns {
  if (columns.some((column) => column.id === id)) {
    return columns.length === 1 ? columns : columns.filter((column) => column.id !== id);
  }
  const earlier = new Set<JobColumnId>(jobColumnIds.slice(0, jobColumnIds.indexOf(id)));
  const place = columns.findLastIndex((column) => earlier.has(column.id)) + 1;
  return columns.toSpliced(place, 0, { id, width: null });
}

/** The column at this place among the others; beyond the ends is at the end. */
export function moveColumn(columns: Columns, id: JobColumnId, place: number): Columns {
  const from = columns.findIndex((column) => column.id === id);
  if (from < 0) return columns;
  const to = Math.max(0, Math.min(columns.length - 1, place));
  return columns.toSpliced(from, 1).toSpliced(to, 0, columns[from]!);
}

/** The column so many px wide, within what can be used; null gives it back its share. */
export function widenColumn(columns: Columns, id: JobColumnId, width: number | null): Columns {
  const { least, most } = columnWidths;
  const px = width === null ? null : Math.round(Math.max(least, Math.min(most, width)));
  return columns.map((column) => (column.id === id ? { id, width: px } : column));
}

export function areFirstColumns(columns: Columns): boolean {
  return JSON.stringify(columns) === JSON.stringify(firstJobsSettings.columns);
}
