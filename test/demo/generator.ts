import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Redis } from "ioredis";
import { tuple } from "./pickle";
import { type SimulatedJob, randomOrdinaryJob, specialJobs } from "./simulatedJobs";
import { type EnqueuedJob, enqueue, requestAbort } from "./simulatedQueue";
import { SimulatedWorker } from "./simulatedWorker";

export interface GeneratorOptions {
  /** A new connection to the demo's Redis at each call. */
  readonly connect: () => Redis;
  /** Copy of the demo project: tracebacks name its files, and its `logs/worker.log` is written. */
  readonly workspace: string;
}

const mainQueue = "arq:queue";
const billingQueue = "shop:billing";

/**
 * Stands in for real workers and a producer where ARQ cannot be installed: writes the same keys, byte-compatible and in
 * ARQ's order of commands, two to four jobs a second.
 */
export async function startGenerator(options: GeneratorOptions): Promise<{ stop(): Promise<void> }> {
  const { connect, workspace } = options;
  const producer = connect();
  const jobs = new Map<string, EnqueuedJob>();
  const baskets = { name: "cron:expire_baskets", everyMs: 30_000, keepResult: false };
  const closing = { name: "cron:close_day", everyMs: 60_000, keepResult: true };
  const workers = [
    new SimulatedWorker({
      redis: connect(),
      queue: mainQueue,
      healthKey: `${mainQueue}:health-check`,
      cron: baskets,
      maxJobs: 6,
      workspace,
      keepsTracebacks: false,
      jobs,
    }),
    new SimulatedWorker({
      redis: connect(),
      queue: billingQueue,
      healthKey: `${billingQueue}:health-check:${hostname()}:${process.pid}`,
      cron: closing,
      maxJobs: 4,
      workspace,
      keepsTracebacks: true,
      jobs,
    }),
  ];

  const add = async (job: SimulatedJob, id = randomBytes(16).toString("hex")) => {
    const enqueued = await enqueue(producer, job.billing ? billingQueue : mainQueue, id, job);
    if (enqueued === null) return;
    jobs.set(id, enqueued);
    if (job.abortAfterMs !== undefined) setTimeout(() => void requestAbort(producer, id), job.abortAfterMs).unref();
  };
  const addCron = async (cron: typeof baskets, billing: boolean) => {
    const due = (Math.floor(Date.now() / cron.everyMs) + 1) * cron.everyMs + 123;
    const job: SimulatedJob = {
      function: cron.name,
      args: tuple(),
      billing,
      deferMs: due - Date.now(),
      attempt: () => ({ kind: "return", ms: 400, value: 3 }),
    };
    await add(job, `${cron.name}:${due}`);
  };

  for (const worker of workers) worker.start();
  for (let count = 0; count < 100; count++) await add(randomOrdinaryJob());
  for (const make of specialJobs) await add(make());

  let stopped = false;
  const steady = (async () => {
    while (!stopped) {
      const special = specialJobs[Math.floor(Math.random() * specialJobs.length)];
      try {
        await add(Math.random() < 0.03 && special !== undefined ? special() : randomOrdinaryJob());
        await addCron(baskets, false);
        await addCron(closing, true);
      } catch {
        // Redis is gone for the moment; ioredis comes back by itself.
      }
      await new Promise((resolve) => setTimeout(resolve, 250 + Math.random() * 250));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await steady;
      for (const worker of workers) await worker.stop();
    },
  };
}
