import { appendFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { resultPayload } from "./arqPayloads";
import { PyCall, type Pickled } from "./pickle";
import type { EnqueuedJob } from "./simulatedQueue";
import { tracebackText } from "./tracebackText";

const keepResultMs = 3_600_000;
/** ARQ's `retry_key` lifetime, in seconds in every version. */
const retrySeconds = 88_400;

export interface WorkerOptions {
  /** A connection of its own: claiming watches keys. */
  readonly redis: Redis;
  readonly queue: string;
  readonly healthKey: string;
  readonly maxJobs: number;
  readonly workspace: string;
  /** Adds the traceback and the worker to results, as the demo's billing worker does; otherwise it writes the worker log. */
  readonly keepsTracebacks: boolean;
  readonly jobs: ReadonlyMap<string, EnqueuedJob>;
  /** Enqueues this cron job at its times. */
  readonly cron: { readonly name: string; readonly everyMs: number; readonly keepResult: boolean };
}

/** Does to Redis what an ARQ worker does, command for command (arq/worker.py), without running anything. */
export class SimulatedWorker {
  readonly #running = new Map<
    string,
    { readonly timer: NodeJS.Timeout; readonly startedAt: number; readonly tries: number }
  >();
  readonly #counts = { complete: 0, failed: 0, retried: 0 };
  #beatAt = 0;
  #poll: NodeJS.Timeout | null = null;
  #busy: Promise<void> = Promise.resolve();

  constructor(private readonly options: WorkerOptions) {}

  start(): void {
    // One step after the other: WATCH and MULTI share the connection.
    this.#poll = setInterval(() => void this.#inTurn(() => this.#iteration()), 500);
  }

  /** Goes away as a worker does on SIGTERM: its attempts are given back, its health record deleted. */
  async stop(): Promise<void> {
    if (this.#poll !== null) clearInterval(this.#poll);
    await this.#inTurn(async () => {
      for (const [id, { timer }] of this.#running) {
        clearTimeout(timer);
        await this.options.redis.del(`arq:in-progress:${id}`);
      }
      await this.options.redis.del(this.options.healthKey);
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    // A step that fails (Redis is gone) is simply missed, as in a worker that lost its connection.
    this.#busy = this.#busy.then(step).catch(() => {});
    return this.#busy;
  }

  async #iteration(): Promise<void> {
    const { redis, queue, jobs, maxJobs } = this.options;
    const now = Date.now();
    if (this.#running.size < maxJobs) {
      for (const id of await redis.zrangebyscore(queue, "-inf", `${now}`, "LIMIT", 0, 100)) {
        if (this.#running.size >= maxJobs) break;
        const job = jobs.get(id);
        if (job !== undefined && (await this.#claim(id))) await this.#begin(id, job);
      }
    }
    const aborts = await redis
      .multi()
      .zrange("arq:abort", "0", "-1")
      .zremrangebyscore("arq:abort", `${now + 60}`, "inf")
      .exec();
    for (const id of (aborts?.[0]?.[1] ?? []) as string[]) {
      if (!this.#running.has(id)) continue;
      await redis.zrem("arq:abort", id);
      await this.#end(id, false, new PyCall("asyncio.exceptions", "CancelledError", []), null);
    }
    if (now >= this.#beatAt) await this.#beat(now);
  }

  async #claim(id: string): Promise<boolean> {
    const { redis, queue } = this.options;
    const key = `arq:in-progress:${id}`;
    await redis.watch(key);
    const taken = await redis.exists(key);
    const score = await redis.zscore(queue, id);
    if (taken > 0 || score === null || Number(score) > Date.now()) {
      await redis.unwatch();
      return false;
    }
    return (await redis.multi().psetex(key, 310_000, "1").exec()) !== null;
  }

  async #begin(id: string, job: EnqueuedJob): Promise<void> {
    const { redis } = this.options;
    const started = await redis
      .multi()
      .getBuffer(`arq:job:${id}`)
      .incr(`arq:retry:${id}`)
      .expire(`arq:retry:${id}`, retrySeconds)
      .zrem("arq:abort", id)
      .exec();
    const tries = Number(started?.[1]?.[1] ?? 1);
    const startedAt = Date.now();
    this.#log(`${seconds(startedAt - job.enqueuedAt)} → ${reference(id, job)}()${tries > 1 ? ` try=${tries}` : ""}`);
    const outcome = job.attempt(tries);
    const timer = setTimeout(() => {
      void this.#inTurn(async () => {
        switch (outcome.kind) {
          case "return":
            return this.#end(id, true, outcome.value, null);
          case "raise":
            return this.#end(id, false, outcome.error.call, tracebackText(outcome.error, this.options.workspace));
          case "retry":
            return this.#retry(id, job, outcome.deferMs);
        }
      });
    }, outcome.ms);
    this.#running.set(id, { timer, startedAt, tries });
  }

  async #retry(id: string, job: EnqueuedJob, deferMs: number): Promise<void> {
    const { redis, queue } = this.options;
    const attempt = this.#running.get(id);
    this.#running.delete(id);
    this.#counts.retried++;
    const score = Number(await redis.zscore(queue, id));
    const delta = deferMs + Date.now() - score;
    await redis.multi().zincrby(queue, delta, id).del(`arq:in-progress:${id}`).exec();
    const took = Date.now() - (attempt?.startedAt ?? Date.now());
    this.#log(`${seconds(took)} ↻ ${reference(id, job)} retrying job in ${(deferMs / 1000).toFixed(2)}s`);
  }

  async #end(id: string, success: boolean, value: Pickled, traceback: string | null): Promise<void> {
    const { redis, queue, jobs, keepsTracebacks, cron } = this.options;
    const job = jobs.get(id);
    const attempt = this.#running.get(id);
    if (job === undefined || attempt === undefined) return;
    clearTimeout(attempt.timer);
    this.#running.delete(id);
    this.#counts[success ? "complete" : "failed"]++;
    const finishedAt = Date.now();
    const payload = resultPayload({
      ...job,
      id,
      queue,
      success,
      result: value,
      tries: attempt.tries,
      startedAt: attempt.startedAt,
      finishedAt,
      ...(keepsTracebacks ? { extra: this.#extra(traceback) } : {}),
    });
    const transaction = redis.multi();
    const isCron = job.function === cron.name;
    if (isCron) transaction.pexpire(`arq:in-progress:${id}`, 60_000);
    if (!isCron || cron.keepResult) transaction.set(`arq:result:${id}`, payload, "PX", keepResultMs);
    transaction.zrem("arq:abort", id).zrem(queue, id);
    if (isCron) transaction.del(`arq:retry:${id}`, `arq:job:${id}`);
    else transaction.del(`arq:in-progress:${id}`, `arq:retry:${id}`, `arq:job:${id}`);
    await transaction.exec();

    const took = seconds(finishedAt - attempt.startedAt);
    if (success) this.#log(`${took} ← ${reference(id, job)} ● `);
    else if (traceback === null) this.#log(`${took} ⊘ ${reference(id, job)} aborted`);
    else {
      const title = traceback.trimEnd().split("\n").at(-1) ?? "";
      const [type = "", ...message] = title.split(": ");
      const headline = `${type.split(".").at(-1)}: ${message.join(": ")}`;
      this.#log(`${took} ! ${reference(id, job)} failed, ${headline}\n${traceback.trimEnd()}`);
    }
  }

  #extra(traceback: string | null): Record<string, Pickled> {
    const worker = { w: `${hostname()}:${process.pid}` };
    return traceback === null ? worker : { ...worker, tb: traceback };
  }

  async #beat(now: number): Promise<void> {
    const { redis, queue, healthKey } = this.options;
    const intervalMs = 30_000;
    this.#beatAt = now + intervalMs;
    const { complete, failed, retried } = this.#counts;
    const queued = await redis.zcard(queue);
    const date = new Date(now).toString().split(" ");
    const counters = `j_complete=${complete} j_failed=${failed} j_retried=${retried} j_ongoing=${this.#running.size} queued=${queued}`;
    await redis.psetex(healthKey, intervalMs + 1000, `${date[1]}-${date[2]} ${date[4]} ${counters}`);
  }

  #log(text: string): void {
    const { keepsTracebacks, workspace } = this.options;
    if (keepsTracebacks) return;
    const time = new Date().toTimeString().slice(0, 8);
    appendFileSync(join(workspace, "logs", "worker.log"), `${time}: ${text}\n`);
  }
}

/** `%6.2fs`. */
function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2).padStart(6)}s`;
}

function reference(id: string, job: EnqueuedJob): string {
  return `${id}:${job.function}`;
}
