import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { QueueStats } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount, formatElapsed } from "../../shared/format";
import { baseStyles } from "../../shared/styles";

const segments = ["running", "queued", "retrying", "deferred"] as const;
type Segment = (typeof segments)[number];

/** Length of each queue as a bar of its parts, on one scale. A click lists that queue's jobs. Fires `pick-queue` with the name. */
@customElement("arq-queue-depth")
export class QueueDepth extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .list {
        max-height: 300px;
        overflow-y: auto;
        margin: 0 -8px;
        list-style: none;
      }
      button.queue {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        gap: 2px 10px;
        width: 100%;
        padding: 4px 8px 6px;
        border-radius: 4px;
      }
      button.queue:hover {
        background: var(--hover);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      button.queue:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      button.queue[aria-pressed="true"] {
        background: var(--vscode-list-inactiveSelectionBackground, var(--hover));
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      /* On the ground of a selection the paler text of some themes is too pale. */
      button.queue[aria-pressed="true"] :is(.parts, .oldest) {
        color: var(--vscode-foreground);
      }
      .depth {
        font-variant-numeric: tabular-nums;
      }
      svg {
        grid-column: 1 / -1;
        display: block;
        width: 100%;
        height: 6px;
        border-radius: 3px;
        background: var(--vscode-list-inactiveSelectionBackground, transparent);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .parts {
        grid-column: 1 / -1;
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        color: var(--mute);
        font-size: 12px;
      }
      .oldest {
        color: var(--mute);
        font-size: 12px;
      }
      .parts i {
        display: inline-block;
        width: 8px;
        height: 8px;
        border-radius: 2px;
        margin-inline-end: 5px;
      }
      .running {
        fill: var(--busy);
        background: var(--busy);
      }
      .queued {
        fill: color-mix(in srgb, var(--busy) 62%, var(--surface));
        background: color-mix(in srgb, var(--busy) 62%, var(--surface));
      }
      /* Blue as everything on its way; stripes tell it from the parts beside it. */
      .stripe {
        fill: var(--busy);
      }
      i.retrying {
        background: repeating-linear-gradient(
          -45deg,
          var(--busy) 0 1.5px,
          color-mix(in srgb, var(--busy) 15%, var(--surface)) 1.5px 3px
        );
      }
      .ground {
        fill: color-mix(in srgb, var(--busy) 15%, var(--surface));
      }
      .deferred {
        fill: color-mix(in srgb, var(--busy) 30%, var(--surface));
        background: color-mix(in srgb, var(--busy) 30%, var(--surface));
      }
      :host([stale]) svg {
        filter: grayscale(1);
        opacity: 0.6;
      }
      :host([stale]) i {
        filter: grayscale(1);
      }
      :host([stale]) .depth {
        color: var(--mute);
        font-style: italic;
      }
    `,
  ];

  @property({ attribute: false }) queues: readonly QueueStats[] = [];
  @property() picked: string | null = null;
  /** Time passed since the queues were read, ms: ages go on. */
  @property({ type: Number }) elapsedMs = 0;
  @property({ type: Boolean, reflect: true }) stale = false;

  override render() {
    if (this.queues.length === 0) return html`<p class="mute">No queue is known.</p>`;
    const longest = Math.max(1, ...this.queues.map((queue) => queue.depth));
    return html`<ul class="list">
      ${repeat(
        this.queues,
        (queue) => queue.name,
        (queue) => this.#queue(queue, longest),
      )}
    </ul>`;
  }

  #queue(queue: QueueStats, longest: number) {
    const parts = segments.filter((segment) => queue[segment] > 0);
    const { oldestDueMs } = queue;
    return html`<li>
      <button
        class="plain queue"
        data-queue=${queue.name}
        aria-pressed=${this.picked === queue.name ? "true" : "false"}
        title="Click to list the jobs of this queue."
        @click=${() => emit(this, "pick-queue", queue.name)}
      >
        <span class="foreign">${queue.name}</span>
        <span class="oldest"
          >${oldestDueMs === null ? nothing : `oldest waits ${waitText(oldestDueMs + this.elapsedMs)}`}</span
        >
        <span class="depth">${formatCount(queue.depth)}</span>
        <svg aria-hidden="true">${stripes}${bars(queue, parts, longest)}</svg>
        <span class="parts">
          ${
            parts.length === 0
              ? // What is in the queue may be orphaned or expired, or just gone: then there is nothing to add to the depth.
                html`<span>${queue.depth === 0 ? "idle" : "\u00A0"}</span>`
              : parts.map((part) => html`<span><i class=${part}></i>${formatCount(queue[part])} ${part}</span>`)
          }
        </span>
      </button>
    </li>`;
  }
}

/** A fill by reference finds its pattern only in an attribute, not from a style sheet. */
const stripes = svg`<defs>
  <pattern id="stripes" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <rect class="ground" width="4" height="4" />
    <rect class="stripe" width="2" height="4" />
  </pattern>
</defs>`;

/** In whole seconds, because it ticks. */
function waitText(ms: number): string {
  return ms < 1000 ? "under 1 s" : formatElapsed(ms);
}

/** A part that is not empty is never thinner than one per cent of the bar, or a single failure of many would not be seen. */
function bars(queue: QueueStats, parts: readonly Segment[], longest: number) {
  let x = 0;
  return parts.map((part) => {
    const width = Math.max(1, (100 * queue[part]) / longest);
    const rect = svg`<rect
      class=${part}
      fill=${part === "retrying" ? "url(#stripes)" : nothing}
      x="${x}%"
      y="0"
      width="${Math.max(0, Math.min(width, 100 - x))}%"
      height="6"
    />`;
    x += width;
    return rect;
  });
}
