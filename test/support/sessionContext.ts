import { ArqKeys } from "../../src/arq/keys";
import type { SourceSink } from "../../src/monitor/ports";
import { systemClock } from "../../src/monitor/systemClock";
import { Refusals } from "../../src/redis/refusals";
import type { SessionContext } from "../../src/redis/sessionContext";
import { QuietLogger } from "./quietLogger";

/** What readers of `src/redis` need, where only its Redis is of interest: nothing is refused, nobody listens. */
export function contextOf(parts: Partial<SessionContext> & Pick<SessionContext, "redis">): SessionContext {
  const nothing = (): void => {};
  const sink: SourceSink = {
    status: nothing,
    sweepStarted: nothing,
    sweepProgress: nothing,
    sweepEnded: nothing,
    touched: nothing,
    flushed: nothing,
    missed: nothing,
    met: nothing,
    roundStarted: nothing,
    roundEnded: nothing,
  };
  return {
    refusals: new Refusals(),
    keys: new ArqKeys(),
    db: 0,
    clock: systemClock,
    logger: new QuietLogger(),
    sink,
    found: {
      queues: new Set<string>(),
      named: new Set<string>(),
      confirmed: new Set<string>(),
      health: new Set<string>(),
      workers: new Set<string>(),
      hours: new Set<string>(),
      changed: new Set<string>(),
      foreign: new Set<string>(),
    },
    onQueueFound: nothing,
    announces: () => false,
    news: { at: 0 },
    sweepControl: { paused: false },
    ended: () => false,
    ...parts,
  };
}
