import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobRow } from "../../src/protocol/viewModels";
import {
  formatCountdown,
  formatDateTime,
  formatDuration,
  formatElapsed,
  formatRelative,
  formatUtc,
} from "../shared/format";
import { baseStyles } from "../shared/styles";
import { spanWords, timeline, type Span } from "./timeline";

/** When everything happened: a bar of the spans, and every time known, local with its distance from now. */
@customElement("arq-job-times")
export class JobTimes extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
        border-radius: 4px;
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .deferred,
      .beforeStart {
        fill: color-mix(in srgb, var(--busy) 30%, var(--surface));
        background: color-mix(in srgb, var(--busy) 30%, var(--surface));
      }
      .waited {
        fill: color-mix(in srgb, var(--busy) 62%, var(--surface));
        background: color-mix(in srgb, var(--busy) 62%, var(--surface));
      }
      .ran {
        fill: var(--busy);
        background: var(--busy);
      }
      .bad .ran {
        fill: var(--bad);
        background: var(--bad);
      }
      .good .ran {
        fill: var(--good);
        background: var(--good);
      }
      .spans {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        margin: 6px 0 12px;
        list-style: none;
        color: var(--mute);
      }
      .spans b {
        color: var(--vscode-foreground);
        font-weight: normal;
        font-variant-numeric: tabular-nums;
      }
      i {
        display: inline-block;
        width: 8px;
        height: 8px;
        border-radius: 2px;
        margin-inline-end: 6px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 3px 16px;
      }
      dt {
        color: var(--mute);
      }
      dd {
        min-width: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) row: JobRow | null = null;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) forgottenAt: number | null = null;
  /** Of the worker's code; null where it is not told. */
  @property({ attribute: false }) release: string | null = null;
  /** Nobody knows whether what was going on still does. */
  @property({ type: Boolean }) stale = false;

  override render() {
    const { row, now } = this;
    if (row === null) return nothing;
    const spans = timeline(row, now).filter((span) => !(span.open && this.stale));
    const tone = row.state === "failed" ? "bad" : row.state === "complete" ? "good" : "";
    return html`${spans.length === 0 ? nothing : this.#bar(spans, tone)}
      <dl>
        ${this.#time("Enqueued", row.enqueuedAt)} ${this.#time("Due", row.scheduledAt)}
        ${this.#time(row.tries !== null && row.tries > 1 ? "Started (last try)" : "Started", row.startedAt)}
        ${this.#time(row.state === "failed" ? "Failed" : row.state === "complete" ? "Completed" : "Ended", row.finishedAt)}
        ${this.#fact("Tries", row.tries === null ? "not known" : String(row.tries))}
        ${row.worker === null ? nothing : this.#fact("Worker", html`<span class="mono foreign">${row.worker}</span>`)}
        ${this.release === null ? nothing : this.#fact("Release", html`<span class="mono foreign">${this.release}</span>`)}
        ${
          this.forgottenAt === null
            ? nothing
            : this.#fact(
                "Kept",
                html`<span title="${formatDateTime(this.forgottenAt)} (${formatUtc(this.forgottenAt)})"
                  >${
                    this.forgottenAt <= now
                      ? "Redis has forgotten this by now"
                      : `Redis forgets this in ${formatCountdown(this.forgottenAt - now)}`
                  }</span
                >`,
              )
        }
      </dl>`;
  }

  #bar(spans: readonly Span[], tone: string) {
    const total = Math.max(
      1,
      spans.reduce((sum, span) => sum + span.ms, 0),
    );
    // A span is never thinner than one per cent, or a short run after a long wait would not be seen.
    const widths = spans.map((span) => Math.max(1, (100 * span.ms) / total));
    const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
    let x = 0;
    return html`<div class=${tone}>
      <svg aria-hidden="true">
        ${spans.map((span, index) => {
          const width = widths[index]! * scale;
          const rect = svg`<rect class=${span.kind} x="${x}%" y="0" width="${width}%" height="8"/>`;
          x += width;
          return rect;
        })}
      </svg>
      <ul class="spans">
        ${spans.map(
          (span) =>
            html`<li>
              <i class=${span.kind}></i>${spanWords[span.kind][span.open ? 1 : 0]}
              <b>${span.open && span.kind !== "deferred" ? formatElapsed(span.ms) : formatDuration(span.ms)}</b>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  #time(label: string, at: number | null) {
    if (at === null) return nothing;
    return this.#fact(
      label,
      html`<span title=${formatUtc(at)}>${formatDateTime(at)}</span
        ><span class="mute">${formatRelative(at, this.now)}</span>`,
    );
  }

  #fact(label: string, value: unknown) {
    return html`<dt>${label}</dt>
      <dd>${value}</dd>`;
  }
}
