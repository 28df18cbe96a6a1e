import type { ArqKeys } from "../arq/keys";
import type { Clock, Logger, SourceSink } from "../monitor/ports";
import type { ReadOnlyRedis } from "./readOnlyCommands";
import type { Refusals } from "./refusals";

/** What every reader and feed of one connection shares. It lives exactly as long as the connection. */
export interface SessionContext {
  readonly redis: ReadOnlyRedis;
  readonly refusals: Refusals;
  readonly keys: ArqKeys;
  /** Number of the database. */
  readonly db: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sink: SourceSink;
  readonly found: Found;
  /** Called after a queue was added to `found.queues`. */
  readonly onQueueFound: () => void;
  /** Whether every change of this key is announced to us. */
  readonly announces: (key: string) => boolean;
  /** When a change was last announced or seen, on our clock. */
  readonly news: { at: number };
  /** A sweep that runs stands still before its next slice for as long as `paused`. */
  readonly sweepControl: { paused: boolean };
  /** The connection is being given up: loops end. */
  readonly ended: () => boolean;
}

/** Names met while looking and listening. */
export interface Found {
  /** Every queue known: named, default, or found. Order of discovery. */
  readonly queues: Set<string>;
  /** Named by the user: they need no confirmation. */
  readonly named: ReadonlySet<string>;
  /** Queues whose members were seen to be jobs. */
  readonly confirmed: Set<string>;
  /** Keys of health records. */
  readonly health: Set<string>;
  /** Keys in which the opt-in instrumentation publishes worker processes. */
  readonly workers: Set<string>;
  /** Keys in which it publishes what they counted in an hour. Bounded. */
  readonly hours: Set<string>;
  /** Of these and of the health records, the ones met or announced since they were read last. */
  readonly changed: Set<string>;
  /** Keys once looked at that are no queues, so that they are not looked at again. Bounded. */
  readonly foreign: Set<string>;
}
