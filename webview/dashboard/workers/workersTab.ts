import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query } from "lit/decorators.js";
import type { WorkerSort, WorkersView } from "../../../src/protocol/tabs/workers";
import { formatCount, formatDuration } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import type { SortChoice } from "../../shared/rowTable";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { longestWaiting } from "../overview/links";
import "../../shared/codeNotes";
import { listBarStyles } from "../tabs/listBar.styles";
import { ListTab } from "../tabs/listTab";
import { serviceOfAll } from "./service";
import "./workerTable";
import type { WorkerTable } from "./workerTable";
import { countText } from "./workerTexts";

/** Fewer are seen at a glance. */
const searchFrom = 6;

/** Every worker, how it is known, and what would show more. */
@customElement("arq-workers-tab")
export class WorkersTab extends ListTab<"workers"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    listBarStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .sum {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 12px;
        margin-bottom: 10px;
      }
      .sum b {
        font-size: 15px;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .waits {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .offer {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 6px 10px;
        align-items: start;
        max-width: 900px;
        margin-top: 16px;
        padding: 10px 12px;
        border: 1px solid var(--hairline);
        border-radius: 6px;
      }
      .offer summary {
        width: fit-content;
        color: var(--vscode-textLink-foreground);
        cursor: pointer;
      }
      .offer pre {
        margin: 6px 0;
        padding: 8px 10px;
        border: 1px solid var(--hairline);
        border-radius: 4px;
        background: var(--vscode-textCodeBlock-background, transparent);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .rule {
        margin-top: 10px;
        color: var(--mute);
        font-size: 12px;
      }
      .none-seen {
        display: grid;
        gap: 6px;
        justify-items: start;
        padding: 16px 0;
      }
      @container (max-width: 480px) {
        .offer {
          grid-template-columns: auto minmax(0, 1fr);
        }
        .offer vscode-button {
          grid-column: 2;
          justify-self: start;
        }
      }
    `,
  ];
  readonly tab = "workers";
  @query("arq-worker-table") protected readonly table!: WorkerTable | null;

  override render() {
    const { view } = this;
    if (view === null) return html`<p class="nothing" role="status">${t("Looking for workers…")}</p>`;
    return html`<section aria-label=${t("Workers")}>
      ${this.#sum(view)} ${view.known === 0 ? this.#noneSeen() : this.#list(view)}
      <arq-code-notes .notes=${view.notes} @open-code=${this.openCode}></arq-code-notes>
      ${view.allTold ? nothing : this.#offer()}
    </section>`;
  }

  /** How many, how sure that is, and whether what waits is worked off. */
  #sum(view: WorkersView): TemplateResult {
    const { count, why } = countText(this.snapshot.workerCount);
    return html`<p class="sum">
      <b>${count}</b>
      ${view.stale === 0 ? nothing : html`<span>${t("{0} not heard of", formatCount(view.stale))}</span>`}
      ${this.stale ? nothing : this.#service()}
      <span class="mute">${why}</span>
    </p>`;
  }

  #service() {
    const { service, unserved } = serviceOfAll(this.snapshot);
    const waiting = () => this.go("jobs", { query: longestWaiting(unserved.length === 1 ? unserved[0]! : null) });
    const [look, text] =
      service.kind === "unserved"
        ? (["bad", t("jobs wait, and no worker is seen for {0}", unserved.join(", "))] as const)
        : service.kind === "full"
          ? (["busy", t("busy: all {0} places taken, and more jobs wait", formatCount(service.places))] as const)
          : service.kind === "busy"
            ? (["busy", t("busy: {0} jobs run while others wait", formatCount(service.running))] as const)
            : (["mute", ""] as const);
    if (text === "") return nothing;
    return html`<button
      class="plain link waits tone-${look}"
      title=${t("List what waits, longest first")}
      @click=${waiting}
    >
      ${icon(look === "bad" ? "error" : "play")}<span class="foreign">${text}</span>
    </button>`;
  }

  #noneSeen(): TemplateResult {
    if (this.snapshot.workerCount.kind === "unknown") {
      return html`<p class="none-seen">
        ${t(
          "Nothing tells of a worker. That need not mean that there is none: the worker instrumentation would tell, or the right to list connections (ACL: +client|list).",
        )}
      </p>`;
    }
    return html`<div class="none-seen">
      <p>${t("Start one where your code is, for example:")}</p>
      <code class="mono">arq my_module.WorkerSettings</code>
      <p class="mute">
        ${t(
          "It appears here by itself: at once with the worker instrumentation, else when it has written its health record.",
        )}
      </p>
    </div>`;
  }

  #list(view: WorkersView): TemplateResult {
    const { answered } = this;
    return html`${
        view.known < searchFrom && this.intent.text === ""
          ? nothing
          : html`<div class="list-bar">
              ${this.searchField(this.intent.text, t("Filter workers"))}
              <span class="said" role="status"
                >${t("{0} of {1}", formatCount(view.total), formatCount(view.known))}</span
              >
              ${this.pager(view.workers.length)}
            </div>`
      }
      ${
        view.workers.length === 0
          ? this.noMatch(t("No worker has this in its name, queue, release or jobs."))
          : html`<arq-worker-table
              .rows=${view.workers}
              .sorted=${{ sort: answered.sort, descending: answered.descending }}
              .question=${JSON.stringify(answered)}
              .offset=${view.offset}
              .total=${view.total}
              .now=${this.now}
              .stale=${this.stale}
              .staleAfterMs=${view.staleAfterMs}
              @sort=${(event: CustomEvent<SortChoice<WorkerSort>>) => this.change(event.detail)}
              @turn=${this.turn}
              @open-row=${(event: CustomEvent<string>) => this.table?.toggle(event.detail)}
              @jobs=${this.showJobs}
            ></arq-worker-table>`
      }
      <p class="rule">
        ${t(
          "Stale: no sign of life for {0} (setting arq.workers.staleAfter), or for longer than the worker's own interval where that is longer.",
          formatDuration(view.staleAfterMs),
        )}
      </p>`;
  }

  /** Where ARQ alone tells little. */
  #offer(): TemplateResult {
    return html`<aside class="offer tone-mute" aria-label=${t("What would show more")}>
      ${icon("bolt")}
      <div>
        <p>
          ${t("ARQ itself tells little of workers. With one Python file, opt-in, each one tells its name, the jobs it runs and its counters every few seconds.")}
        </p>
        <details>
          <summary>${t("Or without it: a health record for each process")}</summary>
          <pre class="mono">${healthKey}</pre>
          <p class="mute">${t("A key without “health” in its name is only found if it begins with ARQ's prefix.")}</p>
        </details>
      </div>
      <vscode-button appearance="secondary" @click=${() => this.run("addWorkerInstrumentation")}
        >${t("Add Worker Instrumentation…")}</vscode-button
      >
    </aside>`;
  }
}

/** As it is written in a worker's settings. */
const healthKey = `class WorkerSettings:
    health_check_key = f"arq:queue:health-check:{socket.gethostname()}:{os.getpid()}"
    health_check_interval = 15  # seconds`;
