import { Redis } from "ioredis";

const scanCount = 1000;
const keysPerRead = 500;

export interface BareScan {
  readonly ms: number;
  /** Of it, what this process had of a processor: other programs hardly change it. */
  readonly cpuMs: number;
  readonly keys: number;
  readonly bytes: number;
}

/** The least that reading every result takes with ioredis: `SCAN`, then `MGET` of what it found, one after the other, nothing decoded. */
export async function bareScan({ url }: { readonly url: string }): Promise<BareScan> {
  const redis = new Redis(url, { protocol: 2, lazyConnect: true });
  const began = performance.now();
  const spent = process.cpuUsage();
  await redis.connect();
  let cursor = "0";
  let keys = 0;
  let bytes = 0;
  let found: string[] = [];
  const read = async (): Promise<void> => {
    const batch = found.slice(0, keysPerRead);
    found = found.slice(keysPerRead);
    for (const value of await redis.mgetBuffer(batch)) bytes += value?.length ?? 0;
    keys += batch.length;
  };
  do {
    const [next, page] = await redis.scan(cursor, "COUNT", scanCount);
    cursor = next;
    found.push(...page);
    while (found.length >= keysPerRead) await read();
  } while (cursor !== "0");
  if (found.length > 0) await read();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(spent);
  redis.disconnect();
  return { ms, cpuMs: (user + system) / 1000, keys, bytes };
}
