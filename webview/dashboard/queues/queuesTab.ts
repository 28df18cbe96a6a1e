import { css, html, nothing } from "lit";
import { customElement, query } from "lit/decorators.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { QueueSort } from "../../../src/protocol/tabs/queues";
import { formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";
import type { SortChoice } from "../../shared/rowTable";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { listBarStyles } from "../tabs/listBar.styles";
import { StillTime } from "../tabs/stillTime";
import "../../shared/codeNotes";
import { ListTab } from "../tabs/listTab";
import "./queueTable";
import type { QueueTable } from "./queueTable";

/** Every queue, with its last hour. */
@customElement("arq-queues-tab")
export class QueuesTab extends ListTab<"queues"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    listBarStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
    `,
  ];
  readonly tab = "queues";
  readonly #time = new StillTime();
  @query("arq-queue-table") protected readonly table!: QueueTable | null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#time.leave();
  }

  override render() {
    const { view, intent } = this;
    if (view === null) return html`<p class="nothing" role="status">${t("Reading the queues…")}</p>`;
    return html`<section aria-label=${t("Queues")}>
      <div class="list-bar">
        ${this.searchField(intent.text, t("Filter queues"))} ${this.#idleSwitch(view.idle)}
        <span class="said" role="status">${this.#said(view.total, view.known)}</span>
        ${this.pager(view.queues.length)}
      </div>
      ${
        view.queues.length === 0
          ? this.#noQueue(view.idle)
          : html`<arq-queue-table
              .rows=${view.queues}
              .sorted=${{ sort: this.answered.sort, descending: this.answered.descending }}
              .question=${JSON.stringify({ ...this.answered, open: null })}
              .open=${intent.open}
              .offset=${view.offset}
              .total=${view.total}
              .now=${this.#time.at(this.now, this.stale)}
              .stale=${this.stale}
              .lateMs=${view.lateMs}
              .sampleMemory=${this.#sampleMemory}
              @sort=${(event: CustomEvent<SortChoice<QueueSort>>) => this.change(event.detail)}
              @turn=${this.turn}
              @toggle=${(event: CustomEvent<string>) =>
                this.ask({ ...this.intent, open: this.intent.open === event.detail ? null : event.detail })}
              @open-row=${(event: CustomEvent<string>) => this.go("jobs", { query: { ...newestJobs, queue: event.detail } })}
              @jobs=${this.showJobs}
            ></arq-queue-table>`
      }
      <arq-code-notes .notes=${view.notes} @open-code=${this.openCode} @jobs=${this.showJobs}></arq-code-notes>
    </section>`;
  }

  /** In the same place whether it is on or off. */
  #idleSwitch(idle: number) {
    const shown = this.intent.idle;
    if (idle === 0 && !shown) return nothing;
    return html`<label
      class="switch"
      title=${t("Nothing is in these queues, and nothing is known to have happened in them for 24 h.")}
      ><input
        type="checkbox"
        .checked=${shown}
        @change=${(event: Event) => this.change({ idle: (event.target as HTMLInputElement).checked })}
      />${idleText(idle)}</label
    >`;
  }

  #said(total: number, known: number): string {
    const [shown, all] = [formatCount(total), formatCount(known)];
    if (total === known) return known === 1 ? t("1 queue") : t("{0} queues", all);
    return t("{0} of {1} queues", shown, all);
  }

  #noQueue(idle: number) {
    const { text } = this.answered;
    if (idle > 0 && !this.answered.idle)
      return html`<p class="nothing">
        ${t("Nothing has happened in these queues for 24 h.")}
        <button class="plain link" @click=${() => this.change({ idle: true })}>${t("Show idle queues")}</button>
      </p>`;
    if (text !== "") return this.noMatch(t("No queue has this in its name."));
    return html`<p class="nothing">
      ${t("No queue is known yet. One is found as soon as a job is enqueued or a worker starts; nothing has to be configured.")}
    </p>`;
  }

  readonly #sampleMemory = (queue: string) => this.host.request("sampleMemory", { queue });
}

function idleText(idle: number): string {
  if (idle === 0) return t("Show idle queues");
  return idle === 1 ? t("Show 1 idle queue") : t("Show {0} idle queues", formatCount(idle));
}
