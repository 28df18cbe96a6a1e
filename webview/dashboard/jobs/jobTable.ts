import { html, LitElement, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { limitsId, type FunctionLimits } from "../../../src/protocol/codeViews";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { firstJobsSettings, type JobColumnChoice, type JobColumnId } from "../../../src/protocol/tabs/jobs";
import type { JobQuery, JobRow } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { t } from "../../shared/l10n";
import { LineSlots } from "../../shared/lineSlots";
import { baseStyles } from "../../shared/styles";
import { jobCell, ticks, whenCell, type CellContext } from "./jobCells";
import { columnTracks, leastWidth } from "./jobColumns";
import "./jobHead";
import type { JobHead } from "./jobHead";
import { jobTableStyles } from "./jobTable.styles";
import { heldRows, holdTime } from "./rowHold";

/**
 * One page of jobs as a grid; where there is no room for columns, two lines a job. Arrow keys, Home and End walk the rows, Enter opens, PageUp and
 * PageDown turn the page. A row keeps its element, and so its focus, as long as its job is on the page; one that comes takes the element of one that
 * goes, since making fifty anew takes longer than all else that a key in the filter asks for. Fires `open-job` (id), `turn` (-1 or 1), and what
 * `arq-job-head` fires.
 */
@customElement("arq-job-table")
export class JobTable extends LitElement {
  static override styles = [baseStyles, jobTableStyles];

  @property({ attribute: false }) rows: readonly JobRow[] = [];
  @property({ attribute: false }) query: JobQuery = newestJobs;
  @property({ attribute: false, hasChanged: (now, before) => JSON.stringify(now) !== JSON.stringify(before) })
  columns: readonly JobColumnChoice[] = firstJobsSettings.columns;
  /** Jobs before the first row. */
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) total = 0;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  /** The rows are not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;
  /** Of the functions in the rows, as far as the source tells. */
  @property({ attribute: false }) limits: readonly FunctionLimits[] = [];
  @state() private activeId: string | null = null;
  /** While one is being dragged wider or narrower. */
  @state() private widths: readonly JobColumnChoice[] | null = null;
  @query("arq-job-head") private readonly head!: JobHead;
  #activeIndex = 0;
  #refocus = false;
  /** What is in the document: `rows`, or the rows before them while the pointer aims at one. */
  #shown: readonly JobRow[] = [];
  readonly #slots = new LineSlots();
  /** Of the element of each of these rows. */
  #shownIn: readonly number[] = [];
  #queryKey = "";
  #aimedAt = Number.NEGATIVE_INFINITY;
  #release: ReturnType<typeof setTimeout> | null = null;
  /** Told, since to ask would lay the page out while half of it is drawn. */
  #width = Number.POSITIVE_INFINITY;
  readonly #size = new ResizeObserver(([entry]) => {
    this.#width = entry!.contentRect.width;
    this.#fit();
  });

  override render() {
    const columns = this.#columns;
    const drawnBy = this.#drawnBy();
    return html`<div class="scroller">
      <div
        role="grid"
        class="grid"
        aria-label=${t("Jobs")}
        aria-rowcount=${this.total + 1}
        aria-colcount=${columns.length}
        aria-readonly="true"
        @keydown=${this.#onKey}
      >
        <arq-job-head
          role="rowgroup"
          .columns=${columns}
          .query=${this.query}
          @widths=${(event: CustomEvent<readonly JobColumnChoice[]>) => (this.widths = event.detail)}
        ></arq-job-head>
        <div role="rowgroup" class="body" @pointermove=${this.#aimed} @pointerleave=${this.#left}>
          ${repeat(
            this.#shown,
            (_, index) => this.#shownIn[index],
            (row, index) => this.#row(row, index, drawnBy),
          )}
        </div>
      </div>
    </div>`;
  }

  get #columns(): readonly JobColumnChoice[] {
    return this.widths ?? this.columns;
  }

  #row(row: JobRow, index: number, drawnBy: (row: JobRow) => unknown[]) {
    const active = row.id === this.activeId;
    return html`<div
      role="row"
      class="row job ${row.rememberedSince === null ? "" : "remembered"}"
      aria-rowindex=${this.offset + index + 2}
      tabindex=${active ? 0 : -1}
      data-id=${row.id}
      @click=${() => this.#open(row.id)}
      @focus=${() => this.#activate(row.id)}
    >
      ${guard(drawnBy(row), () => this.#cells(row))}
    </div>`;
  }

  /** A row is drawn again only when its job, the columns or, where something of it ages, the clock have changed. */
  #drawnBy(): (row: JobRow) => unknown[] {
    const { now, stale, limits } = this;
    const today = new Date(now).toDateString();
    const columns = this.columns.map(({ id }) => id).join();
    return (row) => [row, ticks(row, now) ? now : today, stale, columns, limits];
  }

  #cells(row: JobRow) {
    const { columns, now } = this;
    const id = limitsId(row.function, row.queue);
    const limits = this.limits.find((each) => each.id === id) ?? null;
    const context: CellContext = { now, live: !this.stale, columns: new Set(columns.map((each) => each.id)), limits };
    return html`${columns.map(({ id }) => jobCell(id, row, context))}${whenCell(row, context)}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("columns")) this.widths = null;
    const key = JSON.stringify(this.query);
    const sameList = key === this.#queryKey;
    const held = sameList && performance.now() - this.#aimedAt < holdTime;
    const next = held ? heldRows(this.#shown, this.rows) : this.rows;
    if (held && changed.has("rows")) this.#releaseLater();
    // Another question with the same answer begins at its top as well.
    if (next === this.#shown && sameList) return;
    // Moving a row in the document takes its focus away; it gets it back in updated().
    this.#refocus = this.#rowHasFocus;
    this.#shown = next;
    this.#shownIn = this.#slots.assign(next.map(({ id }) => id));
    this.#queryKey = key;
    if (!sameList) this.#activeIndex = 0;
    const stays = sameList && next.some((row) => row.id === this.activeId);
    if (!stays) this.activeId = next[Math.min(this.#activeIndex, next.length - 1)]?.id ?? null;
    this.#activeIndex = Math.max(
      0,
      next.findIndex((row) => row.id === this.activeId),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("columns") || changed.has("widths")) {
      this.style.setProperty("--columns", columnTracks(this.#columns));
      this.#fit();
    }
    if (this.#refocus) this.#focusActive();
    this.#refocus = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
    this.widths = null;
    this.#aimedAt = Number.NEGATIVE_INFINITY;
    if (this.#release !== null) clearTimeout(this.#release);
  }

  /** Columns that do not fit are scrolled to; only then, since the head cannot stay in sight of the page's own scrolling. */
  #fit(): void {
    const least = leastWidth(this.#columns);
    this.style.setProperty("--least", `${least}px`);
    this.toggleAttribute("scrolls", least > this.#width);
  }

  /** The row before or after the active one gets the focus; the active one itself when no row had it. */
  moveRow(step: 1 | -1): void {
    this.#walkTo(this.#rowHasFocus ? this.#activeIndex + step : this.#activeIndex);
  }

  focusHead(id: JobColumnId): void {
    this.head.focusHead(id);
  }

  widen(id: JobColumnId, by: number): void {
    this.head.widen(id, by);
  }

  get #rowHasFocus(): boolean {
    return this.shadowRoot?.activeElement?.classList.contains("job") ?? false;
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
    switch (event.key) {
      case "ArrowDown":
        this.#walkTo(this.#activeIndex + 1);
        break;
      case "ArrowUp":
        this.#walkTo(this.#activeIndex - 1);
        break;
      case "Home":
        this.#walkTo(0);
        break;
      case "End":
        this.#walkTo(this.#shown.length - 1);
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
    const row = this.#shown[Math.max(0, Math.min(this.#shown.length - 1, index))];
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
