import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ThroughputBucket } from "../../../src/protocol/viewModels";
import { afterPaint } from "../../shared/afterPaint";
import type { StackedBarChart } from "../../shared/charts";
import { formatClock, formatCount, plural } from "../../shared/format";
import { baseStyles } from "../../shared/styles";

/** What the chart says, in words. */
export function throughputSummary(buckets: readonly ThroughputBucket[]): string {
  const complete = buckets.reduce((sum, bucket) => sum + bucket.complete, 0);
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const missing = buckets.filter((bucket) => !bucket.covered).length;
  const unseen = missing === 0 ? "" : ` ${plural(missing, "minute")} of it ${missing === 1 ? "was" : "were"} not seen.`;
  if (complete + failed === 0) return `No job is known to have ended in the last hour.${unseen}`;
  const peak = buckets.reduce((best, bucket) =>
    bucket.complete + bucket.failed > best.complete + best.failed ? bucket : best,
  );
  return (
    `Jobs ended per minute in the last hour: ${formatCount(complete)} complete, ${formatCount(failed)} failed. ` +
    `Most in one minute: ${plural(peak.complete + peak.failed, "job")} at ${formatClock(peak.at).slice(0, 5)}.${unseen}`
  );
}

/** Jobs ended per minute over the last hour. The newest minute is still filling and drawn paler. */
@customElement("arq-throughput")
export class Throughput extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .canvas {
        position: relative;
        flex: 1 1 150px;
        min-height: 150px;
        min-width: 0;
      }
      canvas {
        position: absolute;
        inset: 0;
      }
      :host([stale]) .canvas {
        filter: grayscale(1);
        opacity: 0.6;
      }
    `,
  ];

  @property({ attribute: false }) buckets: readonly ThroughputBucket[] = [];
  @property({ type: Boolean, reflect: true }) stale = false;
  @query("canvas") private readonly canvas!: HTMLCanvasElement;
  #chart: StackedBarChart | null = null;
  #drawing = false;

  override render() {
    return html`<div class="canvas"><canvas role="img" aria-label=${throughputSummary(this.buckets)}></canvas></div>
      ${this.#table()}`;
  }

  /** The chart's numbers for those who cannot see it; minutes in which nothing ended are left out. */
  #table() {
    const rows = this.buckets.filter(({ complete, failed }) => complete + failed > 0);
    if (rows.length === 0) return nothing;
    return html`<div class="hush">
      <table>
        <caption>
          Jobs ended per minute
        </caption>
        <thead>
          <tr>
            <th scope="col">Minute</th>
            <th scope="col">Complete</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ at, complete, failed }) =>
              html`<tr>
                <th scope="row">${formatClock(at).slice(0, 5)}</th>
                <td>${formatCount(complete)}</td>
                <td>${formatCount(failed)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate("buckets");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#chart?.destroy();
    this.#chart = null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("buckets") || this.#drawing) return;
    this.#drawing = true;
    this.#draw().catch((error: unknown) => console.error("The chart could not be drawn", error));
  }

  /** The numbers come first: a chart takes longer to draw than everything else that an update changes. */
  async #draw(): Promise<void> {
    await afterPaint();
    const { drawStackedBars } = await import("../../shared/charts");
    this.#drawing = false;
    if (!this.isConnected) return;
    this.#chart ??= drawStackedBars(this.canvas);
    this.#chart.show(
      this.buckets.map((bucket, index) => ({
        label: formatClock(bucket.at).slice(0, 5),
        complete: bucket.complete,
        failed: bucket.failed,
        open: index === this.buckets.length - 1,
        covered: bucket.covered,
      })),
    );
  }
}
