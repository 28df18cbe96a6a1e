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
  readonly #own: () => OwnConnections;
  readonly #clients = new ClientSampler();
  readonly #records: HealthReader;
  readonly #states: WorkerStateReader;
  /** Redis' clock minus ours, as of the last reading; null before. */
  #offset: number | null = null;

  constructor(
    readonly context: SessionContext,
    own: () => OwnConnections,
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
      const records = this.#records.due(queues, clock.now());
      const states = this.#states.due(clock.now());
      const list = refusals.has("client|list") ? null : this.#clients.due(clock.now(), this.context.news.at);
      const recordCommands = this.#records.commands(records);
      const stateCommands = this.#states.commands(states);
      const wanted = recordCommands.length + stateCommands.length + (list === null ? 0 : 1);
      const time: ReadCommand[] = wanted === 0 || refusals.has("time") ? [] : [["time"]];
      const replies = await redis.run([...time, ...recordCommands, ...stateCommands, ...(list === null ? [] : [list])]);
      if (refusals.note(replies)) continue;
      const now = clock.now();
      const told = asTime(replies[0]);
      if (told !== null) this.#offset = told - now;
      const readAt = now + (this.#offset ?? 0);
      if (refusals.has("client|list")) this.#clients.forget();
      else if (list !== null && !this.#clients.take(replies.at(-1), now, readAt, this.#own(), this.context.db))
        continue;
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

  /**
   * Looks at the connections although nobody asks, now and then. Answers whether ours asks for announcements to `listenerId`; null when no look was due, or
   * it showed nothing of ours. Rejects when nothing is heard for `silenceMs`.
   */
  async ownTracking(listenerId: number, silenceMs: number): Promise<boolean | null> {
    const { redis, refusals, clock, sink, db } = this.context;
    const list = refusals.has("client|list") ? null : this.#clients.due(clock.now(), this.context.news.at, true);
    if (list === null) return null;
    const replies = await redis.run([list], silenceMs);
    if (refusals.note(replies)) return null;
    const now = clock.now();
    const own = this.#own();
    const readAt = now + (this.#offset ?? own.history?.clockOffset ?? 0);
    if (!this.#clients.take(replies[0], now, readAt, own, db) || this.#clients.own === null) return null;
    await sink.touched({ jobs: [], queues: [], workers: true, origin: "live" });
    const { flags, redirect } = this.#clients.own;
    return flags.includes("t") && !flags.includes("R") && redirect === listenerId;
  }
}
