import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { MonitorSnapshot, WorkerStats } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount, formatDuration, formatElapsed, formatRelative } from "../../shared/format";
import { icon } from "../../shared/icons";
import { baseStyles } from "../../shared/styles";

/** More would push the other workers out of sight; the job list has them all. */
const shownJobs = 5;

/** What is known of each worker, and from what. Fires `open-job` with the id of a job it runs. */
@customElement("arq-worker-list")
export class WorkerList extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
        gap: 10px 24px;
      }
      li {
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
      }
      .name,
      .job {
        display: flex;
        align-items: center;
        gap: 5px;
        min-width: 0;
      }
      .job span {
        flex: none;
      }
      p {
        color: var(--mute);
      }
    `,
  ];

  @property({ attribute: false }) snapshot: MonitorSnapshot | null = null;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;

  override render() {
    const { snapshot } = this;
    if (snapshot === null) return nothing;
    const { workerCount, workers } = snapshot;
    return html`${workerCount.kind === "unknown" ? html`<p>${workerCount.reason}</p>` : nothing}
      ${workers.length === 0 && workerCount.kind !== "unknown" ? html`<p>No worker is seen.</p>` : nothing}
      <ul>
        ${repeat(
          workers,
          (worker) => `${worker.kind} ${worker.name}`,
          (worker) => this.#worker(worker),
        )}
      </ul>`;
  }

  #worker(worker: WorkerStats) {
    const { name, queue, stale, lastSeenAt } = worker;
    return html`<li>
      <div class="head ${stale ? "tone-warn" : "tone-mute"}">
        <span class="name">${icon(stale ? "warning" : "bolt")}<span class="foreign">${name}</span></span>
        ${queue === null || queue === name ? nothing : html`<span class="mute foreign">${queue}</span>`}
        ${
          lastSeenAt === null
            ? nothing
            : html`<span class="mute"
                >${stale ? "stale, last seen" : "seen"} ${formatRelative(lastSeenAt, this.now)}</span
              >`
        }
      </div>
      ${[facts(worker, this.now), versions(worker)].map((text) => (text === "" ? nothing : html`<p class="foreign">${text}</p>`))}
      ${worker.jobs === null || worker.jobs.length === 0 ? nothing : this.#jobs(worker.jobs)}
      ${worker.evidence.map((sentence) => html`<p class="foreign">${sentence}</p>`)}
    </li>`;
  }

  #jobs(jobs: NonNullable<WorkerStats["jobs"]>) {
    return html`${jobs
      .slice(0, shownJobs)
      .map(
        ({ id, function: job, try: attempt, startedAt }) =>
          html`<p class="job">
            <button class="plain link cut" title="Open job ${id}" @click=${() => emit(this, "open-job", id)}>
              ${job ?? id}</button
            ><span>${startedAt === null ? nothing : formatElapsed(this.now - startedAt)}</span>${
              attempt !== null && attempt > 1 ? html`<span>try ${attempt}</span>` : nothing
            }
          </p>`,
      )}
    ${jobs.length > shownJobs ? html`<p>and ${formatCount(jobs.length - shownJobs)} more</p>` : nothing}`;
  }
}

/** What is known in numbers: `3 of 10 running · up 2 h · 8,000 complete · …`. */
function facts({ jobs, counters, maxJobs, startedAt, stale }: WorkerStats, now: number): string {
  const running = jobs?.length ?? counters?.ongoing ?? null;
  return [
    running === null
      ? ""
      : `${stale ? "had " : ""}${formatCount(running)}${maxJobs === null ? "" : ` of ${formatCount(maxJobs)}`} running`,
    startedAt === null || stale
      ? ""
      : `up ${formatDuration(Math.max(0, Math.floor((now - startedAt) / 60_000) * 60_000))}`,
    ...(counters === null
      ? []
      : [
          `${formatCount(counters.complete)} complete`,
          `${formatCount(counters.failed)} failed`,
          `${formatCount(counters.retried)} retried`,
        ]),
  ]
    .filter((part) => part !== "")
    .map((part) => part.replaceAll(" ", "\u00A0"))
    .join(" · ");
}

function versions({ release, arq, python }: WorkerStats): string {
  return [
    release === null ? "" : `release ${release}`,
    arq === null ? "" : `ARQ ${arq}`,
    python === null ? "" : `Python ${python}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
