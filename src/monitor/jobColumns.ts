/** Marks a row that is free for the next job. */
export const freeRow = 255;

/**
 * One array per property; a job is one index into all of them. NaN and 0 stand for null. Arrays are replaced as the table grows: take them anew
 * after every wait.
 */
export interface JobColumns {
  /** Index into `jobStates`, or `freeRow`. */
  state: Uint8Array;
  /** Interned. */
  function: Uint32Array;
  queue: Uint32Array;
  errorType: Uint32Array;
  /** Interned `errorGroupKey`, of failed jobs only. */
  errorGroup: Uint32Array;
  worker: Uint32Array;
  /** Kind of failure, traceback, evidence of an orphan, and whether the end was told: `rowFlags.ts`. */
  flags: Uint8Array;
  /** -1: unknown. */
  tries: Int32Array;
  enqueuedAt: Float64Array;
  scheduledAt: Float64Array;
  startedAt: Float64Array;
  finishedAt: Float64Array;
  waitMs: Float64Array;
  runMs: Float64Array;
  /** Number of the sweep that met the job last, modulo 65,536. */
  sweep: Uint16Array;
  /** Where the text arena has the error message. */
  message: Uint32Array;
  /** Place + 1 in the list of rows that have not ended; 0: not in it. */
  open: Uint32Array;
  /** Place + 1 in the heap of deadlines, and in the heap of what is due, or will be; 0: in none. */
  deadline: Uint32Array;
  due: Uint32Array;
}

/** Up to here all columns grow at once, by doubling: 5 MB are copied in about 2 ms. */
const smallRows = 65_536;
/**
 * Beyond, each grows on its own, some hundred rows or more after the one before. By more, and less is copied and the heap is less torn: a process
 * with a million jobs grew by 200 MB at 1.2, 168 MB at 1.35 and 156 MB at 1.5, and held arrays of 139, 149 and 163 MB.
 */
const growth = 1.35;

export function makeColumns(length: number): JobColumns {
  return {
    state: new Uint8Array(length).fill(freeRow),
    function: new Uint32Array(length),
    queue: new Uint32Array(length),
    errorType: new Uint32Array(length),
    errorGroup: new Uint32Array(length),
    worker: new Uint32Array(length),
    flags: new Uint8Array(length),
    tries: new Int32Array(length),
    enqueuedAt: new Float64Array(length),
    scheduledAt: new Float64Array(length),
    startedAt: new Float64Array(length),
    finishedAt: new Float64Array(length),
    waitMs: new Float64Array(length),
    runMs: new Float64Array(length),
    sweep: new Uint16Array(length),
    message: new Uint32Array(length),
    open: new Uint32Array(length),
    deadline: new Uint32Array(length),
    due: new Uint32Array(length),
  };
}

/** Makes room in columns, without ever copying all of a large table at once: at a million jobs one column is copied in 2 to 3 ms. */
export class ColumnGrowth {
  readonly #columns: JobColumns;
  readonly #names: readonly (keyof JobColumns)[];
  /** Row at which the next column grows, which one that is, and to what length. */
  #at: number;
  #next = 0;
  #length: number;
  /** Rows between the growth of one column and the next. */
  #apart = 0;

  constructor(columns: JobColumns) {
    this.#columns = columns;
    this.#names = Object.keys(columns) as (keyof JobColumns)[];
    this.#length = columns.state.length;
    this.#at = this.#length;
  }

  /** Call before a row is used for the first time; rows are used in order. */
  reach(row: number): void {
    while (row >= this.#at) this.#grow(row);
  }

  #grow(row: number): void {
    if (this.#length < smallRows) {
      this.#length *= 2;
      for (const name of this.#names) lengthen(this.#columns, name, this.#length);
      this.#begin();
      return;
    }
    lengthen(this.#columns, this.#names[this.#next]!, this.#longer());
    this.#next = (this.#next + 1) % this.#names.length;
    this.#at = row + this.#apart;
    if (this.#next > 0) return;
    this.#length = this.#longer();
    this.#begin();
  }

  /** The last column has grown before the first row beyond is used, and all of them before the next time begins. */
  #begin(): void {
    const steps = this.#names.length + 1;
    this.#apart = Math.floor((this.#longer() - this.#length) / (2 * steps));
    this.#at = this.#length < smallRows ? this.#length : this.#length - steps * this.#apart;
  }

  #longer(): number {
    return Math.ceil(this.#length * growth);
  }
}

function lengthen(columns: JobColumns, name: keyof JobColumns, length: number): void {
  const before = columns[name];
  const longer = new (before.constructor as new (length: number) => typeof before)(length);
  longer.set(before);
  // Rows that were never used are free.
  if (name === "state") longer.fill(freeRow, before.length);
  Object.assign(columns, { [name]: longer });
}
