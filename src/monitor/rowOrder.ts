import { assertNever } from "../python/assertNever";
import type { JobTable } from "./jobTable";
import type { JobSort } from "./model";
import { newestAt, runMsAt, type NameColumn } from "./rowClauses";
import { rowsAtOnce, type Slices } from "./slices";
import { sortInSlices } from "./sortInSlices";

/** Order of the rows of one sort: by key, then by id. What is not known is last either way. */
export interface RowOrder {
  /** Call it whenever the table may have changed since `keys`. */
  begin(): void;
  /** Key of each of the first `count` rows; the smaller, the earlier. Infinity: not known. */
  keys(rows: Uint32Array, count: number, into: Float64Array): void;
  /** Ids of rows of the same key go up (1) or down (-1). */
  readonly idSign: 1 | -1;
  /** What a page is anchored by: the key as a view would show it. */
  shown(row: number): ShownKey;
  /** The key of what was shown of a job that may be gone by now. */
  keyOf(shown: ShownKey): number;
}

/** A number, or the name where names are sorted by; null: not known. */
export type ShownKey = number | string | null;

/** `now`: the moment until which running jobs run, unix ms. */
export async function rowOrder(
  table: JobTable,
  sort: JobSort,
  descending: boolean,
  now: number,
  slices: Slices,
): Promise<RowOrder> {
  const sign = descending ? -1 : 1;
  switch (sort) {
    case "id":
      return {
        begin: () => undefined,
        keys: (_rows, count, into) => into.fill(0, 0, count),
        idSign: sign,
        shown: () => 0,
        keyOf: () => 0,
      };
    case "function":
    case "queue":
    case "worker":
      return byName(table, sort, sign, slices);
    case "error":
      return byName(table, "errorType", sign, slices);
    default:
      return byNumber(numberOf(table, sort, now), sign);
  }
}

function byNumber(number: (row: number) => number, sign: number): RowOrder {
  const key = (value: number): number => (value === value ? sign * value : Number.POSITIVE_INFINITY);
  return {
    begin: () => undefined,
    keys(rows, count, into) {
      for (let i = 0; i < count; i++) into[i] = key(number(rows[i]!));
    },
    idSign: 1,
    shown(row) {
      const value = number(row);
      return value === value ? value : null;
    },
    keyOf: (shown) => (typeof shown === "number" ? key(shown) : Number.POSITIVE_INFINITY),
  };
}

function numberOf(
  table: JobTable,
  sort: Exclude<JobSort, "id" | "function" | "queue" | "error" | "worker">,
  now: number,
): (row: number) => number {
  switch (sort) {
    case "state":
      return (row) => table.columns.state[row]!;
    case "tries":
      return (row) => (table.columns.tries[row]! < 0 ? Number.NaN : table.columns.tries[row]!);
    case "enqueuedAt":
    case "scheduledAt":
    case "startedAt":
    case "finishedAt":
    case "waitMs":
      return (row) => table.columns[sort][row]!;
    case "runMs":
      return (row) => runMsAt(table.columns, row, now);
    case "newest":
      return (row) => newestAt(table.columns, row);
    default:
      return assertNever(sort);
  }
}

/** Names are put in order once; a row has the place of its name as key. A name met only later has none and is last. */
async function byName(table: JobTable, column: NameColumn, sign: number, slices: Slices): Promise<RowOrder> {
  const used = new Set<string>();
  const seen = new Uint8Array(table.strings.end);
  for (let from = 0; from < table.end; from += rowsAtOnce) {
    const codes = table.columns[column].subarray(from, Math.min(table.end, from + rowsAtOnce));
    for (const code of codes) {
      if (seen[code] !== 0) continue;
      seen[code] = 1;
      const name = table.strings.text(code);
      if (name !== null) used.add(name);
    }
    if (slices.isOver) await slices.rest();
  }
  const names = await sortInSlices([...used], compareText, slices);
  const places = new Map<string, number>();
  for (const name of names) places.set(name, places.size);

  /** By number of the name. */
  let known = new Float64Array(0);
  const placeOf = (row: number): number => {
    const code = table.columns[column][row]!;
    if (known[code] !== -1) return known[code] ?? Number.NaN;
    return (known[code] = places.get(table.strings.text(code) ?? "") ?? Number.NaN);
  };
  return {
    ...byNumber(placeOf, sign),
    begin() {
      known = new Float64Array(table.strings.end).fill(-1);
    },
    shown: (row) => table.strings.text(table.columns[column][row]!),
    keyOf(shown) {
      if (typeof shown !== "string") return Number.POSITIVE_INFINITY;
      // Between its neighbours when no job has it any more.
      return sign * (places.get(shown) ?? lowerBound(names, shown) - 0.5);
    },
  };
}

/** How many of the sorted names come before this one. */
function lowerBound(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
