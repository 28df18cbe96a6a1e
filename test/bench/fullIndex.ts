import { type RedisServer, startRedis } from "../support/redisServer";
import { apart } from "./apart";
import { fillResults } from "./fill";
import type { IndexRun } from "./indexRun";
import { type Measure, percentile, round } from "./measure";

/** After this time no further round begins. */
const enoughMs = 60_000;

/** Runs it on a Redis that holds so many results. */
export async function withResults<T>(
  count: number,
  log: (line: string) => void,
  run: (redis: RedisServer) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  try {
    const began = performance.now();
    await fillResults({ port: redis.port, count });
    const held = await redis.client().dbsize();
    if (held !== count) throw new Error(`Redis holds ${held} of ${count} results.`);
    log(`${count} results written in ${round((performance.now() - began) / 1000)} s`);
    return await run(redis);
  } finally {
    await redis.stop();
  }
}

/** From connecting to the end of the first whole sweep, in turns with reading the same values without looking at them; medians. */
export function fullIndex(count: number, rounds: number, log: (line: string) => void): Promise<Measure> {
  return withResults(count, log, async ({ url }) => {
    const ours: number[] = [];
    const bare: number[] = [];
    const began = performance.now();
    while (ours.length < rounds && (ours.length === 0 || performance.now() - began < enoughMs)) {
      const theirs = await apart("bareScan", { url });
      const { ms, cpuMs, jobs, commands, loop } = await apart("indexRun", { url });
      if (jobs !== count) throw new Error(`Indexed ${jobs} of ${count} results.`);
      bare.push(theirs.ms);
      ours.push(ms);
      log(
        `${round(ms)} ms (${round(cpuMs)} of a processor), bare ${round(theirs.ms)} (${round(theirs.cpuMs)}); ` +
          `${commands} commands, at most ${round(loop.workedMs)} ms at a stretch`,
      );
    }
    return { value: round(percentile(ours, 50)), unit: "ms", against: { bareScanMget: round(percentile(bare, 50)) } };
  });
}

const examined = new Map<number, Promise<IndexRun>>();

/** An index of so many results, with its memory and its answers to queries. Made once for all benches that ask. */
function examine(count: number, log: (line: string) => void): Promise<IndexRun> {
  const known = examined.get(count);
  if (known !== undefined) return known;
  const examining = withResults(count, log, ({ url }) => apart("indexRun", { url, memory: true, queries: true }));
  examined.set(count, examining);
  return examining;
}

/** The slowest of the usual questions to the job list: filter, sort and first page. */
export async function queryTime(count: number, log: (line: string) => void): Promise<Measure> {
  const { queries } = await examine(count, log);
  const times = Object.entries(queries ?? {});
  for (const [name, ms] of times) log(`${name}: ${round(ms)} ms`);
  return { value: round(Math.max(...times.map(([, ms]) => ms))), unit: "ms", against: {} };
}

/** What the index keeps for each job once garbage is collected. */
export async function memoryPerJob(count: number, log: (line: string) => void): Promise<Measure> {
  const { kept, jobs } = await examine(count, log);
  return { value: round((kept ?? 0) / jobs), unit: "bytes", against: {} };
}

/** By how much the process is larger after indexing. */
export async function hostGrowth(count: number, log: (line: string) => void): Promise<Measure> {
  const { grown, grownMost } = await examine(count, log);
  log(`at most ${round(grownMost / 1e6)} MB on the way`);
  return { value: round(grown / 1e6), unit: "MB", against: {} };
}

/** The longest that the event loop answered nobody because of our work while everything was indexed. */
export async function indexLoopDelay(count: number, log: (line: string) => void): Promise<Measure> {
  const { loop } = await examine(count, log);
  log(`by the clock ${round(loop.longestMs)} ms; p99 ${round(loop.workedP99Ms)} ms`);
  return { value: round(loop.workedMs), unit: "ms", against: {} };
}
