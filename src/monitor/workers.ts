import { t } from "../python/l10n";
import { Connections, type ConnectionSummary } from "./connections";
import { HealthRecords } from "./healthRecords";
import type { WorkerCount, WorkerStats } from "./model";
import type { WorkerFacts } from "./ports";
import type { RunningJob } from "./runningJobs";
import type { TaggedWorker } from "./taggedWorkers";
import { WorkerProcesses } from "./workerProcesses";
import {
  fromConnections,
  fromNamedConnection,
  fromProcess,
  fromRecord,
  fromTag,
  isNamedConnection,
} from "./workerSources";

/** What else is known when workers are judged. Times unix ms on Redis' clock. */
export interface WorkerSurroundings {
  readonly now: number;
  /** Workers that signed results (the opt-in serializer). */
  readonly tagged: readonly TaggedWorker[];
  /** How many jobs run: their workers may be too busy to poll. */
  readonly running: number;
  /** Those of them whose start is known. */
  readonly runningJobs: readonly RunningJob[];
  /** Setting `arq.workers.staleAfter`: a sign of life older than this is stale, or than the worker's own interval where that is longer. */
  readonly staleAfterMs: number;
}

/** Results are dated by the worker's clock, and its last ones are written just before it goes. */
const clockSkewMs = 5000;

export interface WorkerReport {
  readonly workers: readonly WorkerStats[];
  readonly count: WorkerCount;
}

/**
 * Gathers what can honestly be known of workers. ARQ keeps no register of them: there is a health record per process where
 * users gave each its own key, else one per queue that all workers share; connections whose last command looks like a
 * worker's; and, where users opted in, results signed by their worker and the state that each process publishes.
 */
export class Workers {
  readonly #records = new HealthRecords();
  readonly #processes = new WorkerProcesses();
  readonly #connections = new Connections();
  #readAt: number | null = null;

  /** Takes in one reading. `running` as in `WorkerSurroundings`. */
  read(facts: WorkerFacts, running: number): void {
    this.#records.read(facts.health, facts.readAt);
    this.#processes.read(facts.processes, facts.readAt);
    this.#connections.read(facts, running);
    this.#readAt = facts.readAt;
  }

  /** One more reading soon would make the estimate better. */
  get wantsMore(): boolean {
    return this.#connections.wantsMore;
  }

  clear(): void {
    this.#records.clear();
    this.#processes.clear();
    this.#connections.clear();
    this.#readAt = null;
  }

  report(surroundings: WorkerSurroundings): WorkerReport {
    const published = this.#processes.all;
    const { noneSince, newest, readAt } = this.#connections;
    const judge = { ...surroundings, noneSince };
    const nameByKey = new Map(
      published.map(({ process }) => [process.state?.healthKey ?? null, `${process.host}:${process.pid}`]),
    );
    const recorded = [...this.#records.all].map((known) => {
      const worker = fromRecord(known, judge, nameByKey.get(known.record.key) ?? null);
      return { worker, writers: known.severalWriters ? 2 : 1 };
    });
    const processes = merge([
      ...published.map((known) => fromProcess(known, judge)),
      ...recorded.map(({ worker }) => worker).filter((worker) => worker.kind === "process"),
      ...newest.filter(isNamedConnection).map((client) => fromNamedConnection(client, readAt ?? judge.now)),
      ...surroundings.tagged.filter((tagged) => !this.#hasStopped(tagged)).map((tagged) => fromTag(tagged, judge)),
    ]);
    const shared = recorded.filter(({ worker }) => worker.kind === "shared");
    const summary = this.#connections.summary(surroundings.running, surroundings.runningJobs);
    return {
      workers: [...processes, ...shared.map(({ worker }) => worker), ...fromConnections(summary, readAt)],
      count: this.#count(processes, shared, summary, surroundings),
    };
  }

