import type { DepthLine } from "../../../src/protocol/tabs/queues";
import { formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";

const minuteMs = 60_000;
/** Minutes that a chart shows, the one that runs included. */
export const chartMinutes = 60;

/** Lines of a chart as SVG paths, in units of minutes across and of jobs up; y grows downward from `-top`. */
export interface DepthPaths {
  readonly counted: string;
  readonly estimated: string;
  /** Below both. */
  readonly area: string;
  /** Of the scale, at least 1. */
  readonly top: number;
}

/** One minute of the last hour. */
export interface DepthMinute {
  readonly at: number;
  readonly depth: number;
  readonly estimated: boolean;
}

/** The minutes of the last hour that are told, oldest first. What is told stays true until something else is: the last depth goes on until `now`. */
export function lastHour({ from, depths, estimated }: DepthLine, now: number): readonly DepthMinute[] {
  const end = Math.floor(now / minuteMs) * minuteMs;
  const first = end - (chartMinutes - 1) * minuteMs;
  const told = depths.map((depth, index) => ({
    at: from + index * minuteMs,
    depth,
    estimated: estimated[index] === true,
  }));
  const last = told.at(-1);
  for (let at = (last?.at ?? end) + minuteMs; last !== undefined && at <= end; at += minuteMs)
    told.push({ ...last, at });
  return told.filter(({ at }) => at >= first);
}

export function depthPaths(minutes: readonly DepthMinute[]): DepthPaths {
  const top = Math.max(1, ...minutes.map(({ depth }) => depth));
  const end = minutes.at(-1)?.at ?? 0;
  const x = ({ at }: DepthMinute): number => chartMinutes - 1 - (end - at) / minuteMs;
  let counted = "";
  let estimated = "";
  for (const [index, minute] of minutes.entries()) {
    const before = minutes[index - 1];
    if (before === undefined) continue;
    const stroke = `M${x(before)} ${-before.depth}L${x(minute)} ${-minute.depth}`;
    if (before.estimated || minute.estimated) estimated += stroke;
    else counted += stroke;
  }
  const [first, last] = [minutes[0], minutes.at(-1)];
  const outline = minutes.map((minute) => `L${x(minute)} ${-minute.depth}`).join("");
  const area = first === undefined || last === undefined ? "" : `M${x(first)} 0${outline}L${x(last)} 0Z`;
  return { counted, estimated, area, top };
}

/** What the chart says, in words. */
export function depthSummary(minutes: readonly DepthMinute[]): string {
  if (minutes.length === 0) return t("Nothing is known of the last hour.");
  const depths = minutes.map(({ depth }) => depth);
  const [low, high] = [formatCount(Math.min(...depths)), formatCount(Math.max(...depths))];
  const known = minutes.filter(({ estimated }) => !estimated).length;
  return known === minutes.length
    ? t("Depth in the last hour: from {0} to {1} jobs.", low, high)
    : t(
        "Depth in the last hour: from {0} to {1} jobs. Counted in {2} of {3} minutes; in the others estimated, so it was that or more.",
        low,
        high,
        known,
        minutes.length,
      );
}
