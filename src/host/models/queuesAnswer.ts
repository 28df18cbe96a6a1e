import type { MonitorSnapshot, Rate, WorkerCount } from "../../monitor/model";
import type { ConnectionView } from "../../protocol/viewModels";
import { assertNever } from "../../python/assertNever";
import { answerText, isoTime, named, untrustedNote } from "./toolTexts";

/** Queues that are told: those with most in them. */
const queuesAtMost = 50;

/** What `arq_list_queues` answers. */
export function queuesAnswer(snapshot: MonitorSnapshot, connection: ConnectionView | null): string {
  const queues = snapshot.queues.toSorted((a, b) => b.depth - a.depth || b.failed - a.failed);
  return answerText([
    () => ({
      note: untrustedNote,
      connection: connection === null ? null : { name: connection.name, environment: connection.environment },
      at: isoTime(snapshot.at),
      ...(snapshot.complete
        ? {}
        : { incomplete: "Not everything in Redis was looked at yet: numbers are lower than they are." }),
      health: { level: snapshot.health.level, reasons: snapshot.health.reasons.map(({ text }) => text) },
      workers: workersText(snapshot.workerCount),
      lastHour: outcomes(snapshot.lastHour),
      lastDay: outcomes(snapshot.lastDay),
      queues: queues.slice(0, queuesAtMost).map((queue) => ({
        name: named(queue.name),
        depth: queue.depth,
        queued: queue.queued,
        deferred: queue.deferred,
        running: queue.running,
        retrying: queue.retrying,
        oldestDueSeconds: queue.oldestDueMs === null ? null : Math.round(queue.oldestDueMs / 1000),
        completeKept: queue.complete,
        failedKept: queue.failed,
      })),
      ...(queues.length > queuesAtMost ? { moreQueues: queues.length - queuesAtMost } : {}),
    }),
  ]);
}

function outcomes({ complete, failed, aborted, coveredMs, windowMs }: Rate) {
  const rate = complete + failed === 0 ? null : Number((complete / (complete + failed)).toFixed(4));
  return { complete, failed, aborted, successRate: rate, observedShare: Number((coveredMs / windowMs).toFixed(2)) };
}

function workersText(count: WorkerCount): string {
  switch (count.kind) {
    case "exact":
      return String(count.n);
    case "atLeast":
      return `at least ${count.n}`;
    case "about":
      return `about ${count.n}`;
    case "unknown":
      return `unknown: ${count.reason}`;
    default:
      return assertNever(count);
  }
}
