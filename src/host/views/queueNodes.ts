import { l10n } from "vscode";
import type { JobState } from "../../arq/jobModel";
import type { JobRow, JobSort, Monitor, QueueStats } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import { jobNode } from "./jobNode";
import { calmAge, count, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

/** More would make the tree slow and nobody reads it here: the dashboard has the rest. */
const shownJobs = 100;

/** What stands in a queue, in the order it is looked for: running first, then what runs next. */
const order: readonly { readonly states: readonly JobState[]; readonly sort: JobSort; readonly descending: boolean }[] =
  [
    { states: ["running", "orphaned"], sort: "startedAt", descending: true },
    { states: ["queued", "retrying", "expired"], sort: "enqueuedAt", descending: false },
    { states: ["deferred"], sort: "enqueuedAt", descending: false },
  ];

const idOf = (queue: string): string => `queue/${idStep(queue)}`;

/** The Queues tree: queues, and under each the jobs that are in it. Without a queue to show, `actions`. */
export function queueTree(monitor: () => Monitor | null, actions: () => readonly ViewNode[] = () => []): TreeModel {
  return {
    roots() {
      const queues = monitor()?.snapshot().queues.map(queueNode) ?? [];
      return queues.length === 0 ? actions() : queues;
    },
    known(node) {
      const live = monitor();
      const queue = live?.snapshot().queues.find(({ name }) => idOf(name) === node.id);
      return live === null || queue === undefined ? [] : queueJobs(live, queue);
    },
  };
}

function queueNode(queue: QueueStats): ViewNode {
  // What is worth acting on first: a narrow side bar cuts the end off.
  const parts = [
    l10n.t("{0} queued", count(queue.queued)),
    l10n.t("{0} running", count(queue.running)),
    ...(queue.oldestDueMs === null ? [] : [l10n.t("oldest {0}", calmAge(queue.oldestDueMs))]),
    ...(queue.retrying > 0 ? [l10n.t("{0} retrying", count(queue.retrying))] : []),
    l10n.t("{0} deferred", count(queue.deferred)),
  ];
  return {
    id: idOf(queue.name),
    label: oneLine(queue.name),
    description: parts.join(" · "),
    tooltip: [
      queue.name,
      plural(
        queue.depth,
        l10n.t("1 job in the queue, running ones included"),
        l10n.t("{0} jobs in the queue, running ones included", count(queue.depth)),
      ),
      l10n.t(
        "{0} queued, {1} deferred, {2} running, {3} waiting for another try",
        count(queue.queued),
        count(queue.deferred),
        count(queue.running),
        count(queue.retrying),
      ),
      l10n.t("Still remembered by Redis: {0} complete, {1} failed", count(queue.complete), count(queue.failed)),
    ].join("\n"),
    icon: { id: "list-ordered" },
    expandable: "collapsed",
    spoken: l10n.t("Queue {0}: {1}", oneLine(queue.name), parts.join(", ")),
  };
}

async function queueJobs(monitor: Monitor, queue: QueueStats): Promise<readonly ViewNode[]> {
  const now = monitor.now();
  const parent = idOf(queue.name);
  const rows: JobRow[] = [];
  let total = 0;
  for (const { states, sort, descending } of order) {
    const page = await monitor.query({
      ...newestJobs,
      states,
      queue: queue.name,
      sort,
      descending,
      // A limit of 1 still tells the total.
      limit: Math.max(1, shownJobs - rows.length),
    });
    total += page.total;
    const fitting = page.rows.slice(0, shownJobs - rows.length);
    // The monitor sorts by no due time; of more jobs than are shown the earliest due would not be known.
    rows.push(...(fitting.length === page.total ? fitting.toSorted(byDueTime) : fitting));
  }
  const nodes = rows.map((row) => jobNode(parent, row, now));
  const filter = { queue: queue.name, states: order.flatMap(({ states }) => states) };
  if (total > rows.length) {
    nodes.push({
      id: `${parent}/more`,
      label: l10n.t("… {0} more: open in dashboard", count(total - rows.length)),
      icon: { id: "dashboard" },
      command: { id: "arq.showDashboard", title: l10n.t("Show Dashboard"), arguments: [{ tab: "jobs", filter }] },
    });
  }
  if (nodes.length === 0) nodes.push(messageNode(`${parent}/none`, l10n.t("No job is in this queue")));
  return nodes;
}

/** Running jobs have none that matters any more, so they keep their order. */
function byDueTime(a: JobRow, b: JobRow): number {
  return a.state === "running" || a.state === "orphaned" ? 0 : (a.scheduledAt ?? 0) - (b.scheduledAt ?? 0);
}
