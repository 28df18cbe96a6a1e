import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "../support/redisServer";
import { apart } from "./apart";
import { type LoopDelays, watchLoop } from "./loopWatch";
import { type Measure, percentile, round } from "./measure";
import { openMonitor } from "./openMonitor";

export interface WatchedFlood {
  readonly loop: LoopDelays;
  readonly grown: number;
  readonly events: number;
  /** What the screen says of how it is bounded. */
  readonly limits: readonly string[];
  /** Ms from the end of the flood until nothing is queued or running any more on the screen. */
  readonly caughtUpMs: number;
  readonly commands: number;
  /** Ms between two changes of the views, medians. */
  readonly changeEveryMs: number;
}

/** Watches for so long as somebody floods Redis, and until the picture is right again. */
export async function watchFlood({
  url,
  seconds,
}: {
  readonly url: string;
  readonly seconds: number;
}): Promise<WatchedFlood> {
  const { monitor, source, begin, seen } = openMonitor(url);
  let events = 0;
  const limits = new Set<string>();
  const changes: number[] = [];
  let changedAt = performance.now();
  monitor.onChange((change) => {
    events += change.events.length;
    const { status } = monitor.snapshot();
    if (status.state === "live") for (const limit of status.limits) limits.add(limit.replaceAll(/[\d,.]+/g, "#"));
    changes.push(performance.now() - changedAt);
    changedAt = performance.now();
  });
  const whole = seen(({ complete }) => complete);
  begin();
  await whole;
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const loopDelays = watchLoop();
  await sleep(seconds * 1000);
  const loop = loopDelays();
  globalThis.gc?.();
  const grown = process.memoryUsage.rss() - before;
  const ended = performance.now();
  while (performance.now() - ended < catchUpLimitMs) {
    const { counts } = monitor.snapshot();
    if (counts.queued + counts.running + counts.retrying + counts.unknown === 0) break;
    await sleep(100);
  }
  const caughtUpMs = performance.now() - ended;
  const commands = [...source.commands.values()].reduce((sum, count) => sum + count, 0);
  await monitor.close();
  return {
    loop,
    grown,
    events,
    limits: [...limits],
    caughtUpMs,
    commands,
    changeEveryMs: percentile(changes, 50),
  };
}

const catchUpLimitMs = 60_000;
const keepMs = 3_600_000;

/** The longest that the event loop answered nobody because of our work under so many jobs a second. */
export async function floodLoopDelay(
  perSecond: number,
  seconds: number,
  log: (line: string) => void,
): Promise<Measure> {
  const redis = await startRedis();
  try {
    const watching = apart("watchFlood", { url: redis.url, seconds: seconds + 2 });
    // Heard below; until then nobody would.
    watching.catch(() => {});
    await sleep(1000);
    const flooding = await apart("flood", { port: redis.port, perSecond, seconds, keepMs });
    const found = await watching;
    log(`${flooding.jobs} jobs in ${seconds} s: ${found.events} events told, ${found.commands} commands asked`);
    const { longestMs, workedMs, workedP99Ms } = found.loop;
    const told = `${round(workedMs)} ms at a stretch, p99 ${round(workedP99Ms)}, by the clock ${round(longestMs)}`;
    log(`the event loop: at most ${told}; grown by ${round(found.grown / 1e6)} MB`);
    log(
      `a change of the views every ${round(found.changeEveryMs)} ms; right again after ${round(found.caughtUpMs)} ms`,
    );
    for (const limit of found.limits) log(`said: ${limit}`);
    return { value: round(workedMs), unit: "ms", against: {} };
  } finally {
    await redis.stop();
  }
}
