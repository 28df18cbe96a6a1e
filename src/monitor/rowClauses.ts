import { jobStates, type JobState } from "../arq/jobModel";
import { assertNever } from "../python/assertNever";
import type { Condition, NumberRange } from "./filterConditions";
import { freeRow, type JobColumns } from "./jobColumns";
import { stateCode, type JobTable } from "./jobTable";
import type { JobQuery } from "./model";
import type { TextPattern } from "./textPattern";

/** One thing that rows have to fulfil. */
export interface Clause {
  /** Roughly ns a row: cheap ones go first. */
  readonly cost: number;
  /** Call it whenever the table may have changed since `keep`. */
  begin(): void;
  /** Moves those of the first `count` rows that fulfil it to the front. @returns how many they are. */
  keep(rows: Uint32Array, count: number): number;
}

/** What a query asks for, cheapest first. Conditions on payloads are for another. `now` is Redis' clock, unix ms. */
export function rowClauses(table: JobTable, query: RowQuery, conditions: readonly Condition[], now: number): Clause[] {
  const clauses: Clause[] = [stateClause(table, new Set(query.states.length === 0 ? jobStates : query.states), false)];
  const { queue, function: name, errorGroup } = query;
  if (queue !== null) clauses.push(new NameClause(table, "queue", (text) => text === queue, false));
  if (name !== null) clauses.push(new NameClause(table, "function", (text) => text === name, false));
  if (errorGroup !== null) clauses.push(new NameClause(table, "errorGroup", (text) => text === errorGroup, false));
  for (const condition of conditions) {
    const clause = clauseOf(table, condition, now);
    if (clause !== null) clauses.push(clause);
  }
  return clauses.sort((a, b) => a.cost - b.cost);
}

export type RowQuery = Pick<JobQuery, "states" | "queue" | "function" | "errorGroup">;

/** Columns of interned strings that filters go by. */
export type NameColumn = "function" | "queue" | "worker" | "errorType" | "errorGroup";

/** When something happened to the job last, of what is known; NaN of nothing. */
export function newestAt({ finishedAt, startedAt, enqueuedAt, scheduledAt }: JobColumns, row: number): number {
  const at = finishedAt[row]!;
  if (at === at) return at;
  const started = startedAt[row]!;
  if (started === started) return started;
  const enqueued = enqueuedAt[row]!;
  return enqueued === enqueued ? enqueued : scheduledAt[row]!;
}

const runningCode = stateCode("running");
const orphanedCode = stateCode("orphaned");

/** How long it ran, or has been running by now. */
export function runMsAt({ state, startedAt, runMs }: JobColumns, row: number, now: number): number {
  const since = startedAt[row]!;
  const runs = state[row] === runningCode || state[row] === orphanedCode;
  return runs && since === since ? Math.max(0, now - since) : runMs[row]!;
}

function clauseOf(table: JobTable, condition: Condition, now: number): Clause | null {
  const { negated } = condition;
  switch (condition.kind) {
    case "states":
      return stateClause(table, condition.states, negated);
    case "name":
      return new NameClause(table, condition.of, wholly(condition.patterns), negated);
    case "id":
      return new RowClause(60, idTest(table, condition.patterns), negated);
    case "error":
      return errorClause(table, condition.patterns, negated);
    case "range":
      return rangeClause(table, condition.of, condition.ranges, negated, now);
    case "text":
      return textClause(table, condition.pattern, negated);
    case "remembered":
    case "payload":
      return null;
    default:
      return assertNever(condition);
  }
}

function stateClause(table: JobTable, states: ReadonlySet<JobState>, negated: boolean): Clause {
  const wanted = new Uint8Array(freeRow + 1);
  for (const state of jobStates) if (states.has(state) !== negated) wanted[stateCode(state)] = 1;
  return {
    cost: 1,
    begin: () => undefined,
    keep(rows, count) {
      const { state } = table.columns;
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (wanted[state[row]!] === 1) rows[kept++] = row;
      }
      return kept;
    },
  };
}

/** Tests each string of a column once, however many rows have it. */
class Verdicts {
  readonly #table: JobTable;
  readonly #test: (text: string) => boolean;
  /** By number of the string. 0: not yet tested, 1: no, 2: yes. */
  #known = new Uint8Array(0);

  constructor(table: JobTable, test: (text: string) => boolean) {
    this.#table = table;
    this.#test = test;
  }

  /** A number may stand for another string by now. */
  begin(): void {
    this.#known = new Uint8Array(this.#table.strings.end);
  }

