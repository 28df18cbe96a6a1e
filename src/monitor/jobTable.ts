import { orphanEvidence } from "../arq/claim";
import { jobStates, type FailureKind, type JobState } from "../arq/jobModel";
import { errorGroupKey } from "./errorGroupKey";
import { Interner } from "./interner";
import type { JobRow } from "./model";

/** Marks a row that is free for the next job. */
export const freeRow = 255;

const stateCodes = new Map<JobState, number>(jobStates.map((state, code) => [state, code]));

/** The number that stands for the state in `JobColumns.state`. */
export function stateCode(state: JobState): number {
  return stateCodes.get(state)!;
}

/** One array per property; a job is one index into all of them. NaN and 0 stand for null. Grown by doubling. */
export interface JobColumns {
  /** Index into `jobStates`, or `freeRow`. */
  state: Uint8Array;
  /** Interned. */
  function: Uint32Array;
  queue: Uint32Array;
  errorKind: Uint32Array;
  errorType: Uint32Array;
  /** Interned `errorGroupKey`, of failed jobs only. */
  errorGroup: Uint32Array;
  worker: Uint32Array;
  undecodable: Uint32Array;
  hasTraceback: Uint8Array;
  /** -1: unknown. */
  tries: Int32Array;
  enqueuedAt: Float64Array;
  scheduledAt: Float64Array;
  startedAt: Float64Array;
  finishedAt: Float64Array;
  waitMs: Float64Array;
  runMs: Float64Array;
  claimEndsAt: Float64Array;
  /** One more than the index into `orphanEvidence`; 0: none. */
  orphanEvidence: Uint8Array;
  /** When time alone changes the state; NaN: never. */
  changeAt: Float64Array;
  /** The sweep that met the job last. */
  sweep: Uint32Array;
  /** Attempts and retries that events have been told of. */
  startedTold: Int32Array;
  retriedTold: Int32Array;
  endTold: Uint8Array;
}

type Interned = "function" | "queue" | "errorKind" | "errorType" | "errorGroup" | "worker" | "undecodable";

