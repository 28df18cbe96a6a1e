import { type OutcomeCounts, type OutcomeCounter, outcomeCounters } from "./outcomeBucket";
import type { OutcomeHistory } from "./outcomeHistory";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** More steps than a screen has points are nobody's wish. */
const stepsAtMost = 3000;

export interface OutcomeChartQuery {
  /** Unix ms. The chart begins with the step in which this lies. */
  readonly from: number;
  readonly to: number;
  /** Width of a step: whole minutes. */
  readonly stepMs: number;
  /** Null: all. */
  readonly queue: string | null;
  readonly function: string | null;
}

export interface OutcomeStep extends OutcomeCounts {
  readonly at: number;
  /** False: a gap. Outcomes of this step may be missing, in part or all of them. */
  readonly covered: boolean;
}

/** Oldest first, at most 3,000. */
export type OutcomeChart = readonly OutcomeStep[];

/** Beyond eight days there are only hours: each then stands in the step in which it begins. */
export function outcomeChart(history: OutcomeHistory, query: OutcomeChartQuery, now: number): OutcomeChart {
  const stepMs = Math.max(minuteMs, Math.round(query.stepMs / minuteMs) * minuteMs);
  const first = Math.floor(query.from / stepMs) * stepMs;
  const steps = Math.min(stepsAtMost, Math.ceil((Math.min(query.to, now) - first) / stepMs));
  const wanted = (number: number): boolean => {
    const owner = history.owners.owner(number);
    return (
      (query.queue === null || owner.queue === query.queue) &&
      (query.function === null || owner.function === query.function)
    );
  };
  const hoursEnd = history.hours.last + hourMs;
  return Array.from({ length: Math.max(0, steps) }, (_, i): OutcomeStep => {
    const at = first + i * stepMs;
    const end = at + stepMs;
    const counts = Object.fromEntries(outcomeCounters.map((name) => [name, 0])) as Record<OutcomeCounter, number>;
    const add = (part: OutcomeCounts): void => {
      for (const name of outcomeCounters) counts[name] += part[name];
    };
    for (const [, bucket] of history.hours.between(at, Math.min(end, hoursEnd))) add(bucket.sum(wanted));
    for (const [, bucket] of history.minutes.between(Math.max(at, hoursEnd), end)) add(bucket.sum(wanted));
    return { at, ...counts, covered: history.watched(at, Math.min(end, now), now) };
  });
}
