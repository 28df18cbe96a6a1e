import { parseHealthRecord } from "../arq/healthRecord";
import type { ClientFacts, HealthRecord, RefusedCommand, WorkerFacts } from "../monitor/ports";
import { parseClientList } from "./clientList";
import type { ReadCommand } from "./readOnlyCommands";
import { asNumber, asText, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** How our own connections are known in `CLIENT LIST`. */
export interface OwnConnections {
  readonly ids: ReadonlySet<string>;
  /** For servers that refuse `CLIENT ID`. */
  readonly addresses: ReadonlySet<string>;
}

/** Reads the health records of these queues and of every health key met, and the list of connections. Rejects only when the connection is lost. */
export async function readWorkerFacts(
  context: SessionContext,
  queues: readonly string[],
  own: OwnConnections,
): Promise<WorkerFacts> {
  const { keys, redis, refusals, clock, found } = context;
  const names = [...new Set([...queues.map((queue) => keys.health(queue)), ...found.health])];
  for (;;) {
    const commands: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
    const head = commands.length;
    const noTtl = refusals.has("pttl");
    const perKey = noTtl ? 1 : 2;
    for (const name of names) {
      commands.push(refusals.has("get") ? ["getrange", name, 0, 1023] : ["get", name]);
      if (!noTtl) commands.push(["pttl", name]);
    }
    const listed = !refusals.has("client|list");
    if (listed) commands.push(["client", "list"]);
    const replies = await redis.run(commands);
    if (refusals.note(replies)) continue;
    const health: HealthRecord[] = [];
    names.forEach((key, i) => {
      const text = asText(replies[head + i * perKey]);
      const ttl = noTtl ? -1 : asNumber(replies[head + i * perKey + 1]);
      const place = keys.parse(key);
      const counters = text === null ? null : parseHealthRecord(text);
      if (text === null && !isError(replies[head + i * perKey])) found.health.delete(key);
      if (counters === null || ttl === null || ttl === -2 || place?.kind !== "health") return;
      health.push({ key, queue: place.queue, process: place.process, ttl, ...counters });
    });
    const list = listed ? asText(replies.at(-1)) : null;
    return {
      readAt: asTime(replies[0]) ?? clock.now(),
      health,
      clients: list === null ? null : foreign(parseClientList(list), own),
      refused: refusals
        .list()
        .filter(({ command }: RefusedCommand) => ["CLIENT LIST", "GET", "PTTL"].includes(command)),
    };
  }
}

function foreign(clients: readonly ClientFacts[], own: OwnConnections): ClientFacts[] {
  return clients.filter(({ id, addr }) => !own.ids.has(id) && !(own.ids.size === 0 && own.addresses.has(addr)));
}
