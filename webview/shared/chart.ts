import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { afterPaint } from "./afterPaint";
import type { DrawnChart } from "./charts";
import type { ChartSpec } from "./chartSpec";
import { unknownText } from "./format";
import { emit } from "./emit";
import { t } from "./l10n";
import { baseStyles } from "./styles";

/** Two drawings are at least this far apart: a chart of minutes does not need more, and drawing one takes longer than the rest of an update. Ms. */
const drawGapMs = 1000;
/** A chart that is taken out of the document this long is taken apart. Behind another tab of the page it waits, for making one takes longer than all the rest of its tab. */
const keptMs = 5 * 60_000;

/**
 * A chart of `spec`, drawn once the rest of the page stands. With `pickable`, points are chosen by a click, or by arrow keys and Enter, and it fires
 * `pick-point` (the number of the point). Its numbers are there as a table for those who cannot see it. Takes the height of its place.
 */
@customElement("arq-chart")
export class ChartView extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 130px;
      }
      .canvas {
        position: relative;
        flex: 1 1 auto;
        min-height: inherit;
        min-width: 0;
      }
      .canvas[tabindex]:hover {
        cursor: pointer;
      }
      canvas {
        position: absolute;
        inset: 0;
      }
      .empty {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        padding: 0 12% 24px;
        color: var(--mute);
        font-size: 12px;
        text-align: center;
        pointer-events: none;
      }
      :host([stale]) canvas {
        filter: grayscale(1);
        opacity: 0.6;
      }
    `,
  ];

  @property({ attribute: false, hasChanged: (now, before) => !isSame(now, before) }) spec: ChartSpec | null = null;
  /** What is shown is not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;
  /** What Enter and a click do, for screen readers: `Enter lists its jobs`. "": points cannot be picked. */
  @property() pickable = "";
  /** The point that the keys stand on; -1: the newest. */
  @state() private at = -1;
  @query("canvas") private readonly canvas!: HTMLCanvasElement;
  #chart: DrawnChart | null = null;
  #drawnOn: HTMLCanvasElement | null = null;
  #drawing = false;
  #drawn: ChartSpec | null = null;
  #leaving: ReturnType<typeof setTimeout> | null = null;
  #drawnAt = Number.NEGATIVE_INFINITY;

  override render() {
    const { spec } = this;
    if (spec === null) return html`<div class="canvas"></div>`;
    const { empty = "" } = spec;
    const canvas = html`<canvas aria-hidden="true"></canvas
      >${empty === "" ? nothing : html`<p class="empty">${empty}</p>`}`;
    return html`${
      this.pickable === ""
        ? html`<div class="canvas" role="img" aria-label=${spec.summary}>${canvas}</div>`
        : html`<div
            class="canvas"
            role="slider"
            tabindex="0"
            aria-label=${spec.caption}
            aria-description=${`${spec.summary} ${this.pickable}`}
            aria-valuemin="0"
            aria-valuemax=${Math.max(0, spec.points.length - 1)}
            aria-valuenow=${Math.max(0, this.#index(spec))}
            aria-valuetext=${pointText(spec, this.#index(spec))}
            @keydown=${this.#onKey}
            @blur=${() => this.#chart?.mark(null)}
          >
            ${canvas}
          </div>`
    }${table(spec)}`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#leaving !== null) clearTimeout(this.#leaving);
    if (this.hasUpdated && !isSame(this.spec, this.#drawn)) this.requestUpdate("spec", this.#drawn);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What is taken out of the document is not told that the pointer has left it.
    this.at = -1;
    this.#chart?.mark(null);
    this.#leaving = setTimeout(() => {
      this.#chart?.destroy();
      this.#chart = null;
      this.#drawnOn = null;
      this.#drawn = null;
    }, keptMs);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("spec") || this.spec === null || this.#drawing) return;
    this.#drawing = true;
    this.#draw().catch((error: unknown) => {
      this.#drawing = false;
      console.error("The chart could not be drawn", error);
    });
  }

  async #draw(): Promise<void> {
    const wait = this.#chart === null ? 0 : this.#drawnAt + drawGapMs - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await afterPaint();
    // By this path the build knows what to leave out of the page's first script.
    const { drawChart } = await import("../shared/charts");
    this.#drawing = false;
    if (!this.isConnected || this.spec === null) return;
    this.#drawnAt = performance.now();
    if (this.#drawnOn !== this.canvas) this.#chart?.destroy();
    if (this.#chart === null || this.#drawnOn !== this.canvas) {
      this.#drawnOn = this.canvas;
      this.#chart = drawChart(this.canvas, this.spec, this.pickable === "" ? null : (index) => this.#pick(index));
    }
    this.#chart.show(this.spec);
    this.#drawn = this.spec;
  }

  #index({ points }: ChartSpec): number {
    return this.at < 0 ? points.length - 1 : Math.min(this.at, points.length - 1);
  }

  #pick(index: number): void {
    this.at = index;
    emit(this, "pick-point", index);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { spec } = this;
    if (spec === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = spec.points.length - 1;
    const now = this.#index(spec);
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      PageUp: now + 10,
      PageDown: now - 10,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) {
      this.at = Math.max(0, Math.min(last, next));
      this.#chart?.mark(this.at);
    } else if (event.key === "Enter" || event.key === " ") this.#pick(now);
    else if (event.key === "Escape") this.#chart?.mark(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** What it says; how a number is written belongs to the place where the chart stands. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** `14:03: complete 12, failed 1`. */
function pointText({ points, series, format }: ChartSpec, index: number): string {
  const values = series.map(({ label, values: all }) => {
    const value = all[index] ?? null;
    return `${label} ${value === null ? unknownText : format(value)}`;
  });
  return t("{0}: {1}", points[index]?.label ?? "", values.join(", "));
}

/** Points at which there is nothing are left out. */
function table({ caption, points, series, format }: ChartSpec) {
  const rows = points
    .map(({ label }, index) => ({ label, values: series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0));
  if (rows.length === 0) return nothing;
  return html`<div class="hush">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t("Time")}</th>
          ${series.map(({ label }) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ label, values }) =>
            html`<tr>
              <th scope="row">${label}</th>
              ${values.map((value) => html`<td>${value === null ? unknownText : format(value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
