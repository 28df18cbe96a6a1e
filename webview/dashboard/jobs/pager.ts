import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
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
    const range =
      shown === 0
        ? `0 of ${formatCount(total)}`
        : `${formatCount(offset + 1)}–${formatCount(offset + shown)} of ${formatCount(total)}`;
    return html`<span class="range">${range}</span>
      <button
        class="tool"
        aria-label="Previous page"
        title="Previous page"
        ?disabled=${offset === 0}
        @click=${() => emit(this, "turn", -1)}
      >
        ${icon("chevronLeft")}
      </button>
      <button
        class="tool"
        aria-label="Next page"
        title="Next page"
        ?disabled=${offset + shown >= total}
        @click=${() => emit(this, "turn", 1)}
      >
        ${icon("chevronRight")}
      </button>`;
  }
}
