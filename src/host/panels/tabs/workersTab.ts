import type { MonitorSnapshot, WorkerStats } from "../../../monitor/model";
import type { TaskCode } from "../../../python/tasks/taskCode";
import { adviceNotes, appliedView } from "../../code/codeViews";
import { placesOf } from "../../code/taskLimits";
import { pageSize } from "../../../protocol/jobQuery";
import {
  everyWorker,
  workerSorts,
  type WorkerLine,
  type WorkerSort,
  type WorkersIntent,
  type WorkersView,
} from "../../../protocol/tabs/workers";
import { assertNever } from "../../../python/assertNever";
import { bool, fields, index, oneOf, text } from "../checks";
import { pageOffset, sortLines, type SortValue } from "./sortLines";
import type { Tab } from "./tab";

/** Every worker that is known. `staleAfterMs`: the setting. */
export function workersTab(staleAfterMs: () => number, code: () => TaskCode | null): Tab<"workers"> {
  return {
    check(intent): WorkersIntent {
      const asked = { ...everyWorker, ...fields(intent) };
      return {
        text: text(asked.text, "text"),
        sort: oneOf(asked.sort, workerSorts, "sort"),
        descending: bool(asked.descending, "descending"),
        offset: index(asked.offset, "offset"),
      };
    },
    view: (monitor, intent) => Promise.resolve(workersView(monitor.snapshot(), intent, staleAfterMs(), code())),
    concerns: ({ workers, status }) => workers || status,
  };
}

export function workersView(
  snapshot: Pick<MonitorSnapshot, "workers" | "workerCount">,
  { text: wanted, sort, descending, offset: asked }: WorkersIntent,
  staleAfterMs: number,
  code: TaskCode | null = null,
): WorkersView {
  const { workers, workerCount } = snapshot;
  const lines = workers.map((worker): WorkerLine => ({
    ...worker,
    key: `${worker.kind} ${worker.name}`,
    places:
      code === null || worker.maxJobs !== null || worker.queue === null
        ? null
        : appliedView(placesOf(code, worker.queue)),
  }));
  const matching = lines.filter((line) => matches(line, wanted.toLowerCase()));
  const sorted = sortLines(matching, (line) => valueOf(line, sort), descending);
  // What may be worth acting on stands above all.
  const ordered = [...sorted.filter(({ stale }) => stale), ...sorted.filter(({ stale }) => !stale)];
  const offset = pageOffset(asked, ordered.length, pageSize);
  const processes = workers.filter(({ kind }) => kind === "process");
  return {
    workers: ordered.slice(offset, offset + pageSize),
    offset,
    total: ordered.length,
    known: lines.length,
    stale: lines.filter(({ stale }) => stale).length,
    staleAfterMs,
    notes: adviceNotes(code),
    allTold: processes.length > 0 && workerCount.kind === "exact" && processes.every(({ jobs }) => jobs !== null),
  };
}

function matches({ name, queue, release, jobs }: WorkerStats, wanted: string): boolean {
  const texts = [name, queue, release, ...(jobs ?? []).map((job) => job.function)];
  return wanted === "" || texts.some((each) => each?.toLowerCase().includes(wanted) === true);
}

function valueOf(worker: WorkerStats, sort: WorkerSort): SortValue {
  switch (sort) {
    case "name":
    case "host":
    case "pid":
    case "queue":
      return worker[sort];
    case "lastSeen":
      return worker.lastSeenAt;
    case "uptime":
      // The longest time up is the earliest start.
      return worker.startedAt === null ? null : -worker.startedAt;
    case "running":
      return worker.jobs?.length ?? worker.counters?.ongoing ?? null;
    case "complete":
    case "failed":
    case "retried":
      return worker.counters?.[sort] ?? null;
    default:
      return assertNever(sort);
  }
}
