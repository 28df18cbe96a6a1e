import { Redactor } from "../../src/arq/redact";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { JobEvent, JobQuery, Monitor } from "../../src/monitor/model";
import { systemClock } from "../../src/monitor/systemClock";
import { openRedisSource } from "../../src/redis/openRedisSource";
import { QuietLogger } from "./quietLogger";

/** A monitor on a real Redis, and every event that it has told. */
export interface Watched {
  readonly feed: "push" | "poll";
  readonly monitor: Monitor;
  readonly events: JobEvent[];
  /** What it would have written to its log. */
  readonly logger: QuietLogger;
}

export interface WatchOptions {
  readonly url: string;
  readonly feed: "push" | "poll";
  readonly prefix?: string;
}

/** Begins to watch as the product does. Close the monitor at the end. */
export function watch({ url, feed, prefix = "arq" }: WatchOptions): Watched {
  const logger = new QuietLogger();
  const source = openRedisSource({
    url,
    password: null,
    prefix,
    queues: [],
    feed: feed === "push" ? "auto" : "poll",
    redactor: new Redactor(),
    clock: systemClock,
    logger,
  });
  const options = { clock: systemClock, logger, thresholds: defaultThresholds, staleAfterMs: 60_000, queues: [] };
  const monitor = createMonitor({ source, ...options });
  const events: JobEvent[] = [];
  monitor.onChange((change) => events.push(...change.events));
  monitor.start();
  return { feed, monitor, events, logger };
}

/** Every job, by id. */
export const everything: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "id",
  descending: false,
  offset: 0,
  limit: 10_000,
};
