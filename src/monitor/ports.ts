import type { DecodedJob, DecodedResult, DecodeFailure, JobFacts, OriginalArguments } from "../arq/jobModel";
import type { JobKeyKind } from "../arq/keys";
import type { JobTry } from "../arq/tries";
import type { WorkerState } from "../arq/workerState";
import type { WorkerHour } from "./workerHours";

/** What the monitor needs from outside. `src/redis` implements it; tests implement it in memory. */
export interface ArqSource {
  /** Begins feeding. Connection trouble is a status, never a throw. Calling it twice does nothing more. */
  start(sink: SourceSink): void;
  /** Drops everything the feed remembers and sweeps again from the beginning. Between two attempts to connect: the next one at once. */
  resync(reason: string): void;
  /** Looks among all keys for queues and health records not known so far, without haste; what is found is touched. */
  findQueues(): void;
  /** How closely to follow from now on; `visible` until told otherwise. What is missed is told by `missed`, and coming back is a resync. */
  setDemand(demand: Demand): void;
  /** The look at everything stands still until it is resumed; news goes on. */
  pauseSweep(): void;
  resumeSweep(): void;
  /** Stops feeding and closes the connections. The source cannot be started again. */
  close(): Promise<void>;

  /**
   * Facts of these jobs in a few pipelines. An unreadable job is still one answer. Rejects only when the connection is lost. Queues named here and
   * in the calls below are followed from then on.
   */
  readJobs(ids: readonly string[], queues: readonly string[]): Promise<JobFacts[]>;
  /** Counts of these queues. */
  readQueues(queues: readonly string[]): Promise<QueueFacts[]>;
  /** Scores of all members by id; null where there are more than so many, or they cannot be read. */
  readMembers(queue: string, atMost: number): Promise<ReadonlyMap<string, number> | null>;
  /** Health records and connections: what can be known of workers. A refused command is said in `refused`. */
  readWorkers(queues: readonly string[]): Promise<WorkerFacts>;
  /** One job with its whole payloads (redacted values), for the job panel. */
  readJob(id: string, queues: readonly string[]): Promise<JobDetailFacts>;
  /** What these jobs hold (redacted values), for a search. Values over `longest` bytes are not read. Few ids at a time. */
  readPayloads(ids: readonly string[], longest: number): Promise<readonly JobPayloads[]>;
  /** The arguments of a job as they are stored, unmasked, for its user to unpickle; null where Redis holds none. */
  readOriginal(id: string): Promise<OriginalArguments | DecodeFailure | null>;
  /** Bytes of payload and result of each of these jobs together, 0 of none; null where the server refuses to tell. Few ids at a time. */
  readSizes(ids: readonly string[]): Promise<readonly number[] | null>;
  /** How long the results of these jobs will be kept; null where the server refuses to tell. Rejects only when the connection is lost. */
  readResultTtls(ids: readonly string[]): Promise<ResultTtls | null>;

  /** What instrumented workers counted in the hours that begin at these times (unix ms), one entry for each process and hour. Only keys met so far are read. */
  readWorkerHours(hours: readonly number[]): Promise<readonly WorkerHour[]>;

  /** What we cost: commands sent by name (`client|tracking`), handshake included. */
  readonly commands: ReadonlyMap<string, number>;
  /** All that we cost the server and the network so far, over every connection since the source was made. */
  cost(): SourceCost;
}

export interface ResultTtls {
  /** Redis TIME of the reading, unix ms. */
  readonly readAt: number;
  /** PTTL of each: ms, -1 for ever, -2 there is no result; null where the answer was an error. */
  readonly ttls: readonly (number | null)[];
}

export interface SourceCost {
  /** As `ArqSource.commands`. */
  readonly commands: ReadonlyMap<string, number>;
  /** Inside TLS, where it is spoken. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** How long some reply was awaited, ms: the server's work and the way there and back. */
  readonly waitedMs: number;
  /** Unix ms on our clock. */
  readonly since: number;
}

/**
 * Who looks. `visible`: a view or a page shows what is followed. `background`: only what can be told from queue counts and new failures (status bar, badge,
 * notifications), on one small budget. `none`: nobody; the connection is only kept alive.
 */
export type Demand = "none" | "background" | "visible";

