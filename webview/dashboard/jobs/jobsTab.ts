import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { SavedFilter } from "../../../src/protocol/filterMessages";
import { noJobs } from "../../../src/protocol/jobQuery";
import {
  firstJobsSettings,
  pageSizes,
  type JobColumnChoice,
  type JobColumnId,
  type JobsSettings,
  type JobsView,
} from "../../../src/protocol/tabs/jobs";
import type { DashboardRequests } from "../../../src/protocol/messages";
import type { JobQuery, JobRow, JobSort } from "../../../src/protocol/viewModels";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles, progressStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";
import { columnItems, headItems, type ColumnActs } from "./columnMenu";
import type { Suggest } from "./filterBox";
import { jobColumns } from "./jobColumns";
import { countText } from "./jobCount";
import "./jobFilters";
import type { JobFilters } from "./jobFilters";
import { jobsTabStyles } from "./jobsTab.styles";
import "./jobTable";
import type { JobTable } from "./jobTable";
import { newsBar } from "./newsBar";
import "./pager";
import { payloadSearchBar, type SearchState } from "./payloadSearch";
import "./popupMenu";
import type { MenuItem, PopupMenu } from "./popupMenu";
import { savedFilterItems, type SavedFilterActs } from "./savedFilterMenu";
import { clearFilters, isFiltered, lastOffset, nextSort, turnPage } from "./queries";

const nothingYet: JobsView = { ...noJobs, news: 0, changed: false, limits: [] };

/** Where the menu of a column's head is opened. */
interface HeadPlace {
  readonly id: JobColumnId;
  readonly x: number;
  readonly y: number;
  readonly from: HTMLElement;
}

/** The jobs: filters, what they could not make sense of, one page of rows, and the way to others. */
@customElement("arq-jobs-tab")
export class JobsTab extends TabElement<"jobs"> {
  static override styles = [baseStyles, progressStyles, jobsTabStyles];

  readonly tab = "jobs";
  /** The query of the search that runs or has ended. */
  #searched: string | null = null;
  @state() private search: SearchState = { kind: "idle" };
  /** Column whose head's menu is open. */
  @state() private headOf: JobColumnId | null = null;
  @state() private saved: readonly SavedFilter[] = [];
  @query("arq-job-filters") private readonly filters!: JobFilters | null;
  @query("arq-job-table") private readonly table!: JobTable | null;
  @query("arq-popup-menu.of-head") private readonly headMenu!: PopupMenu;
  /** Enter was pressed in the filter: the keyboard goes on to what is found. */
  #leaving = false;

  override connectedCallback(): void {
    super.connectedCallback();
    // Back from behind another tab, where it was told all the same.
    if (this.hasUpdated) return;
    this.host.on("searchProgress", (progress) => {
      if (this.search.kind === "running") this.search = { kind: "running", progress };
    });
    const keep = (filters: readonly SavedFilter[]): void => {
      this.saved = filters;
    };
    this.host.on("savedFilters", keep);
    this.host.request("savedFilters", null).then(keep, (error: unknown) => this.fail(error));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaving = false;
    // It is not kept current, and may hold what has been hidden by the time somebody comes back.
    this.#forgetSearch();
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#leaving && !this.pending && this.view !== null) void this.#enterRows();
    if (!changed.has("view") || this.pending || this.view === null) return;
    const { query } = this.answered;
    const last = lastOffset(query, this.view.total);
    // The page that was shown is gone because jobs are.
    if (this.view.rows.length === 0 && query.offset > last) this.#ask({ ...query, offset: last, anchor: null });
  }

  override focusSearch(): void {
    this.filters?.focusSearch();
  }

  override moveRow(step: 1 | -1): void {
    this.table?.moveRow(step);
  }

  override pressed(key: string): boolean {
    const page = this.#page;
    if (key !== "n" || (page.news === 0 && !page.changed)) return false;
    this.#showNews();
    return true;
  }

