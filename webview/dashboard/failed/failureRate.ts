import { html, nothing, type TemplateResult } from "lit";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { ChartSpan, FailedView } from "../../../src/protocol/tabs/failed";
import type { JobQuery, MonitorSnapshot, Rate } from "../../../src/protocol/viewModels";
import type { ChartSpec } from "../../shared/chartSpec";
import { formatClock, formatCount, formatDuration, formatMoment, formatPercent } from "../../shared/format";
import { decimalText, t } from "../../shared/l10n";

const dayMs = 86_400_000;
/** The axis reaches at least so far, in percent: one failure among hundreds fills no chart. */
const leastPercent = 5;

const titles: Readonly<Record<ChartSpan, string>> = {
  "1h": t("Failure rate, last hour"),
  "24h": t("Failure rate, last 24 hours"),
  "7d": t("Failure rate, last 7 days"),
};

/** Success and failure within the span that is drawn. */
export function rateOf(snapshot: MonitorSnapshot, span: ChartSpan): Rate {
  return { "1h": snapshot.lastHour, "24h": snapshot.lastDay, "7d": snapshot.lastWeek }[span];
}

export function rateTitle(span: ChartSpan): string {
  return titles[span];
}

/** `1.7 % failed`, of how many, and how much of the time was seen. */
export function rateWords(rate: Rate): TemplateResult {
  const { complete, failed, coveredMs, windowMs } = rate;
  const ended = complete + failed;
  const seen =
    coveredMs >= windowMs
      ? nothing
      : html`<span class="mute">${t("seen {0} of {1}", formatDuration(coveredMs), formatDuration(windowMs))}</span>`;
  if (ended === 0) return html`<span class="mute">${t("No job is known to have ended.")}</span> ${seen}`;
  return html`<b class="percent">${formatPercent(failed, ended)}</b>
    <span>${t("{0} failed of {1} that ended", formatCount(failed), formatCount(ended))}</span> ${seen}`;
}

/** A bar for the share of failed jobs of each step; hatched where nobody looked. */
export function rateChart({ chart, chartSpan }: FailedView, rate: Rate, now: number): ChartSpec {
  const label = (at: number): string =>
    chartSpan === "7d" ? formatMoment(at, now + dayMs) : formatClock(at).slice(0, 5);
  const unseen = chart.some(({ covered }) => !covered);
  const ended = rate.complete + rate.failed;
  const said =
    ended === 0
      ? t("No job is known to have ended.")
      : t(
          "{0}: {1} failed of {2} that ended.",
          formatPercent(rate.failed, ended),
          formatCount(rate.failed),
          formatCount(ended),
        );
  return {
    kind: "bars",
    caption: titles[chartSpan],
    summary: unseen ? t("{0} Parts of the time were not seen.", said) : said,
    series: [{ label: t("failed"), tone: "bad", values: chart.map(percent) }],
    points: chart.map(({ at, covered }, index) => ({
      label: label(at),
      open: index === chart.length - 1,
      unseen: !covered,
    })),
    format: (value) => `${decimalText(value, 1, 0)} %`,
    least: leastPercent,
  };
}

/** The failed jobs behind one bar, as far as they are known. */
export function jobsOfStep({ chart }: FailedView, index: number): JobQuery | null {
  const step = chart[index];
  if (step === undefined) return null;
  const next = chart[index + 1];
  const text = [`since:${moment(step.at)}`, ...(next === undefined ? [] : [`until:${moment(next.at - 1000)}`])];
  return { ...newestJobs, states: ["failed"], remembered: "also", text: text.join(" ") };
}

function percent({ complete, failed }: { readonly complete: number; readonly failed: number }): number | null {
  const ended = complete + failed;
  return ended === 0 ? null : (100 * failed) / ended;
}

/** As the filter of jobs takes it, whatever the time zone of its host. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
