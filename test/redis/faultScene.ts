import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import { Redactor } from "../../src/arq/redact";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { JobRow, Monitor, MonitorSnapshot } from "../../src/monitor/model";
import type { Clock, SourceStatus } from "../../src/monitor/ports";
import { openRedisSource, type RedisSourceOptions } from "../../src/redis/openRedisSource";
import { systemClock } from "../../src/monitor/systemClock";
import { eventually } from "../support/eventually";
import { type FaultProxy, startFaultProxy } from "../support/faultProxy";
import { QuietLogger } from "../support/quietLogger";
import { type RedisServer, startRedis } from "../support/redisServer";
import { jobPayload, resultPayload } from "./sourceHarness";

type Down = Extract<SourceStatus, { state: "down" }>;

export interface SceneOptions extends Partial<RedisSourceOptions> {
  /** More arguments of redis-server. */
  readonly args?: string[];
  /** What is in Redis before anybody looks. */
  readonly fill?: (redis: Redis) => Promise<unknown>;
  /** Port that the proxy stands before; unless told, the server's. */
  readonly target?: number;
  /** Where to connect through the proxy on this port; unless told, to database 0. */
  readonly urlOf?: (port: number) => string;
}

/** What was measured, for whoever asks for it with ARQ_FAULT_TIMES=1. */
const measured: string[] = [];
after(() => {
  if (process.env["ARQ_FAULT_TIMES"] !== undefined) for (const line of measured) console.log(line);
});

/** A monitor that looks through a proxy at a server of its own, and somebody who looks at the monitor. */
export class FaultScene {
  readonly statuses: SourceStatus[] = [];
  readonly logger = new QuietLogger();
  readonly monitor: Monitor;
  #since = performance.now();

  private constructor(
    readonly server: RedisServer,
    readonly proxy: FaultProxy,
    /** Not through the proxy. */
    readonly redis: Redis,
    readonly name: string,
    options: Partial<RedisSourceOptions> & { readonly url: string },
  ) {
    this.monitor = newMonitor(options, this.logger);
    this.monitor.onChange(({ status }) => {
      const now = this.monitor.snapshot().status;
      if (status && now !== this.statuses.at(-1)) this.statuses.push(now);
    });
    this.monitor.start();
  }

  /** Opens it and waits until everything has been seen. `name` is for what is measured. */
  static async open(name: string, { args, fill, urlOf, target, ...options }: SceneOptions = {}): Promise<FaultScene> {
    const server = await startRedis({ args: args ?? [] });
    const redis = server.client();
    await (fill ?? fillSome)(redis);
    const proxy = await startFaultProxy(target ?? server.port);
    const url = urlOf?.(proxy.port) ?? `redis://127.0.0.1:${proxy.port}/0`;
    const scene = new FaultScene(server, proxy, redis, name, { url, ...options });
    await scene.whole();
    return scene;
  }

  get snapshot(): MonitorSnapshot {
    return this.monitor.snapshot();
  }

  /** From now on is measured. */
  mark(): void {
    this.#since = performance.now();
  }

