import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { MemorySample, Percentiles, QueueLine } from "../../../src/protocol/tabs/queues";
import { assertNever } from "../../shared/assertNever";
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatRelative,
  unknownText,
} from "../../shared/format";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import "./depthChart";
import { lastHour } from "./depthPaths";

/** What its jobs occupy, as far as it was asked for. */
type Memory =
  | { readonly kind: "unasked" }
  | { readonly kind: "asking" }
  | { readonly kind: "refused" }
  | { readonly kind: "sampled"; readonly sample: MemorySample }
  | { readonly kind: "failed"; readonly why: string };

/** What the sample says; it is a sample, and says so. */
export function memoryText({ sampled, of, estimatedBytes, largestBytes }: MemorySample): string {
  if (estimatedBytes === null) return t("No job is known whose size could be read.");
  const [all, largest] = [formatBytes(Math.round(estimatedBytes)), formatBytes(largestBytes)];
  return sampled === of
    ? t("{0} in all {1} jobs; the largest has {2}.", all, formatCount(of), largest)
    : t(
        "About {0}, from {1} of {2} jobs; the largest of these has {3}.",
        all,
        formatCount(sampled),
        formatCount(of),
        largest,
      );
}

/** What there is to know of one queue beside its row. */
@customElement("arq-queue-detail")
export class QueueDetail extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px 28px;
        font-style: normal;
      }
      @container (min-width: 640px) {
        :host {
          grid-template-columns: minmax(0, 1fr) minmax(220px, 0.5fr);
        }
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      th {
        font-weight: normal;
        text-align: start;
        color: var(--mute);
        padding: 1px 0;
      }
      td,
      thead th:not(:first-child) {
        text-align: end;
        white-space: nowrap;
        padding: 1px 0 1px 10px;
      }
      p {
        margin-top: 8px;
        font-size: 12px;
      }
      .memory {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 10px;
        min-height: 18px;
      }
    `,
  ];

  @property({ attribute: false }) queue!: QueueLine;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) sampleMemory: (queue: string) => Promise<MemorySample | null> = () =>
    Promise.resolve(null);
  @state() private memory: Memory = { kind: "unasked" };

  override render() {
    const { queue, now } = this;
    const { lastActivityAt } = queue;
    return html`<arq-depth-chart .minutes=${lastHour(queue.line, now)}></arq-depth-chart>
      <div>
        <table>
          <thead>
            <tr>
              <th><span class="hush">${t("Time")}</span></th>
              <th scope="col">${t("median")}</th>
              <th scope="col">p95</th>
              <th scope="col">p99</th>
            </tr>
          </thead>
          <tbody>
            ${percentiles(t("Waited"), queue.waitMs)}${percentiles(t("Ran"), queue.runMs)}
          </tbody>
        </table>
        <p class="mute">
          ${t("{0} complete and {1} failed jobs are kept in Redis.", formatCount(queue.complete), formatCount(queue.failed))}
          ${
            lastActivityAt === null
              ? t("Nothing is known to have happened here.")
              : html`<span title=${formatDateTime(lastActivityAt)}
                  >${t("Last activity: {0}.", formatRelative(lastActivityAt, now))}</span
                >`
          }
        </p>
        <p class="memory">${this.#memory()}</p>
      </div>`;
  }

  #memory() {
    const { memory } = this;
    const asking = memory.kind === "asking";
    const said = this.#memoryText(memory);
    return html`<button
        class="plain link"
        ?disabled=${asking}
        title=${t("Reads the lengths of some of its jobs from Redis now. Nothing is read again by itself.")}
        @click=${() => void this.#sample()}
      >
        ${memory.kind === "unasked" ? t("Measure memory") : t("Measure again")}
      </button>
      <span role="status" class="mute">${said === "" ? nothing : said}</span>`;
  }

  #memoryText(memory: Memory): string {
    switch (memory.kind) {
      case "unasked":
        return "";
      case "asking":
        return t("Reading a sample…");
      case "refused":
        return t("Redis does not allow this user to read lengths (STRLEN).");
      case "sampled":
        return memoryText(memory.sample);
      case "failed":
        return memory.why;
      default:
        return assertNever(memory);
    }
  }

  async #sample(): Promise<void> {
    this.memory = { kind: "asking" };
    try {
      const sample = await this.sampleMemory(this.queue.name);
      this.memory = sample === null ? { kind: "refused" } : { kind: "sampled", sample };
    } catch (error) {
      this.memory = { kind: "failed", why: error instanceof Error ? error.message : String(error) };
    }
  }
}

function percentiles(title: string, { p50, p95, p99 }: Percentiles) {
  return html`<tr>
    <th scope="row">${title}</th>
    ${[p50, p95, p99].map((ms) => html`<td>${ms === null ? unknownText : formatDuration(ms)}</td>`)}
  </tr>`;
}
