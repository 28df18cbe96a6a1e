import { css, html, svg, type TemplateResult } from "lit";
import type { EndedTrend } from "../../../src/protocol/tabs/functions";
import { formatCount, formatDuration } from "../../shared/format";
import { t } from "../../shared/l10n";

/** A bar and the room beside it, in units of the picture. */
const step = 4;
const width = 3;
const height = 20;

export const trendBarsStyles = css`
  .trend {
    display: block;
    width: 100%;
    height: 20px;
  }
  .trend .complete {
    fill: var(--good);
  }
  .trend .failed {
    fill: var(--bad);
  }
  .trend .ground {
    fill: var(--hairline);
  }
  @media (forced-colors: active) {
    .trend .complete {
      fill: GrayText;
    }
    .trend .failed {
      fill: CanvasText;
    }
  }
`;

/** What the bars say, in words. */
export function trendSummary({ stepMs, complete, failed }: EndedTrend): string {
  const [well, ill] = [sum(complete), sum(failed)];
  return well + ill === 0
    ? t("No job is known to have ended in the last hour.")
    : t(
        "Ended in the last hour, in steps of {0}: {1} complete, {2} failed.",
        formatDuration(stepMs),
        formatCount(well),
        formatCount(ill),
      );
}

/**
 * Jobs that ended in the last hour: complete upward from the ground, failed hanging below it, so that their place tells them apart. On the scale of the
 * function's own highest bars; what failed has at least a quarter of the height, and what is not empty a tenth.
 */
export function trendBars(trend: EndedTrend): TemplateResult {
  const { complete, failed } = trend;
  const [most, mostFailed] = [Math.max(1, ...complete), Math.max(0, ...failed)];
  const ground = mostFailed === 0 ? height - 1 : height * Math.min(0.75, Math.max(0.5, most / (most + mostFailed)));
  const tall = (n: number, room: number, most: number): number => (n === 0 ? 0 : Math.max(2, (room * n) / most));
  return html`<svg
    class="trend"
    role="img"
    aria-label=${trendSummary(trend)}
    viewBox="0 0 ${complete.length * step - 1} ${height}"
    preserveAspectRatio="none"
  >
    <title>${trendSummary(trend)}</title>
    ${complete.map((n, index) => {
      const up = tall(n, ground, most);
      const down = tall(failed[index] ?? 0, height - ground, mostFailed);
      return svg`<rect class="ground" x=${index * step} y=${ground} width=${width} height="1" />
        <rect class="complete" x=${index * step} y=${ground - up} width=${width} height=${up} />
        <rect class="failed" x=${index * step} y=${ground} width=${width} height=${down} />`;
    })}
  </svg>`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}
