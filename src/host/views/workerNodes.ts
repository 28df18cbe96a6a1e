import { l10n } from "vscode";
import type { Monitor, MonitorSnapshot, WorkerCount, WorkerJobStats, WorkerStats } from "../../monitor/model";
import { quoteValue } from "../../monitor/jobFilter";
import { isOfThen } from "../../protocol/isOfThen";
import { assertNever } from "../../python/assertNever";
import { itemContexts, viewIds } from "../contributions/views";
import { functionName, jobNode } from "./jobNode";
import { ShownRows } from "./shownRows";
import { stateIcons } from "./stateIcons";
import { calmAge, coarseAge, count, dateTime, oneLine, plural } from "./texts";
import { idStep, messageNode, type TreeModel, type ViewNode } from "./viewNode";

/** ARQ keeps one health record per queue; with a key per process each worker is seen by itself. */
const oneStepMore = (): string =>
  [
    l10n.t("ARQ writes one health record per queue, shared by all its workers, and nothing about a single worker."),
    l10n.t(
      "To see every worker by itself, add the worker instrumentation, or give each process its own key in WorkerSettings:",
    ),
    '    health_check_key = f"arq:queue:health-check:{socket.gethostname()}:{os.getpid()}"',
    "    health_check_interval = 15",
    l10n.t("A key without `health` in its name is only found if it begins with ARQ's prefix."),
  ].join("\n");

/** The Workers tree: what is honestly known, how, and what would show more; under a worker that tells, the jobs it runs. */
export function workerTree(monitor: () => Monitor | null): TreeModel {
  const shown = new ShownRows(viewIds.workers);
  return {
    roots() {
      const live = monitor();
      const snapshot = live?.snapshot();
      if (!live || !snapshot || (snapshot.status.state !== "live" && snapshot.workers.length === 0)) return [];
      const nodes = snapshot.workers.slice(0, shown.of("")).map((worker) => workerNode(worker, live.now()));
      const all = snapshot.workers.length;
      nodes.push(...shown.rest("", nodes.length, all, all, { tab: "workers" }));
      const known = snapshot.workerCount;
      if (snapshot.status.state === "live" && (nodes.length === 0 || known.kind !== "exact")) {
        const label = known.kind === "unknown" ? l10n.t("How many workers is not known") : workerCountText(known);
        const why = known.kind === "unknown" ? `${known.reason}\n\n` : "";
        const tooltip = `${why}${oneStepMore()}`;
        nodes.push(
          messageNode("about", label, {
            icon: { id: "lightbulb" },
            description: l10n.t("what would show more"),
            tooltip,
          }),
        );
      }
      if (snapshot.status.state === "live" && !isAllTold(snapshot)) nodes.push(instrument());
      return nodes;
    },
    known(node) {
      const live = monitor();
      const worker = live?.snapshot().workers.find((candidate) => idOf(candidate) === node.id);
      return live === null || worker === undefined ? [] : workerJobs(live, worker);
    },
    showMore: (parent) => shown.showMore(parent),
  };
}

function instrument(): ViewNode {
  const title = l10n.t("Add Worker Instrumentation…");
  return messageNode("instrument", title, {
    icon: { id: "tools" },
    description: l10n.t("to see what each worker runs"),
    tooltip: l10n.t(
      "Writes one Python file into the workspace and copies the two lines that use it. Each worker then tells its name, its running jobs and its numbers; nothing changes before you paste the lines.",
    ),
    command: { id: "arq.addWorkerInstrumentation", title, arguments: [] },
  });
}

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
      if (workers.n === 0) return l10n.t("no worker");
      return plural(workers.n, l10n.t("1 worker"), l10n.t("{0} workers", count(workers.n)));
    case "atLeast":
      return plural(workers.n, l10n.t("at least 1 worker"), l10n.t("at least {0} workers", count(workers.n)));
    case "about":
      return plural(workers.n, l10n.t("about 1 worker"), l10n.t("about {0} workers", count(workers.n)));
    case "unknown":
      return l10n.t("workers unknown");
    default:
      return assertNever(workers);
  }
}

