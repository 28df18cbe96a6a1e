import type { ThroughputBucket } from "../../../src/protocol/viewModels";
import type { ChartSpec } from "../../shared/chartSpec";
import { formatClock, formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";

/** What the chart says, in words. */
export function throughputSummary(buckets: readonly ThroughputBucket[]): string {
  const complete = buckets.reduce((sum, bucket) => sum + bucket.complete, 0);
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const missing = buckets.filter((bucket) => !bucket.covered).length;
  const unseen =
    missing === 0
      ? ""
      : missing === 1
        ? t("1 minute of it was not seen.")
        : t("{0} minutes of it were not seen.", formatCount(missing));
  const peak = buckets.reduce<ThroughputBucket | null>(
    (best, bucket) => (best !== null && best.complete + best.failed >= bucket.complete + bucket.failed ? best : bucket),
    null,
  );
  const said =
    peak === null || complete + failed === 0
      ? t("No job is known to have ended in the last hour.")
      : t(
          "Jobs ended per minute in the last hour: {0} complete, {1} failed. Most in one minute: {2} at {3}.",
          formatCount(complete),
          formatCount(failed),
          formatCount(peak.complete + peak.failed),
          formatClock(peak.at).slice(0, 5),
        );
  return [said, unseen].filter((sentence) => sentence !== "").join(" ");
}

/** Jobs ended per minute over the last hour. The newest minute is still filling. */
export function throughputChart(buckets: readonly ThroughputBucket[]): ChartSpec {
  return {
    kind: "bars",
    caption: t("Jobs ended per minute"),
    summary: throughputSummary(buckets),
    series: [
      { label: t("complete"), tone: "good", values: buckets.map(({ complete }) => complete) },
      { label: t("failed"), tone: "bad", values: buckets.map(({ failed }) => failed) },
    ],
    points: buckets.map(({ at, covered }, index) => ({
      label: formatClock(at).slice(0, 5),
      open: index === buckets.length - 1,
      unseen: !covered,
    })),
    format: formatCount,
    least: 4,
  };
}
