import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { openMonitor, type Opened } from "./openMonitor";

const readEveryMs = 100;

export interface FollowOptions {
  readonly url: string;
  readonly how: "monitor" | "naive";
  readonly watchers: number;
}

/** Follows while told so: each `on` and `off` on standard input is answered by a line when it has come true. Ends with the input. */
export async function follow({ url, how, watchers }: FollowOptions): Promise<null> {
  let stop: (() => Promise<void>)[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "on") {
      const start = how === "naive" ? followNaively : followByMonitor;
      stop = await Promise.all(Array.from({ length: watchers }, () => start(url)));
    } else {
      await Promise.all(stop.map((each) => each()));
      stop = [];
    }
    process.stdout.write(`${line}\n`);
  }
  return null;
}

async function followByMonitor(url: string): Promise<() => Promise<void>> {
  const opened: Opened = openMonitor(url);
  const { monitor, begin, seen } = opened;
  const whole = seen(({ complete }) => complete);
  // A view draws each change.
  monitor.onChange(() => monitor.snapshot());
  begin();
  await whole;
  return () => monitor.close();
}

/** What one would write in an afternoon: Redis announces keys, and ten times a second every announced job and result is read whole. */
async function followNaively(url: string): Promise<() => Promise<void>> {
  const listener = new Redis(url, { protocol: 2 });
  const reader = new Redis(url, { protocol: 2 });
  let announced = new Set<string>();
  const id = await listener.client("ID");
  await listener.subscribe("__redis__:invalidate");
  listener.on("message", (_channel: string, keys: unknown) => {
    for (const key of Array.isArray(keys) ? keys : []) announced.add(String(key));
  });
  await reader.call("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", "arq:");
  const timer = setInterval(() => {
    const keys = [...announced].filter((key) => /^arq:(job|result):/.test(key));
    announced = new Set();
    if (keys.length > 0) void reader.mgetBuffer(keys).catch(() => {});
  }, readEveryMs);
  return async () => {
    clearInterval(timer);
    listener.disconnect();
    reader.disconnect();
  };
}
