import type { MonitorSnapshot, QueueStats, WorkerStats } from "../../../src/protocol/viewModels";

/**
 * Whether what waits in a queue is being worked off, as far as the evidence shows it. `unserved`: something waits, and no worker of the queue is seen where
 * one would be. `full`: its workers are all known, and each runs as many jobs as it may. `busy`: jobs of it run while others wait. `unknown`: something waits,
 * and nobody can say more. `calm`: nothing waits.
 */
export type Service =
  | { readonly kind: "calm" }
  | { readonly kind: "unserved" }
  | { readonly kind: "full"; readonly places: number }
  | { readonly kind: "busy"; readonly running: number }
  | { readonly kind: "unknown" };

type Known = Pick<MonitorSnapshot, "workers" | "workerCount">;

export function serviceOf(queue: Pick<QueueStats, "name" | "running" | "oldestDueMs">, known: Known): Service {
  if (queue.oldestDueMs === null) return { kind: "calm" };
  const alive = known.workers.filter(({ stale }) => !stale);
  const its = alive.filter((worker) => worker.kind === "process" && worker.queue === queue.name);
  if (known.workerCount.kind === "exact" && its.length === 0 && alive.every(isOfSomeQueue)) return { kind: "unserved" };
  const places = known.workerCount.kind === "exact" ? placesTaken(its) : null;
  if (places !== null) return { kind: "full", places };
  return queue.running > 0 ? { kind: "busy", running: queue.running } : { kind: "unknown" };
}

/** The same for all queues together: what is worth acting on first. */
export function serviceOfAll(snapshot: Known & Pick<MonitorSnapshot, "queues">): {
  readonly service: Service;
  readonly unserved: readonly string[];
} {
  const each = snapshot.queues.map((queue) => ({ name: queue.name, service: serviceOf(queue, snapshot) }));
  const waiting = each.filter(({ service }) => service.kind !== "calm");
  const unserved = waiting.filter(({ service }) => service.kind === "unserved").map(({ name }) => name);
  if (unserved.length > 0) return { service: { kind: "unserved" }, unserved };
  if (waiting.length === 0) return { service: { kind: "calm" }, unserved };
  const full = waiting.flatMap(({ service }) => (service.kind === "full" ? [service.places] : []));
  if (full.length === waiting.length) return { service: { kind: "full", places: sum(full) }, unserved };
  const running = sum(snapshot.queues.map((queue) => queue.running));
  return { service: running > 0 ? { kind: "busy", running } : { kind: "unknown" }, unserved };
}

/** A worker that cannot be told of any queue may serve every one. */
function isOfSomeQueue({ queue }: WorkerStats): boolean {
  return queue !== null;
}

/** How many jobs these run when all run as many as they may; null where one has room, or nobody knows. */
function placesTaken(workers: readonly WorkerStats[]): number | null {
  const full = workers.every(({ jobs, maxJobs }) => jobs !== null && maxJobs !== null && jobs.length >= maxJobs);
  return workers.length > 0 && full ? sum(workers.map(({ maxJobs }) => maxJobs ?? 0)) : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}
