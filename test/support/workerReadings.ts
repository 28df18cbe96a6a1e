import type { WorkerState } from "../../src/arq/workerState";
import type { ClientFacts, HealthRecord, WorkerFacts, WorkerProcess } from "../../src/monitor/ports";

/** Redis' clock in these tests, unix ms. */
export const now = 1_700_000_000_000;
export const second = 1000;

/** A health record: of a queue, or with `process` of one process. */
export function record(change: Partial<HealthRecord> = {}): HealthRecord {
  const queue = change.queue ?? "arq:queue";
  const process = change.process ?? "";
  return {
    key: `${queue}:health-check${process === "" ? "" : `:${process}`}`,
    queue,
    process,
    ttl: 3_600_000,
    complete: 6,
    failed: 1,
    retried: 2,
    ongoing: 3,
    queued: 4,
    ...change,
  };
}

/** A connection that polls as a worker does. */
export function client(change: Partial<ClientFacts> = {}): ClientFacts {
  return { id: "5", addr: "10.0.0.1:4711", name: "", age: 100, idle: 0, cmd: "zrangebyscore", lib: "", ...change };
}

/** What an instrumented process publishes; `ago` is how long before `now` it was written. */
export function published(
  change: Partial<WorkerState> & { readonly ago?: number; readonly key?: string; readonly ttl?: number | null } = {},
): WorkerProcess {
  const { ago = 5 * second, key, ttl = 45 * second - ago, ...rest } = change;
  const state: WorkerState = {
    host: "web-1",
    pid: 11,
    queue: "mail",
    startedAt: now - 3600 * second,
    at: now - ago,
    intervalMs: 15 * second,
    maxJobs: 10,
    jobTimeoutMs: 300 * second,
    maxTries: 5,
    functions: ["send_email"],
    release: "2026.11.3",
    python: "3.11.7",
    arq: "0.28.0",
    healthKey: null,
    jobs: [{ id: "j1", function: "send_email", try: 2, startedAt: now - 9 * second }],
    complete: 7,
    failed: 1,
    retried: 2,
    ...rest,
  };
  const { host, pid } = state;
  return {
    key: key ?? `arq:monitor:worker:${host}:${pid}:ab12`,
    host,
    pid,
    readAt: now,
    writtenAt: now - ago,
    ttl,
    state,
  };
}

/** What one look at workers finds; nothing where nothing is said. */
export interface Reading {
  readonly at?: number;
  readonly health?: readonly HealthRecord[];
  readonly clients?: readonly ClientFacts[] | null;
  readonly processes?: readonly WorkerProcess[];
  /** The list of connections does not hold ours. */
  readonly proxied?: boolean;
}

export function facts({
  at = now,
  health = [],
  clients = null,
  processes = [],
  proxied = false,
}: Reading): WorkerFacts {
  const clientsReadAt = clients === null ? null : at;
  const clientsTellSince = proxied ? null : clientsReadAt;
  return { readAt: at, health, clients, clientsReadAt, clientsTellSince, processes, refused: [] };
}
