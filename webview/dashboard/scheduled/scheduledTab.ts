import { css, html, nothing } from "lit";
import { customElement, query } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { newestJobs, pageSize } from "../../../src/protocol/jobQuery";
import { everythingScheduled, type ScheduledView } from "../../../src/protocol/tabs/scheduled";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles, sectionStyles } from "../../shared/styles";
import "../jobs/filterBox";
import type { FilterBox, FilterPin, Suggest } from "../jobs/filterBox";
import { listBarStyles } from "../tabs/listBar.styles";
import { StillTime } from "../tabs/stillTime";
import { ListTab } from "../tabs/listTab";
import "./cronTable";
import type { CronTable } from "./cronTable";
import "./dueTable";
import type { DueTable } from "./dueTable";

/** What is going to run, and when. */
@customElement("arq-scheduled-tab")
export class ScheduledTab extends ListTab<"scheduled"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    listBarStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      section + section {
        margin-top: 24px;
      }
      .list-bar arq-filter-box {
        flex: 3 1 200px;
        max-width: 480px;
      }
      select {
        flex: 0 1 auto;
        height: 26px;
        min-width: 90px;
        max-width: 170px;
        border: 1px solid var(--vscode-dropdown-border, var(--hairline));
        border-radius: 2px;
        background: var(--vscode-dropdown-background);
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
        font: inherit;
      }
      .notes p {
        display: flex;
        gap: 6px;
        margin-bottom: 8px;
        color: var(--mute);
      }
      .bounds {
        margin-top: 8px;
        color: var(--mute);
        font-size: 12px;
      }
    `,
  ];
  readonly tab = "scheduled";
  readonly #time = new StillTime();
  @query("arq-filter-box") private readonly filter!: FilterBox | null;
  @query("arq-due-table, arq-cron-table") protected readonly table!: DueTable | CronTable | null;

  override focusSearch(): void {
    this.filter?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#time.leave();
  }

  override render() {
    const { view } = this;
    if (view === null) return html`<p class="nothing" role="status">${t("Reading what is going to run…")}</p>`;
    return html`${this.#jobs(view)}${this.#cron(view)}`;
  }

  #jobs(view: ScheduledView) {
    return html`<section aria-labelledby="jobs">
      <div class="section-head"><h2 id="jobs">${t("Waiting for their time")}</h2></div>
      <div class="list-bar">
        <arq-filter-box
          .text=${this.intent.text}
          .pins=${this.#pins()}
          .placeholder=${t("Filter: fn:send_* -queue:mail, or any words")}
          .suggest=${this.#suggest}
          @filter=${(event: CustomEvent<string>) => this.change({ text: event.detail })}
          @clear=${() => this.change({ text: "", function: null })}
        ></arq-filter-box>
        ${this.#queues()}
        <span class="said" role="status">${this.#said(view.total)}</span>
        ${this.pager(view.rows.length)}
      </div>
      ${
        view.notes.length === 0
          ? nothing
          : html`<div class="notes" role="status">
              ${view.notes.map((note) => html`<p>${icon("question")}<span class="foreign">${note}</span></p>`)}
            </div>`
      }
      ${view.needsPayloads ? this.#needsPayloads() : view.rows.length === 0 ? this.#noJob() : this.#table(view)}
    </section>`;
  }

  #table(view: ScheduledView) {
    return html`<arq-due-table
      .rows=${view.rows}
      .question=${JSON.stringify(this.answered)}
      .offset=${view.offset}
      .total=${view.total}
      .now=${this.#time.at(this.now, this.stale)}
      .stale=${this.stale}
      @turn=${this.turn}
      @open-row=${(event: CustomEvent<string>) => this.openJob(event.detail)}
    ></arq-due-table>`;
  }

  #queues() {
    const { queue } = this.intent;
    const known = this.snapshot.queues.map(({ name }) => name);
    const names = queue === null || known.includes(queue) ? known : [queue, ...known];
    return html`<select
      aria-label=${t("Queue")}
      @change=${(event: Event) => {
        const index = (event.target as HTMLSelectElement).selectedIndex;
        this.change({ queue: names[index - 1] ?? null });
      }}
    >
      <option .selected=${live(queue === null)}>${t("All queues")}</option>
      ${names.map((name) => html`<option .selected=${live(name === queue)}>${name}</option>`)}
    </select>`;
  }

  #pins(): readonly FilterPin[] {
    const value = this.intent.function;
    return value === null ? [] : [{ name: t("function"), value, remove: () => this.change({ function: null }) }];
  }

  /** Without the counts, which are those of all jobs. */
  readonly #suggest: Suggest = async (text, cursor) =>
    (await this.host.request("suggest", { text, cursor })).map((each) => ({ ...each, count: null }));

  #said(total: number): string {
    return total === 1 ? t("1 job") : t("{0} jobs", formatCount(total));
  }

  #noJob() {
    const { text, queue, function: name } = this.answered;
    if (text === "" && queue === null && name === null)
      return html`<p class="nothing">
        ${t("No job waits for its time. Jobs enqueued with _defer_by or _defer_until appear here, and retries that are put off.")}
      </p>`;
    return html`<p class="nothing">
      ${t("No job that waits for its time matches this.")}
      <button class="plain link" @click=${() => this.change(everythingScheduled)}>${t("Clear the filters")}</button>
    </p>`;
  }

  #needsPayloads() {
    const query: JobQuery = { ...newestJobs, ...this.intent, states: ["deferred", "retrying"], limit: pageSize };
    return html`<p class="nothing">
      ${t("What arguments hold is searched for in the list of jobs.")}
      <button class="plain link" @click=${() => this.go("jobs", { query: { ...query, offset: 0 } })}>
        ${t("Search there")}
      </button>
    </p>`;
  }

  #cron({ cron }: ScheduledView) {
    return html`<section aria-labelledby="cron">
      <div class="section-head"><h2 id="cron">${t("Cron jobs")}</h2></div>
      ${
        cron.length === 0
          ? nothing
          : html`<arq-cron-table
              .rows=${cron}
              .total=${cron.length}
              .now=${this.#time.at(this.now, this.stale)}
              .stale=${this.stale}
              @open-row=${(event: CustomEvent<string>) => this.#openCron(event.detail)}
              @jobs=${this.showJobs}
              @open-code=${this.openCode}
            ></arq-cron-table>`
      }
      <p class="bounds">
        ${
          cron.length === 0
            ? t(
                "No run of a cron job was seen yet. ARQ keeps schedules in the workers' code and puts a run into Redis only about a second before it is due.",
              )
            : cron.some(({ schedule }) => schedule !== null)
              ? t(
                  "Schedules and next runs are those of the source in this workspace where it has them; runs are told as far as they were seen. ARQ itself puts a run into Redis only about a second before it is due.",
                )
              : t(
                  "As far as runs were seen: ARQ keeps schedules in the workers' code and puts a run into Redis only about a second before it is due. Intervals and expected runs are told from the runs before.",
                )
        }
      </p>
    </section>`;
  }

  #openCron(id: string): void {
    const line = this.view?.cron.find((each) => each.id === id);
    if (line !== undefined) this.go("jobs", { query: { ...newestJobs, function: line.function, queue: line.queue } });
  }
}
