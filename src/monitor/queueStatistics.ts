import { jobStates, type JobState } from "../arq/jobModel";
import { DepthEstimate, type DepthHistory } from "./depthHistory";
import { inRows } from "./inRows";
import { statisticsBy } from "./jobStatistics";
import { freeRow } from "./jobColumns";
import type { JobTable } from "./jobTable";
import type { QueueStats } from "./model";
import { later } from "./moments";
import type { QueueReport } from "./queryModel";
import type { Slices } from "./slices";

const unknown = { p50: null, p95: null, p99: null };
/** States in which a job is a member of its queue. */
const inQueue: ReadonlySet<JobState> = new Set(["queued", "deferred", "running", "retrying", "orphaned", "expired"]);
const isInQueue = Uint8Array.from({ length: freeRow + 1 }, (_, code) => (inQueue.has(jobStates[code]!) ? 1 : 0));

/**
 * What the jobs of each of these queues add up to. `now` is Redis' clock, unix ms; `lastKnown`: when something happened in these queues, as far as more
 * is known of them than their jobs tell.
 */
export async function queueStatistics(
  table: JobTable,
  queues: readonly QueueStats[],
  depths: DepthHistory,
  now: number,
  slices: Slices,
  lastKnown: (queues: ReadonlySet<string>) => ReadonlyMap<string, number> = () => new Map(),
): Promise<QueueReport[]> {
  const estimates = await estimateDepths(table, now, slices);
  const byName = new Map((await statisticsBy(table, "queue", now, slices)).map((each) => [each.name, each]));
  const quiet = queues.filter(({ depth }) => depth === 0);
  const before = lastKnown(new Set(quiet.map(({ name }) => name)));
  return queues.map(({ name, oldestDueMs, depth }) => {
    const known = byName.get(name);
    return {
      name,
      endedPerMinute: known?.endedPerMinute ?? null,
      failureRate: known?.failureRate ?? null,
      waitMs: known?.waitMs ?? unknown,
      runMs: known?.runMs ?? unknown,
      runMeanMs: known?.runMeanMs ?? null,
      lastActivityAt: depth > 0 ? now : later(known?.newestAt ?? null, before.get(name) ?? null),
      oldestDueAt: oldestDueMs === null ? null : now - oldestDueMs,
      depth: depths.points(name, now, estimates.get(name)?.depths ?? []),
    };
  });
}

async function estimateDepths(table: JobTable, now: number, slices: Slices): Promise<Map<string, DepthEstimate>> {
  const all = new Map<string, DepthEstimate>();
  let known: (DepthEstimate | undefined)[] = [];
  const estimateOf = (code: number): DepthEstimate | undefined => {
    const name = table.strings.text(code);
    if (name === null) return undefined;
    let estimate = all.get(name);
    if (estimate === undefined) all.set(name, (estimate = new DepthEstimate(now)));
    return (known[code] = estimate);
  };
  await inRows(
    () => table.end,
    slices,
    (rows, count, fresh) => {
      if (fresh) known = [];
      const { state, queue, enqueuedAt, finishedAt } = table.columns;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (state[row] === freeRow || Number.isNaN(enqueuedAt[row]!)) continue;
        const until = isInQueue[state[row]!] === 1 ? Number.POSITIVE_INFINITY : finishedAt[row]!;
        if (Number.isNaN(until)) continue;
        (known[queue[row]!] ?? estimateOf(queue[row]!))?.add(enqueuedAt[row]!, until);
      }
    },
  );
  return all;
}
