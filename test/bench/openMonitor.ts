import { Redactor } from "../../src/arq/redact";
import { defaultThresholds } from "../../src/monitor/health";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { Monitor, MonitorSnapshot } from "../../src/monitor/model";
import type { ArqSource, Logger } from "../../src/monitor/ports";
import { systemClock } from "../../src/monitor/systemClock";
import { openRedisSource } from "../../src/redis/openRedisSource";

export interface Opened {
  readonly source: ArqSource;
  readonly monitor: Monitor;
  /** Resolves at the first change at which the picture fits, with the ms since `begin`. Rejects when the connection is lost. */
  readonly seen: (fits: (snapshot: MonitorSnapshot) => boolean) => Promise<number>;
  /** The monitor starts, as with the first look of a user. */
  readonly begin: () => void;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The monitor as the product has it, with one who looks. */
export function openMonitor(url: string, feed: "auto" | "poll" = "auto", queues: readonly string[] = []): Opened {
  const source = openRedisSource({
    url,
    password: null,
    prefix: "arq",
    queues,
    feed,
    redactor: new Redactor(),
    clock: systemClock,
    logger: silent,
  });
  const monitor = createMonitor({
    source,
    clock: systemClock,
    logger: silent,
    thresholds: defaultThresholds,
    staleAfterMs: 60_000,
    queues,
  });
  let began = performance.now();
  return {
    source,
    monitor,
    begin() {
      began = performance.now();
      monitor.start();
    },
    seen(fits) {
      return new Promise((resolve, reject) => {
        const look = (): boolean => {
          const snapshot = monitor.snapshot();
          if (snapshot.status.state === "down") reject(new Error(snapshot.status.problem.message));
          else if (fits(snapshot)) resolve(performance.now() - began);
          else return false;
          return true;
        };
        const stop = monitor.onChange(() => {
          // Somebody goes on looking: only this question is answered.
          if (look()) stop();
        });
      });
    },
  };
}
