import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { CronLine, CronRun } from "../../../src/protocol/tabs/scheduled";
import type { JobState } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatMoment,
  formatRelative,
  formatShortDuration,
  unknownText,
} from "../../shared/format";
import { icon } from "../../shared/icons";
import { stateLooks } from "../../shared/jobStates";
import { t } from "../../shared/l10n";
import { RowTable, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { baseStyles } from "../../shared/styles";
import { countLink, emitJobs } from "../tabs/jobLinks";
import { dueText, intervalText } from "./dueTexts";

/** In a container narrower than this every cron job is a card, px. */
const cardsBelow = 840;

/**
 * Cron jobs of which runs were seen. The last ones are marks in the shape and colour of their state, oldest first, each a link to its job. Fires
 * `open-row` (id of the line), `jobs` (JobQuery), `open-job` (id), and what every table fires.
 */
@customElement("arq-cron-table")
export class CronTable extends RowTable<CronLine, never> {
  static override styles = [
    baseStyles,
    rowTableStyles(cardsBelow),
    css`
      :host {
        --columns: minmax(130px, 1.4fr) minmax(130px, 1fr) 150px 216px 56px 62px;
      }
      .head {
        position: static;
      }
      .cell.name,
      .cell.interval {
        flex-direction: column;
        align-items: flex-start;
        gap: 0;
      }
      .cell.name > *,
      .cell.interval > * {
        max-width: 100%;
      }
      .words {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .sub {
        color: var(--mute);
        font-size: 12px;
      }
      .cell.next {
        display: block;
        font-variant-numeric: tabular-nums;
      }
      .missed {
        display: flex;
        gap: 4px;
        font-weight: 600;
      }
      .missed.unsure {
        font-weight: normal;
        color: var(--mute);
      }
      .missed .icon {
        margin-top: 1px;
      }
      .cell.runs {
        flex-direction: column;
        align-items: flex-start;
        gap: 0;
      }
      .cell.runs .run {
        display: inline-block;
      }
      .run {
        padding: 3px 2px;
        border-radius: 3px;
      }
      .run:hover {
        background: var(--vscode-toolbar-hoverBackground, transparent);
      }
      .run.failed {
        color: var(--bad);
      }
      @container (max-width: ${cardsBelow - 1}px) {
        :host {
          --card-columns: repeat(2, minmax(0, 1fr));
        }
        .item > .cell.name {
          gap: 0;
        }
        .item > .cell.runs {
          grid-column: 1 / -1;
        }
        .item > .cell.runs > span {
          display: block;
        }
      }
      @container (min-width: 480px) and (max-width: ${cardsBelow - 1}px) {
        :host {
          --card-columns: repeat(4, minmax(0, 1fr));
        }
        .item > .cell.name,
        .item > .cell.runs {
          grid-column: span 2;
        }
      }
    `,
  ];

  protected override readonly label = t("Cron jobs");
  protected override readonly columns: readonly TableColumn<never>[] = [
    { id: "name", title: t("Cron job"), sort: null, kind: "text" },
    { id: "interval", title: t("Runs"), sort: null, kind: "text", meaning: t("How far apart its runs were due") },
    { id: "next", title: t("Next run"), sort: null, kind: "text" },
    { id: "runs", title: t("Last runs"), sort: null, kind: "text", meaning: t("Last runs, the newest to the right") },
    { id: "count", title: t("Seen"), sort: null, kind: "number", meaning: t("Runs that are known") },
    { id: "failed", title: t("Failed"), sort: null, kind: "number", meaning: t("Failed runs that are known") },
  ];

  protected override nameOf({ id }: CronLine): string {
    return id;
  }

  protected override inputs({ next, expectedAt, schedule, lastRuns: [last] }: CronLine): readonly unknown[] {
    const at = next?.at ?? schedule?.next.find((each) => each > this.now) ?? expectedAt;
    const before = last === undefined ? null : timeOf(last);
    return [at === null ? null : dueText(at, this.now), before === null ? null : formatRelative(before, this.now)];
  }

  protected override cell(line: CronLine, { id }: TableColumn<never>, tab: 0 | -1): unknown {
    switch (id) {
      case "name":
        return html`<span class="cut foreign mono" title=${line.function}>${line.name}</span>
          <span class="sub cut foreign">${line.queue ?? ""}</span>`;
      case "interval":
        return this.#rhythm(line, tab);
      case "next":
        return this.#next(line, tab);
      case "runs":
        return this.#runs(line.lastRuns, tab);
      case "count":
        return countLink(line.count, t("List its jobs that Redis holds"), tab, () =>
          emitJobs(this, { function: line.function, queue: line.queue }),
        );
      case "failed":
        return countLink(line.failed, t("List its failed jobs, also those that Redis has forgotten"), tab, () =>
          emitJobs(this, { function: line.function, queue: line.queue, states: ["failed"], remembered: "also" }),
        );
      default:
        return nothing;
    }
  }

  /** As the source has it, with the way there; else as runs tell. */
  #rhythm({ schedule, intervalMs }: CronLine, tab: 0 | -1) {
    if (schedule === null)
      return html`<span class=${intervalMs === null ? "sub" : ""}>${intervalText(intervalMs)}</span>`;
    const { words, zone, place } = schedule;
    return html`<span class="words" title=${words}>${words}</span>
      <span class="sub cut"
        >${zone === null ? nothing : html`<span class="foreign">${zone} · </span>`}<button
          class="plain link mono foreign"
          tabindex=${tab}
          title=${t("Open {0} at line {1}", place.file, place.line)}
          @click=${() => emit(this, "open-code", place)}
        >
          ${place.text}
        </button></span
      >`;
  }

  #next({ next, expectedAt, missed, schedule }: CronLine, tab: 0 | -1) {
    return html`${this.#nextRun(next, expectedAt, schedule, tab)}
    ${
      missed === null
        ? nothing
        : html`<span
            class="missed ${missed.watched ? "tone-warn" : "unsure tone-mute"}"
            title=${t("The last one was due {0}.", formatDateTime(missed.dueAt))}
            >${icon(missed.watched ? "warning" : "question")}<span
              >${missedText(missed.count, missed.watched)}</span
            ></span
          >`
    }`;
  }

  #nextRun(next: CronLine["next"], expectedAt: number | null, schedule: CronLine["schedule"], tab: 0 | -1) {
    if (next !== null)
      return html`<button
        class="plain link"
        tabindex=${tab}
        title=${formatDateTime(next.at)}
        @click=${() => emit(this, "open-job", next.id)}
      >
        ${dueText(next.at, this.now)}
      </button>`;
    const [soonest, ...later] = schedule?.next.filter((at) => at > this.now) ?? [];
    if (schedule !== null && soonest !== undefined) {
      const title = [
        ...[soonest, ...later].map((at) => formatDateTime(at)),
        schedule.isAssumed
          ? t("By the schedule in the source, if the worker's clock is in the time zone of this machine.")
          : t("By the schedule in the source."),
      ].join("\n");
      return html`<span title=${title}
        >${dueText(soonest, this.now)} <span class="sub">${formatMoment(soonest, this.now)}</span></span
      >`;
    }
    if (expectedAt === null) return html`<span class="none">${t("not known")}</span>`;
    const title = t(
      "Expected {0}, from the runs before: ARQ enqueues a run about a second before it is due.",
      formatDateTime(expectedAt),
    );
    return html`<span title=${title}
      >${dueText(expectedAt, this.now)} <span class="sub">${formatMoment(expectedAt, this.now)}</span></span
    >`;
  }

  #runs(runs: readonly CronRun[], tab: 0 | -1) {
    const [last] = runs;
    if (last === undefined) return html`<span class="none">${t("none seen yet")}</span>`;
    const at = timeOf(last);
    return html`<span>${runs.toReversed().map((run) => this.#run(run, tab))}</span>
      <span class="sub" title=${at === null ? "" : formatDateTime(at)}
        >${at === null ? "" : lastText(at, last.runMs, this.now)}</span
      >`;
  }

  #run(run: CronRun, tab: 0 | -1) {
    const look = stateLooks[run.state];
    const at = timeOf(run);
    const parts = [look.label, at === null ? unknownText : formatDateTime(at)];
    if (run.runMs !== null) parts.push(t("ran {0}", formatDuration(run.runMs)));
    const title = parts.join(" · ");
    return html`<button
      class="plain run tone-${look.tone} ${run.state satisfies JobState}"
      tabindex=${tab}
      aria-label=${title}
      title=${title}
      @click=${() => emit(this, "open-job", run.id)}
    >
      ${icon(look.icon)}
    </button>`;
  }
}

function timeOf({ startedAt, dueAt }: CronRun): number | null {
  return startedAt ?? dueAt;
}

function lastText(at: number, runMs: number | null, now: number): string {
  const ago = formatRelative(at, now);
  return runMs === null ? t("last {0}", ago) : t("last {0}, ran {1}", ago, formatShortDuration(runMs));
}

function missedText(count: number, watched: boolean): string {
  if (watched) return count === 1 ? t("1 run missed") : t("{0} runs missed", formatCount(count));
  return count === 1
    ? t("1 run not seen; not everything was watched")
    : t("{0} runs not seen; not everything was watched", formatCount(count));
}
