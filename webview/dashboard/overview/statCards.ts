import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobState, MonitorSnapshot, WorkerCount } from "../../../src/protocol/viewModels";
import { assertNever } from "../../shared/assertNever";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { stateLooks } from "../../shared/jobStates";
import { baseStyles } from "../../shared/styles";

const always: readonly JobState[] = ["queued", "deferred", "running"];
/** States that get a card only once some job was in them: room is for what is worth acting on. */
const whenAny: readonly JobState[] = ["retrying", "orphaned", "expired"];
const ended: readonly JobState[] = ["complete", "failed"];

/** `3`, `≥ 1`, `~3` or `unknown`: never more certain than what is known. */
export function workerCountText(count: WorkerCount): string {
  switch (count.kind) {
    case "exact":
      return formatCount(count.n);
    case "atLeast":
      return `≥ ${formatCount(count.n)}`;
    case "about":
      return `~${formatCount(count.n)}`;
    case "unknown":
      return "unknown";
    default:
      return assertNever(count);
  }
}

/** One number per state; each is a button that shows those jobs in the list. Fires `pick-state` with the state and `toggle-workers`. */
@customElement("arq-stat-cards")
export class StatCards extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(98px, 1fr));
        gap: 8px;
      }
      button.card {
        appearance: none;
        display: flex;
        flex-direction: column;
        gap: 2px;
        min-width: 0;
        padding: 8px 9px 9px 10px;
        border: 1px solid var(--hairline);
        border-radius: 6px;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      button.card:hover {
        background: var(--hover);
        border-color: var(--vscode-contrastActiveBorder, var(--hairline));
      }
      button.card:focus-visible {
        outline-offset: 1px;
      }
      button.card[aria-pressed="true"],
      button.card[aria-expanded="true"] {
        background: var(--vscode-list-inactiveSelectionBackground, var(--hover));
        border-color: var(--vscode-contrastActiveBorder, var(--vscode-focusBorder));
      }
      /* On the ground of a selection the paler text of some themes is too pale. */
      button.card[aria-pressed="true"] .label,
      button.card[aria-expanded="true"] .label {
        color: var(--vscode-foreground);
      }
      .label {
        display: flex;
        align-items: center;
        gap: 6px;
        white-space: nowrap;
        color: var(--mute);
      }
      .number {
        font-size: 22px;
        line-height: 28px;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .indexing {
        font-size: 12px;
        line-height: 14px;
        color: var(--mute);
      }
      button.card[aria-pressed="true"] .indexing {
        color: var(--vscode-foreground);
      }
      .number.word {
        font-size: 15px;
      }
      .zero .number {
        color: var(--mute);
      }
      .zero .icon {
        color: var(--mute);
      }
      :host([stale]) .number {
        color: var(--mute);
        font-style: italic;
      }
      :host([stale]) .icon {
        color: var(--mute);
      }
      @container (max-width: 1100px) {
        .number.long {
          font-size: 15px;
        }
      }
      @container (max-width: 420px) {
        :host {
          grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
          gap: 6px;
        }
        button.card {
          padding: 5px 6px 6px;
        }
        .label {
          gap: 4px;
          font-size: 12px;
        }
        .number:not(.long) {
          font-size: 18px;
          line-height: 24px;
        }
      }
    `,
  ];

  @property({ attribute: false }) snapshot: MonitorSnapshot | null = null;
  @property({ attribute: false }) picked: readonly JobState[] = [];
  @property({ type: Boolean }) workersOpen = false;
  /** `indexing 34 %` while counts of finished jobs are not whole; else "". */
  @property() indexing = "";
  /** The numbers are not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;

  /** A card stays, at zero: one that comes and goes would move all the others each time. */
  readonly #met = new Set<JobState>();

  override render() {
    const { snapshot } = this;
    if (snapshot === null) return nothing;
    for (const state of whenAny) if (snapshot.counts[state] > 0) this.#met.add(state);
    const states = [...always, ...whenAny.filter((state) => this.#met.has(state)), ...ended];
    return html`${states.map((state) => this.#stateCard(state, snapshot.counts[state]))}
    ${this.#workers(snapshot.workerCount)}`;
  }

  #stateCard(state: JobState, n: number) {
    const look = stateLooks[state];
    return html`<button
      class="card tone-${look.tone} ${n === 0 ? "zero" : ""}"
      data-state=${state}
      aria-pressed=${this.picked.includes(state) ? "true" : "false"}
      title="${look.meaning} Click to list these jobs."
      @click=${() => emit(this, "pick-state", state)}
    >
      <span class="label">${icon(look.icon)}${look.label}</span>
      <span class="number ${n >= 1e6 ? "long" : ""}">${formatCount(n)}</span>
      ${this.indexing !== "" && ended.includes(state) ? html`<span class="indexing">${this.indexing}</span>` : nothing}
    </button>`;
  }

  #workers(count: WorkerCount) {
    const unknown = count.kind === "unknown";
    return html`<button
      class="card tone-mute"
      data-card="workers"
      aria-expanded=${this.workersOpen ? "true" : "false"}
      title=${unknown ? count.reason : "Click for what is known of each worker."}
      @click=${() => emit(this, "toggle-workers", null)}
    >
      <span class="label">${icon("bolt")}Workers</span>
      <span class="number ${unknown ? "word" : ""}">${workerCountText(count)}</span>
    </button>`;
  }
}
