import { startRedis } from "../support/redisServer";
import { openDashboardProbe } from "./dashboardProbe";
import { type Measure, round } from "./measure";
import { readAllWithArq } from "./python";
import { seed } from "./seed";

const results = 10_000;
const queued = 1_000;

/**
 * From choosing "ARQ: Show Dashboard" to the first drawn frame with all counts and the job list, on a Redis with 10,000
 * results and 1,000 due jobs. Against: ARQ's own client reading the same once.
 */
export async function dashboardPaint(python: string | null, log: (line: string) => void): Promise<Measure> {
  const redis = await startRedis();
  try {
    await seed(redis.client(), results, queued);
    const against: Record<string, number> = {};
    if (python !== null) against["arq all_job_results + queued_jobs"] = round(await readAllWithArq(python, redis.url));
    const probe = await openDashboardProbe(redis.url, {}, log);
    try {
      // VS Code's own start must be over.
      await probe.vscode.page.waitForTimeout(8000);
      const began = await probe.open();
      const complete = (results - results / 50).toLocaleString("en-US");
      const sight = await probe.sight(
        (seen) => seen.queued === queued.toLocaleString("en-US") && seen.complete === complete && seen.rows > 0,
        60_000,
      );
      return { value: round(sight.at - began), unit: "ms", against };
    } finally {
      await probe.close();
    }
  } finally {
    await redis.stop();
  }
}