  get #page(): JobsView {
    return this.view ?? nothingYet;
  }

  get #wanted(): JobQuery {
    return this.intent.query;
  }

  get #settings(): JobsSettings {
    return this.intent.settings ?? this.answered.settings ?? firstJobsSettings;
  }

  override render() {
    const page = this.#page;
    const { search } = this;
    const found = search.kind === "done" ? search.matches : null;
    const rows = found?.rows ?? (page.needsPayloads ? [] : page.rows);
    const notes = found?.notes ?? page.notes;
    return html`<section aria-label=${t("Jobs")} @columns=${this.#onColumns} @column-menu=${this.#onHeadMenu}>
      <h2 class="hush">${t("Jobs")}</h2>
      <arq-job-filters
        .query=${this.#wanted}
        .queues=${this.snapshot.queues.map((queue) => queue.name)}
        .counts=${this.snapshot.counts}
        .suggest=${this.#suggest}
        @refine=${(event: CustomEvent<JobQuery>) => this.#ask(event.detail)}
        @commit=${() => {
          if (page.needsPayloads) void this.#search();
          else this.#toRows();
        }}
      ></arq-job-filters>
      ${
        notes.length === 0
          ? nothing
          : html`<div class="notes" role="status">
              ${notes.map((note) => html`<p>${icon("question")}<span class="foreign">${note}</span></p>`)}
            </div>`
      }
      ${
        page.needsPayloads
          ? payloadSearchBar(search, page.total, {
              start: () => void this.#search(),
              cancel: () => void this.host.request("cancelSearch", null).catch((error: unknown) => this.fail(error)),
            })
          : nothing
      }
      ${this.#line(rows)} ${this.#rows(rows)}
      <arq-popup-menu
        class="of-head"
        .label=${this.headOf === null ? t("Columns") : t("Column {0}", jobColumns[this.headOf].title)}
        .items=${this.#headItems()}
      ></arq-popup-menu>
    </section>`;
  }

  /** What is shown, of how many; what would be new; and how it is shown. */
  #line(rows: readonly JobRow[]) {
    const page = this.#page;
    const { follow, columns } = this.#settings;
    const counted = page.needsPayloads ? "" : countText(this.answered.query, page, this.snapshot);
    return html`<div class="line">
      <div class="left">
        <span class="count" role="status">${counted}</span>
        ${page.needsPayloads ? nothing : newsBar(page, () => this.#showNews())}
      </div>
      <div class="end">
        <button
          class="tool follow"
          aria-pressed=${follow ? "true" : "false"}
          aria-label=${t("Follow live")}
          title=${t("Follow live: rows come and go by themselves. Otherwise they keep their places, and news is told above.")}
          @click=${() => this.#settle({ follow: !follow })}
        >
          ${icon("bolt")}<span>${t("Follow live")}</span>
        </button>
        <arq-popup-menu
          class="saved"
          picture="bookmark"
          .label=${t("Saved filters")}
          .items=${savedFilterItems(this.saved, this.#wanted, this.#savedActs)}
        ></arq-popup-menu>
        <arq-popup-menu
          class="columns"
          picture="columns"
          .label=${t("Columns")}
          .items=${columnItems(columns, this.#columnActs)}
        ></arq-popup-menu>
        <arq-popup-menu class="more" picture="more" .label=${t("More")} .items=${this.#moreItems}></arq-popup-menu>
        ${this.#pager(rows)}
      </div>
    </div>`;
  }

  #pager(rows: readonly JobRow[]) {
    const page = this.#page;
    const found = this.search.kind === "done" ? this.search.matches : null;
    if (page.needsPayloads && found === null) return nothing;
    return html`<arq-pager
      .offset=${found === null ? page.offset : 0}
      .shown=${rows.length}
      .total=${found?.rows.length ?? page.total}
      @turn=${(event: CustomEvent<-1 | 1>) => this.#turn(event.detail)}
    ></arq-pager>`;
  }

  #rows(rows: readonly JobRow[]) {
    if (rows.length === 0) return this.#noRows();
    const page = this.#page;
    return html`<arq-job-table
        .rows=${rows}
        .limits=${page.limits}
        .query=${this.answered.query}
        .columns=${this.#settings.columns}
        .offset=${page.offset}
        .total=${page.total}
        .now=${this.now}
        .stale=${this.stale}
        @sort=${(event: CustomEvent<JobSort>) =>
          this.#ask({ ...this.#wanted, ...nextSort(this.#wanted, event.detail) })}
        @turn=${(event: CustomEvent<-1 | 1>) => this.#turn(event.detail)}
      ></arq-job-table>
      <div class="foot">
        <div class="sizes" role="group" aria-label=${t("Jobs per page")}>
          <span>${t("Per page")}</span>
          ${pageSizes.map(
            (size) =>
              html`<button
                class="tool"
                aria-pressed=${size === this.#settings.pageSize ? "true" : "false"}
                @click=${() => this.#settle({ pageSize: size })}
              >
                ${size}
              </button>`,
          )}
        </div>
        <span class="end">${this.#pager(rows)}</span>
      </div>`;
  }

  #noRows(): TemplateResult | typeof nothing {
    const page = this.#page;
    const { search, snapshot } = this;
    if (page.needsPayloads && search.kind !== "done") return nothing;
    if (!isFiltered(this.answered.query)) {
      return html`<div class="nothing">
        ${snapshot.complete ? t("No job is known yet.") : t("No job is read yet.")}
      </div>`;
    }
    const { indexed } = page;
    return html`<div class="nothing">
      <span
        >${
          indexed === 1
            ? t("The one known job does not match these filters.")
            : t("None of {0} known jobs matches these filters.", formatCount(indexed))
        }</span
      >
      <vscode-button appearance="secondary" @click=${() => this.#ask(clearFilters(this.#wanted))}
        >${t("Clear Filters")}</vscode-button
      >
    </div>`;
  }

  readonly #savedActs: SavedFilterActs = {
    show: (query) => this.#ask(query),
    save: () => this.#tell("saveFilter", { query: this.#wanted }),
    rename: (name) => this.#tell("renameFilter", { name }),
    remove: (name) => this.#tell("deleteFilter", { name }),
  };

  readonly #moreItems: readonly MenuItem[] = [
    {
      kind: "command",
      label: t("Export these jobs…"),
      detail: t("CSV or JSON"),
      run: () => this.#tell("exportJobs", { query: this.#wanted }),
    },
    { kind: "command", label: t("Copy link to this list"), run: () => this.run("copyDashboardLink") },
  ];

  /** What the host asks the user about, or does by itself. */
  #tell<K extends "saveFilter" | "renameFilter" | "deleteFilter" | "exportJobs">(
    name: K,
    params: DashboardRequests[K]["params"],
  ): void {
    this.host.request(name, params).catch((error: unknown) => this.fail(error));
  }

  readonly #columnActs: ColumnActs = {
    choose: (columns) => this.#settle({ columns }),
    sort: (id, descending) =>
      this.#ask({ ...this.#wanted, sort: jobColumns[id].sort, descending, offset: 0, anchor: null }),
    widen: (id, by) => this.table?.widen(id, by),
  };

  #headItems(): readonly MenuItem[] {
    const { columns } = this.#settings;
    return this.headOf === null ? [] : headItems(this.headOf, columns, this.#columnActs);
  }

  readonly #onHeadMenu = ({ detail }: CustomEvent<HeadPlace>): void => {
    this.headOf = detail.id;
    this.headMenu.openAt(detail.x, detail.y, detail.from);
  };

  readonly #onColumns = ({ detail }: CustomEvent<readonly JobColumnChoice[]>): void => {
    if (JSON.stringify(detail) !== JSON.stringify(this.#settings.columns)) this.#settle({ columns: detail });
  };

  #turn(direction: -1 | 1): void {
    const query = turnPage(this.#wanted, this.pending ? null : this.#page, this.#page.total, direction);
    if (query !== null) this.#ask(query);
  }

  #showNews(): void {
    this.#ask({ ...this.#wanted });
  }

  #toRows(): void {
    this.#leaving = true;
    // What was typed is perhaps answered already.
    this.requestUpdate();
  }

  async #enterRows(): Promise<void> {
    this.#leaving = false;
    await this.table?.updateComplete;
    if (this.filters?.matches(":focus-within") === true) this.table?.moveRow(1);
  }

  #ask(query: JobQuery): void {
    this.#leaving = false;
    this.#forgetSearch();
    this.ask({ query, settings: this.#settings });
  }

  #settle(change: Partial<JobsSettings>): void {
    const settings = { ...this.#settings, ...change };
    // Another length of the page begins where the rows are by now.
    const query =
      change.pageSize === undefined
        ? this.#wanted
        : { ...this.#wanted, limit: change.pageSize, offset: 0, anchor: null };
    this.ask({ query, settings });
  }

  #forgetSearch(): void {
    this.#searched = null;
    this.search = { kind: "idle" };
  }

  protected override willUpdate(): void {
    // The host may have been asked for another list (a link, a saved filter): what was found belongs to the one before.
    if (this.#searched !== null && this.#searched !== JSON.stringify(this.#wanted)) this.#forgetSearch();
  }

  readonly #suggest: Suggest = (text, cursor) => this.host.request("suggest", { text, cursor });

  async #search(): Promise<void> {
    const query = this.#wanted;
    const searched = JSON.stringify(query);
    this.#searched = searched;
    this.search = { kind: "running", progress: null };
    try {
      const matches = await this.host.request("search", { query });
      if (this.#searched === searched) this.search = { kind: "done", matches };
    } catch (error) {
      if (this.#searched !== searched) return;
      this.search = { kind: "idle" };
      this.fail(error);
    }
  }
}
