import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FunctionLine, FunctionSort } from "../../../src/protocol/tabs/functions";
import { appliedFrom } from "../../shared/appliedText";
import { emit } from "../../shared/emit";
import { failureShare, failureShareStyles } from "../../shared/failureShare";
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatPercent,
  formatRate,
  formatShortDuration,
  formatRelative,
  unknownText,
} from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { RowTable, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { baseStyles } from "../../shared/styles";
import { countLink, emitJobs } from "../tabs/jobLinks";
import { trendBars, trendBarsStyles } from "./trendBars";

/** In a container narrower than this there is no room for a dozen columns, px. */
const cardsBelow = 1040;
/** A shorter bar would be a speck. */
const leastShare = 0.08;
/** Ages of errors are told to ten seconds. */
const ageStepMs = 10_000;
/** Share of its timeout from which on a p95 is marked. */
const nearTimeout = 0.8;

/**
 * One row per function. Fires `open-row` (name: its jobs), `jobs` (JobQuery: those behind one of its numbers), `define` (name: its definition),
 * `open-job` (id), and what every table fires.
 */
@customElement("arq-function-table")
export class FunctionTable extends RowTable<FunctionLine, FunctionSort> {
  static override styles = [
    baseStyles,
    failureShareStyles,
    trendBarsStyles,
    rowTableStyles(cardsBelow),
    css`
      :host {
        --columns: minmax(150px, 1.6fr) minmax(60px, 0.6fr) 56px 76px 56px repeat(6, 58px) minmax(130px, 1.2fr);
      }
      .row {
        column-gap: 10px;
      }
      .cell.name {
        justify-content: space-between;
      }
      .who {
        display: grid;
        min-width: 0;
      }
      .near {
        display: inline-block;
        margin-inline-end: 4px;
        vertical-align: -3px;
      }
      .limits {
        color: var(--mute);
        font-size: 12px;
      }
      .item .define {
        flex: none;
        opacity: 0;
      }
      .item:is(:hover, :focus-within, :focus) .define {
        opacity: 1;
      }
      .item .runP95 {
        position: relative;
      }
      .slow {
        position: absolute;
        inset: auto 0 -3px 0;
        display: flex;
        justify-content: flex-end;
        height: 3px;
      }
      .slow i {
        border-radius: 1px;
        background: var(--busy);
      }
      :host([stale]) .slow i {
        background: var(--mute);
      }
      .error {
        display: flex;
        align-items: baseline;
        gap: 6px;
        min-width: 0;
        max-width: 100%;
      }
      .error .type {
        color: var(--bad-text);
      }
      .error .age {
        flex: none;
        color: var(--mute);
        font-size: 12px;
      }
      .error:hover .type {
        text-decoration: underline;
      }
      .cell.lastError {
        justify-content: flex-start;
      }
      .head .lastError button {
        flex-direction: row;
      }
      @container (max-width: ${cardsBelow - 1}px) {
        .item .define {
          opacity: 1;
        }
        .item > .cell.trend,
        .item > .cell.lastError {
          grid-column: 1 / -1;
        }
        .item > .cell.trend::before {
          display: none;
        }
        .slow {
          inset: auto auto -4px 0;
          width: 100%;
          justify-content: flex-start;
        }
      }
      @container (min-width: 560px) and (max-width: ${cardsBelow - 1}px) {
        :host {
          --card-columns: minmax(0, 1fr) minmax(0, 1.45fr) repeat(7, minmax(0, 1fr));
        }
        .item > .cell.name {
          grid-area: 1 / 1 / auto / span 4;
        }
        .item > .cell.lastError {
          display: flex;
          grid-area: 1 / 5 / auto / span 3;
          align-self: center;
        }
        .item > .cell.lastError:has(.none) {
          visibility: hidden;
        }
        .item > .cell.lastError::before {
          display: none;
        }
        .item > .cell.trend {
          grid-area: 1 / 8 / auto / span 2;
          align-self: center;
        }
      }
    `,
  ];

  /** The longest p95 of all functions, ms. */
  @property({ type: Number }) longestRunMs = 0;

  protected override readonly label = t("Functions");
  protected override readonly columns: readonly TableColumn<FunctionSort>[] = [
    { id: "name", title: t("Function"), sort: "name", kind: "text" },
    { id: "trend", title: t("Last hour"), sort: null, kind: "text", meaning: t("Jobs ended in the last hour") },
    { id: "count", title: t("Jobs"), sort: "count", kind: "number", meaning: t("Jobs that Redis holds") },
    {
      id: "successRate",
      title: t("Success"),
      sort: "successRate",
      kind: "number",
      meaning: t("Success rate: complete of complete and failed jobs"),
    },
    {
      id: "perMinute",
      title: t("Per min"),
      sort: "perMinute",
      kind: "number",
      meaning: t("Throughput: jobs ended a minute, within the last hour"),
    },
    { id: "waitP50", title: t("Wait p50"), sort: "waitP50", kind: "number", meaning: t("Wait, median") },
    {
      id: "waitP95",
      title: t("Wait p95"),
      sort: "waitP95",
      kind: "number",
      meaning: t("Wait, 95 % no longer than this"),
    },
    {
      id: "waitP99",
      title: t("Wait p99"),
      sort: "waitP99",
      kind: "number",
      meaning: t("Wait, 99 % no longer than this"),
    },
    { id: "runP50", title: t("Run p50"), sort: "runP50", kind: "number", meaning: t("Run, median") },
    { id: "runP95", title: t("Run p95"), sort: "runP95", kind: "number", meaning: t("Run, 95 % no longer than this") },
    { id: "runP99", title: t("Run p99"), sort: "runP99", kind: "number", meaning: t("Run, 99 % no longer than this") },
    { id: "lastError", title: t("Last error"), sort: "lastError", kind: "number" },
  ];

  protected override nameOf({ name }: FunctionLine): string {
    return name;
  }

  protected override inputs({ lastError }: FunctionLine): readonly unknown[] {
    return [this.longestRunMs, lastError === null ? null : Math.floor(this.now / ageStepMs)];
  }

  protected override cell(line: FunctionLine, { id }: TableColumn<FunctionSort>, tab: 0 | -1): unknown {
    switch (id) {
      case "name":
        return this.#name(line, tab);
      case "trend":
        return trendBars(line.trend);
      case "count":
        return this.#count(line, tab);
      case "successRate":
        return this.#success(line, tab);
      case "perMinute":
        return line.endedPerMinute === null ? none() : formatRate(line.endedPerMinute);
      case "waitP50":
        return duration(line.waitP50Ms);
      case "waitP95":
        return duration(line.waitP95Ms);
      case "waitP99":
        return duration(line.waitP99Ms);
      case "runP50":
        return duration(line.runP50Ms);
      case "runP95":
        return this.#slow(line, tab);
      case "runP99":
        return duration(line.runP99Ms);
      case "lastError":
        return this.#lastError(line, tab);
      default:
        return nothing;
    }
  }

  #name({ name, limits }: FunctionLine, tab: 0 | -1) {
    const title = t("Open the definition of {0}", name);
    return html`<span class="who"
        ><span class="cut foreign mono" title=${name}>${name}</span>${limitsLine(limits)}</span
      >
      <button
        class="tool define"
        tabindex=${tab}
        aria-label=${title}
        title=${title}
        @click=${() => emit(this, "define", name)}
      >
        ${icon("code")}
      </button>`;
  }

  #count({ name, count, queued, running }: FunctionLine, tab: 0 | -1) {
    const title = t("{0} due, {1} running. List the jobs of this function", formatCount(queued), formatCount(running));
    return countLink(count, title, tab, () => emitJobs(this, { function: name }));
  }

  #success({ name, complete, failed, failing }: FunctionLine, tab: 0 | -1) {
    if (complete + failed === 0) return none();
    const share = failureShare(formatPercent(complete, complete + failed), failing);
    if (failed === 0) return share;
    return html`<button
      class="plain count"
      tabindex=${tab}
      title=${t("{0} failed. List them", failed)}
      @click=${() => emitJobs(this, { function: name, states: ["failed"] })}
    >
      ${share}
    </button>`;
  }

  /** With a bar as long as it is slow beside the slowest of all: a root, because most are a thousand times faster. */
  #slow(line: FunctionLine, tab: 0 | -1) {
    const { name, runP95Ms } = line;
    if (runP95Ms === null) return none();
    const share = this.longestRunMs === 0 ? 0 : Math.sqrt(runP95Ms / this.longestRunMs);
    return html`<button
        class="plain count"
        tabindex=${tab}
        title=${slowTitle(line, runP95Ms)}
        @click=${() => emitJobs(this, { function: name, sort: "runMs", descending: true })}
      >
        ${isNearTimeout(line) ? html`<span class="tone-warn near">${icon("warning")}</span>` : nothing}${formatShortDuration(runP95Ms)}
      </button>
      ${
        share < leastShare
          ? nothing
          : html`<span class="slow" aria-hidden="true"><i .style=${`width: ${Math.round(100 * share)}%`}></i></span>`
      }`;
  }

  #lastError({ lastError }: FunctionLine, tab: 0 | -1) {
    if (lastError === null) return none();
    const { type, message, at, id } = lastError;
    const text = message === "" ? type : `${type}: ${message}`;
    return html`<button
      class="plain error"
      tabindex=${tab}
      title=${`${text}\n${formatDateTime(at)}`}
      @click=${() => emit(this, "open-job", id)}
    >
      <span class="cut foreign type">${shortType(type)}</span>
      <span class="age">${formatRelative(at, this.now)}</span>
    </button>`;
  }
}

