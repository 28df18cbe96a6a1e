import { jobStates } from "../arq/jobModel";
import type { JobColumns } from "./jobColumns";
import { RowHeap } from "./rowHeap";

/** Scores that are marks of ARQ and no time: 0 is never run, 1 is a deferred job whose abort was asked for. */
const lastScoreThatIsNoTime = 1;
/** By state: its jobs wait for a worker from their due time on. */
const waits = Uint8Array.from(jobStates, (state) =>
  state === "queued" || state === "retrying" || state === "expired" ? 1 : 0,
);

/**
 * Jobs that are due and not running, and those that will be by time alone: how many, and the oldest of each queue, without a look at
 * every job. A job is due at its score, but not while the claim of its last attempt stands.
 */
export class DueJobs {
  readonly #columns: JobColumns;
  readonly #claimEnds: ReadonlyMap<number, number>;
  /** By when they fall due. */
  readonly #ahead: RowHeap;
  /** By queue: those that are due, by their score. */
  readonly #waiting = new Map<number, RowHeap>();
  #now = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(columns: JobColumns, claimEnds: ReadonlyMap<number, number>) {
    this.#columns = columns;
    this.#claimEnds = claimEnds;
    this.#ahead = new RowHeap(() => columns.due);
  }

  /** Call when the row was written. */
  enter(row: number): void {
    const { state, scheduledAt } = this.#columns;
    const dueAt = scheduledAt[row]!;
    if (waits[state[row]!] !== 1 || Number.isNaN(dueAt)) return;
    const from = Math.max(dueAt, this.#claimEnds.get(row) ?? dueAt);
    if (from > this.#now) this.#ahead.set(row, from);
    else this.#wait(row);
  }

  /** Call before the row is written again or removed. */
  leave(row: number): void {
    if (this.#columns.due[row] === 0) return;
    if (this.#ahead.has(row)) {
      this.#ahead.remove(row);
      return;
    }
    const queue = this.#columns.queue[row]!;
    const heap = this.#waiting.get(queue)!;
    heap.remove(row);
    this.#count--;
    if (heap.size === 0) this.#waiting.delete(queue);
  }

  /** `now` is Redis' clock, unix ms. */
  advance(now: number): void {
    if (now < this.#now) this.#setBack(now);
    this.#now = now;
    while ((this.#ahead.firstKey ?? Number.POSITIVE_INFINITY) <= now) {
      const row = this.#ahead.first;
      this.#ahead.remove(row);
      this.#wait(row);
    }
  }

  /** Jobs that are due and not running, of all queues, as of the last `advance`. */
  get count(): number {
    return this.#count;
  }

  /** By number of the queue. */
  waiting(queue: number): number {
    return this.#waiting.get(queue)?.size ?? 0;
  }

  /** When the one that waits longest in the queue fell due, unix ms; null when none waits or its due time is not known. */
  oldestAt(queue: number): number | null {
    const at = this.#waiting.get(queue)?.firstKey ?? null;
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  #wait(row: number): void {
    const queue = this.#columns.queue[row]!;
    let heap = this.#waiting.get(queue);
    if (heap === undefined) this.#waiting.set(queue, (heap = new RowHeap(() => this.#columns.due)));
    const dueAt = this.#columns.scheduledAt[row]!;
    heap.set(row, dueAt > lastScoreThatIsNoTime ? dueAt : Number.POSITIVE_INFINITY);
    this.#count++;
  }

  /** Clocks were compared anew: what seemed due may not be. Milliseconds are let be, for this looks at every job that waits. */
  #setBack(now: number): void {
    if (this.#now - now < 1000) return;
    const rows = [...this.#waiting.values()].flatMap((heap) => [...heap.rows()]);
    for (const row of rows) this.leave(row);
    this.#now = now;
    for (const row of rows) this.enter(row);
  }
}