/** What a source tells the monitor. Every method may return a promise that the source awaits before it goes on (back-pressure). */
export interface SourceSink {
  status(status: SourceStatus): void;
  /** A sweep has begun: whatever it does not touch until `sweepEnded` may be gone. */
  sweepStarted(): void | Promise<void>;
  sweepProgress(progress: SweepProgress): void | Promise<void>;
  sweepEnded(): void | Promise<void>;
  /** Keys that may have changed: where to look, never what happened. */
  touched(batch: TouchedBatch): void | Promise<void>;
  /** Everything may be gone (FLUSHDB, failover): the source sweeps again by itself. */
  flushed(): void | Promise<void>;
  /** From now on changes may go unnoticed, until the end of a sweep that begins later. `why`: one sentence, for people. */
  missed(why: string): void;
  /**
   * Between two looks by names at all keys (polling only) a key of this kind was met of each of these jobs. Those not known like that are read.
   */
  met(ids: readonly string[], key: JobKeyKind): void | Promise<void>;
  /** Such a look begins … */
  roundStarted(): void;
  /** … and has been at every key: jobs not met are read, too. */
  roundEnded(): void | Promise<void>;
}

export interface TouchedBatch {
  /** Ids of jobs to read again. */
  readonly jobs: readonly string[];
  /** Names of queues to count again; a name not known before is a queue found. */
  readonly queues: readonly string[];
  /** A health record was written or deleted. */
  readonly workers: boolean;
  /** `live` = heard or seen as a change; `sweep` = met while looking at everything. */
  readonly origin: "live" | "sweep";
  /** Counts that came with the look that told the change: these queues need not be counted for it. */
  readonly counted?: readonly Pick<QueueFacts, "name" | "depth">[];
}

export interface SweepProgress {
  readonly keysScanned: number;
  /** Keys of the database at the start (INFO keyspace); null where it was refused. */
  readonly keysTotal: number | null;
  /** It stands still, because it was asked to. */
  readonly paused: boolean;
}

export type FeedKind = "push" | "poll";

/** Where the connection stands. Exactly one at a time; `live` only while what is shown is kept current. */
export type SourceStatus =
  | { readonly state: "connecting"; readonly attempt: number }
  | {
      readonly state: "live";
      readonly feed: FeedKind;
      /** Why poll and not push, for people; null under push. */
      readonly feedReason: string | null;
      readonly server: ServerInfo;
      /** Redis' clock minus ours, ms. */
      readonly clockOffset: number;
      /** Commands the server refused us, with what is therefore not shown. */
      readonly refused: readonly RefusedCommand[];
      /** How what is shown is bounded right now, a sentence each, for people: "Redis changes about 12,000 keys a second: …". Usually none. */
      readonly limits: readonly string[];
    }
  /** Not connected and trying again by itself; `since` is when it was last live (unix ms, our clock), null if never. */
  | {
      readonly state: "down";
      readonly problem: ConnectionProblem;
      readonly since: number | null;
      readonly retryAt: number | null;
    }
  | { readonly state: "closed" };

export interface ServerInfo {
  /** `7.0.15`, or null where INFO is refused. */
  readonly version: string | null;
  /** `redis`, `valkey`, `keydb`, `dragonfly` … as far as INFO tells. */
  readonly kind: string;
  /** host:port/db or the socket path, without user and password. */
  readonly address: string;
  /** Absent for a master, and where it is not told. */
  readonly replica?: ReplicaState;
}

/** What a replica says of its master. */
export interface ReplicaState {
  /** host:port. */
  readonly master: string;
  readonly linked: boolean;
  /** Since it heard from its master last; null where it never did. */
  readonly silentSeconds: number | null;
}

export interface RefusedCommand {
  readonly command: string;
  readonly consequence: string;
}

/** Why we are not connected, and what to try. Neither text ever holds a secret. */
export interface ConnectionProblem {
  readonly reason:
    | "badUrl"
    | "refused"
    | "hostUnknown"
    | "timeout"
    | "passwordNeeded"
    | "passwordWrong"
    | "noPermission"
    | "tlsExpected"
    | "tlsFailed"
    | "notRedis"
    | "badDatabase"
    | "loading"
    | "lost"
    | "other";
  /** One sentence: what happened. */
  readonly message: string;
  /** One sentence: what to try next. */
  readonly advice: string;
}

export interface QueueFacts {
  readonly name: string;
  /** ZCARD: waiting, deferred and running together. */
  readonly depth: number;
  /** ZCOUNT -inf now: due (waiting or running). */
  readonly due: number;
  /** Score of the first due member whose score is a time, unix ms; it may be running. Null: there is none, or it was not to be read. */
  readonly oldestDueAt: number | null;
  /** Sampled members looked like jobs, or the queue was named by the user. */
  readonly confirmed: boolean;
}

