import { jobStates } from "../arq/jobModel";
import { assertNever } from "../python/assertNever";
import { t } from "../python/l10n";
import { filterConditions } from "./filterConditions";
import { inRows } from "./inRows";
import { filterNames, parseFilter, quoteValue, type FilterName, type FilterToken } from "./jobFilter";
import type { JobTable } from "./jobTable";
import type { Suggestion } from "./queryModel";
import { rowClauses, type NameColumn } from "./rowClauses";
import { Slices } from "./slices";

/** Nobody reads further down a list. */
const suggestedAtMost = 20;
/** Where no filter is named yet, so many of each. */
const ofEachAtMost = 5;

/** Filters whose values are counted. */
type Counted = "status" | "queue" | "fn" | "error" | "worker";
const counted: readonly Counted[] = ["status", "queue", "fn", "error", "worker"];

/** Values to begin with where any number or time may stand. */
const usual: Readonly<Partial<Record<FilterName, readonly string[]>>> = {
  try: [">1", ">2"],
  since: ["5m", "1h", "24h", "7d"],
  until: ["5m", "1h", "24h", "7d"],
  ran: [">1s", ">10s", ">1m"],
  waited: [">1s", ">10s", ">1m"],
  is: ["remembered", "any"],
};

interface Place {
  /** What is written before the cursor of what is to be replaced. */
  readonly written: string;
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
  /** Null: a word, that may become the name of a filter. */
  readonly name: FilterName | null;
  /** Values that the filter has already, in lower case. */
  readonly taken: ReadonlySet<string>;
  readonly others: readonly FilterToken[];
}

/**
 * What may be written at the cursor: names of filters, and values with how many jobs each leaves under everything else that is
 * written, most first. `now` is Redis' clock, unix ms. Works in slices.
 */
export async function suggest(
  table: JobTable,
  text: string,
  cursor: number,
  now: number,
  slices = new Slices(),
): Promise<Suggestion[]> {
  const place = placeAt(text, cursor);
  const { name } = place;
  if (name === null) {
    const values = place.written === "" ? [] : await countedValues(table, counted, place, now, ofEachAtMost, slices);
    return [...namesOf(place), ...values].slice(0, suggestedAtMost);
  }
  const known = counted.filter((each) => each === name);
  if (known.length > 0) return countedValues(table, known, place, now, suggestedAtMost, slices);
  const { from, to, written } = place;
  return (usual[name] ?? [])
    .filter((value) => value.startsWith(written.toLowerCase()))
    .map((value) => ({ insert: value, from, to, label: `${name}:${value}`, detail: describeName(name), count: null }));
}

function placeAt(text: string, cursor: number): Place {
  const { tokens } = parseFilter(text);
  const token = tokens.find(({ from, to }) => from <= cursor && cursor <= to);
  const others = tokens.filter((each) => each !== token);
  if (token === undefined) {
    return { written: "", from: cursor, to: cursor, negated: false, name: null, taken: new Set(), others };
  }
  const { negated } = token;
  if (token.kind === "word") {
    const from = negated ? token.from + 1 : token.from;
    return { written: token.value.text, from, to: token.to, negated, name: null, taken: new Set(), others };
  }
  const begin = text.indexOf(":", token.from) + 1;
  if (cursor < begin) {
    // Within the name: its values stay.
    const from = negated ? token.from + 1 : token.from;
    return { written: text.slice(from, begin - 1), from, to: begin, negated, name: null, taken: new Set(), others };
  }
  const value = token.values.find(({ from, to }) => from <= cursor && cursor <= to);
  const taken = new Set(token.values.filter((each) => each !== value).map((each) => each.text.toLowerCase()));
  const span = value ?? { from: cursor, to: cursor, text: "" };
  return { written: span.text, from: span.from, to: span.to, negated, name: token.name, taken, others };
}

function namesOf({ written, from, to }: Place): Suggestion[] {
  return filterNames
    .filter((name) => name.startsWith(written.toLowerCase()))
    .map((name) => ({ insert: `${name}:`, from, to, label: `${name}:`, detail: describeName(name), count: null }));
}

async function countedValues(
  table: JobTable,
  names: readonly Counted[],
  place: Place,
  now: number,
  atMost: number,
  slices: Slices,
): Promise<Suggestion[]> {
  const { written, from, to, taken } = place;
  const tallies = await tally(table, names, place.others, now, slices);
  const wanted = written.replaceAll("*", "").toLowerCase();
  return names.flatMap((name) =>
    tallies
      .get(name)!
      .filter(([value]) => value.toLowerCase().includes(wanted) && !taken.has(value.toLowerCase()))
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, atMost)
      .map(([value, count]): Suggestion => {
        const insert = place.name === null ? `${name}:${quoteValue(value)}` : quoteValue(value);
        return { insert, from, to, label: value, detail: describeName(name), count };
      }),
  );
}

/** How many of the jobs that the tokens leave have each value. */
async function tally(
  table: JobTable,
  names: readonly Counted[],
  tokens: readonly FilterToken[],
  now: number,
  slices: Slices,
): Promise<Map<Counted, [value: string, count: number][]>> {
  const { conditions } = filterConditions(tokens, now);
  const everything = { states: [], queue: null, function: null, errorGroup: null };
  const clauses = rowClauses(table, everything, conditions, now);
  const columns = names.map((name) => columnOf(name));
  // By text and not by number, which may stand for another text in the next slice.
  const counts = columns.map(() => new Map<string, number>());
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) for (const clause of clauses) clause.begin();
      const left = clauses.reduce((matching, clause) => clause.keep(rows, matching), count);
      for (const [index, column] of columns.entries()) countInto(counts[index]!, table, column, rows.subarray(0, left));
    },
  );
  return new Map(names.map((name, index) => [name, [...counts[index]!]]));
}

function countInto(
  counts: Map<string, number>,
  table: JobTable,
  column: NameColumn | "state",
  rows: Uint32Array,
): void {
  const codes = table.columns[column];
  const numbers = new Uint32Array(column === "state" ? jobStates.length : table.strings.end);
  for (const row of rows) numbers[codes[row]!]!++;
  for (const [code, count] of numbers.entries()) {
    if (count === 0) continue;
    const text = column === "state" ? (jobStates[code] ?? null) : table.strings.text(code);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + count);
  }
}

function columnOf(name: Counted): NameColumn | "state" {
  switch (name) {
    case "status":
      return "state";
    case "fn":
      return "function";
    case "error":
      return "errorType";
    case "queue":
    case "worker":
      return name;
    default:
      return assertNever(name);
  }
}

function describeName(name: FilterName): string {
  switch (name) {
    case "status":
      return t("State of the job");
    case "queue":
      return t("Queue");
    case "fn":
      return t("Function");
    case "error":
      return t("Type of the error, or something in its message");
    case "id":
      return t("Id of the job");
    case "worker":
      return t("Worker that ran it, where that is known");
    case "try":
      return t("Attempts started");
    case "since":
      return t("Something happened to it after this");
    case "until":
      return t("Nothing happened to it after this");
    case "ran":
      return t("How long it ran, or runs");
    case "waited":
      return t("From due to its start");
    case "is":
      return t("Redis has forgotten it: seen while it was watched");
    case "arg":
      return t("In its arguments: reads payloads when asked to");
    case "result":
      return t("In its result: reads payloads when asked to");
    default:
      return assertNever(name);
  }
}
