import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";

/** `1–50 of 10,500`, with the way back and forth. Fires `turn` (-1 or 1). */
@customElement("arq-pager")
export class Pager extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 2px;
        color: var(--mute);
      }
      .range {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        margin-inline-end: 4px;
      }
    `,
  ];

  /** Jobs before the first that is shown. */
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) shown = 0;
  @property({ type: Number }) total = 0;

  override render() {
    const { offset, shown, total } = this;
    return html`<span class="range">${rangeText(offset, shown, total)}</span>
      <button
        class="tool"
        aria-label=${t("Previous page")}
        title=${t("Previous page (PageUp)")}
        ?disabled=${offset === 0}
        @click=${() => emit(this, "turn", -1)}
      >
        ${icon("chevronLeft")}
      </button>
      <button
        class="tool"
        aria-label=${t("Next page")}
        title=${t("Next page (PageDown)")}
        ?disabled=${offset + shown >= total}
        @click=${() => emit(this, "turn", 1)}
      >
        ${icon("chevronRight")}
      </button>`;
  }
}

function rangeText(offset: number, shown: number, total: number): string {
  if (shown === 0) return t("0 of {0}", formatCount(total));
  // Rows that have kept their places though they left the filter since.
  if (shown > total) return t("{0} shown, {1} left", formatCount(shown), formatCount(total));
  return t("{0}–{1} of {2}", formatCount(offset + 1), formatCount(offset + shown), formatCount(total));
}
