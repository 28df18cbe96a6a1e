import type { SourceCost } from "../monitor/ports";

/** What watching costs the server and the network, as far as it is counted. */
export interface Cost {
  readonly commands: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** How long some reply was awaited, ms. */
  readonly waitedMs: number;
}

export interface CostReport {
  readonly total: Cost;
  /** Unix ms on our clock. */
  readonly since: number;
  /** What the last `spanMs` cost; null right after the start. */
  readonly recent: (Cost & { readonly spanMs: number }) | null;
}

interface Sample extends Cost {
  readonly at: number;
}

const minuteMs = 60_000;
/** Readings closer together say nothing more. */
const sampleGapMs = 5000;

/** Remembers what a source had cost a minute ago. Asked whenever something changes, so that a quiet minute is one as well. */
export class CostMeter {
  #samples: Sample[] = [];

  /** `now`: unix ms on our clock. */
  read(cost: SourceCost, now: number): CostReport {
    const sample: Sample = {
      at: now,
      commands: [...cost.commands.values()].reduce((sum, n) => sum + n, 0),
      bytesSent: cost.bytesSent,
      bytesReceived: cost.bytesReceived,
      waitedMs: cost.waitedMs,
    };
    if (now - (this.#samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= sampleGapMs) this.#samples.push(sample);
    // The newest of those that are at least a minute old stays, so that the span is a minute or little more.
    const kept = this.#samples.findLastIndex(({ at }) => at <= now - minuteMs);
    if (kept > 0) this.#samples.splice(0, kept);
    const { at: _, ...total } = sample;
    return { total, since: cost.since, recent: difference(this.#samples[0], sample) };
  }
}

function difference(before: Sample | undefined, now: Sample): CostReport["recent"] {
  if (before === undefined || before.at === now.at) return null;
  return {
    spanMs: now.at - before.at,
    commands: now.commands - before.commands,
    bytesSent: now.bytesSent - before.bytesSent,
    bytesReceived: now.bytesReceived - before.bytesReceived,
    waitedMs: now.waitedMs - before.waitedMs,
  };
}
