import type { RefusedCommand, WorkerFacts } from "../monitor/ports";
import { ClientSampler } from "./clientSampler";
import type { OwnHistory } from "./connectionWitness";
import { HealthReader } from "./healthReader";
import type { ReadCommand } from "./readOnlyCommands";
import { asTime } from "./replies";
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

/** Reads what can be known of workers over one connection. Remembers what need not be read every time. */
export class WorkerReader {
  readonly #own: OwnConnections;
  readonly #clients = new ClientSampler();
  readonly #records: HealthReader;
  readonly #states: WorkerStateReader;

  constructor(
    readonly context: SessionContext,
    own: OwnConnections,
  ) {
    this.#own = own;
    this.#records = new HealthReader(context);
    this.#states = new WorkerStateReader(context);
  }

  /**
   * Health records of these queues and of every health key met, processes that publish their state, and connections: each as read now, or a few seconds
   * ago where nobody announced a change. Rejects only when the connection is lost.
   */
  async read(queues: readonly string[]): Promise<WorkerFacts> {
    const { redis, refusals, clock } = this.context;
    for (;;) {
      const time: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
      const records = this.#records.due(queues, clock.now());
      const states = this.#states.due(clock.now());
      const list = refusals.has("client|list") ? null : this.#clients.due(clock.now());
      const recordCommands = this.#records.commands(records);
      const stateCommands = this.#states.commands(states);
      const replies = await redis.run([...time, ...recordCommands, ...stateCommands, ...(list === null ? [] : [list])]);
      if (refusals.note(replies)) continue;
      const now = clock.now();
      const readAt = asTime(replies[0]) ?? now;
      if (refusals.has("client|list")) this.#clients.forget();
      else if (list !== null && !this.#clients.take(replies.at(-1), now, readAt, this.#own, this.context.db)) continue;
      const head = time.length + recordCommands.length;
      this.#records.take(records, replies.slice(time.length, head), now);
      this.#states.take(states, replies.slice(head, head + stateCommands.length), now, readAt);
      const { reading } = this.#clients;
      return {
        readAt,
        health: this.#records.records(now),
        clients: reading?.clients ?? null,
        clientsReadAt: reading?.readAt ?? null,
        clientsTellSince: reading?.tellSince ?? null,
        processes: this.#states.processes,
        refused: refusals
          .list()
          .filter(({ command }: RefusedCommand) => ["CLIENT LIST", "GET", "PTTL"].includes(command)),
      };
    }
  }
}
