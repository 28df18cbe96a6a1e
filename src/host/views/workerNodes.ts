import type { Monitor, WorkerCount, WorkerStats } from "../../monitor/model";
import { assertNever } from "../../python/assertNever";
import { coarseAge, count, dateTime, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

/** ARQ keeps one health record per queue; with a key per process each worker is seen by itself. */
const oneStepMore = [
  "ARQ writes one health record per queue, shared by all its workers, and nothing about a single worker.",
  "To see every worker by itself, give each process its own key in WorkerSettings:",
  '    health_check_key = f"arq:queue:health-check:{socket.gethostname()}:{os.getpid()}"',
  "    health_check_interval = 15",
].join("\n");

/** The Workers tree: what is honestly known, how, and what would show more. */
export function workerTree(monitor: () => Monitor | null): TreeModel {
  return {
    roots() {
      const live = monitor();
      const snapshot = live?.snapshot();
      if (!live || !snapshot || (snapshot.status.state !== "live" && snapshot.workers.length === 0)) return [];
      const nodes = snapshot.workers.map((worker) => workerNode(worker, live.now()));
      const known = snapshot.workerCount;
      if (snapshot.status.state === "live" && (nodes.length === 0 || known.kind !== "exact")) {
        const label = known.kind === "unknown" ? "How many workers is not known" : workerCountText(known);
        const why = known.kind === "unknown" ? `${known.reason}\n\n` : "";
        const tooltip = `${why}${oneStepMore}`;
        nodes.push(
          messageNode("about", label, { icon: { id: "lightbulb" }, description: "what would show more", tooltip }),
        );
      }
      return nodes;
    },
    known: () => [],
  };
}

/** Never more certain than the evidence: "at least 1 worker", "about 3 workers". */
export function workerCountText(workers: WorkerCount): string {
  switch (workers.kind) {
    case "exact":
      return workers.n === 0 ? "no worker" : plural(workers.n, "worker");
    case "atLeast":
      return `at least ${plural(workers.n, "worker")}`;
    case "about":
      return `about ${plural(workers.n, "worker")}`;
    case "unknown":
      return "workers unknown";
    default:
      return assertNever(workers);
  }
}

function workerNode(worker: WorkerStats, now: number): ViewNode {
  const seen = worker.lastSeenAt === null ? null : `seen ${coarseAge(now - worker.lastSeenAt)} ago`;
  const parts = [
    ...(worker.kind === "shared" ? ["at least 1 worker"] : []),
    ...(worker.kind === "connections" ? ["estimate"] : []),
    ...(worker.stale ? ["stale"] : []),
    ...(worker.counters === null ? [] : [`${count(worker.counters.ongoing)} running`]),
    ...(seen === null ? [] : [seen]),
  ];
  const name = oneLine(worker.name);
  return {
    id: `worker/${worker.kind}/${idStep(worker.name)}`,
    label: name,
    description: parts.join(" · "),
    tooltip: [
      name,
      ...(worker.queue === null ? [] : [`Queue: ${worker.queue}`]),
      ...worker.evidence,
      ...(worker.counters === null
        ? []
        : [
            `Since its process started: ${count(worker.counters.complete)} complete, ${count(worker.counters.failed)} failed, ${count(worker.counters.retried)} retried`,
          ]),
      ...(worker.lastSeenAt === null ? [] : [`Last sign of life: ${dateTime(worker.lastSeenAt)}`]),
      ...(worker.kind === "process" ? [] : ["", oneStepMore]),
    ].join("\n"),
    icon: worker.stale ? { id: "warning", color: "charts.yellow" } : { id: "server-process", color: "charts.green" },
    spoken: [`Worker ${name}`, ...parts].join(", "),
  };
}
