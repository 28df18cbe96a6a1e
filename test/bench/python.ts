import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";

/** Enqueues one job per line on its standard input with the real `enqueue_job`, and prints when it began, unix ms. */
const enqueuer = `
import asyncio, sys, time
from arq import create_pool
from arq.connections import RedisSettings

async def main():
    pool = await create_pool(RedisSettings.from_dsn(sys.argv[1]))
    print("ready", flush=True)
    while await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        began = time.time() * 1000
        await pool.enqueue_job("count_shelf", "MUG-BLUE")
        print(began, flush=True)

asyncio.run(main())
`;

/** What a client of ARQ does to know all jobs: KEYS arq:result:*, then GET and unpickle each; the queue likewise. Prints ms. */
const reader = `
import asyncio, sys, time
from arq import create_pool
from arq.connections import RedisSettings

async def main():
    pool = await create_pool(RedisSettings.from_dsn(sys.argv[1]))
    began = time.perf_counter()
    await pool.all_job_results()
    await pool.queued_jobs()
    print((time.perf_counter() - began) * 1000)

asyncio.run(main())
`;

export interface Enqueuer {
  /** @returns when `enqueue_job` was called, unix ms. */
  enqueue(): Promise<number>;
  close(): void;
}

export async function startEnqueuer(python: string, redisUrl: string): Promise<Enqueuer> {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, ["-c", enqueuer, redisUrl], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The enqueuing Python has ended.");
    return value;
  };
  await next();
  return {
    async enqueue() {
      child.stdin.write("\n");
      return Number(await next());
    },
    close: () => void child.kill(),
  };
}

export async function readAllWithArq(python: string, redisUrl: string): Promise<number> {
  const child = spawn(python, ["-c", reader, redisUrl], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  const ms = Number(out);
  if (out === "" || Number.isNaN(ms)) throw new Error("ARQ's own client could not read the queue.");
  return ms;
}
