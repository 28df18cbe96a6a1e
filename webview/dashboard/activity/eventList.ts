import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { ActivityLine, EventLine, GapLine } from "../../../src/protocol/tabs/activity";
import { emit } from "../../shared/emit";
import { formatDateTime, formatDuration, formatMoment, formatUtc } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { LineSlots } from "../../shared/lineSlots";
import { baseStyles } from "../../shared/styles";
import { eventLooks } from "./eventLooks";

/**
 * Events, the newest first, each a button that opens its job. Arrow keys, Home and End walk them. The list has to stand still while one of them has the focus. Fires `open-job` (id).
 */
@customElement("arq-event-list")
export class EventList extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
      }
      /* What is out of sight costs nothing: in a storm all lines are new four times a second. */
      li {
        content-visibility: auto;
        contain-intrinsic-height: auto 27px;
        border-bottom: 1px solid color-mix(in srgb, var(--hairline) 55%, transparent);
      }
      button.line {
        display: grid;
        grid-template-columns: 92px 108px minmax(120px, 1.6fr) minmax(80px, 1fr) minmax(90px, 1.2fr) 76px;
        column-gap: 12px;
        align-items: center;
        width: 100%;
        min-height: 26px;
        padding: 3px 8px;
      }
      button.line:hover {
        background: var(--hover);
        color: var(--vscode-list-hoverForeground, inherit);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      button.line:focus-visible {
        outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
        outline-offset: -1px;
      }
      .at {
        color: var(--mute);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .kind {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
      .queue,
      .id {
        color: var(--mute);
      }
      .inferred {
        justify-self: end;
        color: var(--mute);
        font-size: 12px;
        font-style: italic;
      }
      .gap {
        display: flex;
        align-items: center;
        gap: 6px;
        padding: 6px 8px;
        color: var(--mute);
        overflow-wrap: anywhere;
        background: repeating-linear-gradient(
          -45deg,
          color-mix(in srgb, var(--mute) 14%, transparent) 0 1px,
          transparent 1px 6px
        );
      }
      .gap span {
        background: var(--surface);
        padding: 0 4px;
      }
      .gap .icon {
        color: var(--warn);
      }
      :host([stale]) {
        font-style: italic;
      }
      @container (max-width: 879px) {
        button.line {
          grid-template-columns: 84px 96px minmax(100px, 1.6fr) minmax(70px, 1fr) 52px;
          column-gap: 10px;
        }
        .id {
          display: none;
        }
      }
      @container (max-width: 519px) {
        button.line {
          grid-template-columns: 92px minmax(0, 1fr) auto;
          row-gap: 1px;
          padding-block: 5px;
        }
        .function {
          grid-area: 1 / 2;
        }
        .kind {
          grid-area: 1 / 1;
        }
        .at {
          grid-area: 1 / 3;
          text-align: end;
        }
        .queue {
          grid-area: 2 / 2;
        }
        .inferred {
          grid-area: 2 / 3;
        }
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly ActivityLine[] = [];
  /** Redis' clock: what happened today needs no date. */
  @property({ type: Number }) now = 0;
  /** What is shown is not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;
  /** The place that the keys stand on. */
  @state() private active = 0;
  readonly #slots = new LineSlots();

  override render() {
    const reachable = this.#reachable;
    const slots = this.#slots.assign(this.lines.map(({ key }) => key));
    return html`<ul aria-label=${t("Events, the newest first")} @keydown=${this.#onKey}>
      ${repeat(
        this.lines,
        (_line, index) => slots[index],
        (line, index) =>
          html`<li class=${line.kind === "gap" ? "span" : ""}>
            ${line.kind === "gap" ? this.#gap(line) : this.#event(line, index, index === reachable)}
          </li>`,
      )}
    </ul>`;
  }

  #event(line: EventLine, index: number, isReachable: boolean): TemplateResult {
    return html`<button
      class="plain line"
      data-place=${index}
      tabindex=${isReachable ? 0 : -1}
      @click=${() => emit(this, "open-job", line.jobId)}
      @focus=${() => (this.active = index)}
    >
      ${
        // A line that only moves down is not drawn again.
        guard([line, this.now], () => this.#words(line))
      }
    </button>`;
  }

  #words(line: EventLine): TemplateResult {
    const look = eventLooks[line.kind];
    return html`<span class="at" title=${`${formatDateTime(line.at)}\n${formatUtc(line.at)}`}
        >${formatMoment(line.at, this.now)}</span
      >
      <span class="kind tone-${look.tone}" title=${look.meaning}
        >${icon(look.icon)}<b class="word">${look.label}</b></span
      >
      <span class="function cut foreign" title=${line.function ?? ""}>${line.function ?? t("function not known")}</span>
      <span class="queue cut foreign" title=${line.queue ?? ""}>${line.queue ?? ""}</span>
      <span class="id mono cut foreign" title=${line.jobId}>${line.jobId}</span>
      <span class="inferred" title=${line.inferred ? inferredMeaning : nothing}
        >${line.inferred ? t("inferred") : ""}</span
      >`;
  }

  #gap({ from, to, why }: GapLine): TemplateResult {
    return html`<p class="gap" title=${`${formatDateTime(from)} – ${formatDateTime(to)}`}>
      ${icon("warning")}<span
        >${t(
          "Not observed from {0} to {1} ({2}): {3}",
          formatMoment(from, this.now),
          formatMoment(to, this.now),
          formatDuration(to - from),
          why,
        )}</span
      >
    </p>`;
  }

  /** The place that Tab leads to: gaps have nothing to open. */
  get #reachable(): number {
    if (this.lines[this.active] !== undefined && this.lines[this.active]?.kind !== "gap") return this.active;
    return this.lines.findIndex(({ kind }) => kind !== "gap");
  }

  /** For the keys `j` and `k`: from outside onto the line that had the keyboard last. */
  moveRow(step: 1 | -1): void {
    const inside = this.shadowRoot?.activeElement?.classList.contains("line") ?? false;
    this.#walkTo(inside ? this.active + step : this.#reachable, step);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case "ArrowDown":
        this.#walkTo(this.active + 1, 1);
        break;
      case "ArrowUp":
        this.#walkTo(this.active - 1, -1);
        break;
      case "Home":
        this.#walkTo(0, 1);
        break;
      case "End":
        this.#walkTo(this.lines.length - 1, -1);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  /** The next event from there on. */
  #walkTo(from: number, step: 1 | -1): void {
    let place = from;
    while (this.lines[place]?.kind === "gap") place += step;
    if (this.lines[place] === undefined) return;
    this.active = place;
    void this.updateComplete.then(() => {
      const line = this.renderRoot.querySelector<HTMLElement>(`[data-place="${place}"]`);
      line?.focus({ preventScroll: true });
      line?.scrollIntoView({ block: "nearest" });
    });
  }
}

export const inferredMeaning = t(
  "Not seen happening: it follows from what Redis held when it was looked at, such as the times in a result.",
);
