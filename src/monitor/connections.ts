import type { ClientFacts, WorkerFacts } from "./ports";
import type { RunningJob } from "./runningJobs";

/** A worker's usual last commands when it polls: looking for jobs, passing over a running one, writing its health. */
const pollingCommands: ReadonlySet<string> = new Set(["zrangebyscore", "unwatch", "psetex"]);
/** ARQ polls twice a second by default, and Redis cuts idle times to whole seconds. */
const pollingIdleSeconds = 1;
/** A worker may poll less often (`poll_delay`): of one that polled within this time it cannot be said that it is gone. */
const slowPollSeconds = 60;
/** A worker that watches for aborts ends every poll with EXEC, as a program that enqueues does. */
const abortIdleSeconds = 2;
/** The estimate is the largest of so many readings: each sees only some workers at the right moment. */
const samplesKept = 3;
/** Redis cuts ages and idle times to whole seconds, on both ends. */
const roundingMs = 1500;
/** A program that enqueued the job would have been silent since then as well, so only a later start tells them apart. */
const startedLaterMs = 3000;

interface Sample {
  readonly at: number;
  readonly clients: ReadonlyMap<string, ClientFacts>;
  /** Ids of connections that polled. */
  readonly polling: ReadonlySet<string>;
}

export interface ConnectionSummary {
  /** Connections that poll as a worker below its `max_jobs` does. */
  readonly polling: number;
  /** Connections silent since a running job was started: full workers, or spare connections of others, or programs that enqueued it. */
  readonly silent: number;
  /** Hosts of those connections that cannot have been silent since they enqueued the job. */
  readonly busyHosts: number;
  /** Any connection that may belong to a worker, in the widest sense: without one there is none. */
  readonly perhaps: number;
}

/**
 * What `CLIENT LIST`, read several times, tells of workers. Counting rule, held against recordings of real workers (test/fixtures/clientLists):
 *
 * - polls: last command ZRANGEBYSCORE, UNWATCH or PSETEX, at most 1 s ago; or such a command again and again between two readings (slow `poll_delay`).
 * - silent: EXEC when a running job was started, and nothing since: all places taken, or a spare connection of the pool.
 * - EXEC again and again, in every reading: a worker that watches for aborts, a program that enqueues and one that waits for a result look the same: not counted.
 * - spare connections of a worker's pool stay open and silent for ever; whatever it last did on them does not count.
 */
export class Connections {
  #samples: readonly Sample[] = [];
  #noneSince: number | null = null;
  #whole = false;

  /** Takes in one reading. `running`: how many jobs run, whose workers may be too busy to poll. */
  read(
    { clients, clientsReadAt, clientsTellSince }: Pick<WorkerFacts, "clients" | "clientsReadAt" | "clientsTellSince">,
    running: number,
  ): void {
    if (clients === null || clientsReadAt === null) return this.clear();
    this.#whole = clientsTellSince !== null;
    const last = this.#samples.at(-1);
    if (last === undefined || clientsReadAt > last.at) {
      const polling = clients.filter((client) => polls(client, clientsReadAt, last));
      const sample = {
        at: clientsReadAt,
        clients: new Map(clients.map((client) => [client.id, client])),
        polling: new Set(polling.map(({ id }) => id)),
      };
      this.#samples = [...this.#samples, sample].slice(-samplesKept);
    }
    if (!this.#whole || this.#perhaps(running) > 0) this.#noneSince = null;
    else this.#noneSince ??= clientsReadAt;
  }

  clear(): void {
    this.#samples = [];
    this.#noneSince = null;
  }

  /** Connections can be listed, and were. */
  get readable(): boolean {
    return this.#samples.length > 0;
  }

  /** A worker that is not in the list is not connected: no proxy stands between. */
  get whole(): boolean {
    return this.#whole;
  }

  /** One more reading soon would make the estimate better. */
  get wantsMore(): boolean {
    return this.readable && this.#samples.length < samplesKept;
  }

  get readAt(): number | null {
    return this.#samples.at(-1)?.at ?? null;
  }

  /** Since when no reading has shown a connection that may be a worker's; null while one is there or none can be listed. */
  get noneSince(): number | null {
    return this.#noneSince;
  }

  get newest(): readonly ClientFacts[] {
    return [...(this.#samples.at(-1)?.clients.values() ?? [])];
  }

  summary(running: number, jobs: readonly RunningJob[]): ConnectionSummary {
    const polling = Math.max(0, ...this.#samples.map((sample) => this.#stillActive(sample)));
    const silent = this.newest.filter((client) => jobs.some((job) => this.#silentSince(client, job)));
    const busy = silent.filter((client) => jobs.some((job) => startedLater(job) && this.#silentSince(client, job)));
    const busyHosts = new Set(busy.map(({ addr }) => hostOf(addr))).size;
    return { polling, silent: silent.length, busyHosts, perhaps: this.#perhaps(running) };
  }

  /** Connections that polled then, and have not fallen silent or gone since: a killed worker's are gone at once. */
  #stillActive(sample: Sample): number {
    const newest = this.#samples.at(-1)!;
    if (sample === newest) return sample.polling.size;
    let count = 0;
    for (const id of sample.polling) {
      const client = newest.clients.get(id);
      if (client !== undefined && client.idle * 1000 <= newest.at - sample.at) count++;
    }
    return count;
  }

  #silentSince(client: ClientFacts, job: RunningJob): boolean {
    const at = this.readAt!;
    if (client.cmd.toLowerCase() !== "exec" || client.idle <= abortIdleSeconds) return false;
    return Math.abs(at - client.idle * 1000 - job.startedAt) <= roundingMs;
  }

  /** Wide on purpose, because only without any such connection "no worker" may be said. */
  #perhaps(running: number): number {
    const clients = this.newest;
    // Tasks may use the worker's connections for anything, and while they run it need not poll.
    if (running > 0) return clients.length;
    return clients.filter((client) => {
      if (pollingCommands.has(client.cmd.toLowerCase())) return client.idle <= slowPollSeconds;
      return justEnded(client) && this.#endsSteadily(hostOf(client.addr));
    }).length;
  }

  /** A worker never pauses, on one connection of its pool or another; a program that enqueues now and then does. */
  #endsSteadily(host: string): boolean {
    return this.#samples.every(({ clients }) =>
      [...clients.values()].some((client) => justEnded(client) && hostOf(client.addr) === host),
    );
  }
}

function polls(client: ClientFacts, at: number, before: Sample | undefined): boolean {
  if (!pollingCommands.has(client.cmd.toLowerCase())) return false;
  if (client.idle <= pollingIdleSeconds) return true;
  const earlier = before?.clients.get(client.id);
  if (before === undefined || earlier === undefined || client.idle > slowPollSeconds) return false;
  return at - client.idle * 1000 > before.at - earlier.idle * 1000 + roundingMs;
}

function justEnded({ cmd, idle }: ClientFacts): boolean {
  return cmd.toLowerCase() === "exec" && idle <= abortIdleSeconds;
}

function startedLater({ startedAt, enqueuedAt }: RunningJob): boolean {
  return enqueuedAt !== null && startedAt - enqueuedAt > startedLaterMs;
}

/** `10.0.0.7:41234` → `10.0.0.7`. */
function hostOf(addr: string): string {
  return addr.slice(0, Math.max(0, addr.lastIndexOf(":"))) || addr;
}
