import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { startRedis } from "../support/redisServer";
import { type Burst, countingProxy } from "./countingProxy";
import { fillQueue, fillResults } from "./fill";
import { type Measure, percentile, round } from "./measure";
import { openMonitor } from "./openMonitor";

const queues = ["arq:queue", "mails", "reports"] as const;
const results = 1000;
/** What a start still has to do is over. */
const settleMs = 5000;

/** Three queues with jobs for later, a thousand results, a worker that was healthy a moment ago: and nothing changes. */
async function quietData(redis: Redis, port: number): Promise<void> {
  await fillResults({ port, count: results, spanMs: 1_800_000 });
  for (const [index, queue] of queues.entries()) {
    await fillQueue({ port, count: 20, queue, deferred: true, seed: 100 + index });
    const health = "Nov-22 12:00:00 j_complete=6 j_failed=0 j_retried=0 j_ongoing=0 queued=20";
    await redis.psetex(`${queue}:health-check`, 3_601_000, health);
  }
}

const watched = new Map<string, Promise<readonly Burst[]>>();

/** What was asked in the quiet. Two benches that ask the same share it. */
function quiet(feed: "auto" | "poll", forMs: number): Promise<readonly Burst[]> {
  const known = watched.get(feed);
  if (known !== undefined) return known;
  const watching = watchQuiet(feed, forMs);
  watched.set(feed, watching);
  return watching;
}

async function watchQuiet(feed: "auto" | "poll", forMs: number): Promise<readonly Burst[]> {
  const redis = await startRedis();
  const proxy = await countingProxy(redis.port);
  try {
    await quietData(redis.client(), redis.port);
    const { monitor, seen, begin } = openMonitor(`redis://127.0.0.1:${proxy.port}/0`, feed);
    const whole = seen(({ complete, counts }) => complete && counts.deferred === 20 * queues.length);
    begin();
    await whole;
    await sleep(Math.min(settleMs, forMs));
    proxy.clear();
    await sleep(forMs);
    const bursts = proxy.bursts();
    await monitor.close();
    return bursts;
  } finally {
    await proxy.close();
    await redis.stop();
  }
}

function byName(commands: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of commands) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} ${name}`).join(", ") || "none";
}

/** Commands that Redis gets in a minute in which nothing happens, while somebody looks. `seconds` other than 60 are scaled. */
export async function quietMinutePush(seconds: number, log: (line: string) => void): Promise<Measure> {
  const commands = (await quiet("auto", seconds * 1000)).flatMap((burst) => burst.commands);
  log(`in ${seconds} s: ${byName(commands)}`);
  return { value: round((commands.length * 60) / seconds), unit: "commands", against: {} };
}

/** Commands of a tick of the poll feed, beside what three visible queues may cost. All but a twentieth of the ticks take no more. */
export async function pollTick(seconds: number, log: (line: string) => void): Promise<Measure> {
  const bursts = await quiet("poll", seconds * 1000);
  const counts = bursts.map(({ commands }) => commands.length);
  const trips = bursts.map(({ roundTrips }) => roundTrips);
  log(`in ${seconds} s: ${byName(bursts.flatMap(({ commands }) => commands))}`);
  log(`round trips of a tick: median ${percentile(trips, 50)}, p95 ${percentile(trips, 95)}; ${bursts.length} ticks`);
  log(`commands of a tick: median ${percentile(counts, 50)}, at most ${percentile(counts, 100)}`);
  const allowed = 8 + 3 * queues.length;
  return { value: percentile(counts, 95), unit: "commands", against: { "8 + 3 for each queue": allowed } };
}

/** How often a tick waits for Redis. */
export async function pollRoundTrips(seconds: number): Promise<Measure> {
  const trips = (await quiet("poll", seconds * 1000)).map(({ roundTrips }) => roundTrips);
  return { value: percentile(trips, 50), unit: "round trips", against: {} };
}
