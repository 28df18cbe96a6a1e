import type { JobRow, JobSort } from "../../../src/protocol/viewModels";
import { formatDateTime, formatDuration, formatElapsed, formatMoment, formatUtc } from "../../shared/format";

export type ColumnId = "state" | "function" | "id" | "queue" | "enqueued" | "started" | "finished" | "duration";

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly sort: JobSort;
}

export const columns: readonly Column[] = [
  { id: "state", title: "Status", sort: "state" },
  { id: "function", title: "Function", sort: "function" },
  { id: "id", title: "ID", sort: "id" },
  { id: "queue", title: "Queue", sort: "queue" },
  { id: "enqueued", title: "Enqueued", sort: "enqueuedAt" },
  { id: "started", title: "Started", sort: "startedAt" },
  { id: "finished", title: "Completed", sort: "finishedAt" },
  { id: "duration", title: "Duration", sort: "runMs" },
];

export interface CellText {
  readonly text: string;
  readonly title: string;
  /** Not a fact of the past: what is to come, or what goes on. */
  readonly open: boolean;
}

const nothing: CellText = { text: "", title: "", open: false };

function moment(at: number | null, now: number): CellText {
  if (at === null) return nothing;
  return { text: formatMoment(at, now), title: `${formatDateTime(at)} (${formatUtc(at)})`, open: false };
}

export function enqueuedCell(row: JobRow, now: number): CellText {
  return moment(row.enqueuedAt, now);
}

/** When it started; for a job that has not, when it is to. */
export function startedCell(row: JobRow, now: number): CellText {
  if (row.startedAt !== null && row.state !== "retrying") return moment(row.startedAt, now);
  if (row.scheduledAt === null || row.scheduledAt <= now) return moment(row.startedAt, now);
  const due = moment(row.scheduledAt, now);
  return { text: `due ${due.text}`, title: `due ${due.title}`, open: true };
}

export function finishedCell(row: JobRow, now: number): CellText {
  return moment(row.finishedAt, now);
}

/** How long it ran, or has been running. `live` is false while nobody knows whether it still runs. */
export function durationCell(row: JobRow, now: number, live: boolean): CellText {
  if (row.runMs !== null) return { text: formatDuration(row.runMs), title: waited(row), open: false };
  if (row.state === "running" && row.startedAt !== null && live) {
    return { text: formatElapsed(now - row.startedAt), title: `still running. ${waited(row)}`, open: true };
  }
  return nothing;
}

function waited(row: JobRow): string {
  return row.waitMs === null ? "" : `waited ${formatDuration(row.waitMs)}`;
}
