import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobState, Rate } from "../../../src/protocol/viewModels";
import "../../shared/chart";
import { formatClock, formatDuration, formatElapsed } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { indexingShare } from "../notices";
import { TabElement } from "../tabs/tabElement";
import { newestKnown, runChart, waitChart } from "./latency";
import { endedInMinute, endedSince, jobsWhere, longestWaiting } from "./links";
import { overviewStyles } from "./overviewTab.styles";
import "./queueDepth";
import "./rates";
import "./retention";
import "./statCards";
import { throughputChart } from "./throughput";

const ended: readonly JobState[] = ["complete", "failed"];
/** Everything that was called, however it ended. */
const called: readonly JobState[] = ["complete", "failed", "aborted"];

/** How everything is, at a glance; every number leads to the jobs behind it. */
@customElement("arq-overview-tab")
export class OverviewTab extends TabElement<"overview"> {
  static override styles = [baseStyles, sectionStyles, overviewStyles];
  readonly tab = "overview";

  override render() {
    const { snapshot, stale } = this;
    const elapsedMs = stale ? 0 : Math.max(0, this.now - snapshot.at);
    const jobs = Object.values(snapshot.counts).some((n) => n > 0);
    return html`<arq-stat-cards
        .snapshot=${snapshot}
        .elapsedMs=${elapsedMs}
        .indexing=${snapshot.complete ? "" : indexingShare(snapshot.sweep)}
        .stale=${stale}
        @pick-all=${() => this.#jobs(newestJobs)}
        @pick-state=${(event: CustomEvent<JobState>) => this.#jobs(jobsWhere({ states: [event.detail] }))}
        @pick-workers=${() => this.go("workers")}
      ></arq-stat-cards>
      ${stale ? nothing : html`<arq-retention .retention=${snapshot.retention} @pick-jobs=${this.#onJobs}></arq-retention>`}
      ${jobs || !snapshot.complete ? nothing : firstJobs()}
      <div class="overview">
        <section class="queues">
          <div class="section-head">
            <h2>${t("Queues")}</h2>
            <button class="plain link end" @click=${() => this.go("queues")}>${t("All about queues")}</button>
          </div>
          <arq-queue-depth
            .snapshot=${snapshot}
            .elapsedMs=${elapsedMs}
            .stale=${stale}
            @pick-jobs=${this.#onJobs}
          ></arq-queue-depth>
        </section>
        ${this.#throughput()}
        <section class="success">
          <div class="section-head">
            <h2>${t("Success")}</h2>
            <button class="plain link end" @click=${() => this.go("failed")}>${t("Failures by error")}</button>
          </div>
          <div class="rates">
            ${this.#rate(t("Last hour"), "1h", snapshot.lastHour, null)}
            ${this.#rate(t("Last 24 h"), "24h", snapshot.lastDay, snapshot.lastHour)}
            ${this.#rate(t("Last 7 d"), "7d", snapshot.lastWeek, snapshot.lastDay)}
            ${snapshot.history.state === "on" ? nothing : html`<p class="mute">${snapshot.history.why}</p>`}
          </div>
        </section>
        ${this.#waits(elapsedMs)} ${this.#runs()}
      </div>`;
  }

  #rate(label: string, span: string, rate: Rate, shorter: Rate | null) {
    return html`<arq-rate
      .label=${label}
      .rate=${rate}
      .shorter=${shorter}
      .stale=${this.stale}
      @pick-ended=${(event: CustomEvent<readonly JobState[]>) => this.#jobs(endedSince(event.detail, span))}
    ></arq-rate>`;
  }

  #throughput() {
    const { throughput } = this.snapshot;
    return html`<section class="throughput">
      <div class="section-head">
        <h2>${t("Throughput")}</h2>
        <span class="legend end"
          ><span><i class="good"></i>${t("complete")}</span><span><i class="bad"></i>${t("failed")}</span
          ><span><i class="open"></i>${t("minute not over")}</span>${
            throughput.every((bucket) => bucket.covered)
              ? nothing
              : html`<span><i class="gap"></i>${t("not seen")}</span>`
          }</span
        >
      </div>
      <arq-chart
        .spec=${throughputChart(throughput)}
        .stale=${this.stale}
        .pickable=${t("Enter lists the jobs of that minute.")}
        @pick-point=${({ detail }: CustomEvent<number>) => this.#minute(throughput[detail]?.at, ended, {})}
      ></arq-chart>
    </section>`;
  }

  /** Wait and run are two numbers: more workers shorten the one, a better function the other. */
  #waits(elapsedMs: number) {
    const points = this.view?.latency ?? [];
    const waits = this.snapshot.queues.flatMap(({ oldestDueMs }) => oldestDueMs ?? []);
    const oldest = waits.length === 0 ? null : Math.max(...waits) + elapsedMs;
    const slowest = { sort: "waitMs", descending: true } as const;
    const list = () => this.#jobs(endedSince(called, "1h", slowest));
    return html`<section class="wait">
      <div class="section-head">
        <h2>${t("Wait")}</h2>
        <span class="legend end"
          >${this.#percentile("busy thin", t("p50"), newestKnown(points, "waitP50Ms"), list)}
          ${this.#percentile("busy", t("p95"), newestKnown(points, "waitP95Ms"), list)}
          <button
            class="plain value"
            title=${t("The job that has been due for longest. Click to list what waits, longest first.")}
            @click=${() => this.#jobs(longestWaiting(null))}
          >
            <i class="line warn"></i>${t("oldest waiting")}
            <b>${oldest === null ? t("none") : formatElapsed(oldest)}</b>
          </button></span
        >
      </div>
      <arq-chart
        .spec=${this.view === null ? null : waitChart(points, oldest)}
        .stale=${this.stale}
        .pickable=${t("Enter lists the jobs of that minute.")}
        @pick-point=${({ detail }: CustomEvent<number>) => this.#minute(points[detail]?.at, called, slowest)}
      ></arq-chart>
      <p class="foot">${t("From due to start, by minute. Log scale.")}</p>
    </section>`;
  }

  #runs() {
    const points = this.view?.latency ?? [];
    const slowest = { sort: "runMs", descending: true } as const;
    const list = () => this.#jobs(endedSince(called, "1h", slowest));
    return html`<section class="run">
      <div class="section-head">
        <h2>${t("Run")}</h2>
        <span class="legend end"
          >${this.#percentile("good thin", t("p50"), newestKnown(points, "runP50Ms"), list)}
          ${this.#percentile("good", t("p95"), newestKnown(points, "runP95Ms"), list)}</span
        >
      </div>
      <arq-chart
        .spec=${this.view === null ? null : runChart(points)}
        .stale=${this.stale}
        .pickable=${t("Enter lists the jobs of that minute.")}
        @pick-point=${({ detail }: CustomEvent<number>) => this.#minute(points[detail]?.at, called, slowest)}
      ></arq-chart>
      <p class="foot">${t("From start to end, by minute of the end, of jobs that Redis still holds. Log scale.")}</p>
    </section>`;
  }

  #percentile(look: string, name: string, known: ReturnType<typeof newestKnown>, list: () => void): TemplateResult {
    const title =
      known === null
        ? t("Not known of any minute of the last hour.")
        : t(
            "Of the minute {0}. Click to list the jobs of the last hour, longest first.",
            formatClock(known.at).slice(0, 5),
          );
    return html`<button class="plain value" title=${title} @click=${list}>
      <i class="line ${look}"></i>${name} <b>${known === null ? "–" : formatDuration(known.ms)}</b>
    </button>`;
  }

  #minute(at: number | undefined, states: readonly JobState[], order: Partial<JobQuery>): void {
    if (at !== undefined) this.#jobs(endedInMinute(states, at, order));
  }

  readonly #onJobs = (event: CustomEvent<JobQuery>): void => this.#jobs(event.detail);

  #jobs(query: JobQuery): void {
    this.go("jobs", { query });
  }
}

/** Queues or workers are there, and no job. */
function firstJobs(): TemplateResult {
  return html`<p class="hint">
    ${icon("inbox")}
    <span
      >${t("No job is in Redis now. One appears here the moment it is enqueued, for example by")}
      <code class="mono">await redis.enqueue_job("my_function")</code></span
    >
  </p>`;
}
