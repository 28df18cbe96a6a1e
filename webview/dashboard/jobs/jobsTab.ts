import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { noJobs } from "../../../src/protocol/jobQuery";
import type { JobPage, JobQuery, JobSort } from "../../../src/protocol/viewModels";
import { formatCount, plural } from "../../shared/format";
import { icon } from "../../shared/icons";
import { baseStyles, progressStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";
import type { Suggest } from "./filterBox";
import "./jobFilters";
import type { JobFilters } from "./jobFilters";
import "./jobTable";
import "./pager";
import { payloadSearchBar, type SearchState } from "./payloadSearch";
import { clearFilters, isFiltered, lastOffset, nextSort, turnPage } from "./queries";

/** The jobs: filters, what they could not make sense of, one page of rows, and the way to others. */
@customElement("arq-jobs-tab")
export class JobsTab extends TabElement<"jobs"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    progressStyles,
    css`
      :host {
        display: block;
      }
      .section-head {
        align-items: center;
      }
      arq-job-filters {
        margin-bottom: 8px;
      }
      .foot {
        display: flex;
        justify-content: flex-end;
        margin-top: 6px;
      }
      .nothing,
      .search-bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 10px 14px;
        padding: 28px 8px;
        color: var(--mute);
      }
      .search-bar {
        padding: 6px 0 10px;
      }
      .search-bar vscode-progress-ring {
        width: 16px;
        height: 16px;
      }
      .notes {
        margin-bottom: 8px;
        color: var(--mute);
      }
      .notes p {
        display: flex;
        gap: 6px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly tab = "jobs";
  @state() private search: SearchState = { kind: "idle" };
  @query("arq-job-filters") private readonly filters!: JobFilters | null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.host.on("searchProgress", (progress) => {
      if (this.search.kind === "running") this.search = { kind: "running", progress };
    });
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("view") || this.pending || this.view === null) return;
    const { query } = this.answered;
    const last = lastOffset(query, this.view.total);
    // The page that was shown is gone because jobs are.
    if (this.view.rows.length === 0 && query.offset > last) this.#ask({ ...query, offset: last, anchor: null });
  }

  override focusSearch(): void {
    this.filters?.focusSearch();
  }

  get #page(): JobPage {
    return this.view ?? noJobs;
  }

  get #wanted(): JobQuery {
    return this.intent.query;
  }

  override render() {
    const page = this.#page;
    const { search } = this;
    const { query } = this.answered;
    const found = search.kind === "done" ? search.matches : null;
    const rows = found?.rows ?? (page.needsPayloads ? [] : page.rows);
    const total = found?.rows.length ?? (page.needsPayloads ? 0 : page.total);
    const turn = (event: CustomEvent<-1 | 1>) => this.#turn(event.detail);
    const pager =
      page.needsPayloads && found === null
        ? nothing
        : html`<arq-pager
            .offset=${found === null ? page.offset : 0}
            .shown=${rows.length}
            .total=${total}
            @turn=${turn}
          ></arq-pager>`;
    const notes = found?.notes ?? page.notes;
    return html`<section aria-label="Jobs">
      <div class="section-head">
        <h2>Jobs</h2>
        <span class="end">${pager}</span>
      </div>
      <arq-job-filters
        .query=${this.#wanted}
        .queues=${this.snapshot.queues.map((queue) => queue.name)}
        .counts=${this.snapshot.counts}
        .suggest=${this.#suggest}
        @refine=${(event: CustomEvent<JobQuery>) => this.#ask(event.detail)}
        @commit=${() => {
          if (page.needsPayloads) void this.#search();
        }}
      ></arq-job-filters>
      ${
        notes.length === 0
          ? nothing
          : html`<div class="notes" role="status">
              ${notes.map((note) => html`<p>${icon("question")}<span class="foreign">${note}</span></p>`)}
            </div>`
      }
      <span class="hush" role="status"
        >${isFiltered(query) && !page.needsPayloads ? `${plural(total, "job")} found` : ""}</span
      >
      ${
        page.needsPayloads
          ? payloadSearchBar(search, page.total, {
              start: () => void this.#search(),
              cancel: () => void this.host.request("cancelSearch", null).catch((error: unknown) => this.fail(error)),
            })
          : nothing
      }
      ${
        rows.length === 0
          ? this.#noRows()
          : html`<arq-job-table
                .rows=${rows}
                .query=${query}
                .offset=${page.offset}
                .total=${total}
                .now=${this.now}
                .stale=${this.stale}
                @sort=${(event: CustomEvent<JobSort>) =>
                  this.#ask({ ...this.#wanted, ...nextSort(this.#wanted, event.detail) })}
                @turn=${turn}
              ></arq-job-table>
              <div class="foot">${pager}</div>`
      }
    </section>`;
  }

  #noRows(): TemplateResult | typeof nothing {
    const page = this.#page;
    const { search, snapshot } = this;
    const { query } = this.answered;
    if (page.needsPayloads && search.kind !== "done") return nothing;
    if (!isFiltered(query)) {
      const reading = !snapshot.complete;
      return html`<div class="nothing">${reading ? "No job is read yet." : "No job is known yet."}</div>`;
    }
    const { indexed } = page;
    return html`<div class="nothing">
      <span>None of ${formatCount(indexed)} known ${indexed === 1 ? "job" : "jobs"} matches these filters.</span>
      <vscode-button appearance="secondary" @click=${() => this.#ask(clearFilters(this.#wanted))}
        >Clear Filters</vscode-button
      >
    </div>`;
  }

  #turn(direction: -1 | 1): void {
    const query = turnPage(this.#wanted, this.pending ? null : this.#page, this.#page.total, direction);
    if (query !== null) this.#ask(query);
  }

  #ask(query: JobQuery): void {
    this.search = { kind: "idle" };
    this.ask({ query });
  }

  readonly #suggest: Suggest = (text, cursor) => this.host.request("suggest", { text, cursor });

  async #search(): Promise<void> {
    const query = this.#wanted;
    this.search = { kind: "running", progress: null };
    try {
      const matches = await this.host.request("search", { query });
      if (this.#wanted === query) this.search = { kind: "done", matches };
    } catch (error) {
      if (this.#wanted !== query) return;
      this.search = { kind: "idle" };
      this.fail(error);
    }
  }
}
