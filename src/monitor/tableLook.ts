import type { Condition } from "./filterConditions";
import { FirstRows } from "./firstRows";
import { inRows } from "./inRows";
import type { JobTable } from "./jobTable";
import type { JobQuery, JobRow } from "./model";
import type { PageAnchor } from "./pageAnchor";
import { type Clause, rowClauses } from "./rowClauses";
import { type RowOrder, rowOrder } from "./rowOrder";
import { rowsAtOnce, type Slices } from "./slices";

/** Rows taken beyond those of the page, for some that match no more when it is made. */
export const spareRows = 64;

/** Jobs of one table, and how a row of it is shown. */
export interface RowSource {
  readonly table: JobTable;
  read(row: number, now: number): JobRow;
  /** Rows of later lives of the same job, where the table has several. */
  readonly later?: (row: number) => readonly number[];
}

/** One look at every row of a table for what a query asks. Rows may change between its slices: a row counts as it was when its slice looked at it. */
export class TableLook {
  readonly source: RowSource;
  readonly order: RowOrder;
  readonly #asked: readonly Clause[];
  readonly #clauses: readonly Clause[];
  readonly #first: FirstRows;
  readonly #isPast: ((row: number, key: number) => boolean) | null;
  #total = 0;
  #before = 0;

  private constructor(
    source: RowSource,
    order: RowOrder,
    clauses: readonly Clause[],
    wanted: number,
    anchor: PageAnchor | null,
    rivals: readonly TableLook[],
  ) {
    const { table } = source;
    this.source = source;
    this.order = order;
    this.#asked = clauses;
    this.#clauses = rivals.length === 0 && source.later === undefined ? clauses : [...clauses, this.#onlyLast(rivals)];
    const atMost = Math.min(wanted, table.size + spareRows);
    this.#first = new FirstRows(atMost, (a, b) => order.idSign * table.compareIds(a, b));
    this.#isPast = anchor === null ? null : pastAnchor(table, order, anchor);
  }

  /**
   * `rivals`: looks at later lives of the same jobs. Of a job that several of them find, the last is found. `wanted`: so many of the first rows after the anchor; `at`: until when running jobs run that are sorted by it.
   */
  static async begin(
    source: RowSource,
    query: JobQuery,
    conditions: readonly Condition[],
    { wanted, anchor, now, at }: { wanted: number; anchor: PageAnchor | null; now: number; at: number },
    rivals: readonly TableLook[],
    slices: Slices,
  ): Promise<TableLook> {
    const order = await rowOrder(source.table, query.sort, query.descending, at, slices);
    const look = new TableLook(source, order, rowClauses(source.table, query, conditions, now), wanted, anchor, rivals);
    await look.#run(slices);
    return look;
  }

  /** Rows that match. */
  get total(): number {
    return this.#total;
  }

  /** Of those, up to the anchor. */
  get before(): number {
    return this.#before;
  }

  /** The first rows in order, from place `from` to as many as were wanted. */
  sorted(from: number, slices: Slices): Promise<Uint32Array> {
    return this.#first.sorted(from, slices);
  }

  /** Those of the rows that match at this moment, in the same order. */
  standing(rows: Uint32Array): Uint32Array {
    for (const clause of this.#clauses) clause.begin();
    const kept = rows.slice();
    return kept.subarray(
      0,
      this.#clauses.reduce((left, clause) => clause.keep(kept, left), kept.length),
    );
  }

  /** Whether this one row is asked for. */
  #matches(row: number): boolean {
    const one = Uint32Array.of(row);
    return this.#asked.every((clause) => clause.keep(one, 1) === 1);
  }

  #onlyLast(rivals: readonly TableLook[]): Clause {
    const { table, later } = this.source;
    const isLast = (row: number): boolean => {
      const id = table.id(row);
      const isElsewhere = rivals.some((look) => {
        const other = look.source.table.find(id);
        return other >= 0 && look.#matches(other);
      });
      return !isElsewhere && later?.(row).some((other) => this.#matches(other)) !== true;
    };
    return {
      cost: Number.POSITIVE_INFINITY,
      begin: () => {
        for (const look of rivals) for (const clause of look.#asked) clause.begin();
      },
      keep(rows, count) {
        let kept = 0;
        for (let i = 0; i < count; i++) {
          const row = rows[i]!;
          if (isLast(row)) rows[kept++] = row;
        }
        return kept;
      },
    };
  }

  async #run(slices: Slices): Promise<void> {
    const { table } = this.source;
    const keys = new Float64Array(rowsAtOnce);
    await inRows(
      () => table.end,
      slices,
      (rows, count, fresh) => {
        if (fresh) for (const each of [...this.#clauses, this.order]) each.begin();
        const matching = this.#clauses.reduce((left, clause) => clause.keep(rows, left), count);
        this.#total += matching;
        this.order.keys(rows, matching, keys);
        for (let i = 0; i < matching; i++) {
          if (this.#isPast === null || this.#isPast(rows[i]!, keys[i]!)) this.#first.add(rows[i]!, keys[i]!);
          else this.#before++;
        }
      },
    );
  }
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
