import { setTimeout as sleep } from "node:timers/promises";
import { assertNever } from "../../src/python/assertNever";
import { type RedisServer, startRedis } from "../support/redisServer";
import { PyCall, tuple } from "../demo/pickle";
import { apart, childProgram } from "./apart";
import { fillForeign, fillQueue, fillResults } from "./fill";
import type { IndexRun } from "./indexRun";
import { startLines } from "./lineProcess";
import { type Measure, round } from "./measure";
import type { Pings } from "./pinger";
import type { Fixed } from "./resultTemplate";

/** Indexing everything on a Redis that another client uses at the same time. */
interface Neighbours {
  /** Of the other client, ms at the 99th percentile, alone and while we index. */
  readonly alone: Pings;
  readonly beside: Pings;
  readonly run: IndexRun;
  /** Until the queue's depth, due and deferred jobs were known. */
  readonly overviewMs: number;
  readonly bytesRead: number;
}

async function neighbours(redis: RedisServer, quiet: number, log: (line: string) => void): Promise<Neighbours> {
  await fillQueue({ port: redis.port, count: 1000, queue: "arq:queue" });
  await fillQueue({ port: redis.port, count: 200, queue: "arq:queue", deferred: true });
  const client = redis.client();
  const sent = async (): Promise<number> =>
    Number(/total_net_output_bytes:(\d+)/.exec(await client.info("stats"))?.[1]);
  const other = startLines(process.execPath, [childProgram(), "ping", JSON.stringify({ url: redis.url })]);
  const pings = async (): Promise<Pings> => JSON.parse(await other.ask("told")) as Pings;
  try {
    // What the first PINGs of a process take is its own affair.
    await sleep(500);
    await pings();
    await sleep(quiet);
    const alone = await pings();
    const before = await sent();
    const run = await apart("indexRun", { url: redis.url });
    const beside = await pings();
    const bytesRead = (await sent()) - before;
    const { ms: overviewMs } = await apart("firstPaintRun", { url: redis.url });
    const told = ({ p50, p99, longest }: Pings): string =>
      `p50 ${round(p50)}, p99 ${round(p99)}, at most ${round(longest)} ms`;
    log(
      `overview in ${round(overviewMs)} ms, ${run.jobs} jobs indexed in ${round(run.ms)} ms by ${run.commands} commands`,
    );
    log(`the other client's PING: ${told(alone)}; while we index: ${told(beside)}`);
    return { alone, beside, run, overviewMs, bytesRead };
  } finally {
    other.close();
  }
}

/** A line of text is new in each place: what pickle has seen before takes two bytes. */
const line = (index: number): string => `${String(index).padStart(8, "0")} a line of a long report `.repeat(30);
const largeKind: Fixed = {
  function: "write_report",
  queue: "arq:queue",
  tries: 1,
  success: true,
  args: (number) => tuple(number),
  kwargs: { format: "pdf" },
  result: (number) => [number, ...Array.from({ length: 195 }, (_, index) => line(index))],
};
const failedKind: Fixed = {
  ...largeKind,
  success: false,
  result: (number) =>
    new PyCall("builtins", "ValueError", [number, ...Array.from({ length: 195 }, (_, index) => line(index))]),
};

let large: Promise<Neighbours> | null = null;

/** So many results of 200 kB each, one in ten an exception with as much in it. */
function withLarge(count: number, quiet: number, log: (line: string) => void): Promise<Neighbours> {
  large ??= (async () => {
    const redis = await startRedis();
    try {
      const kinds = Array.from({ length: 10 }, (_, index) => (index === 0 ? failedKind : largeKind));
      await fillResults({ port: redis.port, count, kinds });
      return await neighbours(redis, quiet, log);
    } finally {
      await redis.stop();
    }
  })();
  return large;
}

/** What can be told of results of 200 kB. */
export async function largeResults(
  figure: Figure,
  count: number,
  quiet: number,
  log: (line: string) => void,
): Promise<Measure> {
  const found = await withLarge(count, quiet, log);
  return measureOf(figure, found, count);
}

const foreign = new Map<number, Promise<Neighbours>>();

/** 10,000 results and a queue among so many keys of somebody else. */
function withForeign(count: number, jobs: number, quiet: number, log: (line: string) => void): Promise<Neighbours> {
  const known = foreign.get(count);
  if (known !== undefined) return known;
  const measuring = (async () => {
    const redis = await startRedis();
    try {
      const began = performance.now();
      await fillForeign(redis.port, count);
      await fillResults({ port: redis.port, count: jobs });
      log(`${count} foreign keys written in ${round((performance.now() - began) / 1000)} s`);
      return await neighbours(redis, quiet, log);
    } finally {
      await redis.stop();
    }
  })();
  foreign.set(count, measuring);
  return measuring;
}

/** What can be told of so many foreign keys. */
export async function foreignKeys(
  figure: Figure,
  count: number,
  jobs: number,
  quiet: number,
  log: (line: string) => void,
): Promise<Measure> {
  return measureOf(figure, await withForeign(count, jobs, quiet, log), jobs);
}

/**
 * `overview`: until the queue's counts are there. `whole`: until every key was looked at. `ping`: of the other client meanwhile, 99th percentile. `bytes`:
 * what Redis sends us and the other client for each result.
 */
export type Figure = "overview" | "whole" | "ping" | "bytes";

function measureOf(
  figure: Figure,
  { overviewMs, run, alone, beside, bytesRead }: Neighbours,
  results: number,
): Measure {
  switch (figure) {
    case "overview":
      return { value: round(overviewMs), unit: "ms", against: {} };
    case "whole":
      return { value: round(run.ms), unit: "ms", against: {} };
    case "ping":
      return { value: hundredths(beside.p99), unit: "ms", against: { "no indexing": hundredths(alone.p99) } };
    case "bytes":
      return { value: Math.round(bytesRead / results), unit: "bytes", against: {} };
    default:
      return assertNever(figure);
  }
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;
