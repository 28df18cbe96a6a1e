import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { firstJobsSettings, type JobColumnChoice, type JobColumnId } from "../../../src/protocol/tabs/jobs";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { emit } from "../../shared/emit";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { moveColumn, widenColumn } from "./columnChoice";
import { jobColumns } from "./jobColumns";
import { jobHeadStyles } from "./jobHead.styles";

/** So far the pointer has to go until a press on a head is a drag and no click, px. */
const dragDistance = 6;
/** One press of a key makes a column so much wider, px. */
const widthStep = 16;

/** What the pointer is doing with a column. */
type Grip =
  | { readonly kind: "width"; readonly id: JobColumnId; readonly from: number; readonly width: number }
  | { readonly kind: "place"; readonly id: JobColumnId; readonly from: number; readonly moving: boolean };

/**
 * The heads of the columns: one stop of the Tab key, walked by arrow keys. Enter sorts, Shift and an arrow makes a column wider or narrower, Ctrl (Cmd)
 * and an arrow moves it; all of it by dragging as well, and by the menu. Fires `sort` (JobSort), `columns` (the new choice; `widths` while one is being
 * dragged) and `column-menu` ({ id, x, y, from }).
 */
@customElement("arq-job-head")
export class JobHead extends LitElement {
  static override styles = [baseStyles, jobHeadStyles];

  @property({ attribute: false }) columns: readonly JobColumnChoice[] = firstJobsSettings.columns;
  @property({ attribute: false }) query: JobQuery = newestJobs;
  /** The one that Tab comes to. */
  @state() private active: JobColumnId | null = null;
  @state() private grip: Grip | null = null;
  /** Where a dragged column would come to stand. */
  @state() private target: number | null = null;
  /** A drag ends with a click on the head it began on. */
  #dragged = false;
  #refocus = false;

  override render() {
    const { columns, active } = this;
    const stop = columns.some(({ id }) => id === active) ? active : columns[0]?.id;
    return html`<div role="row" class="row" aria-rowindex="1" @keydown=${this.#onKey}>
      ${repeat(
        columns,
        ({ id }) => id,
        ({ id }, place) => this.#head(id, place, id === stop),
      )}
    </div>`;
  }

  protected override willUpdate(): void {
    // A head that is moved in the document loses the focus.
    const { activeElement } = this.shadowRoot!;
    this.#refocus = this.hasUpdated && activeElement !== null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cancel();
  }

  protected override updated(): void {
    if (this.#refocus && this.active !== null) this.#element(this.active)?.querySelector("button")?.focus();
  }

  #head(id: JobColumnId, place: number, stop: boolean) {
    const { title, sort, atEnd } = jobColumns[id];
    const { query, grip, target } = this;
    const sorted = query.sort === sort;
    const moving = grip?.kind === "place" && grip.moving ? grip.id : null;
    const from = moving === null ? -1 : this.columns.findIndex((column) => column.id === moving);
    const mark = moving === null || target !== place || from === place ? "" : target > from ? "after" : "before";
    return html`<div
      role="columnheader"
      class="head ${id} ${atEnd === true ? "at-end" : ""} ${mark} ${moving === id ? "moving" : ""}"
      data-column=${id}
      aria-sort=${sorted ? (query.descending ? "descending" : "ascending") : nothing}
      aria-colindex=${place + 1}
      @contextmenu=${(event: MouseEvent) => this.#menu(event, id, event.clientX, event.clientY)}
    >
      <button
        class="plain"
        tabindex=${stop ? 0 : -1}
        title=${t("Sort by {0}. Drag to move, right-click for more.", title)}
        aria-description=${t("Shift and arrow keys: width. Ctrl and arrow keys: place.")}
        @focus=${() => (this.active = id)}
        @click=${() => this.#click(id)}
        @pointerdown=${(event: PointerEvent) => this.#press(event, { kind: "place", id, from: event.clientX, moving: false })}
        @pointermove=${this.#move}
        @pointerup=${this.#release}
        @pointercancel=${this.#cancel}
      >
        <span class="cut">${title}</span>${sorted ? icon(query.descending ? "arrowDown" : "arrowUp") : nothing}
      </button>
      <span
        class="grip"
        title=${t("Drag to resize, double-click for its own width")}
        @pointerdown=${(event: PointerEvent) => this.#press(event, { kind: "width", id, from: event.clientX, width: this.#width(id) })}
        @pointermove=${this.#move}
        @pointerup=${this.#release}
        @pointercancel=${this.#cancel}
        @dblclick=${() => emit(this, "columns", widenColumn(this.columns, id, null))}
      ></span>
    </div>`;
  }

