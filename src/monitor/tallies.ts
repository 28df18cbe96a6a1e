import { jobStates } from "../arq/jobModel";
import { DueJobs } from "./dueJobs";
import { freeRow, type JobColumns } from "./jobColumns";
import { RowList } from "./rowList";
import { TaggedWorkers } from "./taggedWorkers";

const runningCode = jobStates.indexOf("running");
/** By state: whether the job may still go on. */
const isOpen = Uint8Array.from(jobStates, (state) =>
  state === "complete" || state === "failed" || state === "aborted" || state === "finished" ? 0 : 1,
);

/**
 * What is counted of the rows of a table, kept up to date with every write, so that no number on the screen needs a look at every job.
 * `enter` after a row was written, `leave` before it is written again or removed.
 */
export class Tallies {
  readonly due: DueJobs;
  /** Rows of jobs that may still go on: any state but complete, failed, aborted and finished. */
  readonly open: RowList;
  /** Rows in state running: no more than workers have places. */
  readonly running = new Set<number>();
  readonly taggedWorkers = new TaggedWorkers();
  readonly #columns: JobColumns;
  readonly #states = new Float64Array(jobStates.length);
  readonly #queues = new Map<number, Float64Array>();
  #lastFinishedAt: number | null = null;

  /** `claimEnds`: when the claim on a job lapses, by row, of those that are claimed. */
  constructor(columns: JobColumns, claimEnds: ReadonlyMap<number, number>) {
    this.#columns = columns;
    this.due = new DueJobs(columns, claimEnds);
    this.open = new RowList(() => columns.open);
  }

  enter(row: number): void {
    const state = this.#columns.state[row]!;
    this.#count(row, state, 1);
    const finishedAt = this.#columns.finishedAt[row]!;
    if (finishedAt > (this.#lastFinishedAt ?? Number.NEGATIVE_INFINITY)) this.#lastFinishedAt = finishedAt;
    if (isOpen[state] === 0) return;
    this.open.add(row);
    if (state === runningCode) this.running.add(row);
    else this.due.enter(row);
  }

  leave(row: number): void {
    const state = this.#columns.state[row]!;
    if (state === freeRow) return;
    this.#count(row, state, -1);
    if (isOpen[state] === 0) return;
    this.open.remove(row);
    if (state === runningCode) this.running.delete(row);
    else this.due.leave(row);
  }

  /** Jobs in each state, as `jobStates` orders them. */
  get states(): Float64Array {
    return this.#states;
  }

  /** By number of the queue: jobs in each state. Only queues with jobs. */
  get queues(): ReadonlyMap<number, Float64Array> {
    return this.#queues;
  }

  /** When the newest job ended whose end is known, unix ms, also if it has left the index since. */
  get lastFinishedAt(): number | null {
    return this.#lastFinishedAt;
  }

  #count(row: number, state: number, n: 1 | -1): void {
    this.#states[state]! += n;
    const queue = this.#columns.queue[row]!;
    let counts = this.#queues.get(queue);
    if (counts === undefined) this.#queues.set(queue, (counts = new Float64Array(jobStates.length)));
    counts[state]! += n;
    // Names of queues are other people's bytes: there may be any number of them in the course of time.
    if (n < 0 && counts[state] === 0 && counts.every((count) => count === 0)) this.#queues.delete(queue);
  }
}
