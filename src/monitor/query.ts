import { assertNever } from "../python/assertNever";
import { freeRow, stateCode, type JobTable } from "./jobTable";
import type { JobPage, JobQuery, JobSort } from "./model";
import { type CompareRows, smallestRows } from "./smallestRows";

/** One page of the jobs that match, sorted. `now` is Redis' clock, unix ms. Nothing known sorts last either way. */
export function queryJobs(table: JobTable, query: JobQuery, now: number): JobPage {
  const matches = filterRows(table, query);
  const offset = Math.max(0, Math.floor(query.offset));
  const limit = Math.max(0, Math.floor(query.limit));
  const page = smallestRows(matches, offset + limit, comparator(table, query.sort, query.descending, now)).slice(
    offset,
  );
  return {
    rows: Array.from(page, (row) => table.read(row, now)),
    total: matches.length,
    indexed: table.size,
    notes: [],
  };
}

function filterRows(table: JobTable, query: JobQuery): Uint32Array {
  const { columns, strings, end } = table;
  const wanted = new Uint8Array(freeRow + 1);
  if (query.states.length === 0) wanted.fill(1, 0, freeRow);
  for (const state of query.states) wanted[stateCode(state)] = 1;
  // -1, as Interner.find says of a string that no job has, equals no row's number.
  const queue = query.queue === null ? null : strings.find(query.queue);
  const name = query.function === null ? null : strings.find(query.function);
  const group = query.errorGroup === null ? null : strings.find(query.errorGroup);
  const matchesText = textFilter(table, query.text);

  const rows = new Uint32Array(table.size);
  let length = 0;
  for (let row = 0; row < end; row++) {
    if (wanted[columns.state[row]!] === 0) continue;
    if (queue !== null && columns.queue[row] !== queue) continue;
    if (name !== null && columns.function[row] !== name) continue;
    if (group !== null && columns.errorGroup[row] !== group) continue;
    if (matchesText !== null && !matchesText(row)) continue;
    rows[length++] = row;
  }
  return rows.subarray(0, length);
}

/** Whether id, function or error of a row hold the text. Null when there is nothing to look for. */
function textFilter(table: JobTable, text: string): ((row: number) => boolean) | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return null;
  const { columns, strings } = table;
  const inId = table.idFilter(wanted);
  // Many rows share a function or an error type: each is looked at once. 0: not yet, 1: no, 2: yes.
  const verdicts = new Uint8Array(strings.end);
  const shared = (id: number): boolean => {
    if (verdicts[id] === 0) verdicts[id] = strings.text(id)?.toLowerCase().includes(wanted) === true ? 2 : 1;
    return verdicts[id] === 2;
  };
  return (row) =>
    shared(columns.function[row]!) ||
    shared(columns.errorType[row]!) ||
    inId(row) ||
    table.message(row)?.toLowerCase().includes(wanted) === true;
}

function comparator(table: JobTable, sort: JobSort, descending: boolean, now: number): CompareRows {
  const sign = descending ? -1 : 1;
  const byId: CompareRows = (a, b) => table.compareIds(a, b);
  if (sort === "id") return (a, b) => sign * byId(a, b);
  const keys = sortKeys(table, sort, now);
  return (a, b) => {
    const left = keys[a]!;
    const right = keys[b]!;
    if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return byId(a, b);
    if (Number.isNaN(left)) return 1;
    if (Number.isNaN(right)) return -1;
    return sign * (left - right);
  };
}

/** One number per row that sorts as the property does; NaN for nothing known. */
function sortKeys(table: JobTable, sort: Exclude<JobSort, "id">, now: number): Float64Array {
  const { columns, end } = table;
  switch (sort) {
    case "function":
    case "queue":
      return rankStrings(table, columns[sort]);
    case "state":
      return Float64Array.from(columns.state.subarray(0, end));
    case "enqueuedAt":
    case "startedAt":
    case "finishedAt":
      return columns[sort];
    case "runMs": {
      const keys = columns.runMs.slice(0, end);
      const running = new Set([stateCode("running"), stateCode("orphaned")]);
      for (let row = 0; row < end; row++) {
        if (running.has(columns.state[row]!)) keys[row] = now - columns.startedAt[row]!;
      }
      return keys;
    }
    case "newest": {
      // The last thing known to have happened to the job.
      const keys = columns.finishedAt.slice(0, end);
      for (const column of [columns.startedAt, columns.enqueuedAt, columns.scheduledAt]) {
        for (let row = 0; row < end; row++) if (Number.isNaN(keys[row]!)) keys[row] = column[row]!;
      }
      return keys;
    }
    default:
      return assertNever(sort);
  }
}

function rankStrings(table: JobTable, column: Uint32Array): Float64Array {
  const used = new Set(column.subarray(0, table.end));
  used.delete(0);
  const sorted = [...used].sort((a, b) => (table.strings.text(a)! < table.strings.text(b)! ? -1 : 1));
  const ranks = new Map(sorted.map((id, rank) => [id, rank]));
  return Float64Array.from(column.subarray(0, table.end), (id) => ranks.get(id) ?? Number.NaN);
}
