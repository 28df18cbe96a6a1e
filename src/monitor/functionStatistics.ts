import { statisticsBy } from "./jobStatistics";
import type { JobTable } from "./jobTable";
import type { FunctionStats } from "./model";
import type { Slices } from "./slices";

/** Per function, by name. `now` is Redis' clock, unix ms. */
export async function functionStatistics(table: JobTable, now: number, slices: Slices): Promise<FunctionStats[]> {
  const all = await statisticsBy(table, "function", now, slices);
  return all.map(({ runMs, waitMs, runMeanMs: _mean, newestAt: _newest, ...rest }) => ({
    ...rest,
    successRate: rest.failureRate === null ? null : 1 - rest.failureRate,
    runP50Ms: runMs.p50,
    runP95Ms: runMs.p95,
    runP99Ms: runMs.p99,
    waitP50Ms: waitMs.p50,
    waitP95Ms: waitMs.p95,
    waitP99Ms: waitMs.p99,
  }));
}