export interface WorkerFacts {
  readonly readAt: number;
  readonly health: readonly HealthRecord[];
  /** CLIENT LIST, our own connections left out; null where refused. */
  readonly clients: readonly ClientFacts[] | null;
  /** When `clients` was read: it may be an earlier reading, because a long list is asked for less often. Null where refused. */
  readonly clientsReadAt: number | null;
  /**
   * Since when `clients` tell of the programs that opened them, unix ms on Redis' clock: who was connected at a moment after that and still runs is in the
   * list with a connection as old. Null where they tell nothing: a proxy stands between, or the list is refused.
   */
  readonly clientsTellSince: number | null;
  /** Worker processes that publish their state (opt-in instrumentation). */
  readonly processes: readonly WorkerProcess[];
  readonly refused: readonly RefusedCommand[];
}

/** One `arq:monitor:worker:…` key as it was read. Times unix ms on Redis' clock. */
export interface WorkerProcess {
  readonly key: string;
  readonly host: string;
  readonly pid: number;
  readonly readAt: number;
  /** When the worker wrote it, from its TTL where that is known, else by the worker's own clock. */
  readonly writtenAt: number;
  /** PTTL ms when read; null where it is not known. */
  readonly ttl: number | null;
  /** With its times set to Redis' clock. Null: written by an instrumentation of a version not known here. */
  readonly state: WorkerState | null;
}

/** One `<queue>:health-check` string, or one under another name that the user chose (arq/worker.py `record_health`). */
export interface HealthRecord {
  readonly key: string;
  /** Null where the key's name does not tell. */
  readonly queue: string | null;
  /** What stands between `<queue>:health-check` and the end of the key, for per-process keys (`host:pid`); "" for the shared one. */
  readonly process: string;
  /** PTTL ms when read. */
  readonly ttl: number;
  readonly complete: number;
  readonly failed: number;
  readonly retried: number;
  readonly ongoing: number;
  readonly queued: number;
}

export interface ClientFacts {
  readonly id: string;
  readonly addr: string;
  readonly name: string;
  /** Seconds. */
  readonly age: number;
  readonly idle: number;
  readonly cmd: string;
  readonly lib: string;
}

/** The full reading of one job. Values have passed the redactor. */
export interface JobDetailFacts {
  readonly facts: JobFacts;
  readonly job: { readonly decoded: DecodedJob | DecodeFailure; readonly size: number } | null;
  readonly result: { readonly decoded: DecodedResult | DecodeFailure; readonly size: number } | null;
  /** Tries that did not succeed, oldest first; none unless its workers are instrumented. */
  readonly tries: readonly JobTry[];
}

/** What one job holds: its result, or as long as there is none its payload. Values have passed the redactor. */
export interface JobPayloads extends Pick<JobDetailFacts, "job" | "result"> {
  readonly id: string;
}

/** Injected so that tests own time. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  setTimeout(callback: () => void, ms: number): Cancel;
}
export type Cancel = () => void;

/** Leveled, injected logging; the host binds it to the "ARQ Monitor" output channel. Callers never pass secrets. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Where what was seen is kept for later: lines of text in named sections (`minutes-20261122`). What they say is the monitor's business, how they survive the store's.
 * Several may write at once, also in other windows. Trouble with the disk never rejects: the store then is off and says why.
 */
export interface HistoryStore {
  /** Why nothing is kept, one sentence for people; null while the store works. */
  readonly off: string | null;
  /** Hands over every line that can be read, in no order, a few at a time. What was damaged is left out. */
  load(take: (section: string, lines: readonly string[]) => void): Promise<void>;
  /** Bytes on disk by section, and in how many pieces, as far as this store knows. */
  readonly sections: ReadonlyMap<string, { readonly bytes: number; readonly pieces: number }>;
  append(lines: ReadonlyMap<string, readonly string[]>): Promise<void>;
  /** Puts these lines in the place of all that was loaded of the section or added here; without lines the section goes. What others added since stays. */
  replace(section: string, lines: Iterable<string>): Promise<void>;
  /** When everything was cleared last, unix ms on Redis' clock, by whomever; 0 if never. */
  clearedAt(): Promise<number>;
  /** Removes everything, also what other windows and other versions have kept. Rejects when that is not possible. */
  clear(at: number): Promise<void>;
  /** Resolves when everything asked for so far is done. */
  close(): Promise<void>;
}
