import { Redactor } from "../../src/arq/redact";
import type { ArqSource, Clock, Logger, SourceSink, SourceStatus, TouchedBatch } from "../../src/monitor/ports";
import { openRedisSource, type RedisSourceOptions } from "../../src/redis/openRedisSource";
import { eventually } from "../support/eventually";

const clock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** Payload of `send_email('a@b.c', n=3)`, pickled by ARQ 0.26.3 under Python 3.11. */
export const jobPayload = Buffer.from(
  "80049543000000000000007d94288c0174944e8c0166948c0a73656e645f656d61696c948c0161948c056140622e639485948c016b947d948c016e944b03738c026574948a067b68e5cf8b01752e",
  "hex",
);
/** A failed result of the same job, `ValueError('bad')` at its second try. */
export const resultPayload = Buffer.from(
  "800495a2000000000000007d94288c0174944b028c0166948c0a73656e645f656d61696c948c0161948c056140622e639485948c016b947d948c026574948a067b68e5cf8b018c017394898c0172948c086275696c74696e73948c0a56616c75654572726f729493948c0362616494859452948c027374948a06f469e5cf8b018c026674948a06846be5cf8b018c0171948c096172713a7175657565948c026964948c0661626331323394752e",
  "hex",
);

/** A source that runs, and everything it told. */
export interface Running {
  readonly source: ArqSource;
  readonly statuses: SourceStatus[];
  readonly batches: TouchedBatch[];
  sweeps: number;
  flushes: number;
  /** Reasons given for changes that may have gone unnoticed. */
  readonly missed: string[];
  /** Ids met in looks at all keys after the first sweep. */
  readonly met: Set<string>;
  /** Looks at every key after the first sweep, when polling. */
  rounds: number;
  readonly status: () => SourceStatus | undefined;
  /** Ids touched by this origin, or by any, since the last `clear`. */
  readonly jobs: (origin?: TouchedBatch["origin"]) => Set<string>;
  readonly queues: () => Set<string>;
  /** Called with every batch; the source waits for it. */
  onTouched: (batch: TouchedBatch) => void | Promise<void>;
  clear(): void;
  live(): Promise<Extract<SourceStatus, { state: "live" }>>;
  /** Waits until so many sweeps have ended. */
  swept(times?: number): Promise<void>;
}

const open: ArqSource[] = [];

/** Opens a source that `closeSources` closes. */
export function openTestSource(url: string, options: Partial<RedisSourceOptions> = {}): ArqSource {
  const source = openRedisSource({
    url,
    password: null,
    prefix: "arq",
    queues: [],
    feed: "auto",
    redactor: new Redactor(),
    clock,
    logger,
    ...options,
  });
  open.push(source);
  return source;
}

export function runSource(url: string, options: Partial<RedisSourceOptions> = {}): Running {
  const source = openTestSource(url, options);
  const running: Running = {
    source,
    statuses: [],
    batches: [],
    sweeps: 0,
    flushes: 0,
    missed: [],
    met: new Set(),
    rounds: 0,
    status: () => running.statuses.at(-1),
    jobs: (origin) =>
      new Set(
        running.batches.filter((batch) => origin === undefined || batch.origin === origin).flatMap(({ jobs }) => jobs),
      ),
    queues: () => new Set(running.batches.flatMap(({ queues }) => queues)),
    onTouched: () => {},
    clear: () => {
      running.batches.length = 0;
      running.met.clear();
    },
    live: () =>
      eventually(() => {
        const status = running.status();
        if (status?.state !== "live") throw new Error(`not live but ${JSON.stringify(status)}`);
        return status;
      }),
    swept: async (times = 1) => {
      await eventually(() => running.sweeps >= times, { timeoutMs: 25_000 });
    },
  };
  const sink: SourceSink = {
    status: (status) => void running.statuses.push(status),
    sweepStarted: () => {},
    sweepProgress: () => {},
    sweepEnded: () => void running.sweeps++,
    touched: (batch) => {
      running.batches.push(batch);
      return running.onTouched(batch);
    },
    flushed: () => void running.flushes++,
    missed: (why) => void running.missed.push(why),
    met: (ids) => ids.forEach((id) => running.met.add(id)),
    roundStarted: () => {},
    roundEnded: () => void running.rounds++,
  };
  source.start(sink);
  return running;
}

/** Closes every source of the tests so far. */
export async function closeSources(): Promise<void> {
  for (const source of open.splice(0)) await source.close();
}
