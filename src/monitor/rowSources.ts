import { JobTable } from "./jobTable";
import type { JobRow } from "./model";
import type { Slices } from "./slices";
import type { RowSource } from "./tableLook";

/** The jobs of a table as they are. */
export function heldRows(table: JobTable): RowSource {
  return { table, read: (row, now) => table.read(row, now) };
}

/** A table of jobs that Redis has forgotten. A job that was enqueued again under its id may be in it several times. */
export async function rememberedRows(jobs: Iterable<JobRow>, slices: Slices): Promise<RowSource> {
  const table = new JobTable();
  /** By row: that is nothing that a table keeps. */
  const since: (number | null)[] = [];
  /** Rows of the ids that are there more than once. */
  const lives = new Map<string, number[]>();
  for (const job of jobs) {
    const before = table.find(job.id);
    const row = table.add(job.id);
    table.write(row, job);
    since[row] = job.rememberedSince;
    if (before >= 0) lives.set(job.id, [...(lives.get(job.id) ?? [before]), row]);
    if (slices.isOver) await slices.rest();
  }
  const { finishedAt } = table.columns;
  const isLater = (row: number, other: number): boolean =>
    finishedAt[row]! > finishedAt[other]! || (finishedAt[row] === finishedAt[other] && row > other);
  return {
    table,
    read: (row, now) => ({ ...table.read(row, now), rememberedSince: since[row] ?? null }),
    later: (row) => (lives.size === 0 ? [] : (lives.get(table.id(row)) ?? []).filter((other) => isLater(other, row))),
  };
}
