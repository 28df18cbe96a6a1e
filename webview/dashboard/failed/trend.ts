import { html, svg } from "lit";
import { formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";

const barWidth = 3;
const step = 4;
const height = 22;

/** Failures of each of the last 24 hours, as small bars on a scale of their own; the newest hour is at the end. */
export function trend(hours: readonly number[]) {
  const most = Math.max(1, ...hours);
  const inAll = hours.reduce((sum, each) => sum + each, 0);
  const words =
    inAll === 0
      ? t("None failed in the last 24 hours")
      : t(
          "Failed in the last 24 hours, by the hour: {0} at most, {1} in the last one",
          formatCount(most),
          formatCount(hours.at(-1) ?? 0),
        );
  return html`<svg role="img" aria-label=${words} viewBox="0 0 ${24 * step} ${height}" preserveAspectRatio="none">
    <title>${words}</title>
    <line x1="0" x2=${24 * step} y1=${height - 0.5} y2=${height - 0.5} />
    ${hours.map((failed, index) => {
      // A single failure beside hundreds is still to be seen.
      const tall = failed === 0 ? 0 : Math.max(2, ((height - 1) * failed) / most);
      return failed === 0
        ? svg``
        : svg`<rect x=${index * step} y=${height - 1 - tall} width=${barWidth} height=${tall} />`;
    })}
  </svg>`;
}
