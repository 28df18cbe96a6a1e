import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobState } from "../../../src/protocol/viewModels";
import { t } from "../../shared/l10n";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { indexingShare } from "../notices";
import { TabElement } from "../tabs/tabElement";
import "./queueDepth";
import "./rates";
import "./statCards";
import "./throughput";

/** How everything is, at a glance; every number leads to the jobs behind it. */
@customElement("arq-overview-tab")
export class OverviewTab extends TabElement<"overview"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      arq-stat-cards {
        margin-bottom: 16px;
      }
      .overview {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 18px 28px;
        margin-bottom: 18px;
      }
      @container (min-width: 640px) {
        .overview {
          grid-template-columns: minmax(0, 1.6fr) minmax(0, 1fr);
        }
        .overview .queues {
          grid-column: 1 / -1;
        }
      }
      @container (min-width: 1000px) {
        .overview {
          grid-template-columns: minmax(0, 1.25fr) minmax(0, 1.6fr) minmax(0, 1fr);
        }
        .overview .queues {
          grid-column: auto;
        }
      }
      .overview section {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .overview arq-throughput {
        flex: 1;
      }
      .rates {
        display: grid;
        gap: 14px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        color: var(--mute);
        font-size: 12px;
      }
      .legend i {
        display: inline-block;
        width: 8px;
        height: 8px;
        border-radius: 2px;
        margin-inline-end: 5px;
      }
      .legend .complete {
        background: var(--good);
      }
      .legend .failed {
        background: var(--bad);
      }
      .legend .open {
        background: color-mix(in srgb, var(--good) 40%, transparent);
      }
      .legend .gap {
        background: repeating-linear-gradient(-45deg, var(--mute) 0 1px, transparent 1px 4px);
      }
    `,
  ];
  readonly tab = "overview";

  override render() {
    const { snapshot, stale } = this;
    return html`<arq-stat-cards
        .snapshot=${snapshot}
        .indexing=${snapshot.complete ? "" : indexingShare(snapshot.sweep)}
        .stale=${stale}
        @pick-state=${(event: CustomEvent<JobState>) => this.#jobs({ states: [event.detail] })}
        @toggle-workers=${() => this.go("workers")}
      ></arq-stat-cards>
      <div class="overview">
        <section class="queues">
          <div class="section-head"><h2>${t("Queues")}</h2></div>
          <arq-queue-depth
            .queues=${snapshot.queues}
            .elapsedMs=${stale ? 0 : Math.max(0, this.now - snapshot.at)}
            .stale=${stale}
            @pick-queue=${(event: CustomEvent<string>) => this.#jobs({ queue: event.detail })}
          ></arq-queue-depth>
        </section>
        <section>
          <div class="section-head">
            <h2>${t("Throughput")}</h2>
            <span class="legend end"
              ><span><i class="complete"></i>${t("complete")}</span><span><i class="failed"></i>${t("failed")}</span
              ><span><i class="open"></i>${t("minute not over")}</span>${
                snapshot.throughput.every((bucket) => bucket.covered)
                  ? nothing
                  : html`<span><i class="gap"></i>${t("not seen")}</span>`
              }</span
            >
          </div>
          <arq-throughput .buckets=${snapshot.throughput} .stale=${stale}></arq-throughput>
        </section>
        <section>
          <div class="section-head"><h2>${t("Success")}</h2></div>
          <div class="rates">
            <arq-rate label=${t("Last hour")} .rate=${snapshot.lastHour} .stale=${stale}></arq-rate>
            <arq-rate label=${t("Last 24 h")} .rate=${snapshot.lastDay} .stale=${stale}></arq-rate>
            <arq-rate label=${t("Last 7 d")} .rate=${snapshot.lastWeek} .stale=${stale}></arq-rate>
            ${snapshot.history.state === "on" ? nothing : html`<p class="mute">${snapshot.history.why}</p>`}
          </div>
        </section>
      </div>`;
  }

  #jobs(filter: Partial<JobQuery>): void {
    this.go("jobs", { query: { ...newestJobs, ...filter } });
  }
}
