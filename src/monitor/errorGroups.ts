import { splitErrorGroupKey } from "./errorGroupKey";
import type { JobTable } from "./jobTable";
import type { ErrorGroup } from "./model";

const jobsAtMost = 200;

/** Failed jobs by what they failed of, the group with the newest failure first. `now` is Redis' clock, unix ms. */
export function groupErrors(table: JobTable, now: number): ErrorGroup[] {
  const { columns, end, strings } = table;
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < end; row++) {
    const group = columns.errorGroup[row]!;
    if (group === 0) continue;
    const rows = rowsOf.get(group);
    if (rows === undefined) rowsOf.set(group, [row]);
    else rows.push(row);
  }
  const groups: ErrorGroup[] = [];
  for (const [id, rows] of rowsOf) {
    rows.sort((a, b) => columns.finishedAt[b]! - columns.finishedAt[a]!);
    const newest = rows[0]!;
    const key = strings.text(id)!;
    groups.push({
      key,
      ...splitErrorGroupKey(key),
      sample: table.message(newest) ?? "",
      count: rows.length,
      firstAt: columns.finishedAt[rows.at(-1)!]!,
      lastAt: columns.finishedAt[newest]!,
      jobs: rows.slice(0, jobsAtMost).map((row) => table.read(row, now)),
    });
  }
  return groups.sort((a, b) => b.lastAt - a.lastAt || (a.key < b.key ? -1 : 1));
}
