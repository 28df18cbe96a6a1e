import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobSort, JobState, StateCounts } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { jobStates, stateLooks } from "../../shared/jobStates";
import { baseStyles } from "../../shared/styles";
import "./filterBox";
import type { FilterBox, FilterPin, Suggest } from "./filterBox";
import { timeRangeOf, withTimeRange, type TimeRange } from "./filterTokens";
import { clearFilters, refine, toggleState } from "./queries";
import "./timeRange";

const sorts: readonly (readonly [string, JobSort, boolean])[] = [
  [t("Newest first"), "newest", true],
  [t("Slowest first"), "runMs", true],
  [t("Completed last first"), "finishedAt", true],
  [t("Started last first"), "startedAt", true],
  [t("Enqueued first"), "enqueuedAt", false],
  [t("Waited longest first"), "waitMs", true],
  [t("Most tries first"), "tries", true],
  [t("By error"), "error", false],
  [t("By function"), "function", false],
  [t("By status"), "state", false],
  [t("By queue"), "queue", false],
  [t("By worker"), "worker", false],
  [t("By ID"), "id", false],
];

/** What the job list shows: text, statuses, queue, time, and what is set from elsewhere. Fires `refine` with the new query. */
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
        align-items: flex-start;
      }
      arq-filter-box {
        flex: 3 1 260px;
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
        arq-filter-box {
          flex-basis: 100%;
        }
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
    this.menuOpen = false;
  }

  override render() {
    const { query } = this;
    const queues =
      query.queue === null || this.queues.includes(query.queue) ? this.queues : [query.queue, ...this.queues];
    const chosenSort = `${query.sort} ${query.descending}`;
    return html`<div class="bar" @keydown=${this.#onKey}>
      <arq-filter-box
        .text=${query.text}
        .names=${{ states: jobStates, queues: this.queues }}
        .pins=${this.#pins()}
        .suggest=${this.suggest}
        @filter=${(event: CustomEvent<string>) => this.#refine(refine(this.query, { text: event.detail }))}
        @clear=${() => this.#refine(clearFilters(this.query))}
      ></arq-filter-box>
      <div class="menu">
        <button
          class="tool opener"
          aria-expanded=${this.menuOpen ? "true" : "false"}
          aria-controls="states"
          @click=${() => (this.menuOpen = !this.menuOpen)}
        >
          ${icon("filter")}${query.states.length === 0 ? t("Status") : t("Status ({0})", query.states.length)}
          ${icon("chevronDown")}
        </button>
        ${this.menuOpen ? this.#menu() : html`<div id="states" hidden></div>`}
      </div>
      <vscode-dropdown
        class="queue"
        aria-label=${t("Queue")}
        title=${query.queue ?? t("All queues")}
        @change=${this.#queueChosen}
      >
        <vscode-option value="" ?selected=${query.queue === null}>${t("All queues")}</vscode-option>
        ${repeat(
          queues,
          (name) => name,
          (name) => html`<vscode-option value="q:${name}">${name}</vscode-option>`,
        )}
      </vscode-dropdown>
      <arq-time-range
        .range=${timeRangeOf(query.text)}
        @range=${(event: CustomEvent<TimeRange>) =>
          this.#refine(refine(this.query, { text: withTimeRange(this.query.text, event.detail) }))}
      ></arq-time-range>
      <vscode-dropdown class="sort" aria-label=${t("Order")} @change=${this.#sortChosen}>
        ${sorts.map(
          ([label, sort, descending]) => html`<vscode-option value="${sort} ${descending}">${label}</vscode-option>`,
        )}
        ${
          sorts.some(([, sort, descending]) => `${sort} ${descending}` === chosenSort)
            ? nothing
            : html`<vscode-option value=${chosenSort}>${t("As sorted")}</vscode-option>`
        }
      </vscode-dropdown>
    </div>`;
  }

  #menu() {
    return html`<div id="states" class="popup" role="group" aria-label=${t("Statuses to show")}>
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

  /** What is not in the text. */
  #pins(): FilterPin[] {
    const { states, queue, function: name, errorGroup, remembered } = this.query;
    const pin = (label: string, value: string, without: () => Partial<JobQuery>): FilterPin => ({
      name: label,
      value,
      remove: () => this.#refine(refine(this.query, without())),
    });
    const also = remembered === "also";
    return [
      ...states.map((state) =>
        pin(t("status"), stateLooks[state].label, () => ({ states: toggleState(this.query.states, state) })),
      ),
      ...(queue === null ? [] : [pin(t("queue"), queue, () => ({ queue: null }))]),
      ...(name === null ? [] : [pin(t("function"), name, () => ({ function: null }))]),
      ...(errorGroup === null ? [] : [pin(t("error"), errorGroup, () => ({ errorGroup: null }))]),
      ...(also || remembered === true
        ? [pin(t("forgotten"), also ? t("as well") : t("only"), () => ({ remembered: false }))]
        : []),
    ];
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
