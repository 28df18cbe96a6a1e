import { filterConditions } from "./filterConditions";
import { FirstRows } from "./firstRows";
import { inRows } from "./inRows";
import { parseFilter } from "./jobFilter";
import type { JobTable } from "./jobTable";
import type { JobPage, JobQuery } from "./model";
import { formatAnchor, parseAnchor, type PageAnchor } from "./pageAnchor";
import { rowClauses } from "./rowClauses";
import { rowOrder, type RowOrder } from "./rowOrder";
import { rowsAtOnce, Slices } from "./slices";
import { unmetNames } from "./unmetNames";

/** Rows taken beyond those of the page, for some that match no more when it is made. */
const spareRows = 64;

/**
 * One page of the jobs that match, sorted; `now` is Redis' clock, unix ms. Works in slices, between which rows may change:
 * a row counts as it was when its slice looked at it, and the jobs of the page are those of one moment, the last, at which each
 * of them still matched. No job is on a page twice.
 */
export async function queryJobs(
  table: JobTable,
  query: JobQuery,
  now: number,
  slices = new Slices(),
): Promise<JobPage> {
  const { conditions, notes } = readText(query.text, now);
  const anchor = parseAnchor(query.anchor ?? "", query.sort, query.descending);
  // Of running jobs, page two shall see the run times by which page one was sorted.
  const at = anchor?.at ?? now;
  const order = await rowOrder(table, query.sort, query.descending, at, slices);
  const clauses = rowClauses(table, query, conditions, now);
  const skipped = anchor === null ? whole(query.offset) : 0;
  const wanted = Math.min(skipped + whole(query.limit) + spareRows, table.size + spareRows);
  const first = new FirstRows(wanted, (a, b) => order.idSign * table.compareIds(a, b));
  const isPast = anchor === null ? null : pastAnchor(table, order, anchor);

  let total = 0;
  let before = 0;
  const keys = new Float64Array(rowsAtOnce);
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) for (const each of [...clauses, order]) each.begin();
      const matching = clauses.reduce((left, clause) => clause.keep(rows, left), count);
      total += matching;
      order.keys(rows, matching, keys);
      for (let i = 0; i < matching; i++) {
        if (isPast === null || isPast(rows[i]!, keys[i]!)) first.add(rows[i]!, keys[i]!);
        else before++;
      }
    },
  );
  const unmet = total === 0 && table.size > 0 ? await unmetNames(table, conditions, slices) : [];
  const page = await first.sorted(skipped, slices);
  for (const clause of clauses) clause.begin();
  const standing = clauses.reduce((left, clause) => clause.keep(page, left), page.length);
  const shown = page.subarray(0, Math.min(standing, whole(query.limit)));
  const offset = anchor === null ? skipped : before;
  const last = shown.at(-1);
  const follows = last !== undefined && offset + shown.length < total;
  return {
    rows: Array.from(shown, (row) => table.read(row, now)),
    total,
    indexed: table.size,
    notes: [...notes.map(({ text }) => text), ...unmet],
    offset,
    anchor: follows ? formatAnchor({ ...query, key: order.shown(last), id: table.id(last), at }) : null,
    needsPayloads: conditions.some(({ kind }) => kind === "payload"),
  };
}

/** Whether a query is for jobs that Redis has forgotten. */
export function asksForRemembered(query: JobQuery): boolean {
  if (query.remembered === true) return true;
  const { conditions } = readText(query.text, 0);
  return conditions.some(({ kind, negated }) => kind === "remembered" && !negated);
}

/** What the text of a filter asks for, and what of it means nothing. */
export function readText(text: string, now: number): Pick<ReturnType<typeof filterConditions>, "conditions" | "notes"> {
  const parsed = parseFilter(text);
  const { conditions, notes } = filterConditions(parsed.tokens, now);
  return { conditions, notes: [...parsed.notes, ...notes].sort((a, b) => a.from - b.from) };
}

/** Whether a row of this key comes after the anchor. */
function pastAnchor(table: JobTable, order: RowOrder, { key, id }: PageAnchor): (row: number, own: number) => boolean {
  const limit = order.keyOf(key);
  return (row, own) => {
    if (own !== limit) return own > limit;
    const other = table.find(id);
    // Without making a string of every id that has the same key, as long as the job is there.
    if (other >= 0) return order.idSign * table.compareIds(row, other) > 0;
    const text = table.id(row);
    return text !== id && text > id === order.idSign > 0;
  };
}

function whole(count: number): number {
  return Math.max(0, Math.floor(count));
}
