import { randomBytes } from "node:crypto";
import { enqueue } from "../demo/simulatedQueue";
import { tuple } from "../demo/pickle";
import { startRedis } from "../support/redisServer";
import { openDashboardProbe } from "./dashboardProbe";
import { type Measure, percentile, round } from "./measure";
import { type Enqueuer, startEnqueuer } from "./python";
import { seed } from "./seed";

const enqueues = 50;

/**
 * From `enqueue_job` to the drawn frame with the changed number of queued jobs: the 95th percentile of 50. With a Python
 * that has ARQ the real `enqueue_job` is called; otherwise the demo's generator writes the same commands.
 */
export async function changeLatency(
  feed: "auto" | "poll",
  python: string | null,
  log: (line: string) => void,
): Promise<Measure> {
  const redis = await startRedis();
  let enqueuer: Enqueuer | null = null;
  try {
    await seed(redis.client(), 200, 10);
    enqueuer = python === null ? simulatedEnqueuer(redis.client()) : await startEnqueuer(python, redis.url);
    const probe = await openDashboardProbe(redis.url, { "arq.feed": feed }, log);
    try {
      await probe.vscode.page.waitForTimeout(3000);
      await probe.open();
      await probe.sight((seen) => seen.queued === "10", 60_000);
      const samples: number[] = [];
      for (let count = 1; count <= enqueues; count++) {
        // At no fixed distance, so that a polling reader is met at every point of its interval.
        await probe.vscode.page.waitForTimeout(600 + Math.random() * 600);
        const began = await enqueuer.enqueue();
        const sight = await probe.sight((seen) => seen.queued === String(10 + count), 20_000);
        samples.push(sight.at - began);
      }
      log(`${feed}: median ${round(percentile(samples, 50))} ms, worst ${round(percentile(samples, 100))} ms`);
      return { value: round(percentile(samples, 95)), unit: "ms", against: {} };
    } finally {
      await probe.close();
    }
  } finally {
    enqueuer?.close();
    await redis.stop();
  }
}

function simulatedEnqueuer(redis: Parameters<typeof enqueue>[0]): Enqueuer {
  return {
    async enqueue() {
      const began = Date.now();
      const attempt = () => ({ kind: "return", ms: 0, value: null }) as const;
      const id = randomBytes(16).toString("hex");
      await enqueue(redis, "arq:queue", id, { function: "count_shelf", args: tuple("MUG-BLUE"), attempt });
      return began;
    },
    close() {},
  };
}
