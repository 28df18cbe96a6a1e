import { filterConditions } from "./filterConditions";
import { parseFilter } from "./jobFilter";
import type { JobTable } from "./jobTable";
import type { JobPage, JobQuery } from "./model";
import { formatAnchor, parseAnchor } from "./pageAnchor";
import { heldRows } from "./rowSources";
import { Slices } from "./slices";
import { type RowSource, spareRows, TableLook } from "./tableLook";
import { unmetNames } from "./unmetNames";

/** A row of one of the tables that a page is made of. */
interface Candidate {
  readonly look: TableLook;
  readonly row: number;
}

/** As `queryTogether`, of one table. */
export function queryJobs(table: JobTable, query: JobQuery, now: number, slices = new Slices()): Promise<JobPage> {
  return queryTogether([heldRows(table)], query, now, slices);
}

/**
 * One page of the jobs of all these tables that match, sorted; `now` is Redis' clock, unix ms. Works in slices, between which rows may change:
 * a row counts as it was when its slice looked at it, and the jobs of the page are those of one moment, the last, at which each
 * of them still matched. No job is on a page twice: of the lives that match it is the last, and the tables are given with the last lives first.
 */
export async function queryTogether(
  sources: readonly RowSource[],
  query: JobQuery,
  now: number,
  slices = new Slices(),
): Promise<JobPage> {
  const { conditions, notes } = readText(query.text, now);
  const anchor = parseAnchor(query.anchor ?? "", query.sort, query.descending);
  // Of running jobs, page two shall see the run times by which page one was sorted.
  const at = anchor?.at ?? now;
  const skipped = anchor === null ? whole(query.offset) : 0;
  const limit = whole(query.limit);
  const wanted = skipped + limit + spareRows;

  const looks: TableLook[] = [];
  for (const source of sources) {
    looks.push(await TableLook.begin(source, query, conditions, { wanted, anchor, now, at }, looks.slice(), slices));
  }
  const total = sum(looks.map((look) => look.total));
  const indexed = sum(sources.map(({ table }) => table.size));
  const unmet = total === 0 && indexed > 0 ? await unmetNames(sources, conditions, slices) : [];
  const lists: Uint32Array[] = [];
  let passed = 0;
  for (const look of looks) {
    // However the others fall between them, the rows of a table before this place come before the page.
    const from = Math.max(0, skipped - (total - look.total));
    passed += Math.min(from, look.total);
    lists.push(await look.sorted(from, slices));
  }
  const begin = Math.max(0, skipped - passed);
  const candidates = merged(looks, lists, query.descending).slice(begin, begin + limit + spareRows);
  const page = standing(looks, candidates).slice(0, limit);
  const offset = anchor === null ? skipped : sum(looks.map((look) => look.before));
  const last = page.at(-1);
  const follows = last !== undefined && offset + page.length < total;
  return {
    rows: page.map(({ look, row }) => look.source.read(row, now)),
    total,
    indexed,
    notes: [...notes.map(({ text }) => text), ...unmet],
    offset,
    anchor: follows ? formatAnchor({ ...query, key: last.look.order.shown(last.row), id: idOf(last), at }) : null,
    needsPayloads: conditions.some(({ kind }) => kind === "payload"),
  };
}

/** Whether a query is for jobs that Redis has forgotten (true), for those that it holds (false), or for both. */
export function remembersIn(query: JobQuery): boolean | "also" {
  const { conditions } = readText(query.text, 0);
  const asked = conditions.flatMap((each) => (each.kind === "remembered" && !each.negated ? [each.also] : []));
  if (query.remembered === "also" || asked.includes(true)) return "also";
  return query.remembered === true || asked.length > 0;
}

/** Lists that are in order each, in order together. */
function merged(looks: readonly TableLook[], lists: readonly Uint32Array[], descending: boolean): Candidate[] {
  return looks
    .map((look, i) => Array.from(lists[i]!, (row): Candidate => ({ look, row })))
    .reduce((all, list) => (all.length === 0 ? list : mergedTwo(all, list, descending ? -1 : 1)), []);
}

function mergedTwo(a: readonly Candidate[], b: readonly Candidate[], sign: 1 | -1): Candidate[] {
  const all: Candidate[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const isFirst = j >= b.length || (i < a.length && compare(a[i]!, b[j]!, sign) <= 0);
    all.push(isFirst ? a[i++]! : b[j++]!);
  }
  return all;
}

function compare(a: Candidate, b: Candidate, sign: 1 | -1): number {
  const order = a.look.order;
  const left = order.shown(a.row);
  const right = b.look.order.shown(b.row);
  if (left !== right) {
    // What is not known is last either way.
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  }
  const [own, other] = [idOf(a), idOf(b)];
  return own === other ? 0 : own < other ? -order.idSign : order.idSign;
}

/** Those that still match, of one moment. */
function standing(looks: readonly TableLook[], candidates: readonly Candidate[]): readonly Candidate[] {
  const left = new Map(
    looks.map((look) => {
      const rows = candidates.filter((each) => each.look === look).map(({ row }) => row);
      return [look, new Set(look.standing(Uint32Array.from(rows)))];
    }),
  );
  return candidates.filter(({ look, row }) => left.get(look)!.has(row));
}

function idOf({ look, row }: Candidate): string {
  return look.source.table.id(row);
}

/** What the text of a filter asks for, and what of it means nothing. */
export function readText(text: string, now: number): Pick<ReturnType<typeof filterConditions>, "conditions" | "notes"> {
  const parsed = parseFilter(text);
  const { conditions, notes } = filterConditions(parsed.tokens, now);
  return { conditions, notes: [...parsed.notes, ...notes].sort((a, b) => a.from - b.from) };
}

function whole(count: number): number {
  return Math.max(0, Math.floor(count));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
