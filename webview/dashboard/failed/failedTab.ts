import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { failedSpans, type FailedSpan, type FailedView, type GroupView } from "../../../src/protocol/tabs/failed";
import "../../shared/chart";
import { formatCount, formatDateTime, formatDuration, formatRelative } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import "../../shared/searchField";
import type { SearchField } from "../../shared/searchField";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";
import { failedStyles } from "./failedTab.styles";
import { jobsOfStep, rateChart, rateOf, rateTitle, rateWords } from "./failureRate";
import "./groupTable";
import type { GroupTable, PickedCell } from "./groupTable";

const spanNames: Readonly<Record<FailedSpan, string>> = {
  "1h": t("1 h"),
  "24h": t("24 h"),
  "7d": t("7 d"),
  all: t("All"),
};
/** As the filter of jobs takes it. */
const spanFilters: Readonly<Record<FailedSpan, string>> = {
  "1h": "since:1h",
  "24h": "since:24h",
  "7d": "since:7d",
  all: "",
};

/** Failures by what they have in common: how often, where, since when, and one click to the latest of them or to the line. */
@customElement("arq-failed-tab")
export class FailedTab extends TabElement<"failed"> {
  static override styles = [baseStyles, sectionStyles, failedStyles];

  readonly tab = "failed";
  /** Spoken by screen readers. */
  @state() private said = "";
  @query("arq-search-field") private readonly search!: SearchField | null;
  @query("arq-group-table") private readonly table!: GroupTable | null;

  override focusSearch(): void {
    this.search?.focus();
  }

  override moveRow(step: 1 | -1): void {
    this.table?.moveRow(step);
  }

