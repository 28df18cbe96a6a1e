import { hourCountersMaxBytes, parseHourCounters } from "../arq/hourCounters";
import type { WorkerHour } from "../monitor/workerHours";
import type { ReadCommand } from "./readOnlyCommands";
import { asText } from "./replies";
import type { SessionContext } from "./sessionContext";

const hourMs = 60 * 60_000;
/** The instrumentation keeps them for eight days. */
const hoursKept = 8 * 24;
/** In one reading, the newest hours first: ten workers have 1,680 in a week. */
const keysAtMost = 2000;
/** In one pipeline: half a megabyte where functions are many, and little time for others to wait. */
const keysPerPipeline = 100;

/**
 * What instrumented workers counted in these hours, one entry for each process and hour, as raw as it was read: `door.ts` redacts it. Only keys that were
 * met or announced are read. Rejects only when the connection is lost.
 */
export async function readWorkerHours(context: SessionContext, hours: readonly number[]): Promise<WorkerHour[]> {
  const { keys, found, redis, refusals, clock } = context;
  const wanted = new Set(hours.map((at) => Math.floor(at / hourMs)));
  const asked = [...found.hours]
    .flatMap((key) => {
      const parsed = keys.parse(key);
      // Nobody announces that it lapsed where changes are not announced.
      if (parsed?.kind === "hour" && (parsed.hour + hoursKept) * hourMs < clock.now()) found.hours.delete(key);
      return parsed?.kind === "hour" && wanted.has(parsed.hour) ? [{ key, ...parsed }] : [];
    })
    .toSorted((a, b) => b.hour - a.hour)
    .slice(0, keysAtMost);
  const read: WorkerHour[] = [];
  for (let start = 0; start < asked.length; start += keysPerPipeline) {
    const chunk = asked.slice(start, start + keysPerPipeline);
    const replies = await redis.run(
      chunk.map(({ key }): ReadCommand =>
        refusals.has("getrange") ? ["get", key] : ["getrange", key, 0, hourCountersMaxBytes - 1],
      ),
    );
    refusals.note(replies);
    chunk.forEach(({ key, hour, worker }, i) => {
      const text = asText(replies[i]);
      // GETRANGE answers nothing at all for a key that is not there any more.
      if (text === "") found.hours.delete(key);
      const counters = text === null ? null : parseHourCounters(text);
      if (counters !== null) read.push({ worker, at: hour * hourMs, ...counters });
    });
  }
  return read;
}