  /** False of no string. */
  of(code: number): boolean {
    const known = this.#known[code];
    if (known === 1 || known === 2) return known === 2;
    const text = this.#table.strings.text(code);
    const verdict = text !== null && this.#test(text);
    this.#known[code] = verdict ? 2 : 1;
    return verdict;
  }
}

class NameClause implements Clause {
  readonly cost = 2;
  readonly #table: JobTable;
  readonly #column: NameColumn;
  readonly #verdicts: Verdicts;
  readonly #wanted: boolean;

  constructor(table: JobTable, column: NameColumn, test: (text: string) => boolean, negated: boolean) {
    this.#table = table;
    this.#column = column;
    this.#verdicts = new Verdicts(table, test);
    this.#wanted = !negated;
  }

  begin(): void {
    this.#verdicts.begin();
  }

  keep(rows: Uint32Array, count: number): number {
    const column = this.#table.columns[this.#column];
    const verdicts = this.#verdicts;
    const wanted = this.#wanted;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (verdicts.of(column[row]!) === wanted) rows[kept++] = row;
    }
    return kept;
  }
}

class RowClause implements Clause {
  constructor(
    readonly cost: number,
    private readonly test: (row: number) => boolean,
    private readonly negated: boolean,
    private readonly verdicts: readonly Verdicts[] = [],
  ) {}

  begin(): void {
    for (const each of this.verdicts) each.begin();
  }

  keep(rows: Uint32Array, count: number): number {
    const { test, negated } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      if (test(row) !== negated) rows[kept++] = row;
    }
    return kept;
  }
}

function idTest(table: JobTable, patterns: readonly TextPattern[]): (row: number) => boolean {
  const tests = patterns.map((pattern) => {
    // Most ids are told apart without making a string of them.
    const mayMatch = table.idFilter(pattern.literal);
    return (row: number): boolean => mayMatch(row) && pattern.matchesWhole(table.id(row));
  });
  // Nearly always there is one.
  return tests.length === 1 ? tests[0]! : (row) => tests.some((test) => test(row));
}

function errorClause(table: JobTable, patterns: readonly TextPattern[], negated: boolean): Clause {
  const type = new Verdicts(table, (text) => {
    const name = text.slice(text.lastIndexOf(".") + 1);
    return patterns.some((pattern) => pattern.matchesWhole(text) || pattern.matchesWhole(name));
  });
  const test = (row: number): boolean => {
    const code = table.columns.errorType[row]!;
    if (code === 0) return false;
    if (type.of(code)) return true;
    const message = table.message(row) ?? "";
    return patterns.some((pattern) => pattern.matchesWithin(message));
  };
  return new RowClause(40, test, negated, [type]);
}

function textClause(table: JobTable, pattern: TextPattern, negated: boolean): Clause {
  const name = new Verdicts(table, (each) => pattern.matchesWithin(each));
  const holdsLiteral = table.idFilter(pattern.literal);
  const test = (row: number): boolean => {
    const { columns } = table;
    const type = columns.errorType[row]!;
    return (
      name.of(columns.function[row]!) ||
      (type !== 0 && (name.of(type) || pattern.matchesWithin(table.message(row) ?? ""))) ||
      (holdsLiteral(row) && (pattern.isPlain || pattern.matchesWithin(table.id(row))))
    );
  };
  return new RowClause(80, test, negated, [name]);
}

function rangeClause(
  table: JobTable,
  of: Extract<Condition, { kind: "range" }>["of"],
  ranges: readonly NumberRange[],
  negated: boolean,
  now: number,
): Clause {
  const isIn = (value: number): boolean => {
    for (const { min, max, not } of ranges) if (value >= min && value <= max && value !== not) return true;
    return false;
  };
  const value = numberOf(table, of, now);
  return new RowClause(4, (row) => isIn(value(row)), negated);
}

function numberOf(
  table: JobTable,
  of: Extract<Condition, { kind: "range" }>["of"],
  now: number,
): (row: number) => number {
  switch (of) {
    case "tries":
      return (row) => (table.columns.tries[row]! < 0 ? Number.NaN : table.columns.tries[row]!);
    case "runMs":
      return (row) => runMsAt(table.columns, row, now);
    case "waitMs":
      return (row) => table.columns.waitMs[row]!;
    case "newestAt":
      return (row) => newestAt(table.columns, row);
    default:
      return assertNever(of);
  }
}

function wholly(patterns: readonly TextPattern[]): (text: string) => boolean {
  return (text) => patterns.some((pattern) => pattern.matchesWhole(text));
}
