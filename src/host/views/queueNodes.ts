import { l10n } from "vscode";
import type { JobState } from "../../arq/jobModel";
import type { JobRow, JobSort, Monitor, QueueStats } from "../../monitor/model";
import { newestJobs } from "../../protocol/jobQuery";
import { isPressing } from "../code/codeViews";
import type { Drift } from "../code/drift";
import { itemContexts, viewIds } from "../contributions/views";
import { driftId, driftNode, driftRows } from "./driftNodes";
import { jobNode } from "./jobNode";
import { ShownRows } from "./shownRows";
import { coarseAge, count, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

/** What stands in a queue, in the order it is looked for: running first, then what runs next. */
const order: readonly { readonly states: readonly JobState[]; readonly sort: JobSort; readonly descending: boolean }[] =
  [
    { states: ["running", "orphaned"], sort: "startedAt", descending: true },
    { states: ["queued", "retrying", "expired"], sort: "scheduledAt", descending: false },
    { states: ["deferred"], sort: "scheduledAt", descending: false },
  ];

const idOf = (queue: string): string => `queue/${idStep(queue)}`;

/** The Queues tree: queues, and under each the jobs that are in it. Without a queue to show, `actions`. */
export function queueTree(
  monitor: () => Monitor | null,
  actions: () => readonly ViewNode[] = () => [],
  drift: () => readonly Drift[] = () => [],
): TreeModel {
  const driftOf = (queue: string) => drift().filter((each) => each.queue === queue);
  /** Of queues that the source names and Redis has not. */
  const driftElsewhere = () => {
    const known = new Set(
      monitor()
        ?.snapshot()
        .queues.map(({ name }) => name),
    );
    return drift().filter(({ queue }) => !known.has(queue));
  };
  const shown = new ShownRows(viewIds.queues);
  return {
    roots() {
      const queues = monitor()?.snapshot().queues ?? [];
      if (queues.length === 0) return actions();
      const nodes = queues.slice(0, shown.of("")).map(queueNode);
      return [
        ...nodes,
        ...shown.rest("", nodes.length, queues.length, queues.length, { tab: "queues" }),
        ...driftNode("", driftElsewhere()),
      ];
    },
    async known(node) {
      const live = monitor();
      if (live === null) return [];
      if (node.id === driftId("")) return driftRows("", driftElsewhere());
      const { queues } = live.snapshot();
      const queue = queues.find(({ name }) => node.id === idOf(name));
      if (queue !== undefined) {
        const differences = driftOf(queue.name);
        const row = driftNode(node.id, differences);
        const jobs = await queueJobs(live, queue, shown);
        // What harms no job stands below the jobs.
        return differences.some(isPressing) ? [...row, ...jobs] : [...jobs, ...row];
      }
      const above = queues.find(({ name }) => node.id === driftId(idOf(name)));
      return above === undefined ? [] : driftRows(idOf(above.name), driftOf(above.name));
    },
    showMore: (parent) => shown.showMore(parent),
  };
}

function queueNode(queue: QueueStats): ViewNode {
  // What is worth acting on first: a narrow side bar cuts the end off. Nothing ticks: a row that is drawn anew closes its menu.
  const parts = [
    l10n.t("{0} queued", count(queue.queued)),
    l10n.t("{0} running", count(queue.running)),
    ...(queue.oldestDueMs === null ? [] : [l10n.t("oldest {0}", coarseAge(queue.oldestDueMs))]),
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
    context: itemContexts.queue,
    expandable: "collapsed",
    spoken: l10n.t("Queue {0}: {1}", oneLine(queue.name), parts.join(", ")),
    name: queue.name,
    dashboard: { tab: "jobs", filter: { queue: queue.name } },
  };
}

async function queueJobs(monitor: Monitor, queue: QueueStats, shown: ShownRows): Promise<readonly ViewNode[]> {
  const parent = idOf(queue.name);
  const most = shown.of(parent);
  const rows: JobRow[] = [];
  let total = 0;
  for (const { states, sort, descending } of order) {
    // A limit of 1 still tells the total.
    const limit = Math.max(1, most - rows.length);
    const page = await monitor.query({ ...newestJobs, states, queue: queue.name, sort, descending, limit });
    total += page.total;
    rows.push(...page.rows.slice(0, most - rows.length));
  }
  if (rows.length === 0) return [messageNode(`${parent}/none`, l10n.t("No job is in this queue"))];
  const filter = { queue: queue.name, states: order.flatMap(({ states }) => states) };
  const now = monitor.now();
  return [
    ...rows.map((row) => jobNode(parent, row, now)),
    ...shown.rest(parent, rows.length, total, total, { tab: "jobs", filter }),
  ];
}
