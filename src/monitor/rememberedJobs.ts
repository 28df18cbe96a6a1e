import type { JobRow } from "./model";

/** Failed jobs are what people still read; of others the panel that shows one, 3 MB together. */
const failedAtMost = 5000;
const othersAtMost = 500;

/** Jobs that Redis has forgotten while we knew them, as they were seen last: 5,000 failed and 500 others, the longest forgotten go first. */
export class RememberedJobs implements Iterable<JobRow> {
  readonly #failed = new Map<string, JobRow>();
  readonly #others = new Map<string, JobRow>();

  get size(): number {
    return this.#failed.size + this.#others.size;
  }

  get(id: string): JobRow | null {
    return this.#failed.get(id) ?? this.#others.get(id) ?? null;
  }

  add(row: JobRow): void {
    this.delete(row.id);
    const [jobs, atMost] = row.state === "failed" ? [this.#failed, failedAtMost] : [this.#others, othersAtMost];
    jobs.set(row.id, row);
    for (const id of jobs.keys()) {
      if (jobs.size <= atMost) break;
      jobs.delete(id);
    }
  }

  /** @returns whether it was remembered. */
  delete(id: string): boolean {
    return this.#failed.delete(id) || this.#others.delete(id);
  }

  clear(): void {
    this.#failed.clear();
    this.#others.clear();
  }

  /** The longest forgotten first, failed jobs before others. */
  *[Symbol.iterator](): Iterator<JobRow> {
    yield* this.#failed.values();
    yield* this.#others.values();
  }
}
