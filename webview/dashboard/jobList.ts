import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { newestJobs, noJobs } from "../../src/protocol/jobQuery";
import type { JobPage, JobQuery, JobSort, MonitorSnapshot } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { failureLine } from "../shared/failureLine";
import { formatCount, plural } from "../shared/format";
import { icon } from "../shared/icons";
import { baseStyles, progressStyles, sectionStyles } from "../shared/styles";
import type { Suggest } from "./filterBox";
import "./jobFilters";
import type { JobFilters } from "./jobFilters";
import "./jobTable";
import "./pager";
import { payloadSearchBar, type SearchState } from "./payloadSearch";
import { clearFilters, isFiltered, nextSort, turnPage } from "./queries";

/**
 * The jobs: filters, what they could not make sense of, one page of rows, and the way to others. Fires `query` (JobQuery), `open-job` (id),
 * `search`, `cancel-search` and `dismiss` (the failure).
 */
@customElement("arq-job-list")
export class JobList extends LitElement {
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

  @property({ attribute: false }) snapshot: MonitorSnapshot | null = null;
  @property({ attribute: false }) page: JobPage = noJobs;
  /** What `page` answers. */
  @property({ attribute: false }) query: JobQuery = newestJobs;
  /** What is asked for, perhaps not answered yet. */
  @property({ attribute: false }) wanted: JobQuery = newestJobs;
  @property({ type: Boolean }) pending = false;
  @property({ attribute: false }) search: SearchState = { kind: "idle" };
  @property({ attribute: false }) suggest: Suggest = () => Promise.resolve([]);
  @property() failure: string | null = null;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  /** As of when the rows are; "" while they are kept current. */
  @property() asOf = "";
  @query("arq-job-filters") private readonly filters!: JobFilters;

  focusFilter(): void {
    this.filters.focusSearch();
  }

  override render() {
    const { page, query, search } = this;
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
        ${this.asOf === "" ? nothing : html`<span class="as-of">${this.asOf}</span>`}<span class="end">${pager}</span>
      </div>
      <arq-job-filters
        .query=${this.wanted}
        .queues=${this.snapshot?.queues.map((queue) => queue.name) ?? []}
        .counts=${this.snapshot?.counts ?? null}
        .suggest=${this.suggest}
        @refine=${(event: CustomEvent<JobQuery>) => this.#ask(event.detail)}
        @commit=${() => page.needsPayloads && emit(this, "search", null)}
      ></arq-job-filters>
      ${failureLine(this.failure, () => emit(this, "dismiss", null))}
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
              start: () => emit(this, "search", null),
              cancel: () => emit(this, "cancel-search", null),
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
                .stale=${this.asOf !== ""}
                @sort=${(event: CustomEvent<JobSort>) =>
                  this.#ask({ ...this.wanted, ...nextSort(this.wanted, event.detail) })}
                @turn=${turn}
              ></arq-job-table>
              <div class="foot">${pager}</div>`
      }
    </section>`;
  }

  #noRows(): TemplateResult | typeof nothing {
    const { page, query, search, snapshot } = this;
    if (page.needsPayloads && search.kind !== "done") return nothing;
    if (!isFiltered(query)) {
      const reading = snapshot?.complete === false;
      return html`<div class="nothing">${reading ? "No job is read yet." : "No job is known yet."}</div>`;
    }
    const { indexed } = page;
    return html`<div class="nothing">
      <span>None of ${formatCount(indexed)} known ${indexed === 1 ? "job" : "jobs"} matches these filters.</span>
      <vscode-button appearance="secondary" @click=${() => this.#ask(clearFilters(this.wanted))}
        >Clear Filters</vscode-button
      >
    </div>`;
  }

  #turn(direction: -1 | 1): void {
    const query = turnPage(this.wanted, this.pending ? null : this.page, this.page.total, direction);
    if (query !== null) this.#ask(query);
  }

  #ask(query: JobQuery): void {
    emit(this, "query", query);
  }
}
