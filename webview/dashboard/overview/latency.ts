import type { LatencyPoint } from "../../../src/protocol/tabs/overview";
import type { ChartPoint, ChartSpec } from "../../shared/chartSpec";
import { formatClock, formatDuration } from "../../shared/format";
import { t } from "../../shared/l10n";

type Percentile = "waitP50Ms" | "waitP95Ms" | "runP50Ms" | "runP95Ms";

/** The newest value that is known, and the minute it is of. */
export function newestKnown(
  points: readonly LatencyPoint[],
  field: Percentile,
): { readonly at: number; readonly ms: number } | null {
  const found = points.findLast((point) => point[field] !== null);
  return found === undefined ? null : { at: found.at, ms: found[field]! };
}

/**
 * How long jobs waited, and with it how long the oldest that waits has done so: where nothing is started there is no wait to be drawn, and a queue that
 * stands still would look idle. `oldestNow`: of the minute that runs, ms; null when none waits.
 */
export function waitChart(points: readonly LatencyPoint[], oldestNow: number | null): ChartSpec {
  const last = points.length - 1;
  const oldest = points.map(({ oldestDueMs }, index) => (index === last ? (oldestNow ?? 0) : oldestDueMs));
  return {
    ...durations(points),
    ...(points.some(({ waitP50Ms }) => waitP50Ms !== null) || oldest.some((ms) => (ms ?? 0) > 0)
      ? {}
      : { empty: t("Of no job of the last hour it is known how long it waited.") }),
    caption: t("How long jobs waited, by minute"),
    summary: waitSummary(points, oldestNow),
    series: [
      { label: t("p50"), tone: "busy", look: "thin", values: points.map(({ waitP50Ms }) => waitP50Ms) },
      { label: t("p95"), tone: "busy", values: points.map(({ waitP95Ms }) => waitP95Ms) },
      {
        label: t("oldest"),
        tone: "warn",
        look: "steps",
        values: oldest,
        estimated: points.map(({ estimated }, index) => estimated && index !== last),
      },
    ],
  };
}

/** How long jobs ran. */
export function runChart(points: readonly LatencyPoint[]): ChartSpec {
  return {
    ...durations(points),
    ...(points.some(({ runP50Ms }) => runP50Ms !== null)
      ? {}
      : { empty: t("Of no job of the last hour it is known how long it ran.") }),
    caption: t("How long jobs ran, by minute"),
    summary: runSummary(points),
    series: [
      { label: t("p50"), tone: "good", look: "thin", values: points.map(({ runP50Ms }) => runP50Ms) },
      { label: t("p95"), tone: "good", values: points.map(({ runP95Ms }) => runP95Ms) },
    ],
  };
}

function durations(points: readonly LatencyPoint[]) {
  return {
    kind: "lines",
    points: points.map(({ at }, index): ChartPoint => ({
      label: formatClock(at).slice(0, 5),
      open: index === points.length - 1,
    })),
    format: (ms: number) => formatDuration(ms).replace(/\.0 s$/, " s"),
    log: true,
  } as const;
}

function waitSummary(points: readonly LatencyPoint[], oldestNow: number | null): string {
  const p95 = highest(points, "waitP95Ms");
  const oldest =
    oldestNow === null ? t("No job waits now.") : t("The oldest has waited {0}.", formatDuration(oldestNow));
  const said =
    p95 === null
      ? t("Of no job that started in the last hour it is known how long it waited.")
      : t(
          "The longest wait of a minute (p95) was {0} at {1}.",
          formatDuration(p95.ms),
          formatClock(p95.at).slice(0, 5),
        );
  return `${said} ${oldest}`;
}

function runSummary(points: readonly LatencyPoint[]): string {
  const p95 = highest(points, "runP95Ms");
  if (p95 === null) return t("Of no job that ended in the last hour it is known how long it ran.");
  return t(
    "The longest runs of a minute (p95) took {0} at {1}.",
    formatDuration(p95.ms),
    formatClock(p95.at).slice(0, 5),
  );
}

function highest(points: readonly LatencyPoint[], field: Percentile): { at: number; ms: number } | null {
  let found: { at: number; ms: number } | null = null;
  for (const point of points) {
    const ms = point[field];
    if (ms !== null && ms > (found?.ms ?? -1)) found = { at: point.at, ms };
  }
  return found;
}
