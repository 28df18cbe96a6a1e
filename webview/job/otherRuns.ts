import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { RunsView } from "../../src/protocol/jobMessages";
import type { JobRow } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { formatCount, formatDateTime, formatDuration, formatRelative, formatUtc } from "../shared/format";
import { t } from "../shared/l10n";
import { stateChip } from "../shared/stateChip";
import { baseStyles, sectionStyles } from "../shared/styles";

/** Other jobs of the same function, newest first. Fires `open-job` with an id, and `show-runs`. */
@customElement("arq-other-runs")
export class OtherRuns extends LitElement {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        container-type: inline-size;
      }
      ul {
        list-style: none;
      }
      button.run {
        display: grid;
        grid-template-columns: 6.5em minmax(0, 1fr) max-content 7ch;
        gap: 0 10px;
        align-items: center;
        width: 100%;
        padding: 3px 6px;
        border-radius: 3px;
      }
      button.run:hover {
        background: var(--hover);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      button.run:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      @container (max-width: 380px) {
        button.run {
          grid-template-columns: minmax(0, 1fr) max-content 7ch;
        }
        .run .mono {
          grid-row: 2;
          grid-column: 1 / -1;
          padding-inline-start: 21px;
        }
      }
      .number {
        text-align: end;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      p {
        color: var(--mute);
      }
    `,
  ];

  /** Null until they are known. */
  @property({ attribute: false }) runs: RunsView | null = null;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;

  override render() {
    const { runs } = this;
    return html`<div class="section-head">
        <h2>${t("Other runs of this function")}</h2>
        ${
          runs === null || runs.total === 0
            ? nothing
            : html`<button class="plain link end" @click=${() => emit(this, "show-runs", null)}>
                ${t("All {0} in the job list", formatCount(runs.total + 1))}
              </button>`
        }
      </div>
      ${
        runs === null
          ? html`<p>…</p>`
          : runs.rows.length === 0
            ? html`<p>${t("None that Redis still knows.")}</p>`
            : html`<ul>
                ${repeat(
                  runs.rows,
                  ({ id }) => id,
                  (row) => html`<li>${this.#run(row)}</li>`,
                )}
              </ul>`
      }`;
  }

  #run(row: JobRow): TemplateResult {
    const at = row.finishedAt ?? row.startedAt ?? row.enqueuedAt;
    const what = row.error === null ? row.id : row.error.type;
    return html`<button
      class="plain run"
      title=${row.error === null ? row.id : `${row.id}\n${row.error.type}: ${row.error.message.slice(0, 300)}`}
      @click=${() => emit(this, "open-job", row.id)}
    >
      ${stateChip(row.state)}
      <span class="mono mute cut foreign">${what}</span>
      <span class="number" title=${at === null ? nothing : `${formatDateTime(at)}\n${formatUtc(at)}`}
        >${at === null ? "" : formatRelative(at, this.now)}</span
      >
      <span class="number mute">${row.runMs === null ? "" : formatDuration(row.runMs)}</span>
    </button>`;
  }
}
