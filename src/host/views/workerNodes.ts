import type { Monitor, MonitorSnapshot, WorkerCount, WorkerJobStats, WorkerStats } from "../../monitor/model";
import { assertNever } from "../../python/assertNever";
import { itemContexts } from "../contributions/views";
import { jobNode } from "./jobNode";
import { stateIcons } from "./stateIcons";
import { calmAge, coarseAge, count, dateTime, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

/** ARQ keeps one health record per queue; with a key per process each worker is seen by itself. */
const oneStepMore = [
  "ARQ writes one health record per queue, shared by all its workers, and nothing about a single worker.",
  "To see every worker by itself, add the worker instrumentation, or give each process its own key in WorkerSettings:",
  '    health_check_key = f"arq:queue:health-check:{socket.gethostname()}:{os.getpid()}"',
  "    health_check_interval = 15",
  "A key without `health` in its name is only found if it begins with ARQ's prefix.",
].join("\n");

/** The Workers tree: what is honestly known, how, and what would show more; under a worker that tells, the jobs it runs. */
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
      if (snapshot.status.state === "live" && !isAllTold(snapshot)) nodes.push(instrument);
      return nodes;
    },
    known(node) {
      const live = monitor();
      const worker = live?.snapshot().workers.find((candidate) => idOf(candidate) === node.id);
      return live === null || worker === undefined ? [] : workerJobs(live, worker);
    },
  };
}

const instrument = messageNode("instrument", "Add Worker Instrumentation…", {
  icon: { id: "tools" },
  description: "to see what each worker runs",
  tooltip:
    "Writes one Python file into the workspace and copies the two lines that use it. Each worker then tells its name, its running jobs and its numbers; " +
    "nothing changes before you paste the lines.",
  command: { id: "arq.addWorkerInstrumentation", title: "Add Worker Instrumentation…", arguments: [] },
});

/** Every worker is known by itself, with the jobs it runs. */
function isAllTold({ workers, workerCount }: MonitorSnapshot): boolean {
  const processes = workers.filter(({ kind }) => kind === "process");
  return processes.length > 0 && workerCount.kind === "exact" && processes.every(({ jobs }) => jobs !== null);
}

const idOf = (worker: WorkerStats): string => `worker/${worker.kind}/${idStep(worker.name)}`;

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
  // What is worth acting on first: a narrow side bar cuts the end off.
  const parts = [
    ...(worker.stale ? ["stale"] : []),
    ...(worker.kind === "shared" ? ["at least 1 worker"] : []),
    ...(worker.kind === "connections" ? ["estimate"] : []),
    ...runningText(worker),
    ...(worker.queue === null || worker.queue === worker.name ? [] : [oneLine(worker.queue, 60)]),
    ...(worker.startedAt === null || worker.stale ? [] : [`up ${coarseAge(now - worker.startedAt)}`]),
    ...(worker.lastSeenAt === null ? [] : [`seen ${coarseAge(now - worker.lastSeenAt)} ago`]),
  ];
  const name = oneLine(worker.name);
  // Also with no job to show: a row that opens and closes by itself would lose its place.
  const opens = worker.kind === "process" && worker.jobs !== null;
  return {
    id: idOf(worker),
    label: name,
    description: parts.join(" · "),
    tooltip: tooltip(worker, name),
    icon: worker.stale ? { id: "warning", color: "charts.yellow" } : { id: "server-process", color: "charts.green" },
    ...(opens ? { expandable: "collapsed" as const } : {}),
    spoken: [`Worker ${name}`, ...parts].join(", "),
  };
}

/** `3 of 10 running`, as far as either is known. */
function runningText({ jobs, counters, maxJobs, stale }: WorkerStats): string[] {
  const running = jobs?.length ?? counters?.ongoing ?? null;
  if (running === null) return [];
  return [`${stale ? "had " : ""}${count(running)}${maxJobs === null ? "" : ` of ${count(maxJobs)}`} running`];
}

/** Facts only, no ages: a tooltip that ticks would redraw the row. */
function tooltip(worker: WorkerStats, name: string): string {
  const { counters } = worker;
  const versions = [
    ...(worker.release === null ? [] : [`Release ${oneLine(worker.release)}`]),
    ...(worker.arq === null ? [] : [`ARQ ${oneLine(worker.arq)}`]),
    ...(worker.python === null ? [] : [`Python ${oneLine(worker.python)}`]),
  ];
  return [
    name,
    ...(worker.queue === null ? [] : [`Queue: ${worker.queue}`]),
    ...(worker.startedAt === null ? [] : [`Started: ${dateTime(worker.startedAt)}`]),
    ...(versions.length === 0 ? [] : [versions.join(", ")]),
    "",
    ...worker.evidence,
    ...(counters === null
      ? []
      : [
          `Since its process started: ${count(counters.complete)} complete, ${count(counters.failed)} failed, ${count(counters.retried)} retried`,
        ]),
    ...unknowns(worker),
    ...(worker.kind === "process" && worker.jobs !== null ? [] : ["", oneStepMore]),
  ].join("\n");
}

/** What cannot be known of this worker, in one line. */
function unknowns({ kind, jobs, startedAt, lastSeenAt }: WorkerStats): string[] {
  const missing = [
    ...(lastSeenAt === null ? ["when it last gave a sign of life"] : []),
    ...(startedAt === null ? ["since when it runs"] : []),
    ...(jobs === null ? ["which jobs it runs"] : []),
  ];
  return kind !== "process" || missing.length === 0 ? [] : [`Not told: ${missing.join(", ")}.`];
}

function workerJobs(monitor: Monitor, worker: WorkerStats): readonly ViewNode[] {
  const parent = idOf(worker);
  const jobs = worker.jobs ?? [];
  if (jobs.length === 0) return [messageNode(`${parent}/none`, "It runs no job now")];
  return jobs.map((job) => {
    const row = monitor.row(job.id);
    return row === null ? unreadJob(parent, job, monitor.now()) : jobNode(parent, row, monitor.now());
  });
}

/** A job that the worker names and the monitor has not read yet. */
function unreadJob(parent: string, job: WorkerJobStats, now: number): ViewNode {
  const name = oneLine(job.function ?? "unknown function");
  const since = job.startedAt === null ? "" : ` ${calmAge(now - job.startedAt)}`;
  const tries = job.try !== null && job.try > 1 ? `, try ${job.try}` : "";
  return {
    id: `${parent}/job/${idStep(job.id)}`,
    label: name,
    description: `running${since}${tries} · ${oneLine(job.id, 60)}`,
    icon: stateIcons.running,
    context: itemContexts.job,
    command: { id: "arq.openJob", title: "Open Job", arguments: [job.id] },
    jobId: job.id,
  };
}
