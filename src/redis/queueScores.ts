import type { ReadCommand } from "./readOnlyCommands";
import { asMembers } from "./replies";
import type { SessionContext } from "./sessionContext";

const page = 1000;
const listLimit = 20_000;

/** One `ZSCORE` for each queue; nothing where the server refuses it. */
export function scoreCommands(context: SessionContext, queues: readonly string[], id: string): ReadCommand[] {
  return context.refusals.has("zscore") ? [] : queues.map((queue) => ["zscore", queue, id] as const);
}

/** Where `ZSCORE` is refused: the scores of the first 20,000 members of each queue, by queue and id. Empty where it is not. */
export async function queueScores(
  context: SessionContext,
  queues: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const scores = new Map<string, Map<string, number>>();
  if (!context.refusals.has("zscore")) return scores;
  for (const queue of queues) {
    const own = new Map<string, number>();
    scores.set(queue, own);
    for (let start = 0; start < listLimit && !context.refusals.has("zrange"); start += page) {
      const replies = await context.redis.run([["zrange", queue, start, start + page - 1, "WITHSCORES"]]);
      context.refusals.note(replies);
      const members = asMembers(replies[0]) ?? [];
      for (const { id, score } of members) own.set(id, score);
      if (members.length < page) break;
    }
  }
  return scores;
}
