import { startFaultProxy } from "../support/faultProxy";
import { type RedisServer, startRedis } from "../support/redisServer";
import { openDashboardProbe, type Sight } from "./dashboardProbe";
import { emptyPagePaint } from "./emptyPage";
import { fillQueue } from "./fill";
import { withResults } from "./fullIndex";
import { type Measure, percentile, round } from "./measure";
import { readAllWithArq } from "./python";
import { seed } from "./seed";

const results = 10_000;
const queued = 1_000;

const whole = {
  queued: queued.toLocaleString("en-US"),
  complete: (results - results / 50).toLocaleString("en-US"),
};
const isWhole = (seen: Sight): boolean => seen.queued === whole.queued && seen.complete === whole.complete;

/** From choosing "ARQ: Show Dashboard" to the first drawn frame that fits, in a VS Code that was started for it, ms. */
async function paint(url: string, fits: (sight: Sight) => boolean, log: (line: string) => void): Promise<number> {
  const probe = await openDashboardProbe(url, {}, log);
  try {
    // VS Code's own start must be over.
    await probe.vscode.page.waitForTimeout(8000);
    const began = await probe.open();
    return (await probe.sight(fits, 60_000)).at - began;
  } finally {
    await probe.close();
  }
}

/** Until all counts are drawn, with 10,000 results and 1,000 due jobs. Against: ARQ's own client reading the same once. */
export async function dashboardPaint(python: string | null, log: (line: string) => void): Promise<Measure> {
  const redis = await startRedis();
  try {
    await seed(redis.client(), results, queued);
    const against: Record<string, number> = {};
    if (python !== null) against["arq all_job_results + queued_jobs"] = round(await readAllWithArq(python, redis.url));
    return { value: round(await paint(redis.url, isWhole, log)), unit: "ms", against };
  } finally {
    await redis.stop();
  }
}

/** The same, at this distance from Redis: the median of so many starts. Against: a webview that is empty, opened in turns with ours. */
export async function dashboardWhole(roundTripMs: number, runs: number, log: (line: string) => void): Promise<Measure> {
  const redis = await startRedis();
  const proxy = await startFaultProxy(redis.port);
  proxy.faults.latencyMs = roundTripMs / 2;
  const url = roundTripMs === 0 ? redis.url : `redis://127.0.0.1:${proxy.port}/0`;
  try {
    await seed(redis.client(), results, queued);
    const empty: number[] = [];
    const inTurns = async (): Promise<number> => {
      empty.push(await emptyPagePaint(log));
      return paint(url, isWhole, log);
    };
    const value = await median(runs, inTurns, log);
    log(`an empty webview: ${empty.map((ms) => round(ms)).join(", ")} ms`);
    return { value, unit: "ms", against: { "an empty webview": round(percentile(empty, 50)) } };
  } finally {
    await proxy.close();
    await redis.stop();
  }
}

/** Until the number of due jobs is drawn, beside so many results: what has ended is still being counted then. */
export function dashboardFirstPaint(count: number, runs: number, log: (line: string) => void): Promise<Measure> {
  return withResults(count, log, async ({ url, port }: RedisServer) => {
    await fillQueue({ port, count: queued, queue: "arq:queue" });
    const fits = (seen: Sight): boolean => seen.queued === whole.queued;
    return { value: await median(runs, () => paint(url, fits, log), log), unit: "ms", against: {} };
  });
}

async function median(runs: number, run: () => Promise<number>, log: (line: string) => void): Promise<number> {
  const samples: number[] = [];
  while (samples.length < runs) samples.push(await run());
  log(`${samples.map((ms) => round(ms)).join(", ")} ms`);
  return round(percentile(samples, 50));
}