function workerNode(worker: WorkerStats, now: number): ViewNode {
  // What is worth acting on first: a narrow side bar cuts the end off.
  const parts = [
    ...(worker.stale ? [l10n.t("stale")] : []),
    ...(worker.kind === "shared" ? [l10n.t("at least 1 worker")] : []),
    ...(worker.kind === "connections" ? [l10n.t("estimate")] : []),
    ...runningText(worker, now),
    ...(worker.queue === null || worker.queue === worker.name ? [] : [oneLine(worker.queue, 60)]),
    ...(worker.startedAt === null || worker.stale ? [] : [l10n.t("up {0}", coarseAge(now - worker.startedAt))]),
    ...(worker.lastSeenAt === null ? [] : [l10n.t("seen {0} ago", coarseAge(now - worker.lastSeenAt))]),
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
    context: itemContexts.worker,
    ...(opens ? { expandable: "collapsed" as const } : {}),
    spoken: [l10n.t("Worker {0}", name), ...parts].join(", "),
    name: worker.name,
    dashboard: { tab: "workers" },
  };
}

/** `3 of 10 running`, as far as either is known. */
function runningText(worker: WorkerStats, at: number): string[] {
  const { jobs, counters, maxJobs } = worker;
  const running = jobs?.length ?? counters?.ongoing ?? null;
  if (running === null) return [];
  const then = isOfThen(worker, at);
  if (maxJobs === null)
    return [then ? l10n.t("had {0} running", count(running)) : l10n.t("{0} running", count(running))];
  const [now, most] = [count(running), count(maxJobs)];
  return [then ? l10n.t("had {0} of {1} running", now, most) : l10n.t("{0} of {1} running", now, most)];
}

/** Facts only, no ages: a tooltip that ticks would redraw the row. */
function tooltip(worker: WorkerStats, name: string): string {
  const { counters } = worker;
  const versions = [
    ...(worker.release === null ? [] : [l10n.t("Release {0}", oneLine(worker.release))]),
    ...(worker.arq === null ? [] : [`ARQ ${oneLine(worker.arq)}`]),
    ...(worker.python === null ? [] : [`Python ${oneLine(worker.python)}`]),
  ];
  return [
    name,
    ...(worker.queue === null ? [] : [l10n.t("Queue: {0}", worker.queue)]),
    ...(worker.startedAt === null ? [] : [l10n.t("Started: {0}", dateTime(worker.startedAt))]),
    ...(versions.length === 0 ? [] : [versions.join(", ")]),
    "",
    ...worker.evidence,
    ...(counters === null
      ? []
      : [
          l10n.t(
            "Since its process started: {0} complete, {1} failed, {2} retried",
            count(counters.complete),
            count(counters.failed),
            count(counters.retried),
          ),
        ]),
    ...unknowns(worker),
    ...(worker.kind === "process" && worker.jobs !== null ? [] : ["", oneStepMore()]),
  ].join("\n");
}

/** What cannot be known of this worker, in one line. */
function unknowns({ kind, jobs, startedAt, lastSeenAt }: WorkerStats): string[] {
  const missing = [
    ...(lastSeenAt === null ? [l10n.t("when it last gave a sign of life")] : []),
    ...(startedAt === null ? [l10n.t("since when it runs")] : []),
    ...(jobs === null ? [l10n.t("which jobs it runs")] : []),
  ];
  return kind !== "process" || missing.length === 0 ? [] : [l10n.t("Not told: {0}.", missing.join(", "))];
}

function workerJobs(monitor: Monitor, worker: WorkerStats): readonly ViewNode[] {
  const parent = idOf(worker);
  const jobs = worker.jobs ?? [];
  if (jobs.length === 0) return [messageNode(`${parent}/none`, l10n.t("It runs no job now"))];
  return jobs.map((job) => {
    const row = monitor.row(job.id);
    return row === null ? unreadJob(parent, job, monitor.now()) : jobNode(parent, row, monitor.now());
  });
}

/** A job that the worker names and the monitor has not read yet. */
function unreadJob(parent: string, job: WorkerJobStats, now: number): ViewNode {
  const running = job.startedAt === null ? l10n.t("running") : l10n.t("running {0}", calmAge(now - job.startedAt));
  const what = job.try !== null && job.try > 1 ? l10n.t("{0}, try {1}", running, job.try) : running;
  return {
    id: `${parent}/job/${idStep(job.id)}`,
    label: functionName(job),
    description: `${what} · ${oneLine(job.id, 60)}`,
    icon: stateIcons.running,
    context: itemContexts.job,
    command: { id: "arq.openJob", title: l10n.t("Open Job"), arguments: [job.id] },
    jobId: job.id,
    dashboard: { tab: "jobs", filter: `id:${quoteValue(job.id)}` },
  };
}