  /** Live, and a look at everything has ended. */
  async whole(): Promise<void> {
    await eventually(
      () => {
        const { status, complete, sweep } = this.snapshot;
        assert.equal(status.state, "live", JSON.stringify(status));
        assert.ok(complete && sweep === null, "the look at everything has not ended");
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Waits until it is said that the connection is down. */
  async told(timeoutMs = 30_000): Promise<Down> {
    const down = await eventually(
      () => {
        const { status } = this.snapshot;
        if (status.state !== "down") throw new Error(`not down but ${status.state}`);
        return status;
      },
      { timeoutMs },
    );
    this.#note("told");
    return down;
  }

  /** Waits until it is live again, and then until it shows what stands in Redis. */
  async healed(): Promise<void> {
    await eventually(() => assert.equal(this.snapshot.status.state, "live", JSON.stringify(this.snapshot.status)), {
      timeoutMs: 30_000,
    });
    this.#note("healed");
    await this.whole();
    await this.sameAsFresh();
  }

  /** The index equals what a monitor finds that begins now, without the proxy. */
  async sameAsFresh(): Promise<void> {
    await assertSameAsFresh(this.monitor, this.server.url);
  }

  /** What is shown has changed since; what was shown before stays while the connection is down. */
  picture(): Picture {
    return pictureOf(this.monitor);
  }

  /** `CLIENT LIST`, without the client of this test. */
  async clients(): Promise<string[]> {
    const own = String(await this.redis.client("ID"));
    const list = String(await this.redis.client("LIST"));
    return list.split("\n").filter((line) => line !== "" && !line.startsWith(`id=${own} `));
  }

  async close(): Promise<void> {
    await this.monitor.close();
    await this.proxy.close();
    await this.server.stop();
  }

  #note(what: string): void {
    measured.push(`${this.name}: ${what} after ${Math.round(performance.now() - this.#since)} ms`);
  }
}

/** The index equals what a monitor finds that begins now. */
export async function assertSameAsFresh(monitor: Monitor, url: string): Promise<void> {
  const fresh = newMonitor({ url });
  fresh.start();
  try {
    await eventually(() => assert.ok(fresh.snapshot().complete), { timeoutMs: 30_000 });
    await eventually(() => assert.deepEqual(pictureOf(monitor), pictureOf(fresh)), { timeoutMs: 15_000 });
  } finally {
    await fresh.close();
  }
}

/**
 * What a monitor shows, without what depends on the moment, and on how long it has looked: that nobody is connected who could run a job is
 * known only to who has not been away itself.
 */
export interface Picture {
  readonly rows: Readonly<Record<string, unknown>>;
  readonly counts: unknown;
  readonly queues: unknown;
}

function pictureOf(monitor: Monitor): Picture {
  const { counts, queues } = monitor.snapshot();
  const rows = [...monitor.rows()].filter(({ rememberedSince }) => rememberedSince === null);
  return {
    rows: Object.fromEntries(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((row) => [row.id, lasting(row)])),
    counts: { ...counts, orphaned: 0, running: counts.running + counts.orphaned },
    // An empty queue leaves nothing in Redis: only who has seen it before knows of it.
    queues: queues.filter(({ depth }) => depth > 0).map(({ name, depth, deferred }) => ({ name, depth, deferred })),
  };
}

function lasting({ function: name, queue, state, tries, finishedAt, error }: JobRow): unknown {
  return { name, queue, state: state === "orphaned" ? "running" : state, tries, finishedAt, error };
}

/** As the product makes one; start and close it. */
export function newMonitor(
  options: Partial<RedisSourceOptions> & { readonly url: string },
  logger = new QuietLogger(),
): Monitor {
  const clock: Clock = options.clock ?? systemClock;
  const source = openRedisSource({
    password: null,
    prefix: "arq",
    queues: [],
    feed: "auto",
    redactor: new Redactor(),
    clock,
    logger,
    ...options,
  });
  return createMonitor({ source, clock, logger, thresholds: defaultThresholds, staleAfterMs: 60_000, queues: [] });
}

/** Jobs that wait, one that runs, and some that have ended. */
export async function fillSome(redis: Redis): Promise<void> {
  for (const id of ["w1", "w2", "w3"]) await enqueue(redis, id);
  await enqueue(redis, "r1");
  await begin(redis, "r1");
  for (let i = 0; i < 20; i++) await redis.set(`arq:result:done ${i}`, resultPayload);
}

/** Results that together are long enough to be cut anywhere. */
export async function fillResults(redis: Redis, count: number, from = 0): Promise<void> {
  const pipeline = redis.pipeline();
  for (let i = from; i < from + count; i++) pipeline.set(`arq:result:many ${i}`, resultPayload);
  await pipeline.exec();
}

export async function enqueue(redis: Redis, id: string, queue = "arq:queue"): Promise<void> {
  await redis.multi().psetex(`arq:job:${id}`, 86_400_000, jobPayload).zadd(queue, Date.now(), id).exec();
}

export async function begin(redis: Redis, id: string): Promise<void> {
  await redis.psetex(`arq:in-progress:${id}`, 310_000, "1");
  await redis.multi().incr(`arq:retry:${id}`).expire(`arq:retry:${id}`, 88_400).exec();
}

export async function finish(redis: Redis, id: string, queue = "arq:queue"): Promise<void> {
  const transaction = redis.multi().set(`arq:result:${id}`, resultPayload, "PX", 3_600_000);
  await transaction.zrem(queue, id).del(`arq:in-progress:${id}`, `arq:retry:${id}`, `arq:job:${id}`).exec();
}

/** What happens while nobody can look: jobs come, run, end and are forgotten. */
export async function liveOn(redis: Redis): Promise<void> {
  await finish(redis, "w1");
  await begin(redis, "w2");
  await finish(redis, "r1");
  await enqueue(redis, `late ${Date.now()}`);
  await redis.del("arq:result:done 3", "arq:result:done 4");
  await fillResults(redis, 5);
}
