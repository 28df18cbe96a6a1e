import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { percentile } from "./measure";

const everyMs = 2;

export interface Pings {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Another client of Redis, which asks PING every 2 ms: each line on standard input is answered with what it met since the last, in ms. */
export async function ping({ url }: { readonly url: string }): Promise<null> {
  const redis = new Redis(url, { protocol: 2 });
  let samples: number[] = [];
  let going = true;
  const asking = (async () => {
    while (going) {
      const began = performance.now();
      await redis.ping();
      samples.push(performance.now() - began);
      await sleep(everyMs);
    }
  })();
  for await (const _line of createInterface({ input: process.stdin })) {
    const taken = samples;
    samples = [];
    const at = (p: number): number => (taken.length === 0 ? 0 : percentile(taken, p));
    const pings: Pings = { count: taken.length, p50: at(50), p99: at(99), longest: at(100) };
    process.stdout.write(`${JSON.stringify(pings)}\n`);
  }
  going = false;
  await asking;
  redis.disconnect();
  return null;
}
