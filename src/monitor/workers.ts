import type { ClaimEvidence } from "../arq/jobState";
import { HealthRecords, type KnownRecord } from "./healthRecords";
import type { WorkerCount, WorkerStats } from "./model";
import type { ClientFacts, WorkerFacts } from "./ports";
import type { TaggedWorker } from "./taggedWorkers";

/** What else is known when workers are judged. Times unix ms on Redis' clock. */
export interface WorkerSurroundings {
  readonly now: number;
  /** Workers that signed results (the opt-in serializer). */
  readonly tagged: readonly TaggedWorker[];
  /** Jobs that run: their workers may be too busy to poll. */
  readonly running: number;
  /** A sign of life older than this is doubted when no connection supports it, `arq.workers.staleAfter`. */
  readonly staleAfterMs: number;
}

export interface WorkerReport {
  readonly workers: readonly WorkerStats[];
  readonly count: WorkerCount;
}

/** Last commands of a worker that polls: looking for jobs, passing over a running one, writing its health. */
const pollingCommands: ReadonlySet<string> = new Set(["zrangebyscore", "unwatch", "psetex"]);
/** ARQ polls twice a second by default, and Redis cuts idle times to seconds. */
const pollingIdleSeconds = 2;
/** The estimate is the largest of so many readings: each sees only some workers at the right moment. */
const samplesKept = 3;
const connectionName = /^arq:(.+):(\d+)$/;

/**
 * Gathers what can honestly be known of workers. ARQ keeps no register of them: there is a health record per process where
 * users gave each its own key, else one per queue that all workers share, and connections whose last command looks like a
 * worker's.
 */
export class Workers {
  readonly #records = new HealthRecords();
  #clients: readonly ClientFacts[] | null = null;
  #readAt: number | null = null;
  #samples: number[] = [];
  /** Since when no reading has shown a connection that may be a worker's. */
  #noneSince: number | null = null;

  /** Takes in one reading. `running` as in `WorkerSurroundings`. */
  read(facts: WorkerFacts, running: number): void {
    this.#records.read(facts.health, facts.readAt);
    this.#clients = facts.clients;
    this.#readAt = facts.readAt;
    if (facts.clients === null) {
      this.#samples = [];
      this.#noneSince = null;
      return;
    }
    this.#samples = [...this.#samples, facts.clients.filter(polls).length].slice(-samplesKept);
    if (facts.clients.some((client) => mayBeWorker(client, running))) this.#noneSince = null;
    else this.#noneSince ??= facts.readAt;
  }

