import { groupErrors } from "./errorGroups";
import type { JobIndex } from "./jobIndex";
import { memoByVersion } from "./memoByVersion";
import type { ErrorGroup, FunctionStats, JobPage, JobQuery, JobRow } from "./model";
import { queryJobs } from "./query";
import { functionStatistics } from "./statistics";

/** What is asked of the index: pages of jobs, and what its jobs add up to. */
export class Queries {
  readonly #index: JobIndex;
  readonly #now: () => number;
  readonly #errorGroups: () => readonly ErrorGroup[];
  readonly #functions: () => readonly FunctionStats[];

  /** `now` is Redis' clock, unix ms. */
  constructor(index: JobIndex, now: () => number) {
    this.#index = index;
    this.#now = now;
    const version = (): number => index.version;
    this.#errorGroups = memoByVersion(version, () => groupErrors(index.table, now()));
    this.#functions = memoByVersion(version, () => functionStatistics(index.table));
  }

  async page(query: JobQuery, signal?: AbortSignal): Promise<JobPage> {
    for (;;) {
      const { table } = this.#index;
      const page = await queryJobs(table, query, this.#now(), signal);
      // After a flush there is another table.
      if (table === this.#index.table) return page;
    }
  }

  *rows(): Iterable<JobRow> {
    const { table } = this.#index;
    for (let row = 0; row < table.end; row++) {
      if (!table.isFree(row)) yield table.read(row, this.#now());
    }
  }

  async errorGroups(signal?: AbortSignal): Promise<readonly ErrorGroup[]> {
    signal?.throwIfAborted();
    return this.#errorGroups();
  }

  async functions(signal?: AbortSignal): Promise<readonly FunctionStats[]> {
    signal?.throwIfAborted();
    return this.#functions();
  }
}
