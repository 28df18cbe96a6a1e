import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "./emit";
import { icon } from "./icons";
import { t } from "./l10n";

export interface TableColumn<S extends string> {
  readonly id: string;
  readonly title: string;
  /** What a click on its head sorts by; null where that makes no sense. */
  readonly sort: S | null;
  /** Text starts with the first of the alphabet, numbers with the largest. */
  readonly kind: "text" | "number";
  /** What the column says, for a tooltip. */
  readonly meaning?: string;
}

export interface RowGroup {
  readonly title: string;
  readonly why: string;
}

/** What `sort` tells. */
export interface SortChoice<S extends string> {
  readonly sort: S;
  readonly descending: boolean;
}

/** How long after the pointer last moved over the rows they stay in their places, ms. */
const holdTime = 1500;

/**
 * Rows with names of their own as a grid, sorted by its heads (as cards: by a select). Arrow keys, Home and End walk the rows, Enter opens one, PageUp and
 * PageDown turn the page. A row keeps its element, and so its focus, as long as it is there; while the pointer aims at rows they keep their
 * places. Buttons within a row are reached by Tab from it. Fires `open-row` (name), `sort` (SortChoice), `turn` (-1 or 1).
 */
export abstract class RowTable<R, S extends string> extends LitElement {
  @property({ attribute: false }) rows: readonly R[] = [];
  @property({ attribute: false }) sorted: SortChoice<S> | null = null;
  /** Stands for the question that the rows answer: rows of another one begin at the top. */
  @property() question = "";
  /** Rows before the first. */
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) total = 0;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  /** The rows are not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;
  /** Of the row that has the keyboard. */
  @state() protected active: string | null = null;
  #activeIndex = 0;
  /** What had the keyboard before rows were moved. */
  #focused: HTMLElement | null = null;
  /** What is in the document: `rows`, or the rows before them while the pointer aims at one. */
  #shown: readonly R[] = [];
  #fresh: readonly R[] = [];
  #shownQuestion = "";
  #groups: readonly (RowGroup | null)[] = [];
  #aimedAt = Number.NEGATIVE_INFINITY;
  #release: ReturnType<typeof setTimeout> | null = null;

  protected abstract readonly columns: readonly TableColumn<S>[];
  /** Name of the grid. */
  protected abstract readonly label: string;
  protected abstract nameOf(row: R): string;
  /** What stands in the row's cell of this column; `tab`: the tabindex of buttons in it. */
  protected abstract cell(row: R, column: TableColumn<S>, tab: 0 | -1): unknown;

  /** What stands below the cells of a row; nothing unless it is opened. */
  protected detail(_row: R): TemplateResult | typeof nothing {
    return nothing;
  }

  /** What a row is drawn from, beside itself: a row whose inputs are the same is not drawn again. */
  protected inputs(_row: R): readonly unknown[] {
    return [];
  }

  /** Rows that follow each other and answer the same title stand below it. */
  protected group(_row: R): RowGroup | null {
    return null;
  }

  /** @returns whether it did something. */
  protected onRowKey(_event: KeyboardEvent, _row: R): boolean {
    return false;
  }

  override render() {
    return html`${this.#order()}
      <div
        role="grid"
        aria-label=${this.label}
        aria-rowcount=${this.total + 1}
        aria-colcount=${this.columns.length}
        aria-readonly="true"
        @keydown=${this.#onKey}
      >
        <div role="rowgroup" class="head">
          <div role="row" class="row" aria-rowindex="1">${this.columns.map((column) => this.#head(column))}</div>
        </div>
        <div role="rowgroup" class="body" @pointermove=${this.#aimed} @pointerleave=${this.#left}>
          ${repeat(
            this.#shown,
            (row) => this.nameOf(row),
            (row, index) => html`${this.#heading(index)}${this.#row(row, index)}`,
          )}
        </div>
      </div>`;
  }

  #head(column: TableColumn<S>) {
    const { sort } = column;
    const sorted = sort !== null && this.sorted?.sort === sort;
    const direction = sorted ? (this.sorted!.descending ? "descending" : "ascending") : nothing;
    const meaning = column.meaning ?? column.title;
    return html`<div role="columnheader" class="cell ${column.kind} ${column.id}" aria-sort=${direction}>
      ${
        sort === null
          ? html`<span title=${meaning}>${column.title}</span>`
          : html`<button class="plain" title=${meaning} @click=${() => this.#sort(column, sort)}>
              <span>${column.title}</span>${sorted ? icon(this.sorted!.descending ? "arrowDown" : "arrowUp") : nothing}
            </button>`
      }
    </div>`;
  }

  /** Where the heads have no room. */
  #order() {
    const sortable = this.columns.filter((column) => column.sort !== null);
    if (this.sorted === null || sortable.length === 0) return nothing;
    const { sort, descending } = this.sorted;
    const turn = descending ? t("Descending; sort the other way round") : t("Ascending; sort the other way round");
    return html`<div class="order">
      <label for="order">${t("Order")}</label>
      <select id="order" .value=${sort} @change=${this.#chosen}>
        ${sortable.map(
          (column) =>
            html`<option value=${column.sort!} ?selected=${column.sort === sort}>
              ${column.meaning ?? column.title}
            </option>`,
        )}
      </select>
      <button
        class="tool"
        aria-label=${turn}
        title=${turn}
        @click=${() => emit(this, "sort", { sort, descending: !descending })}
      >
        ${icon(descending ? "arrowDown" : "arrowUp")}
      </button>
    </div>`;
  }

  #heading(index: number) {
    const group = this.#groups[index] ?? null;
    if (group === null || group.title === this.#groups[index - 1]?.title) return nothing;
    return html`<div role="row" class="group">
      <span role="gridcell" aria-colspan=${this.columns.length}
        >${group.title} <span class="why">${group.why}</span></span
      >
    </div>`;
  }

  #row(row: R, index: number) {
    const name = this.nameOf(row);
    const tab = name === this.active ? 0 : -1;
    return html`<div
      role="row"
      class="row item"
      aria-rowindex=${this.offset + index + 2}
      tabindex=${tab}
      data-name=${name}
      @click=${(event: Event) => this.#clicked(event, name)}
      @focusin=${() => this.#activate(name)}
    >
      ${guard([row, tab, this.stale, ...this.inputs(row)], () => [
        this.columns.map(
          (column) =>
            html`<div role="gridcell" class="cell ${column.kind} ${column.id}" data-label=${column.title}>
              ${this.cell(row, column, tab)}
            </div>`,
        ),
        this.detail(row),
      ])}
    </div>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const sameList = this.question === this.#shownQuestion;
    const held = sameList && performance.now() - this.#aimedAt < holdTime;
    const isNew = this.rows !== this.#fresh;
    if (held && isNew) this.#releaseLater();
    const next = held ? (isNew ? this.#inTheirPlaces() : this.#shown) : this.rows;
    this.#fresh = this.rows;
    if (!held && (next !== this.#shown || changed.has("now"))) this.#groups = next.map((row) => this.group(row));
    // Another question with the same answer begins at its top as well.
    if (next === this.#shown && sameList) return;
    // Moving a row in the document takes the focus from it and from what is in it; they get it back in updated().
    this.#focused = this.#focusedWithin();
    this.#shown = next;
    this.#shownQuestion = this.question;
    if (!sameList) this.#activeIndex = 0;
    const names = next.map((row) => this.nameOf(row));
    if (!sameList || !names.includes(this.active ?? ""))
      this.active = names[Math.min(this.#activeIndex, names.length - 1)] ?? null;
    this.#activeIndex = Math.max(0, names.indexOf(this.active ?? ""));
  }

  /** A list that slides between aiming and clicking opens the wrong row. What is gone stays as it was until the hold ends. */
  #inTheirPlaces(): readonly R[] {
    const byName = new Map(this.rows.map((row) => [this.nameOf(row), row]));
    return this.#shown.map((row) => byName.get(this.nameOf(row)) ?? row);
  }

  protected override updated(): void {
    const focused = this.#focused;
    this.#focused = null;
    if (focused === null) return;
    if (focused.isConnected) focused.focus({ preventScroll: true });
    else this.#focusActive();
  }

  /** The row, or what in it has the keyboard, through the shadow roots within. */
  #focusedWithin(): HTMLElement | null {
    let focused = this.shadowRoot?.activeElement ?? null;
    if (focused?.closest(".item") === null) return null;
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
    return focused instanceof HTMLElement ? focused : null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#aimedAt = Number.NEGATIVE_INFINITY;
    if (this.#release !== null) clearTimeout(this.#release);
  }

  /** For the keys `j` and `k`: from outside onto the row that had the keyboard last. */
  moveRow(step: 1 | -1): void {
    const onRow = this.shadowRoot?.activeElement?.classList.contains("item") ?? false;
    this.#walkTo(onRow ? this.#activeIndex + step : this.#activeIndex);
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

  #activate(name: string): void {
    this.active = name;
    this.#activeIndex = this.#shown.findIndex((row) => this.nameOf(row) === name);
  }

  #focusActive(): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>(".item")];
    const row = rows.find((each) => each.dataset["name"] === this.active);
    if (row !== undefined && this.shadowRoot?.activeElement !== row) row.focus({ preventScroll: true });
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const onRow = (event.composedPath()[0] as HTMLElement).classList.contains("item");
    const row = this.#shown[this.#activeIndex];
    if (!onRow || row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.onRowKey(event, row) && !this.#walked(event.key, row)) return;
    event.preventDefault();
  };

  #walked(key: string, row: R): boolean {
    switch (key) {
      case "ArrowDown":
        this.#walkTo(this.#activeIndex + 1);
        return true;
      case "ArrowUp":
        this.#walkTo(this.#activeIndex - 1);
        return true;
      case "Home":
        this.#walkTo(0);
        return true;
      case "End":
        this.#walkTo(this.#shown.length - 1);
        return true;
      case "PageDown":
      case "PageUp":
        emit(this, "turn", key === "PageDown" ? 1 : -1);
        // Of one page alone it scrolls.
        return this.total > this.#shown.length;
      case "Enter":
      case " ":
        emit(this, "open-row", this.nameOf(row));
        return true;
      default:
        return false;
    }
  }

  #walkTo(index: number): void {
    const row = this.#shown[Math.max(0, Math.min(this.#shown.length - 1, index))];
    if (row === undefined) return;
    this.#activate(this.nameOf(row));
    void this.updateComplete.then(() => {
      this.#focusActive();
      this.renderRoot.querySelector('.item[tabindex="0"]')?.scrollIntoView({ block: "nearest" });
    });
  }

  #clicked(event: Event, name: string): void {
    const path = event.composedPath();
    const own = path.slice(0, path.indexOf(event.currentTarget!));
    const inside = own.some(
      (target) =>
        target instanceof HTMLButtonElement || (target instanceof HTMLElement && target.classList.contains("detail")),
    );
    // Selecting text in a row, to copy a name, is no click on it.
    if (!inside && getSelection()?.type !== "Range") emit(this, "open-row", name);
  }

  /** Its natural direction first, then the other one. */
  #sort(column: TableColumn<S>, sort: S): void {
    const natural = column.kind === "number";
    const descending = this.sorted?.sort === sort ? !this.sorted.descending : natural;
    emit(this, "sort", { sort, descending } satisfies SortChoice<S>);
  }

  readonly #chosen = (event: Event): void => {
    const column = this.columns.find(({ sort }) => sort === (event.target as HTMLSelectElement).value);
    if (column === undefined || column.sort === null) return;
    emit(this, "sort", { sort: column.sort, descending: column.kind === "number" } satisfies SortChoice<S>);
  };
}