/** Jobs in columns: no payload, no object per job. At 100,000 jobs a pass over a column takes well under a millisecond. */
export class JobTable {
  readonly strings = new Interner();
  columns = makeColumns(1024);
  /** One more than the highest row in use. */
  end = 0;
  readonly #ids: (string | null)[] = [];
  /** Messages differ from job to job, so they are not interned. */
  readonly #messages: (string | null)[] = [];
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];

  get size(): number {
    return this.#rows.size;
  }

  /** The row of the job; -1 when it is not in the table. */
  find(id: string): number {
    return this.#rows.get(id) ?? -1;
  }

  /** A row for a job that is not in the table yet. Write it before anything reads the table. */
  add(id: string): number {
    const row = this.#free.pop() ?? this.end++;
    if (row >= this.columns.state.length) this.columns = grow(this.columns);
    this.#rows.set(id, row);
    this.#ids[row] = id;
    this.#messages[row] = null;
    this.columns.sweep[row] = 0;
    this.columns.startedTold[row] = 0;
    this.columns.retriedTold[row] = 0;
    this.columns.endTold[row] = 0;
    return row;
  }

  remove(row: number): void {
    const id = this.#ids[row];
    if (id === null || id === undefined) return;
    for (const name of internedColumns) this.#intern(name, row, null);
    this.columns.state[row] = freeRow;
    this.#rows.delete(id);
    this.#ids[row] = null;
    this.#messages[row] = null;
    this.#free.push(row);
  }

  /** `changeAt` as in `JobColumns`, null for never. */
  write(row: number, job: JobRow, changeAt: number | null): void {
    const { columns } = this;
    const failed = job.error !== null && job.state === "failed" ? job.error : null;
    columns.state[row] = stateCode(job.state);
    this.#intern("function", row, job.function);
    this.#intern("queue", row, job.queue);
    this.#intern("errorKind", row, job.error?.kind ?? null);
    this.#intern("errorType", row, job.error?.type ?? null);
    this.#intern("errorGroup", row, failed === null ? null : errorGroupKey(failed.type, failed.message));
    this.#intern("worker", row, job.worker);
    this.#intern("undecodable", row, job.undecodable);
    this.#messages[row] = job.error?.message ?? null;
    columns.hasTraceback[row] = job.error?.hasTraceback === true ? 1 : 0;
    columns.tries[row] = job.tries ?? -1;
    columns.enqueuedAt[row] = job.enqueuedAt ?? Number.NaN;
    columns.scheduledAt[row] = job.scheduledAt ?? Number.NaN;
    columns.startedAt[row] = job.startedAt ?? Number.NaN;
    columns.finishedAt[row] = job.finishedAt ?? Number.NaN;
    columns.waitMs[row] = job.waitMs ?? Number.NaN;
    columns.runMs[row] = job.runMs ?? Number.NaN;
    columns.claimEndsAt[row] = job.claimEndsAt ?? Number.NaN;
    columns.orphanEvidence[row] = job.orphanEvidence === null ? 0 : orphanEvidence.indexOf(job.orphanEvidence) + 1;
    columns.changeAt[row] = changeAt ?? Number.NaN;
  }

  /** The job as views see it. `now` is for the run time of a job that still runs. */
  read(row: number, now: number): JobRow {
    const { columns, strings } = this;
    const state = this.state(row);
    const startedAt = nullable(columns.startedAt[row]!);
    const runs = (state === "running" || state === "orphaned") && startedAt !== null;
    return {
      id: this.id(row),
      function: strings.text(columns.function[row]!),
      queue: strings.text(columns.queue[row]!),
      state,
      tries: columns.tries[row]! < 0 ? null : columns.tries[row]!,
      enqueuedAt: nullable(columns.enqueuedAt[row]!),
      scheduledAt: nullable(columns.scheduledAt[row]!),
      startedAt,
      finishedAt: nullable(columns.finishedAt[row]!),
      waitMs: nullable(columns.waitMs[row]!),
      runMs: runs ? Math.max(0, now - startedAt) : nullable(columns.runMs[row]!),
      claimEndsAt: nullable(columns.claimEndsAt[row]!),
      orphanEvidence: orphanEvidence[columns.orphanEvidence[row]! - 1] ?? null,
      error: this.error(row),
      worker: strings.text(columns.worker[row]!),
      undecodable: strings.text(columns.undecodable[row]!),
      rememberedSince: null,
    };
  }

  /** The id of the job in this row. Rows that are free have none: "". */
  id(row: number): string {
    return this.#ids[row] ?? "";
  }

  /** Order of the ids of two rows, by UTF-16 code units as `<` of strings. Builds no strings where it need not. */
  compareIds(a: number, b: number): number {
    const left = this.id(a);
    const right = this.id(b);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** Whether the id of a row holds the text, upper and lower case alike. For passes over many rows. */
  idFilter(text: string): (row: number) => boolean {
    const wanted = text.toLowerCase();
    return (row) => this.id(row).toLowerCase().includes(wanted);
  }

  /** The message of the error that the job ended with; null without an error. */
  message(row: number): string | null {
    return this.#messages[row] ?? null;
  }

  /** The error that the job ended with. */
  error(row: number): JobRow["error"] {
    const { columns, strings } = this;
    const type = strings.text(columns.errorType[row]!);
    if (type === null) return null;
    const kind = strings.text(columns.errorKind[row]!) as FailureKind;
    return { kind, type, message: this.message(row) ?? "", hasTraceback: columns.hasTraceback[row] === 1 };
  }

  isFree(row: number): boolean {
    return this.columns.state[row] === freeRow;
  }

  state(row: number): JobState {
    return jobStates[this.columns.state[row]!]!;
  }

  #intern(name: Interned, row: number, text: string | null): void {
    const column = this.columns[name];
    const before = column[row]!;
    // Hold first: releasing the last use of the same string would make it lose its number.
    column[row] = this.strings.hold(text);
    this.strings.release(before);
  }
}

const internedColumns: readonly Interned[] = [
  "function",
  "queue",
  "errorKind",
  "errorType",
  "errorGroup",
  "worker",
  "undecodable",
];

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function makeColumns(length: number): JobColumns {
  return {
    state: new Uint8Array(length).fill(freeRow),
    function: new Uint32Array(length),
    queue: new Uint32Array(length),
    errorKind: new Uint32Array(length),
    errorType: new Uint32Array(length),
    errorGroup: new Uint32Array(length),
    worker: new Uint32Array(length),
    undecodable: new Uint32Array(length),
    hasTraceback: new Uint8Array(length),
    tries: new Int32Array(length),
    enqueuedAt: new Float64Array(length),
    scheduledAt: new Float64Array(length),
    startedAt: new Float64Array(length),
    finishedAt: new Float64Array(length),
    waitMs: new Float64Array(length),
    runMs: new Float64Array(length),
    claimEndsAt: new Float64Array(length),
    orphanEvidence: new Uint8Array(length),
    changeAt: new Float64Array(length),
    sweep: new Uint32Array(length),
    startedTold: new Int32Array(length),
    retriedTold: new Int32Array(length),
    endTold: new Uint8Array(length),
  };
}

function grow(columns: JobColumns): JobColumns {
  const larger = makeColumns(columns.state.length * 2);
  for (const name of Object.keys(columns) as (keyof JobColumns)[]) larger[name].set(columns[name]);
  return larger;
}
