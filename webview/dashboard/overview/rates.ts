import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobState, Rate } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount, formatDuration, formatMoment, formatPercent } from "../../shared/format";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** More would be read by nobody. */
const namedGaps = 6;

/** `Not seen: Nov 20 14:03 – Nov 21 08:00; …`, newest first. */
export function gapsText(gaps: Rate["gaps"]): string {
  if (gaps.length === 0) return "";
  const named = gaps
    .slice(-namedGaps)
    .toReversed()
    .map(({ from, to }) => `${formatMoment(from, to + dayMs)} – ${formatMoment(to, to + dayMs)}`)
    .join("; ");
  const more = gaps.length - namedGaps;
  return more > 0
    ? t("Not seen: {0}; and {1} more. Jobs that ended then may be missing.", named, formatCount(more))
    : t("Not seen: {0}. Jobs that ended then may be missing.", named);
}

/** Whether the longer span tells nothing that the shorter one does not: nobody watched before it, and nothing of then is left. */
export function saysNoMore(longer: Rate, shorter: Rate): boolean {
  return (
    longer.complete === shorter.complete &&
    longer.failed === shorter.failed &&
    longer.aborted === shorter.aborted &&
    longer.coveredMs - shorter.coveredMs < minuteMs
  );
}

/**
 * Success and failure of one window, with the span that is really covered. Every number is a button: fires `pick-ended` with the states whose jobs it
 * counts.
 */
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
      button.number,
      span.number {
        font-size: 20px;
        line-height: 26px;
        letter-spacing: -0.01em;
      }
      button {
        font-variant-numeric: tabular-nums;
      }
      button:hover {
        text-decoration: underline;
      }
      .none {
        color: var(--mute);
        line-height: 26px;
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
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
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
  /** The next shorter window, which stands above: what only repeats it is not told again. */
  @property({ attribute: false }) shorter: Rate | null = null;
  @property({ type: Boolean, reflect: true }) stale = false;

  override render() {
    const { rate, shorter } = this;
    if (rate === null) return nothing;
    const { coveredMs, windowMs, gaps } = rate;
    const covered =
      coveredMs >= windowMs
        ? t("the whole span is seen")
        : t("seen {0} of {1}", formatDuration(coveredMs), formatDuration(windowMs));
    return html`<div class="head">
        <span>${this.label}</span>
        <span class="mute covered" title=${gapsText(gaps)}>${covered}</span>
      </div>
      ${
        shorter !== null && saysNoMore(rate, shorter)
          ? html`<p class="none" title=${gapsText(gaps)}>${t("Nothing older is known yet: the same as above.")}</p>`
          : this.#numbers(rate)
      }`;
  }

  #numbers({ complete, failed, aborted }: Rate) {
    const total = complete + failed;
    // A failed part that is not empty is never thinner than one per cent, or one failure of many would not be seen.
    const failedWidth = failed === 0 ? 0 : Math.max(1, (100 * failed) / Math.max(1, total));
    return html`<div class="head">
        ${
          total === 0
            ? html`<span class="number">${t("no job ended")}</span>`
            : html`${this.#link("number", ["complete"], t("{0} complete", formatPercent(complete, total)))}
              ${this.#link("failures", ["failed"], t("{0} failed", formatPercent(failed, total)))}`
        }
      </div>
      <svg aria-hidden="true">
        ${
          total === 0
            ? nothing
            : svg`<rect class="complete" x="0" y="0" width="${100 - failedWidth}%" height="6"/>
                <rect class="failed" x="${100 - failedWidth}%" y="0" width="${failedWidth}%" height="6"/>`
        }
      </svg>
      <p class="counts">
        ${this.#link("", ["complete"], t("{0} complete", formatCount(complete)))}
        ${this.#link("", ["failed"], t("{0} failed", formatCount(failed)))}
        ${aborted === 0 ? nothing : this.#link("", ["aborted"], t("{0} aborted, not counted", formatCount(aborted)))}
      </p>`;
  }

  #link(name: string, states: readonly JobState[], text: string) {
    return html`<button
      class="plain ${name}"
      title=${t("Click to list these jobs.")}
      @click=${() => emit(this, "pick-ended", states)}
    >
      ${text}
    </button>`;
  }
}