  /** So wide is it drawn, px. */
  #width(id: JobColumnId): number {
    return this.#element(id)?.getBoundingClientRect().width ?? 0;
  }

  /** Of a column, by how much wider. */
  widen(id: JobColumnId, by: number): void {
    emit(this, "columns", widenColumn(this.columns, id, this.#width(id) + by));
  }

  focusHead(id: JobColumnId): void {
    this.active = id;
    void this.updateComplete.then(() => this.#element(id)?.querySelector("button")?.focus());
  }

  #element(id: JobColumnId): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-column="${id}"]`);
  }

  #click(id: JobColumnId): void {
    if (this.#dragged) this.#dragged = false;
    else emit(this, "sort", jobColumns[id].sort);
  }

  #press(event: PointerEvent, grip: Grip): void {
    this.#dragged = false;
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.grip = grip;
  }

  readonly #move = (event: PointerEvent): void => {
    const { grip } = this;
    if (grip === null) return;
    const by = event.clientX - grip.from;
    if (grip.kind === "width") {
      emit(this, "widths", widenColumn(this.columns, grip.id, grip.width + by));
    } else if (grip.moving || Math.abs(by) > dragDistance) {
      if (!grip.moving) this.grip = { ...grip, moving: true };
      this.target = this.#placeAt(event.clientX);
    }
  };

  readonly #release = (event: PointerEvent): void => {
    const { grip, target } = this;
    this.#cancel();
    if (grip?.kind === "width") {
      emit(this, "columns", widenColumn(this.columns, grip.id, grip.width + event.clientX - grip.from));
    } else if (grip?.moving === true) {
      this.#dragged = true;
      if (target !== null) emit(this, "columns", moveColumn(this.columns, grip.id, target));
    }
  };

  readonly #cancel = (): void => {
    this.grip = null;
    this.target = null;
  };

  /** Place of the column whose head is at this x of the window. */
  #placeAt(x: number): number {
    const rights = this.columns.map(({ id }) => this.#element(id)?.getBoundingClientRect().right ?? 0);
    const place = rights.findIndex((right) => x < right);
    return place < 0 ? rights.length - 1 : place;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const head = (event.target as HTMLElement).closest<HTMLElement>("[data-column]");
    const id = head?.dataset["column"] as JobColumnId | undefined;
    if (head === null || id === undefined || event.altKey) return;
    const { columns } = this;
    const place = columns.findIndex((column) => column.id === id);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const { left, bottom } = head.getBoundingClientRect();
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) this.#menu(event, id, left, bottom);
    else if (event.key === "Home") this.focusHead(columns[0]!.id);
    else if (event.key === "End") this.focusHead(columns.at(-1)!.id);
    else if (step === 0) return;
    else if (event.shiftKey) this.widen(id, step * widthStep);
    else if (event.ctrlKey || event.metaKey) {
      emit(this, "columns", moveColumn(columns, id, place + step));
    } else this.focusHead(columns[Math.max(0, Math.min(columns.length - 1, place + step))]!.id);
    event.preventDefault();
    event.stopPropagation();
  };

  #menu(event: Event, id: JobColumnId, x: number, y: number): void {
    event.preventDefault();
    emit(this, "column-menu", { id, x, y, from: this.#element(id)?.querySelector("button") });
  }
}