  /** What the connections say of claims; undefined where they cannot be read. */
  get evidence(): ClaimEvidence | undefined {
    if (this.#clients === null || this.#readAt === null) return undefined;
    const ages = this.#clients.map((client) => client.age);
    return { at: this.#readAt, oldestForeignSeconds: ages.length === 0 ? null : Math.max(...ages) };
  }

  clear(): void {
    this.#records.clear();
    this.#clients = null;
    this.#readAt = null;
    this.#samples = [];
    this.#noneSince = null;
  }

  report(surroundings: WorkerSurroundings): WorkerReport {
    const recorded = [...this.#records.all].map((known) => this.#fromRecord(known, surroundings));
    const processes = merge([
      ...recorded.filter((worker) => worker.kind === "process"),
      ...(this.#clients ?? []).flatMap(fromNamedConnection(this.#readAt)),
      ...surroundings.tagged.map((tagged) => fromTag(tagged, surroundings)),
    ]);
    const shared = recorded.filter((worker) => worker.kind === "shared");
    const polling = Math.max(0, ...this.#samples);
    const connections = polling === 0 ? [] : [fromPolling(polling, this.#readAt)];
    return {
      workers: [...processes, ...shared, ...connections],
      count: this.#count(processes, shared, polling, surroundings),
    };
  }

  #count(
    processes: readonly WorkerStats[],
    shared: readonly WorkerStats[],
    polling: number,
    { running }: WorkerSurroundings,
  ): WorkerCount {
    if (this.#readAt === null) return { kind: "unknown", reason: "Workers have not been looked for yet." };
    const alive = processes.filter((worker) => !worker.stale);
    const aliveShared = shared.filter((worker) => !worker.stale);
    const registered = new Set([...this.#records.all].map(({ record }) => record.process));
    const allRegistered = alive.every((worker) => registered.has(worker.name));
    if (alive.length > 0 && aliveShared.length === 0 && allRegistered) return { kind: "exact", n: alive.length };
    if (alive.length > 0 || aliveShared.length > 0) {
      // A worker serves one queue: of each queue there are as many as are known by name, or the one behind its shared record.
      const queues = new Set(alive.map((worker) => worker.queue));
      const behindShared = aliveShared.filter((worker) => !queues.has(worker.queue)).length;
      return { kind: "atLeast", n: alive.length + behindShared };
    }
    if (polling > 0) return { kind: "about", n: polling };
    if (this.#clients === null) {
      const reason = "There is no health record, and this user may not list connections (CLIENT LIST).";
      return { kind: "unknown", reason };
    }
    if (!this.#clients.some((client) => mayBeWorker(client, running))) return { kind: "exact", n: 0 };
    const reason =
      running > 0
        ? "No connection polls, but jobs run: a worker with all its places taken sends nothing."
        : "No connection polls, but some may belong to workers or to programs that enqueue jobs.";
    return { kind: "unknown", reason };
  }

  #fromRecord(known: KnownRecord, { now, staleAfterMs }: WorkerSurroundings): WorkerStats {
    const { record, writtenAt, lapsedAt } = known;
    const single = record.process !== "";
    const { complete, failed, retried, ongoing } = record;
    const evidence = [single ? `Own health record ${record.key}, ${ageOf(known, now)}.` : sharedSentence(known, now)];
    // Without a connection to support it, a record may be what a killed worker left behind.
    const unsupportedFor = this.#noneSince === null ? null : now - this.#noneSince;
    const old = writtenAt === null ? (unsupportedFor ?? 0) > staleAfterMs : now - writtenAt > staleAfterMs;
    const doubted = lapsedAt === null && unsupportedFor !== null && old;
    if (lapsedAt !== null)
      evidence.push("The record lapsed without a clean stop: the process was killed, or is blocked.");
    if (doubted) evidence.push("No connection looks like a worker's: a killed worker leaves its record behind.");
    return {
      name: single ? record.process : record.queue,
      kind: single ? "process" : "shared",
      queue: record.queue,
      ...hostAndPid(record.process),
      evidence,
      lastSeenAt: writtenAt,
      stale: lapsedAt !== null || doubted,
      counters: { complete, failed, retried, ongoing },
    };
  }
}

function sharedSentence(known: KnownRecord, now: number): string {
  return (
    `Health record of ${known.record.queue}, shared by all its workers, ${ageOf(known, now)}. ` +
    "Its counters are those of the worker that wrote last, since that worker's start."
  );
}

function ageOf({ writtenAt, lifeMs, assumed, record, readAt }: KnownRecord, now: number): string {
  if (writtenAt === null || lifeMs === null) {
    return `lapses in ${seconds(readAt + record.ttl - now)} unless it is renewed (its interval is not known yet)`;
  }
  const every = `${assumed ? "if it is written every" : "written every"} ${seconds(lifeMs - 1000)}`;
  return `written ${seconds(now - writtenAt)} ago (${every})`;
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000)).toLocaleString("en-US")} s`;
}

function polls(client: ClientFacts): boolean {
  return pollingCommands.has(client.cmd.toLowerCase()) && client.idle <= pollingIdleSeconds;
}

/**
 * Wide on purpose, because only without any such connection "no worker" may be said. A worker that watches for aborts ends
 * every poll with EXEC, as a program that enqueues does; a worker with all its places taken sends nothing while they run.
 */
function mayBeWorker(client: ClientFacts, running: number): boolean {
  const command = client.cmd.toLowerCase();
  if (connectionName.test(client.name)) return true;
  const last = pollingCommands.has(command) || command === "exec";
  return last && (running > 0 || client.idle <= pollingIdleSeconds);
}

function fromNamedConnection(readAt: number | null): (client: ClientFacts) => WorkerStats[] {
  return (client) => {
    const match = connectionName.exec(client.name);
    if (match === null) return [];
    const name = `${match[1]}:${match[2]}`;
    return [
      {
        name,
        kind: "process",
        queue: null,
        ...hostAndPid(name),
        evidence: [`Connection named ${client.name}.`],
        lastSeenAt: readAt === null ? null : readAt - client.idle * 1000,
        stale: false,
        counters: null,
      },
    ];
  };
}

function fromTag({ tag, queue, lastAt }: TaggedWorker, { now, staleAfterMs }: WorkerSurroundings): WorkerStats {
  return {
    name: tag,
    kind: "process",
    queue,
    ...hostAndPid(tag),
    evidence: [`Signed a result ${seconds(now - lastAt)} ago.`],
    lastSeenAt: lastAt,
    stale: now - lastAt > staleAfterMs,
    counters: null,
  };
}

function fromPolling(polling: number, readAt: number | null): WorkerStats {
  return {
    name: polling === 1 ? "~1 connection" : `~${polling} connections`,
    kind: "connections",
    queue: null,
    host: null,
    pid: null,
    evidence: [
      `${polling} ${polling === 1 ? "connection polls" : "connections poll"} as an idle ARQ worker does (CLIENT LIST). ` +
        "Busy workers do not poll, and connections cannot be told to queues or processes.",
    ],
    lastSeenAt: readAt,
    stale: false,
    counters: null,
  };
}

/** One entry per process, with everything that speaks for it. */
function merge(found: readonly WorkerStats[]): WorkerStats[] {
  const merged = new Map<string, WorkerStats>();
  for (const worker of found) {
    const before = merged.get(worker.name);
    merged.set(worker.name, before === undefined ? worker : together(before, worker));
  }
  return [...merged.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function together(a: WorkerStats, b: WorkerStats): WorkerStats {
  return {
    ...a,
    queue: a.queue ?? b.queue,
    evidence: [...new Set([...a.evidence, ...b.evidence])],
    lastSeenAt:
      a.lastSeenAt === null || b.lastSeenAt === null
        ? (a.lastSeenAt ?? b.lastSeenAt)
        : Math.max(a.lastSeenAt, b.lastSeenAt),
    // Idle workers sign no results, so one fresh sign of life is enough.
    stale: a.stale && b.stale,
    counters: a.counters ?? b.counters,
  };
}

/** `host:pid`, where the name has that form. */
function hostAndPid(name: string): { host: string | null; pid: number | null } {
  const match = /^(.+):(\d+)$/.exec(name);
  return match === null ? { host: null, pid: null } : { host: match[1]!, pid: Number(match[2]) };
}
