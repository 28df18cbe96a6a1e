import { isDueTime, lastScoreThatIsNoTime } from "../arq/jobTimes";
import type { QueueFacts } from "../monitor/ports";
import type { ReadCommand } from "./readOnlyCommands";
import { asMembers, asNumber, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

const sample = 3;
const countLimit = 5000;

/**
 * Counts queues: ZCARD, and ZCOUNT up to Redis' own now. A queue that cannot be counted (refused, another type) is left out of the answer:
 * unknown is not zero. Rejects only when the connection is lost.
 */
export async function readQueueFacts(context: SessionContext, queues: readonly string[]): Promise<QueueFacts[]> {
  const { redis, refusals, clock } = context;
  for (;;) {
    const [time] = refusals.has("time") ? [] : await redis.run([["time"]]);
    if (time !== undefined && refusals.note([time])) continue;
    const now = asTime(time) ?? clock.now();
    const ranging = !refusals.has("zrangebyscore");
    const listing = refusals.has("zcard") || refusals.has("zcount");
    const commands = queues.flatMap((queue): ReadCommand[] =>
      listing
        ? refusals.has("zrange")
          ? []
          : [["zrange", queue, 0, countLimit - 1, "WITHSCORES"]]
        : [
            ["zcard", queue],
            ["zcount", queue, "-inf", now],
          ],
    );
    const oldest = (ranging && !listing ? queues : []).map((queue): ReadCommand => [
      "zrangebyscore",
      queue,
      lastScoreThatIsNoTime + 1,
      now,
      "WITHSCORES",
      "LIMIT",
      0,
      1,
    ]);
    // Both at once: they wait for nothing of each other.
    const [replies] = await Promise.all([redis.run([...commands, ...oldest]), confirm(context, queues)]);
    if (refusals.note(replies)) continue;
    return queues.flatMap((name, i): QueueFacts[] => {
      const confirmed = context.found.named.has(name) || context.found.confirmed.has(name);
      if (listing) {
        const members = asMembers(replies[i]);
        const due = members?.filter(({ score }) => score <= now).length ?? 0;
        const first = members?.find(({ score }) => isDueTime(score) && score <= now)?.score ?? null;
        return members === null ? [] : [{ name, depth: members.length, due, oldestDueAt: first, confirmed }];
      }
      const depth = asNumber(replies[2 * i]);
      const due = asNumber(replies[2 * i + 1]);
      const oldestDueAt = asMembers(replies[commands.length + i])?.[0]?.score ?? null;
      return depth === null || due === null ? [] : [{ name, depth, due, oldestDueAt, confirmed }];
    });
  }
}

/**
 * Notes which of these sorted sets are queues: one of the first or last members has a job, retry or in-progress key, or a worker reports its
 * health for it. The last as well, because without a worker the payloads of the first expire.
 * What was confirmed once stays so.
 */
export async function confirm(context: SessionContext, names: readonly string[]): Promise<void> {
  const { redis, refusals, keys, found } = context;
  const open = names.filter((name) => !found.confirmed.has(name));
  if (open.length === 0) return;
  for (const name of open) if (found.health.has(keys.health(name))) found.confirmed.add(name);
  if (refusals.has("zrange")) return;
  const ends = await redis.run(
    open.flatMap((name): ReadCommand[] => [
      ["zrange", name, 0, sample - 1, "WITHSCORES"],
      ["zrange", name, -sample, -1, "WITHSCORES"],
    ]),
  );
  refusals.note(ends);
  const probes = open.flatMap((name, i) => {
    const members = [...(asMembers(ends[2 * i]) ?? []), ...(asMembers(ends[2 * i + 1]) ?? [])];
    return Array.from(new Set(members.map(({ id }) => id)), (id) => ({ name, id }));
  });
  const exists = (key: string): ReadCommand =>
    !refusals.has("exists") ? ["exists", key] : refusals.has("get") ? ["getrange", key, 0, 0] : ["get", key];
  for (;;) {
    const replies = await redis.run(
      probes.flatMap(({ id }) => [exists(keys.job(id)), exists(keys.retry(id)), exists(keys.inProgress(id))]),
    );
    if (refusals.note(replies)) continue;
    probes.forEach(({ name }, i) => {
      const present = replies.slice(3 * i, 3 * i + 3).some((reply) => {
        if (isError(reply) || reply === null) return false;
        return typeof reply === "number" ? reply > 0 : Buffer.isBuffer(reply) && reply.length > 0;
      });
      if (present) found.confirmed.add(name);
    });
    return;
  }
}
