import { noCounts, type OutcomeCounts, outcomeCounters } from "./outcomeBucket";
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

/** Beyond eight days there are only hours: each then stands in the step in which it begins. A step up to now takes what workers have dated ahead, too. */
export function outcomeChart(history: OutcomeHistory, query: OutcomeChartQuery, now: number): OutcomeChart {
  const { queue, function: name } = query;
  const stepMs = Math.max(minuteMs, Math.round(query.stepMs / minuteMs) * minuteMs);
  const first = Math.floor(query.from / stepMs) * stepMs;
  const steps = Math.min(stepsAtMost, Math.ceil((Math.min(query.to, now) - first) / stepMs));
  const isOfAll = queue === null && name === null;
  const wanted = isOfAll
    ? null
    : history.owners.wanted(
        (owner) => (queue === null || owner.queue === queue) && (name === null || owner.function === name),
      );
  const hoursEnd = history.hours.last + hourMs;
  const watched = history.watchedSpans(now);
  return Array.from({ length: Math.max(0, steps) }, (_, i): OutcomeStep => {
    const at = first + i * stepMs;
    const end = at + stepMs;
    const sums = noCounts();
    for (const [, bucket] of history.hours.between(at, Math.min(end, hoursEnd))) bucket.addTo(sums, wanted);
    const minutesEnd = end >= now ? Math.max(end, history.minutes.last + minuteMs) : end;
    for (const [, bucket] of history.minutes.between(Math.max(at, hoursEnd), minutesEnd)) bucket.addTo(sums, wanted);
    const counts = Object.fromEntries(outcomeCounters.map((counter, place) => [counter, sums[place]]));
    return { at, ...(counts as OutcomeCounts), covered: watched.covers(at, Math.min(end, now)) };
  });
}
