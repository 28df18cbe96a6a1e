import { noCounts, type OutcomeBucket, type OutcomeCounts, outcomeCounters } from "./outcomeBucket";
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

/**
 * Beyond eight days there are only hours: each then stands in the step in which it begins. A step up to now takes what workers have dated ahead, too.
 * Steps of whole hours have in them what workers told of hours that were not watched, as `OutcomeHistory.rate` has.
 */
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
  // What workers counted for themselves is known by the hour.
  const hourly = stepMs % hourMs === 0 ? history.hourly(first, now) : null;
  const covered = hourly?.covered ?? history.watchedSpans(now);
  const addMinutes = (sums: number[], from: number, to: number): void => {
    for (const [, bucket] of history.minutes.between(from, to)) bucket.addTo(sums, wanted);
  };
  const addHours = (sums: number[], from: number, to: number, told: (hour: number) => OutcomeBucket | null): void => {
    for (let hour = from; hour < to; hour += hourMs) {
      const bucket = told(hour);
      if (bucket === null) addMinutes(sums, hour, Math.min(hour + hourMs, to));
      else bucket.addTo(sums, wanted);
    }
  };
  return Array.from({ length: Math.max(0, steps) }, (_, i): OutcomeStep => {
    const at = first + i * stepMs;
    const end = at + stepMs;
    const sums = noCounts();
    for (const [, bucket] of history.hours.between(at, Math.min(end, hoursEnd))) bucket.addTo(sums, wanted);
    const minutesEnd = end >= now ? Math.max(end, history.minutes.last + minuteMs) : end;
    const begin = Math.max(at, hoursEnd);
    if (hourly === null) addMinutes(sums, begin, minutesEnd);
    else addHours(sums, begin, minutesEnd, hourly.told);
    const counts = Object.fromEntries(outcomeCounters.map((counter, place) => [counter, sums[place]]));
    return { at, ...(counts as OutcomeCounts), covered: covered.covers(at, Math.min(end, now)) };
  });
}
