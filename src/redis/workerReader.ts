import { parseHealthRecord } from "../arq/healthRecord";
import type { HealthRecord, RefusedCommand, WorkerFacts } from "../monitor/ports";
import { ClientSampler } from "./clientSampler";
import type { OwnHistory } from "./connectionWitness";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asNumber, asText, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";
import { WorkerStateReader } from "./workerStateReader";

/** How our own connections are known in `CLIENT LIST`. */
export interface OwnConnections {
  readonly ids: ReadonlySet<string>;
  /** For servers that refuse `CLIENT ID`. */
  readonly addresses: ReadonlySet<string>;
  /** How they came about; null where that is not known. */
  readonly history: OwnHistory | null;
}

/** A record that is gone may come back, as after a restart; outside the prefix nobody would announce it. */
const goneKeptMs = 600_000;
/** Nobody has more health records; whoever writes more keys wants to keep us busy. */
const recordsAtMost = 1000;

/** Reads what can be known of workers over one connection. Remembers what need not be read every time. */
export class WorkerReader {
  readonly #own: OwnConnections;
  readonly #clients = new ClientSampler();
  readonly #states: WorkerStateReader;
  readonly #goneSince = new Map<string, number>();

  constructor(
    readonly context: SessionContext,
    own: OwnConnections,
  ) {
    this.#own = own;
    this.#states = new WorkerStateReader(context);
  }

  /**
   * Reads the health records of these queues and of every health key met, the state of processes that publish it, and, not every time, the list of
   * connections. Rejects only when the connection is lost.
   */
  async read(queues: readonly string[]): Promise<WorkerFacts> {
    const { keys, redis, refusals, clock, found } = this.context;
    const names = [...new Set([...queues.map((queue) => keys.health(queue)), ...found.health])].slice(0, recordsAtMost);
    for (;;) {
      const time: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
      const states = this.#states.due(clock.now());
      const list = refusals.has("client|list") ? null : this.#clients.due(clock.now());
      const records = this.#recordCommands(names);
      const published = this.#states.commands(states);
      const replies = await redis.run([...time, ...records, ...published, ...(list === null ? [] : [list])]);
      if (refusals.note(replies)) continue;
      const readAt = asTime(replies[0]) ?? clock.now();
      if (refusals.has("client|list")) this.#clients.forget();
      else if (list !== null && !this.#clients.take(replies.at(-1), clock.now(), this.#own, this.context.db)) continue;
      const head = time.length + records.length;
      this.#states.take(states, replies.slice(head, head + published.length), readAt);
      const { reading } = this.#clients;
      return {
        readAt,
        health: this.#records(names, replies.slice(time.length, head), readAt),
        clients: reading?.clients ?? null,
        // Read on our clock, because Redis' may not be told; of the age only the difference counts.
        clientsReadAt: reading === null ? null : readAt - (clock.now() - reading.at),
        clientsTellSince: reading?.tellSince ?? null,
        processes: this.#states.processes,
        refused: refusals
          .list()
          .filter(({ command }: RefusedCommand) => ["CLIENT LIST", "GET", "PTTL"].includes(command)),
      };
    }
  }

  #recordCommands(names: readonly string[]): ReadCommand[] {
    const { refusals } = this.context;
    return names.flatMap((name): ReadCommand[] => [
      // Not GET: whatever a key of that name holds, a record's length is enough of it.
      refusals.has("getrange") ? ["get", name] : ["getrange", name, 0, 1023],
      ...(refusals.has("pttl") ? [] : ([["pttl", name]] as const)),
    ]);
  }

  #records(names: readonly string[], replies: readonly Reply[], now: number): HealthRecord[] {
    const { refusals, found, keys } = this.context;
    const perKey = refusals.has("pttl") ? 1 : 2;
    const records: HealthRecord[] = [];
    names.forEach((key, i) => {
      const reply = replies[i * perKey];
      const text = asText(reply) || null;
      const ttl = perKey === 1 ? -1 : asNumber(replies[i * perKey + 1]);
      const gone = text === null && !isError(reply);
      if (!gone) this.#goneSince.delete(key);
      else if (now - (this.#goneSince.get(key) ?? now) > goneKeptMs) {
        this.#goneSince.delete(key);
        found.health.delete(key);
      } else if (found.health.has(key) && !this.#goneSince.has(key)) this.#goneSince.set(key, now);
      const counters = text === null ? null : parseHealthRecord(text);
      if (counters === null || ttl === null || ttl === -2) return;
      const place = keys.parse(key);
      const named = place?.kind === "health" ? place : { queue: null, process: processIn(key) };
      records.push({ key, queue: named.queue, process: named.process, ttl, ...counters });
    });
    return records;
  }
}

/** `health:web-1:4711` → `web-1:4711`: a key under a name of the user's own, one for each process. */
function processIn(key: string): string {
  return /(?:^|:)([^:]+:\d+)$/.exec(key)?.[1] ?? "";
}