/** What workers hold its jobs to, by their settings in the source. */
function limitsLine(limits: FunctionLine["limits"]) {
  const timeout = limits?.timeout ?? null;
  const tries = limits?.maxTries ?? null;
  if (timeout === null && tries === null) return nothing;
  const parts = [
    ...(timeout === null ? [] : [t("at most {0}", formatShortDuration(timeout.value * 1000))]),
    ...(tries === null ? [] : [tries.value === 1 ? t("1 try") : t("{0} tries", formatCount(tries.value))]),
  ];
  const from = [timeout, tries].flatMap((each) => (each === null ? [] : [appliedFrom(each)]));
  return html`<span class="limits cut" title=${from.join("\n")}>${parts.join(" · ")}</span>`;
}

/** A run that takes nearly as long as it may is cancelled when it takes a little longer. */
function isNearTimeout({ limits, runP95Ms }: FunctionLine): boolean {
  const timeout = limits?.timeout ?? null;
  return timeout !== null && runP95Ms !== null && runP95Ms >= nearTimeout * timeout.value * 1000;
}

/** Without its module, of which there is no room. */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1) || type;
}

function slowTitle(line: FunctionLine, ms: number): string {
  const list = t("{0}. List the jobs of this function, slowest first", formatDuration(ms));
  const timeout = line.limits?.timeout ?? null;
  if (timeout === null) return list;
  return `${list}\n${t("It is cancelled after {0} ({1}).", formatDuration(timeout.value * 1000), appliedFrom(timeout))}`;
}

function duration(ms: number | null) {
  return ms === null ? none() : html`<span title=${formatDuration(ms)}>${formatShortDuration(ms)}</span>`;
}

function none() {
  return html`<span class="none">${unknownText}</span>`;
}
