import { apart } from "./apart";
import { fillQueue } from "./fill";
import { withResults } from "./fullIndex";
import { type Measure, percentile, round } from "./measure";
import { openMonitor } from "./openMonitor";

const due = 1000;
const deferred = 200;

/** From connecting to the picture in which the known queue has its depth, what is due, what is deferred and how old the oldest is. */
export async function firstPaintRun({ url }: { readonly url: string }): Promise<{ readonly ms: number }> {
  const { monitor, begin, seen } = openMonitor(url);
  const painted = seen(({ queues }) => {
    const queue = queues.find(({ name }) => name === "arq:queue");
    if (queue === undefined) return false;
    const { depth, queued, deferred: later, oldestDueMs } = queue;
    return depth === due + deferred && queued === due && later === deferred && oldestDueMs !== null;
  });
  begin();
  const ms = await painted;
  await monitor.close();
  return { ms };
}

/** The same beside so many kept results, against a Redis that holds nothing but the queue. */
export async function firstPaint(count: number, rounds: number, log: (line: string) => void): Promise<Measure> {
  const among = async (results: number): Promise<number> =>
    withResults(results, log, async ({ url, port }) => {
      await fillQueue({ port, count: due, queue: "arq:queue" });
      await fillQueue({ port, count: deferred, queue: "arq:queue", deferred: true });
      const samples: number[] = [];
      for (let run = 0; run < rounds; run++) samples.push((await apart("firstPaintRun", { url })).ms);
      log(`beside ${results} results: ${samples.map((ms) => round(ms)).join(", ")} ms`);
      return percentile(samples, 50);
    });
  const alone = await among(0);
  return { value: round(await among(count)), unit: "ms", against: { "no results": round(alone) } };
}
