import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Rate } from "../../../src/protocol/viewModels";
import { formatCount, formatDuration, formatMoment, formatPercent, plural } from "../../shared/format";
import { baseStyles } from "../../shared/styles";

const dayMs = 86_400_000;
/** More would be read by nobody. */
const namedGaps = 6;

/** `Not seen: Nov 20 14:03 – Nov 21 08:00; …`, newest first. */
export function gapsText(gaps: Rate["gaps"]): string {
  if (gaps.length === 0) return "";
  const named = gaps
    .slice(-namedGaps)
    .toReversed()
    .map(({ from, to }) => `${formatMoment(from, to + dayMs)} – ${formatMoment(to, to + dayMs)}`);
  const more = gaps.length > namedGaps ? `; and ${formatCount(gaps.length - namedGaps)} more` : "";
  return `Not seen: ${named.join("; ")}${more}. Jobs that ended then may be missing.`;
}

/** Success and failure of one window, with the span that is really covered. */
@customElement("arq-rate")
export class RateView extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 10px;
      }
      .number {
        font-size: 20px;
        line-height: 26px;
        font-variant-numeric: tabular-nums;
        letter-spacing: -0.01em;
      }
      svg {
        display: block;
        width: 100%;
        height: 6px;
        border-radius: 3px;
        margin: 4px 0;
        background: var(--vscode-list-inactiveSelectionBackground, transparent);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .complete {
        fill: var(--good);
      }
      .failed {
        fill: var(--bad);
      }
      p {
        color: var(--mute);
        font-size: 12px;
      }
      :host([stale]) .number {
        color: var(--mute);
        font-style: italic;
      }
      :host([stale]) svg {
        filter: grayscale(1);
        opacity: 0.6;
      }
    `,
  ];

  @property() label = "";
  @property({ attribute: false }) rate: Rate | null = null;
  @property({ type: Boolean, reflect: true }) stale = false;

  override render() {
    if (this.rate === null) return nothing;
    const { complete, failed, aborted, coveredMs, windowMs, gaps } = this.rate;
    const total = complete + failed;
    const covered =
      coveredMs >= windowMs
        ? "the whole span is seen"
        : `seen ${formatDuration(coveredMs)} of ${formatDuration(windowMs)}`;
    // A failed part that is not empty is never thinner than one per cent, or one failure of many would not be seen.
    const failedWidth = failed === 0 ? 0 : Math.max(1, (100 * failed) / Math.max(1, total));
    return html`<div class="head">
        <span>${this.label}</span>
        <span class="mute" title=${gapsText(gaps)}>${covered}</span>
      </div>
      <div class="head">
        <span class="number">${total === 0 ? "no job ended" : `${formatPercent(complete, total)} complete`}</span>
        ${total === 0 ? nothing : html`<span class="failures">${formatPercent(failed, total)} failed</span>`}
      </div>
      <svg aria-hidden="true">
        ${
          total === 0
            ? nothing
            : svg`<rect class="complete" x="0" y="0" width="${100 - failedWidth}%" height="6"/>
                <rect class="failed" x="${100 - failedWidth}%" y="0" width="${failedWidth}%" height="6"/>`
        }
      </svg>
      <p>
        ${formatCount(complete)} complete, ${formatCount(failed)} failed of
        ${plural(total, "job")}${aborted === 0 ? nothing : html` · ${formatCount(aborted)} aborted, not counted`}
      </p>`;
  }
}
