import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { MonitorSnapshot, WorkerStats } from "../../src/protocol/viewModels";
import { formatCount, formatRelative } from "../shared/format";
import { icon } from "../shared/icons";
import { baseStyles } from "../shared/styles";

/** What is known of each worker, and from what. */
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
      .head .icon {
        margin-inline-end: -3px;
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
    const { counters } = worker;
    return html`<li>
      <div class="head ${worker.stale ? "tone-warn" : "tone-mute"}">
        ${icon(worker.stale ? "warning" : "bolt")}
        <span class="foreign">${worker.name}</span>
        ${worker.queue === null || worker.queue === worker.name ? nothing : html`<span class="mute foreign">${worker.queue}</span>`}
        ${
          worker.lastSeenAt === null
            ? nothing
            : html`<span class="mute"
                >${worker.stale ? "last seen" : "seen"} ${formatRelative(worker.lastSeenAt, this.now)}</span
              >`
        }
      </div>
      ${
        counters === null
          ? nothing
          : html`<p>
              ${formatCount(counters.ongoing)} running · ${formatCount(counters.complete)} complete ·
              ${formatCount(counters.failed)} failed · ${formatCount(counters.retried)} retried
            </p>`
      }
      ${worker.evidence.map((sentence) => html`<p class="foreign">${sentence}</p>`)}
    </li>`;
  }
}