  override render() {
    const { view } = this;
    return html`<section aria-label=${t("Failed")}>
      ${this.#bar(view)}
      ${view === null ? loading : html`${this.#rate(view)} ${this.#groups(view)} ${this.#bounds(view)}`}
      <span class="hush" role="status">${this.said}</span>
      ${view === null || view.mutedInAll === 0 ? nothing : this.#muted(view)}
    </section>`;
  }

  #bar(view: FailedView | null): TemplateResult {
    const { span, text } = this.intent;
    return html`<div class="bar">
      <span class="spans" role="group" aria-label=${t("Time")}>
        ${failedSpans.map(
          (each) =>
            html`<button
              class="plain"
              data-span=${each}
              aria-pressed=${each === span}
              @click=${() => this.ask({ span: each, text })}
            >
              ${spanNames[each]}
            </button>`,
        )}
      </span>
      <arq-search-field
        .text=${text}
        .label=${t("Filter by type, message or function")}
        @search=${(event: CustomEvent<string>) => this.ask({ span, text: event.detail })}
      ></arq-search-field>
      <span class="count" role="status">${view === null ? "" : foundText(view)}</span>
    </div>`;
  }

  #rate(view: FailedView): TemplateResult {
    const rate = rateOf(this.snapshot, view.chartSpan);
    return html`<section class="rate" aria-label=${rateTitle(view.chartSpan)}>
      <div class="section-head">
        <h2>${rateTitle(view.chartSpan)}</h2>
        <span class="words">${rateWords(rate)}</span>
      </div>
      <arq-chart
        .spec=${guard([view.chart, view.chartSpan, rate.complete, rate.failed], () => rateChart(view, rate, this.now))}
        .pickable=${t("Enter lists the jobs that failed then.")}
        ?stale=${this.stale}
        @pick-point=${(event: CustomEvent<number>) => {
          const jobs = jobsOfStep(view, event.detail);
          if (jobs !== null) this.go("jobs", { query: jobs });
        }}
      ></arq-chart>
    </section>`;
  }

  #groups(view: FailedView): TemplateResult {
    if (view.groups.length === 0) return this.#none(view);
    const { span, text } = this.answered;
    return html`<arq-group-table
      .rows=${view.groups}
      .question=${`${span} ${text}`}
      .total=${view.groups.length}
      .now=${this.now}
      .stale=${this.stale}
      @open-row=${(event: CustomEvent<string>) => this.#open(view, event.detail)}
      @pick-cell=${(event: CustomEvent<PickedCell>) => this.#list(event.detail)}
      @mute=${(event: CustomEvent<string>) => this.#mute(event.detail, true)}
      @open-frame=${(event: CustomEvent<string>) => this.#tell(this.host.request("openGroupFrame", { key: event.detail }))}
    ></arq-group-table>`;
  }

  #none({ known, mutedInAll }: FailedView): TemplateResult {
    const { snapshot } = this;
    const { span, text } = this.answered;
    if (known.groups === 0) {
      const { coveredMs, windowMs } = snapshot.lastWeek;
      return snapshot.complete
        ? html`<div class="blank">
            <h3 class="tone-good">${icon("check")}${t("Nothing has failed")}</h3>
            <p>
              ${t("Seen: {0} of the last {1}.", formatDuration(coveredMs), formatDuration(windowMs))}
              ${t("A failure shows here the moment it happens.")}
            </p>
          </div>`
        : html`<div class="blank">
            <h3>${t("No failure is known yet")}</h3>
            <p>${t("Finished jobs are still being read.")}</p>
          </div>`;
    }
    if (text.trim() === "" && span !== "all") {
      return html`<div class="blank">
        <h3 class="tone-good">${icon("check")}${t("Nothing failed in this time")}</h3>
        <p>${mutedInAll > 0 ? t("Apart from what is muted.") : nothing}</p>
        <vscode-button appearance="secondary" @click=${() => this.ask({ span: "all", text: "" })}
          >${t("Show All")}</vscode-button
        >
      </div>`;
    }
    if (text.trim() === "") {
      return html`<div class="blank"><p>${t("Every error that is known is muted.")}</p></div>`;
    }
    return html`<div class="blank">
      <p>
        ${
          known.groups === 1
            ? t("The one error that is known does not match.")
            : t("None of {0} errors matches.", formatCount(known.groups))
        }
      </p>
      <vscode-button appearance="secondary" @click=${() => this.ask({ span: "all", text: "" })}
        >${t("Clear Filters")}</vscode-button
      >
    </div>`;
  }

  /** What the numbers do not hold, and why. */
  #bounds({ groups, found, remembered, firstAt, known }: FailedView): TemplateResult | typeof nothing {
    const { retention, history } = this.snapshot;
    const lines: string[] = [];
    if (found.groups > groups.length) {
      lines.push(
        t(
          "The newest {0} of {1} errors are shown; the filter finds the others.",
          formatCount(groups.length),
          formatCount(found.groups),
        ),
      );
    }
    if (known.jobs > 0 && firstAt !== null) {
      lines.push(t("The first failure that is known: {0}.", formatDateTime(firstAt).slice(0, -4)));
    }
    if (retention.shortestMs !== null) {
      lines.push(
        history.state === "on"
          ? t(
              "Redis keeps results for {0} or longer (ARQ’s keep_result); failures that it has forgotten are remembered by ARQ Monitor, the last 10,000.",
              formatDuration(retention.shortestMs),
            )
          : t("Redis keeps results for {0} or longer (ARQ’s keep_result).", formatDuration(retention.shortestMs)),
      );
    }
    if (remembered > 0) {
      lines.push(
        remembered === 1
          ? t("One of these failures is forgotten by Redis.")
          : t("{0} of these failures are forgotten by Redis.", formatCount(remembered)),
      );
    }
    if (history.state === "off") lines.push(history.why);
    return lines.length === 0
      ? nothing
      : html`<ul class="bounds">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`;
  }

  #muted({ muted, mutedInAll }: FailedView): TemplateResult {
    return html`<details class="muted">
      <summary>${mutedInAll === 1 ? t("1 muted error") : t("{0} muted errors", formatCount(mutedInAll))}</summary>
      <p class="mute">${t("Muted in this workspace. They stay in every count and rate.")}</p>
      <ul>
        ${repeat(
          muted,
          ({ key }) => key,
          (group) => this.#mutedLine(group),
        )}
      </ul>
    </details>`;
  }

  #mutedLine(group: GroupView): TemplateResult {
    const { key, type, message, count, lastAt } = group;
    return html`<li>
      <span class="what"
        ><b class="foreign">${type}</b
        >${message === "" ? nothing : html`<span class="foreign">: ${message}</span>`}</span
      >
      <button class="plain link n" title=${t("List these jobs")} @click=${() => this.#list({ key, span: "all" })}>
        ${count === 1 ? t("1 failed job") : t("{0} failed jobs", formatCount(count))}
      </button>
      <span class="mute">${t("last {0}", formatRelative(lastAt, this.now))}</span>
      <button class="tool" data-unmute=${key} @click=${() => this.#mute(key, false)}>${t("Unmute")}</button>
    </li>`;
  }

  #open({ groups }: FailedView, key: string): void {
    const id = groups.find((group) => group.key === key)?.latestId ?? null;
    if (id !== null) this.openJob(id);
  }

  /** The same jobs that the cell counts. */
  #list({ key, span }: PickedCell): void {
    this.go("jobs", { query: { ...newestJobs, errorGroup: key, remembered: "also", text: spanFilters[span] } });
  }

  #mute(key: string, muted: boolean): void {
    this.said = muted ? t("Muted") : t("Not muted any more");
    this.#tell(this.host.request("muteGroup", { key, muted }));
  }

  #tell(request: Promise<unknown>): void {
    request.catch((error: unknown) => this.fail(error));
  }
}

const loading = html`<div class="blank"><p role="status">${t("Looking for failures…")}</p></div>`;

function foundText({ found }: FailedView): string {
  if (found.groups === 0) return "";
  const jobs = formatCount(found.jobs);
  if (found.groups === 1) return found.jobs === 1 ? t("1 error, 1 failed job") : t("1 error, {0} failed jobs", jobs);
  return t("{0} errors, {1} failed jobs", formatCount(found.groups), jobs);
}
