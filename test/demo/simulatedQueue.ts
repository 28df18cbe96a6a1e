import type { Redis } from "ioredis";
import { jobPayload } from "./arqPayloads";
import type { Pickled } from "./pickle";
import type { SimulatedJob } from "./simulatedJobs";

export interface EnqueuedJob extends SimulatedJob {
  readonly kwargs: Readonly<Record<string, Pickled>>;
  readonly enqueuedAt: number;
}

/** ARQ's `expires_extra_ms`. */
const expiresExtraMs = 86_400_000;

/**
 * Writes a job as `enqueue_job` does (arq/connections.py), on a connection that nothing else uses meanwhile.
 * @returns null when a job or result of this id is there.
 */
export async function enqueue(redis: Redis, queue: string, id: string, job: SimulatedJob): Promise<EnqueuedJob | null> {
  const key = `arq:job:${id}`;
  await redis.watch(key);
  if ((await redis.exists(key, `arq:result:${id}`)) > 0) {
    await redis.unwatch();
    return null;
  }
  const enqueuedAt = Date.now();
  const enqueued = { ...job, kwargs: job.kwargs ?? {}, enqueuedAt };
  const deferMs = job.deferMs ?? 0;
  await redis
    .multi()
    .psetex(key, deferMs + expiresExtraMs, jobPayload(enqueued))
    .zadd(queue, enqueuedAt + deferMs, id)
    .exec();
  return enqueued;
}

/** What `Job.abort()` writes for a job that is not deferred. */
export async function requestAbort(redis: Redis, id: string): Promise<void> {
  await redis.zadd("arq:abort", Date.now(), id);
}
