import type { Redis } from "ioredis";
import { jobPayload, resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";

/** Writes this many kept results (2 % of them failures) and due jobs, as ARQ leaves them. */
export async function seed(redis: Redis, results: number, queued: number): Promise<void> {
  const now = Date.now();
  const queue = "arq:queue";
  let pipeline = redis.pipeline();
  const flush = async () => {
    await pipeline.exec();
    pipeline = redis.pipeline();
  };
  for (let number = 0; number < results; number++) {
    const id = `done${String(number).padStart(28, "0")}`;
    const finishedAt = now - Math.floor((number / results) * 3_000_000);
    const success = number % 50 !== 0;
    const payload = resultPayload({
      id,
      queue,
      function: "place_order",
      args: tuple(number, [{ sku: "MUG-BLUE", quantity: 2 }]),
      kwargs: { to: "customer-1042@example.com" },
      enqueuedAt: finishedAt - 900,
      startedAt: finishedAt - 400,
      finishedAt,
      tries: 1,
      success,
      result: success ? { order: number, shelf: 3 } : new PyCall("builtins", "KeyError", ["MUG-GREEN"]),
    });
    pipeline.set(`arq:result:${id}`, payload, "PX", 3_600_000);
    if (number % 1000 === 999) await flush();
  }
  for (let number = 0; number < queued; number++) {
    const id = `wait${String(number).padStart(28, "0")}`;
    const payload = jobPayload({ function: "count_shelf", args: tuple("MUG-BLUE"), kwargs: {}, enqueuedAt: now });
    pipeline.psetex(`arq:job:${id}`, 86_400_000, payload).zadd(queue, now, id);
  }
  await flush();
}
