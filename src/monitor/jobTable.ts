import { jobStates, type JobState } from "../arq/jobModel";
import { nothingTold, type Told } from "./activity";
import { errorGroupKey } from "./errorGroupKey";
import { IdStore } from "./idStore";
import { Interner } from "./interner";
import { ColumnGrowth, freeRow, makeColumns } from "./jobColumns";
import type { JobRow } from "./model";
import { endToldBit, evidenceIn, kindIn, packFlags, tracebackIn } from "./rowFlags";
import { Tallies } from "./tallies";
import { TextArena } from "./textArena";

const stateCodes = new Map<JobState, number>(jobStates.map((state, code) => [state, code]));

/** The number that stands for the state in `JobColumns.state`. */
export function stateCode(state: JobState): number {
  return stateCodes.get(state)!;
}

type Interned = "function" | "queue" | "errorType" | "errorGroup" | "worker";

const firstLength = 1024;

/**
 * Jobs in columns: no payload, no object per job, about 140 bytes each. At a million jobs a pass over a column takes a millisecond or two; no
 * single call takes more than a few, growth included.
 */
export class JobTable {
  readonly strings = new Interner();
  readonly columns = makeColumns(firstLength);
  /** When the claim on a job lapses, of the few that are claimed. */
  readonly #claimEnds = new Map<number, number>();
  readonly tallies = new Tallies(this.columns, this.#claimEnds);
  /** One more than the highest row in use. */
  end = 0;
  readonly #growth = new ColumnGrowth(this.columns);
  readonly #ids = new IdStore();
  /** Messages differ from job to job, so they are not interned. */
  readonly #messages = new TextArena({
    get: (row) => this.columns.message[row]!,
    set: (row, place) => void (this.columns.message[row] = place),
  });
  /** Numbers of strings, of the few rows whose payload could not be read. */
  readonly #undecodable = new Map<number, number>();
  /** What has been told of a job, where that is not what its number of tries says. */
  readonly #told = new Map<number, Told>();
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** The row of the job; -1 when it is not in the table. */
  find(id: string): number {
    return this.#ids.find(id);
  }

  /** A row for a job that is not in the table yet. Write it before anything reads the table. */
  add(id: string): number {
    const row = this.#free.pop() ?? this.end++;
    this.#growth.reach(row);
    this.#ids.add(row, id);
    this.columns.flags[row] = 0;
    return row;
  }

  remove(row: number): void {
    if (this.isFree(row)) return;
    this.tallies.leave(row);
    for (const name of internedColumns) this.#intern(name, row, null);
    this.#setMessage(row, null);
    this.#setUndecodable(row, null);
    this.#told.delete(row);
    this.#claimEnds.delete(row);
    this.columns.state[row] = freeRow;
    this.#ids.remove(row);
    this.#free.push(row);
  }

  write(row: number, job: Omit<JobRow, "id" | "rememberedSince">): void {
    const { columns } = this;
    this.tallies.leave(row);
    const { error } = job;
    const failed = error !== null && job.state === "failed" ? error : null;
    columns.state[row] = stateCode(job.state);
    this.#intern("function", row, job.function);
    this.#intern("queue", row, job.queue);
    this.#intern("errorType", row, error?.type ?? null);
    this.#intern("errorGroup", row, failed === null ? null : errorGroupKey(failed.type, failed.message));
    this.#intern("worker", row, job.worker);
    this.#setMessage(row, error?.message ?? null);
    this.#setUndecodable(row, job.undecodable);
    const told = columns.flags[row]! & endToldBit;
    const hasTraceback = error?.hasTraceback === true;
    columns.flags[row] = told | packFlags({ kind: error?.kind ?? null, hasTraceback, evidence: job.orphanEvidence });
    columns.tries[row] = job.tries ?? -1;
    columns.enqueuedAt[row] = job.enqueuedAt ?? Number.NaN;
    columns.scheduledAt[row] = job.scheduledAt ?? Number.NaN;
    columns.startedAt[row] = job.startedAt ?? Number.NaN;
    columns.finishedAt[row] = job.finishedAt ?? Number.NaN;
    columns.waitMs[row] = job.waitMs ?? Number.NaN;
    columns.runMs[row] = job.runMs ?? Number.NaN;
    if (job.claimEndsAt !== null) this.#claimEnds.set(row, job.claimEndsAt);
    else if (this.#claimEnds.size > 0) this.#claimEnds.delete(row);
    this.tallies.enter(row);
    if (job.worker !== null && job.finishedAt !== null)
      this.tallies.taggedWorkers.note(job.worker, job.queue, job.finishedAt);
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
      claimEndsAt: this.#claimEnds.get(row) ?? null,
      orphanEvidence: evidenceIn(columns.flags[row]!),
      error: this.error(row),
      worker: strings.text(columns.worker[row]!),
      undecodable: strings.text(this.#undecodable.get(row) ?? 0),
      rememberedSince: null,
    };
  }

  /** The id of the job in this row; "" where the row is free. */
  id(row: number): string {
    return this.#ids.id(row);
  }

  /** Characters of the id of the job in this row. Builds no string. */
  idLength(row: number): number {
    return this.#ids.length(row);
  }

  /** Order of the ids of two rows, by UTF-16 code units as `<` of strings. Builds no strings where it need not. */
  compareIds(a: number, b: number): number {
    return this.#ids.compare(a, b);
  }

  /** Whether the id of a row holds the text, upper and lower case alike. For passes over many rows. */
  idFilter(text: string): (row: number) => boolean {
    return this.#ids.filter(text);
  }

  /** The message of the error that the job ended with; null without an error. */
  message(row: number): string | null {
    return this.columns.message[row] === 0 ? null : this.#messages.text(row);
  }

  /** The error that the job ended with. */
  error(row: number): JobRow["error"] {
    const { columns, strings } = this;
    const kind = kindIn(columns.flags[row]!);
    const type = strings.text(columns.errorType[row]!);
    if (kind === null || type === null) return null;
    return { kind, type, message: this.message(row) ?? "", hasTraceback: tracebackIn(columns.flags[row]!) };
  }

  isFree(row: number): boolean {
    return this.columns.state[row] === freeRow;
  }

  state(row: number): JobState {
    return jobStates[this.columns.state[row]!]!;
  }

  /** What events have been told of the job. */
  told(row: number): Told {
    const ended = (this.columns.flags[row]! & endToldBit) !== 0;
    const told = this.#told.get(row) ?? usuallyTold(this.columns.tries[row]!);
    return { started: told.started, retried: told.retried, ended };
  }

  /** Call after `write`. */
  tell(row: number, told: Told): void {
    const { columns } = this;
    columns.flags[row] = told.ended ? columns.flags[row]! | endToldBit : columns.flags[row]! & ~endToldBit;
    const { started, retried } = usuallyTold(columns.tries[row]!);
    if (told.started !== started || told.retried !== retried) this.#told.set(row, told);
    else if (this.#told.size > 0) this.#told.delete(row);
  }

  #setMessage(row: number, message: string | null): void {
    if (this.columns.message[row] !== 0) this.#messages.remove(row);
    if (message !== null) this.#messages.put(row, message);
  }

  #setUndecodable(row: number, reason: string | null): void {
    const before = this.#undecodable.size === 0 ? 0 : (this.#undecodable.get(row) ?? 0);
    if (before === 0 && reason === null) return;
    if (reason !== null) this.#undecodable.set(row, this.strings.hold(reason));
    else this.#undecodable.delete(row);
    this.strings.release(before);
  }

  #intern(name: Interned, row: number, text: string | null): void {
    const column = this.columns[name];
    const before = column[row]!;
    if (text === null && before === 0) return;
    // Hold first: releasing the last use of the same string would make it lose its number.
    column[row] = this.strings.hold(text);
    this.strings.release(before);
  }
}

const internedColumns: readonly Interned[] = ["function", "queue", "errorType", "errorGroup", "worker"];

/** Every attempt has been told, and that all but the newest were to be followed by another. */
function usuallyTold(tries: number): Omit<Told, "ended"> {
  return tries > 0 ? { started: tries, retried: tries - 1 } : nothingTold;
}

function nullable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
