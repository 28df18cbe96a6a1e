import type { ResultTtls } from "../monitor/ports";
import type { ReadCommand } from "./readOnlyCommands";
import { asNumber, asTime } from "./replies";
import type { SessionContext } from "./sessionContext";

/** How long Redis will still keep the results of these jobs, in one pipeline. Null where the user may not ask. Rejects only when the connection is lost. */
export async function readResultTtls(context: SessionContext, ids: readonly string[]): Promise<ResultTtls | null> {
  const { keys, redis, refusals, clock } = context;
  if (refusals.has("pttl")) return null;
  const time: readonly ReadCommand[] = refusals.has("time") ? [] : [["time"]];
  const replies = await redis.run([...time, ...ids.map((id) => ["pttl", keys.result(id)] as const)]);
  refusals.note(replies);
  if (refusals.has("pttl")) return null;
  const readAt = asTime(replies[0]) ?? clock.now();
  return { readAt, ttls: ids.map((_, i) => asNumber(replies[time.length + i])) };
}
