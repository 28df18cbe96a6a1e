/** What is to be measured cannot be had here: said, and no failure. */
export class Unavailable extends Error {}

/** One number of the bench, with what others need for the same. */
export interface Measure {
  readonly value: number;
  readonly unit:
    | "ms"
    | "kB"
    | "MB"
    | "bytes"
    | "% of a CPU"
    | "commands"
    | "round trips"
    | "jobs/s"
    | "results/s"
    | "ms/MB";
  /** The same work done by somebody else, in the same unit. */
  readonly against: Readonly<Record<string, number>>;
}

/** `p` from 0 to 100; the value that this share of the samples does not exceed. Throws without samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("No samples.");
  return value;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** What `--json` prints for a name: the measure, and how many times each peer's it is. */
export interface Line extends Measure {
  readonly ratio: Readonly<Record<string, number>>;
}

export function lineOf(measure: Measure): Line {
  const ratios = Object.entries(measure.against).map(([peer, value]) => [
    peer,
    value === 0 ? 0 : Math.round((measure.value / value) * 1000) / 1000,
  ]);
  return { ...measure, ratio: Object.fromEntries(ratios) as Record<string, number> };
}
