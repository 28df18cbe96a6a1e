import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { JobQuery, JobSort, JobState, StateCounts } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { jobStates, stateLooks } from "../../shared/jobStates";
import { baseStyles } from "../../shared/styles";
import "./filterBox";
import type { FilterBox, Suggest } from "./filterBox";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { clearFilters, isFiltered, refine, toggleState } from "./queries";

const sorts: readonly (readonly [string, JobSort, boolean])[] = [
  ["Newest first", "newest", true],
  ["Slowest first", "runMs", true],
  ["Completed last first", "finishedAt", true],
  ["Started last first", "startedAt", true],
  ["Enqueued first", "enqueuedAt", false],
  ["Waited longest first", "waitMs", true],
  ["Most tries first", "tries", true],
  ["Error", "error", false],
  ["Function", "function", false],
  ["Status", "state", false],
  ["Queue", "queue", false],
  ["ID", "id", false],
];

/** What the job list shows: text, statuses, queue, and what is set from elsewhere. Fires `refine` with the new query. */
@customElement("arq-job-filters")
export class JobFilters extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      arq-filter-box {
        flex: 3 1 200px;
        max-width: 520px;
      }
      vscode-dropdown {
        flex: 1 1 110px;
        max-width: 170px;
        min-width: 90px;
        z-index: 4;
      }
      vscode-dropdown::part(selected-value) {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      vscode-option {
        max-width: 100%;
      }
      .sort {
        display: none;
      }
      @container (max-width: 879px) {
        .sort {
          display: inline-flex;
        }
      }
      .menu {
        position: relative;
      }
      button.opener {
        height: 26px;
        padding: 0 7px;
        border: 1px solid var(--vscode-dropdown-border, var(--hairline));
        border-radius: 2px;
        background: var(--vscode-dropdown-background);
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
      }
      .popup {
        position: absolute;
        z-index: 5;
        inset-block-start: calc(100% + 2px);
        inset-inline-start: 0;
        padding: 6px 12px 6px 10px;
        border: 1px solid
          var(--vscode-menu-border, var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)));
        border-radius: 5px;
        background: var(--vscode-menu-background, var(--vscode-dropdown-background));
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .popup vscode-checkbox {
        display: flex;
        margin: 1px 0;
      }
      .choice {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 150px;
      }
      .choice .n {
        margin-inline-start: auto;
        padding-inline-start: 12px;
        color: var(--mute);
        font-variant-numeric: tabular-nums;
      }
      .tokens {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        align-items: center;
        margin-top: 8px;
      }
      .token {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        max-width: 100%;
        padding: 0 3px 0 8px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 11px;
        background: var(--vscode-badge-background);
        color: var(--vscode-badge-foreground);
        font-size: 12px;
        line-height: 20px;
      }
      .token .cut {
        max-width: 260px;
      }
      .token button.tool {
        min-width: 18px;
        height: 18px;
        padding: 0;
        border-radius: 9px;
        color: inherit;
      }
      .token button .icon {
        width: 12px;
        height: 12px;
      }
    `,
  ];

  @property({ attribute: false }) query: JobQuery = newestJobs;
  @property({ attribute: false }) queues: readonly string[] = [];
  @property({ attribute: false }) counts: StateCounts | null = null;
  @property({ attribute: false }) suggest: Suggest = () => Promise.resolve([]);
  @state() private menuOpen = false;
  @query("arq-filter-box") private readonly search!: FilterBox;
  @query(".opener") private readonly opener!: HTMLElement;

  focusSearch(): void {
    this.search.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("pointerdown", this.#closeOnOutside);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pointerdown", this.#closeOnOutside);
  }

  override render() {
    const { query } = this;
    const queues =
      query.queue === null || this.queues.includes(query.queue) ? this.queues : [query.queue, ...this.queues];
    const chosenSort = `${query.sort} ${query.descending}`;
    return html`<div class="bar" @keydown=${this.#onKey}>
        <arq-filter-box
          .text=${query.text}
          .suggest=${this.suggest}
          @filter=${(event: CustomEvent<string>) => this.#refine(refine(this.query, { text: event.detail }))}
        ></arq-filter-box>
        <div class="menu">
          <button
            class="tool opener"
            aria-expanded=${this.menuOpen ? "true" : "false"}
            aria-controls="states"
            @click=${() => (this.menuOpen = !this.menuOpen)}
          >
            ${icon("filter")}Status${query.states.length === 0 ? nothing : html` (${query.states.length})`}
            ${icon("chevronDown")}
          </button>
          ${this.menuOpen ? this.#menu() : html`<div id="states" hidden></div>`}
        </div>
        <vscode-dropdown
          class="queue"
          aria-label="Queue"
          title=${query.queue ?? "All queues"}
          @change=${this.#queueChosen}
        >
          <vscode-option value="" ?selected=${query.queue === null}>All queues</vscode-option>
          ${repeat(
            queues,
            (name) => name,
            (name) => html`<vscode-option value="q:${name}">${name}</vscode-option>`,
          )}
        </vscode-dropdown>
        <vscode-dropdown class="sort" aria-label="Order" @change=${this.#sortChosen}>
          ${sorts.map(
            ([label, sort, descending]) => html`<vscode-option value="${sort} ${descending}">${label}</vscode-option>`,
          )}
          ${
            sorts.some(([, sort, descending]) => `${sort} ${descending}` === chosenSort)
              ? nothing
              : html`<vscode-option value=${chosenSort}>As sorted</vscode-option>`
          }
        </vscode-dropdown>
      </div>
      ${isFiltered(query) ? this.#tokens() : nothing}`;
  }

  #menu() {
    return html`<div id="states" class="popup" role="group" aria-label="Statuses to show">
      ${jobStates.map((state) => {
        const look = stateLooks[state];
        return html`<vscode-checkbox
          .checked=${this.query.states.includes(state)}
          title=${look.meaning}
          data-state=${state}
          @change=${(event: Event) => this.#stateTicked(state, event)}
        >
          <span class="choice tone-${look.tone}">
            ${icon(look.icon)}${look.label}<span class="n">${formatCount(this.counts?.[state] ?? 0)}</span>
          </span>
        </vscode-checkbox>`;
      })}
    </div>`;
  }

  #tokens() {
    const { query } = this;
    return html`<div class="tokens" role="group" aria-label="Active filters">
      ${query.states.map((state) =>
        this.#token(stateLooks[state].label, () => ({ states: toggleState(this.query.states, state) })),
      )}
      ${query.queue === null ? nothing : this.#token(`queue: ${query.queue}`, () => ({ queue: null }))}
      ${query.function === null ? nothing : this.#token(`function: ${query.function}`, () => ({ function: null }))}
      ${query.errorGroup === null ? nothing : this.#token(`error: ${query.errorGroup}`, () => ({ errorGroup: null }))}
      <button class="plain link" @click=${() => this.#refine(clearFilters(this.query))}>Clear filters</button>
    </div>`;
  }

  #token(text: string, without: () => Partial<JobQuery>) {
    return html`<span class="token">
      <span class="cut foreign" title=${text}>${text}</span>
      <button
        class="tool"
        aria-label="Remove filter ${text}"
        @click=${() => this.#refine(refine(this.query, without()))}
      >
        ${icon("close")}
      </button>
    </span>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("query") && !changed.has("queues")) return;
    this.#choose(".queue", this.query.queue === null ? "" : `q:${this.query.queue}`);
    this.#choose(".sort", `${this.query.sort} ${this.query.descending}`);
  }

  /** The dropdown takes its options over in a later task; a value it does not know yet would be dropped. */
  #choose(selector: string, value: string): void {
    const dropdown = this.renderRoot.querySelector<HTMLElement & { value: string }>(selector);
    setTimeout(() => {
      if (dropdown !== null && dropdown.value !== value) dropdown.value = value;
    });
  }

  #stateTicked(state: JobState, event: Event): void {
    const ticked = (event.target as HTMLElement & { checked: boolean }).checked;
    // The box also fires when its value is set from here.
    if (ticked === this.query.states.includes(state)) return;
    this.#refine(refine(this.query, { states: toggleState(this.query.states, state) }));
  }

  readonly #queueChosen = (event: Event): void => {
    const { value } = event.target as HTMLElement & { value: string };
    this.#refine(refine(this.query, { queue: value === "" ? null : value.slice("q:".length) }));
  };

  readonly #sortChosen = (event: Event): void => {
    const [sort, descending] = (event.target as HTMLElement & { value: string }).value.split(" ");
    this.#refine(refine(this.query, { sort: sort as JobSort, descending: descending === "true" }));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    if (!this.menuOpen) return;
    this.menuOpen = false;
    this.opener.focus();
  };

  readonly #closeOnOutside = (event: PointerEvent): void => {
    if (this.menuOpen && !event.composedPath().includes(this.opener.parentElement!)) this.menuOpen = false;
  };

  #refine(query: JobQuery): void {
    emit(this, "refine", query);
  }
}
