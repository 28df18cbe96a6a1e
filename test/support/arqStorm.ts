import type { Redis } from "ioredis";
import type { JobEventKind } from "../../src/monitor/model";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import { seededRandom } from "../bench/fill";

/** One life of an id, from its enqueuing on. */
interface Life {
  readonly id: string;
  readonly queue: string;
  readonly function: string;
  readonly enqueuedAt: number;
  readonly isCron: boolean;
  /** What happened, in order. */
  readonly events: JobEventKind[];
  tries: number;
  startedAt: number;
  /** When it may run. */
  dueAt: number;
  /** Somebody touched its keys by hand: what is told of it must be true, but need not be all. */
  meddled: boolean;
}

const queues = ["arq:queue", "arq:mail", "orders", "orders:high", "late queue"];
const claimMs = 310_000;
const keepMs = 3_600_000;
const retrySeconds = 88_400;
const expiresExtraMs = 86_400_000;

/**
 * A seeded storm of ARQ's own transactions (arq/connections.py, arq/worker.py) on a real Redis, and now and then of somebody's hands. Remembers what really
 * happened. Use the connection for nothing else.
 */
export class ArqStorm {
  /** Every life of every id, oldest first. */
  readonly lives = new Map<string, Life[]>();
  readonly #redis: Redis;
  readonly #random: () => number;
  readonly #queued: Life[] = [];
  readonly #running: Life[] = [];
  #ended: Life[] = [];
  #next = 0;

  constructor(redis: Redis, seed: number) {
    this.#redis = redis;
    this.#random = seededRandom(seed);
  }

  /** Rages for so long, and comes to a clean end: no job is left between two of its transactions. */
  async rage(ms: number, perSecond = 400): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      for (let i = 0; i < Math.max(1, perSecond / 100); i++) await this.step();
      await new Promise((resolve) => setTimeout(resolve, this.#random() * 20));
    }
  }

