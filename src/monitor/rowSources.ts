import { JobTable } from "./jobTable";
import type { JobRow } from "./model";
import type { Slices } from "./slices";
import type { RowSource } from "./tableLook";

/** The jobs of a table as they are. */
export function heldRows(table: JobTable): RowSource {
  return { table, read: (row, now) => table.read(row, now) };
}

/** A table of jobs that Redis has forgotten. Several of them may have the same id: each is a row. */
export async function rememberedRows(jobs: Iterable<JobRow>, slices: Slices): Promise<RowSource> {
  const table = new JobTable();
  /** By row: that is nothing that a table keeps. */
  const since: (number | null)[] = [];
  for (const job of jobs) {
    const row = table.add(job.id);
    table.write(row, job);
    since[row] = job.rememberedSince;
    if (slices.isOver) await slices.rest();
  }
  return { table, read: (row, now) => ({ ...table.read(row, now), rememberedSince: since[row] ?? null }) };
}
