import type { ClaimEvidence } from "../arq/claim";
import type { ClientFacts, WorkerFacts } from "./ports";
import type { SilentSpan } from "./silentClosings";
import { aliveForIntervals } from "./workerProcesses";

/** A worker process that says it runs a job. */
export interface Runner {
  /** Its state key: `host:pid` may be another process later. */
  readonly key: string;
  /** `host:pid`. */
  readonly worker: string;
  /** When it last said so, unix ms on Redis' clock. */
  readonly seenAt: number;
}

/** What one reading of workers says of all claims. Times unix ms on Redis' clock. */
export interface WorkerEvidence {
  readonly at: number;
  /** Undefined where connections cannot be listed, or say nothing of workers. */
  readonly connections: ClaimEvidence | undefined;
  /** By job id: which instrumented worker runs it. That a job is not in here proves nothing. */
  readonly runners: ReadonlyMap<string, Runner>;
  /** State keys of instrumented workers that still write them. */
  readonly alive: ReadonlySet<string>;
}

/** Reads off what connections and instrumented workers say of claims. `silent`: connections that were closed after a long silence. */
export function workerEvidence(facts: WorkerFacts, silent: readonly SilentSpan[] = []): WorkerEvidence {
  const runners = new Map<string, Runner>();
  const alive = new Set<string>();
  for (const { key, state, writtenAt } of facts.processes) {
    // What a newer instrumentation writes cannot be read, but it is there.
    if (state === null) alive.add(key);
    if (state === null || facts.readAt - writtenAt > aliveForIntervals * state.intervalMs) continue;
    alive.add(key);
    for (const { id } of state.jobs) {
      // A job may be claimed again after its worker paused: the newer word holds.
      const before = runners.get(id);
      if (before !== undefined && before.seenAt >= writtenAt) continue;
      runners.set(id, { key, worker: `${state.host}:${state.pid}`, seenAt: writtenAt });
    }
  }
  return { at: facts.readAt, connections: connectionEvidence(facts, silent), runners, alive };
}

function connectionEvidence(
  { clients, clientsReadAt, clientsTellSince }: WorkerFacts,
  silent: readonly SilentSpan[],
): ClaimEvidence | undefined {
  if (clients === null || clientsReadAt === null || clientsTellSince === null) return undefined;
  return { at: clientsReadAt, clients: clients.filter(mayBeWorker), since: clientsTellSince, silent };
}

/** Clients of other languages, as Redis 7.2 names them. ARQ's workers use redis-py, which older versions do not name at all. */
const otherLibraries =
  /^(ioredis|node-redis|jedis|lettuce|redisson|go-redis|rueidis|se\.redis|redis-rb|redis-rs|phpredis|predis)/i;
/** Last commands of connections that no worker has: replicas, `MONITOR`, and tools that list connections. */
const toolCommands = /^(replconf|psync|sync|monitor|client\|(list|trackinginfo|tracking|info))$/i;

/** Wide on purpose: a task may use its worker's connections for anything. */
function mayBeWorker({ lib, cmd }: ClientFacts): boolean {
  return !otherLibraries.test(lib) && !toolCommands.test(cmd);
}
