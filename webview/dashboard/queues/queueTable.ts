import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { MemorySample, QueueLine, QueueSort, QueuesView } from "../../../src/protocol/tabs/queues";
import type { JobState } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { failureShare, failureShareStyles } from "../../shared/failureShare";
import {
  formatDateTime,
  formatDuration,
  formatElapsed,
  formatPercent,
  formatRate,
  formatShortDuration,
  unknownText,
} from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { RowTable, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { baseStyles } from "../../shared/styles";
import { countLink, emitJobs } from "../tabs/jobLinks";
import { depthLine, depthLineStyles } from "./depthLine";
import { depthPaths, depthSummary, lastHour } from "./depthPaths";
import "./queueDetail";

/** In a container narrower than this there is no room for eleven columns, px. */
const cardsBelow = 880;
const minuteMs = 60_000;
const waiting: readonly JobState[] = ["queued", "retrying"];

/**
 * One row per queue; its details open below it. Fires `open-row` (name: its jobs), `jobs` (JobQuery: those behind one of its numbers), `toggle` (name: its
 * details), and what every table fires.
 */
@customElement("arq-queue-table")
export class QueueTable extends RowTable<QueueLine, QueueSort> {
  static override styles = [
    baseStyles,
    depthLineStyles,
    failureShareStyles,
    rowTableStyles(cardsBelow),
    css`
      :host {
        --columns: minmax(110px, 1.5fr) minmax(80px, 1fr) 56px 56px 60px 56px 56px 60px 60px 74px 84px;
      }
      .row {
        column-gap: 10px;
      }
      .cell.name {
        gap: 2px;
      }
      .idle {
        flex: none;
        padding: 0 6px;
        border: 1px solid var(--hairline);
        border-radius: 8px;
        color: var(--mute);
        font-size: 11px;
      }
      .chart button {
        display: block;
        width: 100%;
        padding: 3px 0;
      }
      .chart .depth-line {
        width: 100%;
        height: 20px;
      }
      .late {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .late.tone-warn,
      .late.tone-bad {
        font-weight: 600;
      }
      @container (max-width: ${cardsBelow - 1}px) {
        .item > .cell.chart {
          grid-column: 1 / -1;
        }
        .item > .cell.chart::before {
          display: none;
        }
      }
      @container (min-width: 560px) and (max-width: ${cardsBelow - 1}px) {
        :host {
          --card-columns: repeat(7, minmax(0, 1fr)) minmax(0, 1.45fr) minmax(0, 1.35fr);
        }
        .item > .cell.name {
          grid-column: 1 / span 5;
        }
        .item > .cell.chart {
          grid-column: span 4;
        }
      }
    `,
  ];

  /** The queue whose details are shown. */
  @property() open: string | null = null;
  @property({ attribute: false }) lateMs: QueuesView["lateMs"] = { yellow: 0, red: 0 };
  @property({ attribute: false }) sampleMemory: (queue: string) => Promise<MemorySample | null> = () =>
    Promise.resolve(null);

  protected override readonly label = t("Queues");
  protected override readonly columns: readonly TableColumn<QueueSort>[] = [
    { id: "name", title: t("Queue"), sort: "name", kind: "text" },
    { id: "chart", title: t("Last hour"), sort: null, kind: "text", meaning: t("Depth in the last hour") },
    { id: "depth", title: t("Depth"), sort: "depth", kind: "number", meaning: t("Depth: all jobs in the queue") },
    { id: "due", title: t("Due"), sort: "queued", kind: "number", meaning: t("Due: jobs that wait for a worker") },
    { id: "deferred", title: t("Deferred"), sort: "deferred", kind: "number", meaning: t("Deferred: to be run later") },
    { id: "running", title: t("Running"), sort: "running", kind: "number" },
    {
      id: "rate",
      title: t("Per min"),
      sort: "perMinute",
      kind: "number",
      meaning: t("Jobs ended a minute, within the last hour"),
    },
    { id: "average", title: t("Average"), sort: "runAverage", kind: "number", meaning: t("Average duration of a run") },
    {
      id: "p95",
      title: t("p95"),
      sort: "runP95",
      kind: "number",
      meaning: t("95 % of the runs took no longer than this"),
    },
    {
      id: "errors",
      title: t("Errors"),
      sort: "failureRate",
      kind: "number",
      meaning: t("Error rate: failed of complete and failed jobs that Redis keeps"),
    },
    {
      id: "oldest",
      title: t("Oldest"),
      sort: "oldest",
      kind: "number",
      meaning: t("How long the oldest waiting job has been due"),
    },
  ];

  protected override nameOf(queue: QueueLine): string {
    return queue.name;
  }

  /** What waits is drawn each second, the rest once a minute. */
  protected override inputs({ name, oldestDueAt }: QueueLine): readonly unknown[] {
    const open = name === this.open;
    const ticks = (oldestDueAt !== null || open) && !this.stale;
    return [open, this.lateMs, Math.floor(this.now / (ticks ? 1000 : minuteMs))];
  }

  protected override cell(queue: QueueLine, { id }: TableColumn<QueueSort>, tab: 0 | -1): unknown {
    switch (id) {
      case "name":
        return this.#name(queue, tab);
      case "chart":
        return this.#chart(queue);
      case "depth":
        return countLink(queue.depth, t("List the jobs in this queue"), tab, () =>
          this.#jobs(queue, ["queued", "deferred", "running", "retrying", "orphaned", "expired"]),
        );
      case "due":
        return countLink(queue.queued, t("List the jobs that are due"), tab, () => this.#jobs(queue, ["queued"]));
      case "deferred":
        return countLink(queue.deferred, t("List the deferred jobs"), tab, () => this.#jobs(queue, ["deferred"]));
      case "running":
        return countLink(queue.running, t("List the running jobs"), tab, () => this.#jobs(queue, ["running"]));
      case "rate":
        return queue.endedPerMinute === null ? none() : formatRate(queue.endedPerMinute);
      case "average":
        return duration(queue.runMeanMs);
      case "p95":
        return duration(queue.runMs.p95);
      case "errors":
        return this.#errors(queue, tab);
      case "oldest":
        return this.#oldest(queue, tab);
      default:
        return nothing;
    }
  }

  protected override detail(queue: QueueLine) {
    if (queue.name !== this.open) return nothing;
    return html`<div role="gridcell" class="detail" aria-colspan=${this.columns.length}>
      <arq-queue-detail .queue=${queue} .now=${this.now} .sampleMemory=${this.sampleMemory}></arq-queue-detail>
    </div>`;
  }

  /** As in a tree. */
  protected override onRowKey({ key }: KeyboardEvent, { name }: QueueLine): boolean {
    if (key !== "ArrowRight" && key !== "ArrowLeft") return false;
    if ((key === "ArrowRight") !== (name === this.open)) emit(this, "toggle", name);
    return true;
  }

  #name({ name, idle }: QueueLine, tab: 0 | -1) {
    const open = name === this.open;
    const label = open ? t("Hide details") : t("Show details");
    return html`<button
        class="tool"
        tabindex=${tab}
        aria-expanded=${open}
        aria-label=${label}
        title=${label}
        @click=${() => emit(this, "toggle", name)}
      >
        ${icon(open ? "chevronDown" : "chevronRight")}
      </button>
      <span class="cut foreign" title=${name}>${name}</span>
      ${idle ? html`<span class="idle">${t("idle")}</span>` : nothing}`;
  }

  #chart({ name, line }: QueueLine) {
    const minutes = lastHour(line, this.now);
    const summary = depthSummary(minutes);
    return html`<button
      class="plain"
      tabindex="-1"
      title="${summary} ${name === this.open ? "" : t("Click to enlarge.")}"
      @click=${() => emit(this, "toggle", name)}
    >
      ${depthLine(depthPaths(minutes), summary)}
    </button>`;
  }

  #errors(queue: QueueLine, tab: 0 | -1) {
    const { complete, failed, failing } = queue;
    if (complete + failed === 0) return none();
    const share = failureShare(formatPercent(failed, complete + failed), failing);
    if (failed === 0) return html`<span class="none">${share}</span>`;
    return html`<button
      class="plain count"
      tabindex=${tab}
      title=${t("List the failed jobs of this queue")}
      @click=${() => this.#jobs(queue, ["failed"])}
    >
      ${share}
    </button>`;
  }

  #oldest({ name, oldestDueAt }: QueueLine, tab: 0 | -1) {
    if (oldestDueAt === null) return none();
    const ms = Math.max(0, this.now - oldestDueAt);
    const tone = ms > this.lateMs.red ? "tone-bad" : ms > this.lateMs.yellow ? "tone-warn" : "";
    return html`<button
      class="plain count late ${tone}"
      tabindex=${tab}
      title=${t("Due since {0}. List what waits, oldest first", formatDateTime(oldestDueAt))}
      @click=${() => emitJobs(this, { queue: name, states: waiting, sort: "scheduledAt", descending: false })}
    >
      ${tone === "" ? nothing : icon(tone === "tone-bad" ? "error" : "warning")}${waitText(ms)}
    </button>`;
  }

  #jobs({ name }: QueueLine, states: readonly JobState[]): void {
    emitJobs(this, { queue: name, states });
  }
}

/** Ticks only in the first minute. */
function waitText(ms: number): string {
  if (ms < 1000) return t("under 1 s");
  return ms < minuteMs ? formatElapsed(ms) : formatShortDuration(ms);
}

function duration(ms: number | null) {
  return ms === null ? none() : html`<span title=${formatDuration(ms)}>${formatShortDuration(ms)}</span>`;
}

function none() {
  return html`<span class="none">${unknownText}</span>`;
}
