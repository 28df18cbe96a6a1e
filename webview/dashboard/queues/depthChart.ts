import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatClock, formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { depthLine, depthLineStyles } from "./depthLine";
import { chartMinutes, depthPaths, depthSummary, type DepthMinute } from "./depthPaths";

/** `14:03`. */
const minuteText = (at: number): string => formatClock(at).slice(0, 5);

/** The last hour of one queue, with its scale. The pointer asks for a minute; a table that is not seen tells them all. */
@customElement("arq-depth-chart")
export class DepthChart extends LitElement {
  static override styles = [
    baseStyles,
    depthLineStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .said {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        min-height: 18px;
        color: var(--mute);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      .said b {
        font-weight: normal;
        color: var(--vscode-foreground);
      }
      .said svg {
        vertical-align: middle;
        margin-inline-end: 5px;
      }
      .said line {
        stroke: var(--busy);
        stroke-width: 1.5;
      }
      .said .dashed {
        stroke-dasharray: 2 3;
      }
      .plot {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 6px;
        color: var(--mute);
        font-size: 11px;
        font-variant-numeric: tabular-nums;
      }
      .scale {
        display: flex;
        flex-direction: column;
        justify-content: space-between;
        text-align: end;
        line-height: 1;
      }
      .canvas {
        position: relative;
        height: 120px;
      }
      .canvas .depth-line {
        width: 100%;
        height: 100%;
      }
      .times {
        grid-column: 2;
        display: flex;
        justify-content: space-between;
      }
      .mark {
        position: absolute;
        inset-block: 0;
        width: 1px;
        background: var(--vscode-foreground);
        pointer-events: none;
      }
    `,
  ];

  @property({ attribute: false }) minutes: readonly DepthMinute[] = [];
  /** Of the minute under the pointer. */
  @state() private pointed: number | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What is taken out of the document is not told that the pointer has left it.
    this.pointed = null;
  }

  override render() {
    const { minutes } = this;
    if (minutes.length === 0) return html`<p class="mute">${t("Nothing is known of the last hour.")}</p>`;
    const paths = depthPaths(minutes);
    const minute = this.pointed === null ? null : (minutes[this.pointed] ?? null);
    return html`<div class="said">${minute === null ? this.#legend() : this.#told(minute)}</div>
      <div class="plot">
        <div class="scale" aria-hidden="true"><span>${formatCount(paths.top)}</span><span>0</span></div>
        <div class="canvas" @pointermove=${this.#point} @pointerleave=${() => (this.pointed = null)}>
          ${depthLine(paths, depthSummary(minutes))}
          ${minute === null ? nothing : html`<i class="mark" .style=${`left: ${this.#share(minute)}%`}></i>`}
        </div>
        <div class="times" aria-hidden="true">
          <span>${minuteText(minutes.at(-1)!.at - (chartMinutes - 1) * 60_000)}</span>
          <span>${t("now")}</span>
        </div>
      </div>
      ${this.#table()}`;
  }

  #told({ at, depth, estimated }: DepthMinute) {
    const n = formatCount(depth);
    return html`<b
      >${
        estimated
          ? t("{0}: {1} or more, estimated from jobs that Redis still holds", minuteText(at), n)
          : t("{0}: {1} jobs", minuteText(at), n)
      }</b
    >`;
  }

  #legend() {
    const counted = html`<span
      ><svg width="18" height="4" aria-hidden="true"><line x1="0" y1="2" x2="18" y2="2"></line></svg>${t(
        "jobs in the queue",
      )}</span
    >`;
    if (!this.minutes.some(({ estimated }) => estimated)) return counted;
    return html`${counted}<span
        title=${t("Not counted at the time: reckoned from jobs that Redis still holds, so it was this or more.")}
        ><svg width="18" height="4" aria-hidden="true"><line class="dashed" x1="0" y1="2" x2="18" y2="2"></line></svg
        >${t("estimated, this or more")}</span
      >`;
  }

  #table() {
    return html`<div class="hush">
      <table>
        <caption>
          ${t("Depth by minute")}
        </caption>
        <thead>
          <tr>
            <th scope="col">${t("Minute")}</th>
            <th scope="col">${t("Jobs")}</th>
          </tr>
        </thead>
        <tbody>
          ${this.minutes.map(
            ({ at, depth, estimated }) =>
              html`<tr>
                <th scope="row">${minuteText(at)}</th>
                <td>${estimated ? t("{0} or more", formatCount(depth)) : formatCount(depth)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** How far to the right it lies, per cent. */
  #share({ at }: DepthMinute): number {
    const back = (this.minutes.at(-1)!.at - at) / 60_000;
    return 100 - (100 * back) / (chartMinutes - 1);
  }

  readonly #point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const back = Math.round((1 - (event.clientX - left) / Math.max(1, width)) * (chartMinutes - 1));
    const index = this.minutes.length - 1 - back;
    this.pointed = index < 0 || index >= this.minutes.length ? null : index;
  };
}