  async step(): Promise<void> {
    const dice = this.#random() * 100;
    if (dice < 34) await this.#enqueue();
    else if (dice < 58) await this.#begin();
    else if (dice < 84) await this.#end();
    else if (dice < 90) await this.#retry();
    else if (dice < 93) await this.#requestAbort();
    else if (dice < 95) await this.#beat();
    else if (dice < 99) await this.#meddle();
    else if (dice < 99.7) await this.#burst();
    else if (this.#random() < 0.5) await this.#dropQueue();
  }

  /** Everything is gone; nobody could tell what happened to what. */
  async flush(): Promise<void> {
    await this.#redis.flushdb();
    for (const life of [...this.#queued, ...this.#running, ...this.#ended]) life.meddled = true;
    this.#queued.length = this.#running.length = 0;
    this.#ended = [];
  }

  #pick<T>(from: T[], take = true): T | undefined {
    const at = Math.floor(this.#random() * from.length);
    return take ? from.splice(at, 1)[0] : from[at];
  }

  async #enqueue(
    id = `job ${this.#next++}`,
    deferMs = this.#random() < 0.3 ? 2000 + this.#random() * 60_000 : 0,
  ): Promise<Life> {
    const isCron = this.#random() < 0.1;
    const enqueuedAt = Date.now();
    const life: Life = {
      id: isCron ? `cron:tidy:${enqueuedAt - 1000}${String(this.#next++).padStart(3, "0")}` : id,
      queue: queues[Math.floor(this.#random() * queues.length)]!,
      function: isCron ? "cron:tidy" : `task_${Math.floor(this.#random() * 7)}`,
      enqueuedAt,
      isCron,
      events: ["enqueued"],
      tries: 0,
      startedAt: 0,
      dueAt: enqueuedAt + Math.floor(deferMs),
      meddled: false,
    };
    const score = life.dueAt;
    await this.#redis
      .multi()
      .psetex(`arq:job:${life.id}`, score - enqueuedAt + expiresExtraMs, jobPayload(this.#payload(life)))
      .zadd(life.queue, score, life.id)
      .exec();
    this.lives.set(life.id, [...(this.lives.get(life.id) ?? []), life]);
    this.#queued.push(life);
    return life;
  }

  async #begin(life = this.#pick(this.#queued)): Promise<void> {
    if (life === undefined) return;
    if (life.dueAt > Date.now()) return void this.#queued.push(life);
    await this.#redis.multi().psetex(`arq:in-progress:${life.id}`, claimMs, "1").exec();
    await this.#redis
      .multi()
      .get(`arq:job:${life.id}`)
      .incr(`arq:retry:${life.id}`)
      .expire(`arq:retry:${life.id}`, retrySeconds)
      .exec();
    life.tries++;
    life.startedAt = Date.now();
    life.events.push("started");
    this.#running.push(life);
  }

  async #end(life = this.#pick(this.#running)): Promise<void> {
    if (life === undefined) return;
    const keeps = this.#random() < (life.isCron ? 0.3 : 0.8);
    const outcome = (["completed", "completed", "failed", "aborted"] as const)[Math.floor(this.#random() * 4)]!;
    const error =
      outcome === "aborted"
        ? new PyCall("asyncio.exceptions", "CancelledError", [])
        : new PyCall("builtins", "KeyError", ["sku"]);
    const transaction = this.#redis.multi();
    if (life.isCron) transaction.pexpire(`arq:in-progress:${life.id}`, 60_000);
    if (keeps) {
      const result = resultPayload({
        ...this.#payload(life),
        id: life.id,
        queue: life.queue,
        tries: life.tries,
        success: outcome === "completed",
        result: outcome === "completed" ? 7 : error,
        startedAt: life.startedAt,
        finishedAt: Date.now(),
      });
      transaction.set(`arq:result:${life.id}`, result, "PX", this.#random() < 0.1 ? 700 : keepMs);
    }
    transaction.zrem("arq:abort", life.id).zrem(life.queue, life.id);
    transaction.del(...this.#leftOf(life));
    await transaction.exec();
    life.events.push(keeps ? outcome : "finished");
    if (keeps) this.#ended.push(life);
    // Its id may be taken again, for one that is neither kept nor lingers.
    else if (!life.isCron && this.#random() < 0.3) await this.#enqueue(life.id, 0);
  }

  #leftOf({ id, isCron }: Life): string[] {
    return [...(isCron ? [] : [`arq:in-progress:${id}`]), `arq:retry:${id}`, `arq:job:${id}`];
  }

  /** `Retry(defer=…)`, or an attempt that a shutdown has cancelled. */
  async #retry(): Promise<void> {
    const life = this.#pick(this.#running);
    if (life === undefined) return;
    // Of a cron job the claim stays, cut to a minute: whoever knows how long claims last sees that, and a fresh look does not.
    if (life.isCron) return void this.#running.push(life);
    const transaction = this.#redis.multi().del(`arq:in-progress:${life.id}`);
    if (this.#random() < 0.5) {
      transaction.zincrby(life.queue, 2000, life.id);
      life.dueAt += 2000;
    }
    await transaction.exec();
    life.events.push("retried");
    this.#queued.push(life);
  }

  async #requestAbort(): Promise<void> {
    const life = this.#pick(this.#queued, false);
    if (life === undefined) return;
    await this.#redis.multi().zrem(life.queue, life.id).zadd(life.queue, 1, life.id).exec();
    await this.#redis.zadd("arq:abort", Date.now(), life.id);
    life.dueAt = 1;
  }

  async #beat(): Promise<void> {
    const line = "Nov-21 22:30:12 j_complete=6 j_failed=6 j_retried=5 j_ongoing=0 queued=0";
    if (this.#random() < 0.8) await this.#redis.psetex("arq:queue:health-check", 3_601_000, line);
    else await this.#redis.del("arq:queue:health-check");
  }

  /** Somebody's hands. */
  async #meddle(): Promise<void> {
    const isOver = this.#random() < 0.3;
    const life = this.#pick(isOver ? this.#ended : this.#queued);
    if (life === undefined) return;
    life.meddled = true;
    // What is over can only be forgotten: put into a queue, it would be another job.
    const kind = isOver ? 2 : Math.floor(this.#random() * 4);
    if (kind === 0) await this.#redis.del(`arq:job:${life.id}`);
    else if (kind === 1) await this.#redis.zrem(life.queue, life.id);
    else if (kind === 2) await this.#redis.del(`arq:result:${life.id}`, `arq:job:${life.id}`);
    else await this.#redis.zincrby(life.queue, -5000, life.id);
  }

  /** Many at once, most of which come and go before anybody can look. */
  async #burst(): Promise<void> {
    const lives = await Promise.all(Array.from({ length: 150 }, () => this.#enqueue(`burst ${this.#next++}`, 0)));
    for (const life of lives) this.#queued.splice(this.#queued.indexOf(life), 1);
    await Promise.all(lives.map((life) => this.#begin(life)));
    const some = lives.filter(() => this.#random() < 0.8);
    for (const life of some) this.#running.splice(this.#running.indexOf(life), 1);
    await Promise.all(some.map((life) => this.#end(life)));
  }

  async #dropQueue(): Promise<void> {
    const queue = queues[Math.floor(this.#random() * queues.length)]!;
    await this.#redis.del(queue);
    for (const life of [...this.#queued, ...this.#running]) if (life.queue === queue) life.meddled = true;
    for (const from of [this.#queued, this.#running]) {
      for (let i = from.length - 1; i >= 0; i--) if (from[i]!.queue === queue) from.splice(i, 1);
    }
  }

  #payload(life: Life) {
    return { function: life.function, args: tuple(life.id), kwargs: {}, enqueuedAt: life.enqueuedAt };
  }
}
