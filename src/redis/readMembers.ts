import { asMembers } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Some 50 kB of a reply. */
const page = 1000;

/** As `ArqSource.readMembers`. A queue that changes meanwhile may be answered with a member twice or not at all. */
export async function readMembers(
  { redis, refusals }: SessionContext,
  queue: string,
  atMost: number,
): Promise<ReadonlyMap<string, number> | null> {
  const scores = new Map<string, number>();
  for (let start = 0; !refusals.has("zrange"); start += page) {
    const replies = await redis.run([["zrange", queue, start, start + page - 1, "WITHSCORES"]]);
    refusals.note(replies);
    const members = asMembers(replies[0]);
    if (members === null) return null;
    for (const { id, score } of members) scores.set(id, score);
    if (members.length < page) return scores;
    if (start + page >= atMost) return null;
  }
  return null;
}