  /** It signed its last result before it was seen to stop cleanly: what it signed keeps no worker alive. */
  #hasStopped({ tag, lastAt }: TaggedWorker): boolean {
    const at = this.#processes.stopped.get(tag) ?? this.#records.stoppedAt(tag);
    return at !== undefined && lastAt <= at + clockSkewMs;
  }

  #count(
    processes: readonly WorkerStats[],
    shared: readonly { readonly worker: WorkerStats; readonly writers: number }[],
    summary: ConnectionSummary,
    { running }: WorkerSurroundings,
  ): WorkerCount {
    if (this.#readAt === null) return { kind: "unknown", reason: t("Workers have not been looked for yet.") };
    const alive = processes.filter((worker) => !worker.stale);
    const aliveShared = shared.filter(({ worker }) => !worker.stale);
    // A registered process appears and goes by its own key; a tag or a connection's name comes from some workers only.
    const allRegistered = alive.every(beats);
    if (alive.length > 0 && aliveShared.length === 0 && allRegistered && summary.polling <= alive.length) {
      return { kind: "exact", n: alive.length };
    }
    if (alive.length > 0 || aliveShared.length > 0) {
      // A worker serves one queue: of each queue there are as many as are known by name, or those behind its shared record.
      const queues = new Set(alive.map((worker) => worker.queue));
      const behindShared = aliveShared.filter(({ worker }) => worker.queue === null || !queues.has(worker.queue));
      return { kind: "atLeast", n: behindShared.reduce((sum, { writers }) => sum + writers, alive.length) };
    }
    if (summary.polling > 0) return { kind: "about", n: summary.polling };
    if (summary.busyHosts > 0) return { kind: "about", n: summary.busyHosts };
    if (!this.#connections.readable) {
      const reason = t("No health record is fresh, and this user may not list connections (CLIENT LIST).");
      return { kind: "unknown", reason: this.#withStopped(reason) };
    }
    if (!this.#connections.whole) {
      const reason = t(
        "No connection polls for jobs, but our own is not in the list as it should be: behind a proxy the list says little of workers.",
      );
      return { kind: "unknown", reason: this.#withStopped(reason) };
    }
    if (summary.perhaps === 0) return { kind: "exact", n: 0 };
    const reason =
      running > 0
        ? t("No connection polls, but jobs run: a worker with all its places taken sends nothing.")
        : t(
            "No connection polls for jobs, but some end commands as a worker that watches for aborts does, and as a program that enqueues jobs.",
          );
    return { kind: "unknown", reason: this.#withStopped(reason) };
  }

  /** ARQ deletes the record when any worker of the queue stops, though others live (python-arq/arq#291). */
  #withStopped(reason: string): string {
    const stopped = this.#records.deletedShared.map((queue) =>
      t("A worker of {0} that stopped took its health record along; others may live.", queue),
    );
    return [reason, ...stopped].join(" ");
  }
}

/** One entry per process, with everything that speaks for it: what comes first wins. */
function merge(found: readonly WorkerStats[]): WorkerStats[] {
  const merged = new Map<string, WorkerStats>();
  for (const worker of found) {
    const before = merged.get(worker.name);
    merged.set(worker.name, before === undefined ? worker : together(before, worker));
  }
  return [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function together(a: WorkerStats, b: WorkerStats): WorkerStats {
  const lastSeen = [a.lastSeenAt, b.lastSeenAt].filter((at) => at !== null);
  return {
    ...a,
    queue: a.queue ?? b.queue,
    evidence: [...new Set([...a.evidence, ...b.evidence])],
    lastSeenAt: lastSeen.length === 0 ? null : Math.max(...lastSeen),
    stale: isStale(a, b),
    intervalMs: a.intervalMs ?? b.intervalMs,
    counters: a.counters ?? b.counters,
  };
}

/** What gives a sign of life by itself knows better than what only signs results, or only stands; of two such the newer sign decides. */
function isStale(a: WorkerStats, b: WorkerStats): boolean {
  if (beats(a) !== beats(b)) return beats(a) ? a.stale : b.stale;
  const newer = (b.lastSeenAt ?? 0) > (a.lastSeenAt ?? 0) ? b : a;
  return beats(a) ? newer.stale : a.stale && b.stale;
}

function beats({ intervalMs, counters }: WorkerStats): boolean {
  return intervalMs !== null || counters !== null;
}
