import type { Disposable } from "vscode";
import type { HealthThresholds } from "../../../monitor/health";
import type { MonitorSnapshot, QueueStats } from "../../../monitor/model";
import type { DepthPoint, QueueReport } from "../../../monitor/queryModel";
import type { CodeNote } from "../../../protocol/codeViews";
import { pageSize } from "../../../protocol/jobQuery";
import {
  everyQueue,
  queueSorts,
  type DepthLine,
  type QueueLine,
  type QueueSort,
  type QueuesIntent,
  type QueuesView,
} from "../../../protocol/tabs/queues";
import { assertNever } from "../../../python/assertNever";
import { bool, fields, index, oneOf, text } from "../checks";
import { failing, type FailureThresholds } from "./failing";
import { pageOffset, sortLines, type SortValue } from "./sortLines";
import type { Tab } from "./tab";

const dayMs = 86_400_000;

type Thresholds = FailureThresholds & Pick<HealthThresholds, "yellowOldestDueSeconds" | "redOldestDueSeconds">;

/** Every queue, with its last hour. */
export function queuesTab(
  thresholds: () => Thresholds,
  notes: () => readonly CodeNote[],
  follow: () => Disposable,
): Tab<"queues"> {
  return {
    check(intent): QueuesIntent {
      const asked = { ...everyQueue, ...fields(intent) };
      return {
        text: text(asked.text, "text"),
        idle: bool(asked.idle, "idle"),
        sort: oneOf(asked.sort, queueSorts, "sort"),
        descending: bool(asked.descending, "descending"),
        offset: index(asked.offset, "offset"),
        open: asked.open === null ? null : text(asked.open, "open"),
      };
    },
    async view(monitor, intent, signal) {
      const reports = await monitor.queueReports(signal);
      return queuesView(monitor.snapshot(), reports, intent, monitor.now(), thresholds(), notes());
    },
    follow,
    concerns: ({ jobs, queues, status }) => status || jobs.size > 0 || queues.size > 0,
  };
}

/** `now`: Redis' clock, unix ms. A queue that is not reported yet comes with the next answer. */
export function queuesView(
  { queues, complete }: Pick<MonitorSnapshot, "queues" | "complete">,
  reports: readonly QueueReport[],
  intent: QueuesIntent,
  now: number,
  thresholds: Thresholds,
  notes: readonly CodeNote[] = [],
): QueuesView {
  const stats = new Map(queues.map((queue) => [queue.name, queue]));
  const wanted = intent.text.toLowerCase();
  const matching = reports.flatMap(({ depth, ...report }): QueueLine[] => {
    const queue = stats.get(report.name);
    if (queue === undefined || !report.name.toLowerCase().includes(wanted)) return [];
    return [
      {
        ...queue,
        ...report,
        line: depthLine(depth),
        failing: failing(queue, thresholds),
        idle: isIdle(queue, report, complete, now),
      },
    ];
  });
  const idle = matching.filter((queue) => queue.idle).length;
  const shown = intent.idle ? matching : matching.filter((queue) => !queue.idle);
  const offset = pageOffset(intent.offset, shown.length, pageSize);
  return {
    notes,
    queues: sortLines(shown, (queue) => valueOf(queue, intent.sort), intent.descending).slice(
      offset,
      offset + pageSize,
    ),
    offset,
    total: shown.length,
    known: queues.length,
    idle,
    lateMs: { yellow: thresholds.yellowOldestDueSeconds * 1000, red: thresholds.redOldestDueSeconds * 1000 },
  };
}

/** Until everything has been looked at, nobody can say that nothing has happened. */
function isIdle(
  { depth }: Pick<QueueStats, "depth">,
  { lastActivityAt }: Pick<QueueReport, "lastActivityAt">,
  complete: boolean,
  now: number,
): boolean {
  return depth === 0 && (lastActivityAt === null ? complete : now - lastActivityAt > dayMs);
}

function depthLine(points: readonly DepthPoint[]): DepthLine {
  return {
    from: points[0]?.at ?? 0,
    depths: points.map(({ depth }) => depth),
    estimated: points.map(({ estimated }) => estimated),
  };
}

function valueOf(queue: QueueLine, sort: QueueSort): SortValue {
  switch (sort) {
    case "name":
    case "depth":
    case "queued":
    case "deferred":
    case "running":
    case "failureRate":
      return queue[sort];
    case "perMinute":
      return queue.endedPerMinute;
    case "runAverage":
      return queue.runMeanMs;
    case "runP95":
      return queue.runMs.p95;
    case "oldest":
      // Waits longest: largest.
      return queue.oldestDueAt === null ? null : -queue.oldestDueAt;
    default:
      return assertNever(sort);
  }
}
