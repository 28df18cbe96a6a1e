import { html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobRow } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatDateTime } from "../../shared/format";
import { icon } from "../../shared/icons";
import "../../shared/stateChip";
import { baseStyles } from "../../shared/styles";
import {
  columns,
  durationCell,
  enqueuedCell,
  finishedCell,
  startedCell,
  type CellText,
  type Column,
} from "./jobColumns";
import { jobTableStyles } from "./jobTable.styles";
import { heldRows, holdTime } from "./rowHold";

/**
 * One page of jobs as a grid. Arrow keys, Home and End walk the rows, Enter opens, PageUp and PageDown turn the page. A row keeps its element,
 * and so its focus, as long as its job is on the page. Fires `open-job` (id), `sort` (column's sort), `turn` (-1 or 1).
 */
@customElement("arq-job-table")
export class JobTable extends LitElement {
  static override styles = [baseStyles, jobTableStyles];

  @property({ attribute: false }) rows: readonly JobRow[] = [];
  @property({ attribute: false }) query: JobQuery = newestJobs;
  /** Jobs before the first row. */
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) total = 0;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  /** The rows are not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;
  @state() private activeId: string | null = null;
  #activeIndex = 0;
  #refocus = false;
  /** What is in the document: `rows`, or the rows before them while the pointer aims at one. */
  #shown: readonly JobRow[] = [];
  #queryKey = "";
  #aimedAt = Number.NEGATIVE_INFINITY;
  #release: ReturnType<typeof setTimeout> | null = null;

  override render() {
    return html`<div
      role="grid"
      aria-label="Jobs"
      aria-rowcount=${this.total + 1}
      aria-colcount=${columns.length}
      aria-readonly="true"
      @keydown=${this.#onKey}
    >
      <div role="rowgroup" class="head">
        <div role="row" class="row" aria-rowindex="1">${columns.map((column) => this.#head(column))}</div>
      </div>
      <div role="rowgroup" class="body" @pointermove=${this.#aimed} @pointerleave=${this.#left}>
        ${repeat(
          this.#shown,
          (row) => row.id,
          (row, index) => this.#row(row, index),
        )}
      </div>
    </div>`;
  }

  #head(column: Column) {
    const sorted = this.query.sort === column.sort;
    const direction = sorted ? (this.query.descending ? "descending" : "ascending") : nothing;
    return html`<div role="columnheader" class="cell ${column.id}" aria-sort=${direction}>
      <button
        class="plain"
        @click=${() => emit(this, "sort", column.sort)}
        title="Sort by ${column.title.toLowerCase()}"
      >
        <span>${column.title}</span>${sorted ? icon(this.query.descending ? "arrowDown" : "arrowUp") : nothing}
      </button>
    </div>`;
  }

  #row(row: JobRow, index: number) {
    const active = row.id === this.activeId;
    return html`<div
      role="row"
      class="row job ${row.error === null ? "" : "with-error"} ${row.rememberedSince === null ? "" : "remembered"}"
      aria-rowindex=${this.offset + index + 2}
      tabindex=${active ? 0 : -1}
      data-id=${row.id}
      @click=${() => this.#open(row.id)}
      @focus=${() => this.#activate(row.id)}
    >
      ${guard([row, this.now, this.stale], () => this.#cells(row))}
    </div>`;
  }

  /** A row that did not change is not drawn again when others come above it; ages move with `now`. */
  #cells(row: JobRow) {
    return html`<div role="gridcell" class="cell state">
        <arq-state-chip .state=${row.state}></arq-state-chip>${this.#tries(row)}${this.#remembered(row)}
      </div>
      <div role="gridcell" class="cell function">
        ${
          row.function === null
            ? html`<span class="mute">${row.undecodable === null ? "not known" : "cannot be read"}</span>`
            : html`<span class="cut foreign" title=${row.function}>${row.function}</span>`
        }
      </div>
      <div role="gridcell" class="cell id mono" title=${row.id}>${idText(row.id)}</div>
      <div role="gridcell" class="cell queue">
        <span class="cut foreign" title=${row.queue ?? ""}>${row.queue ?? ""}</span>
      </div>
      ${this.#time("enqueued", enqueuedCell(row, this.now))} ${this.#time("started", startedCell(row, this.now))}
      ${this.#time("finished", finishedCell(row, this.now))}
      ${this.#time("duration", durationCell(row, this.now, !this.stale))} ${this.#trouble(row)}`;
  }

  #tries(row: JobRow) {
    if (row.tries === null || row.tries < 2) return nothing;
    return html`<span class="tries mute" title="${row.tries} attempts started">×${row.tries}</span>`;
  }

  #remembered({ rememberedSince }: JobRow) {
    if (rememberedSince === null) return nothing;
    return html`<span
      class="tries mute"
      title="Redis has forgotten this job; it is shown as last seen. Noticed ${formatDateTime(rememberedSince)}"
      >forgotten</span
    >`;
  }

  #time(id: string, cell: CellText) {
    return html`<div role="gridcell" class="cell time ${id} ${cell.open ? "open" : ""}" title=${cell.title}>
      ${cell.text}
    </div>`;
  }

  /** The second line of a row: what went wrong. Part of the function's cell for a reader of cells. */
  #trouble(row: JobRow) {
    if (row.error !== null) {
      const { type, message } = row.error;
      const text = message === "" ? type : `${type}: ${message}`;
      return html`<div role="gridcell" class="cell trouble ${row.state === "aborted" ? "asked" : ""}">
        <span class="cut foreign" title=${text}
          ><span class="type">${type}</span>${message === "" ? "" : `: ${message}`}</span
        >
      </div>`;
    }
    if (row.undecodable === null) return nothing;
    return html`<div role="gridcell" class="cell trouble quiet">
      <span class="cut foreign" title=${row.undecodable}>${row.undecodable}</span>
    </div>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const key = JSON.stringify(this.query);
    const sameList = key === this.#queryKey;
    const held = sameList && performance.now() - this.#aimedAt < holdTime;
    const next = held ? heldRows(this.#shown, this.rows) : this.rows;
    if (held && changed.has("rows")) this.#releaseLater();
    if (next === this.#shown) return;
    // Moving a row in the document takes its focus away; it gets it back in updated().
    this.#refocus = this.shadowRoot?.activeElement?.classList.contains("job") ?? false;
    this.#shown = next;
    this.#queryKey = key;
    if (!sameList) this.#activeIndex = 0;
    const stays = sameList && next.some((row) => row.id === this.activeId);
    if (!stays) this.activeId = next[Math.min(this.#activeIndex, next.length - 1)]?.id ?? null;
    this.#activeIndex = Math.max(
      0,
      next.findIndex((row) => row.id === this.activeId),
    );
  }

  protected override updated(): void {
    if (this.#refocus) this.#focusActive();
    this.#refocus = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#release !== null) clearTimeout(this.#release);
  }

  readonly #aimed = (): void => {
    this.#aimedAt = performance.now();
  };

  readonly #left = (): void => {
    this.#aimedAt = Number.NEGATIVE_INFINITY;
    if (this.#shown !== this.rows) this.requestUpdate();
  };

  #releaseLater(): void {
    if (this.#release !== null) clearTimeout(this.#release);
    this.#release = setTimeout(() => this.requestUpdate(), holdTime);
  }

  #activate(id: string): void {
    this.activeId = id;
    this.#activeIndex = this.#shown.findIndex((row) => row.id === id);
  }

  #focusActive(): void {
    const row = [...this.renderRoot.querySelectorAll<HTMLElement>(".job")].find(
      (each) => each.dataset["id"] === this.activeId,
    );
    if (row !== undefined && this.shadowRoot?.activeElement !== row) row.focus({ preventScroll: true });
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const onRow = (event.composedPath()[0] as HTMLElement).classList.contains("job");
    if (!onRow || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#shown.length - 1;
    switch (event.key) {
      case "ArrowDown":
        this.#walkTo(Math.min(last, this.#activeIndex + 1));
        break;
      case "ArrowUp":
        this.#walkTo(Math.max(0, this.#activeIndex - 1));
        break;
      case "Home":
        this.#walkTo(0);
        break;
      case "End":
        this.#walkTo(last);
        break;
      case "PageDown":
      case "PageUp":
        emit(this, "turn", event.key === "PageDown" ? 1 : -1);
        break;
      case "Enter":
      case " ":
        if (this.activeId !== null) this.#open(this.activeId);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  #walkTo(index: number): void {
    const row = this.#shown[index];
    if (row === undefined) return;
    this.#activate(row.id);
    void this.updateComplete.then(() => {
      this.#focusActive();
      this.renderRoot.querySelector('.job[tabindex="0"]')?.scrollIntoView({ block: "nearest" });
    });
  }

  #open(id: string): void {
    // Selecting text in a row, to copy an id, is no click on it.
    if (getSelection()?.type === "Range") return;
    emit(this, "open-job", id);
  }
}

/** Ids are told apart by their ends, so a long one loses its middle; half a surrogate pair goes with it. */
function idText(id: string) {
  const tail = id.length > 16 ? id.slice(-7).replace(/^[\uDC00-\uDFFF]/, "") : "";
  return html`<bdi class="cut">${id.slice(0, id.length - tail.length)}</bdi><bdi class="tail">${tail}</bdi>`;
}
