import { html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { JobQuery, MonitorSnapshot, QueueStats } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount, formatElapsed } from "../../shared/format";
import { icon } from "../../shared/icons";
import { stateLooks } from "../../shared/jobStates";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { serviceOf } from "../workers/service";
import { jobsInQueue, jobsWhere, longestWaiting } from "./links";
import { queueDepthStyles } from "./queueDepth.styles";

const segments = ["running", "queued", "retrying", "deferred"] as const;
type Segment = (typeof segments)[number];

/** Length of each queue as a bar of its parts, on one scale. Every number is a button: fires `pick-jobs` with the query (JobQuery) of the jobs behind it. */
@customElement("arq-queue-depth")
export class QueueDepth extends LitElement {
  static override styles = [baseStyles, queueDepthStyles];

  @property({ attribute: false }) snapshot: MonitorSnapshot | null = null;
  /** Time passed since the queues were read, ms: ages go on. */
  @property({ type: Number }) elapsedMs = 0;
  @property({ type: Boolean, reflect: true }) stale = false;

  override render() {
    const { snapshot } = this;
    if (snapshot === null || snapshot.queues.length === 0) return html`<p class="mute">${t("No queue is known.")}</p>`;
    const longest = Math.max(1, ...snapshot.queues.map((queue) => queue.depth));
    return html`<ul class="list">
      ${repeat(
        snapshot.queues,
        (queue) => queue.name,
        (queue) => this.#queue(queue, longest, snapshot),
      )}
    </ul>`;
  }

  #queue(queue: QueueStats, longest: number, snapshot: MonitorSnapshot) {
    const { name, depth } = queue;
    const parts = segments.filter((segment) => queue[segment] > 0);
    return html`<li data-queue=${name}>
      ${this.#link("name foreign", jobsWhere({ queue: name }), t("List the jobs of {0}", name), name)}
      <span class="oldest">${this.#oldest(queue)}</span>
      ${this.#link("depth", jobsInQueue(name), t("List what is in {0}", name), formatCount(depth))}
      <svg aria-hidden="true">${stripes}${bars(queue, parts, longest)}</svg>
      <span class="parts">
        ${
          parts.length === 0
            ? // What is in the queue may be orphaned or expired, or just gone: then there is nothing to add to the depth.
              html`<span>${depth === 0 ? t("idle") : "\u00A0"}</span>`
            : parts.map((part) => this.#part(queue, part))
        }
        ${this.stale ? nothing : serviceText(queue, snapshot)}
      </span>
    </li>`;
  }

  #oldest({ name, oldestDueMs }: QueueStats) {
    if (oldestDueMs === null) return nothing;
    const text = t("oldest waits {0}", waitText(oldestDueMs + this.elapsedMs));
    return this.#link("", longestWaiting(name), t("List what waits in {0}, longest first", name), text);
  }

  #part(queue: QueueStats, part: Segment) {
    const { label } = stateLooks[part];
    return html`<button
      class="plain"
      title=${t("List these jobs of {0}", queue.name)}
      @click=${() => emit(this, "pick-jobs", jobsWhere({ queue: queue.name, states: [part] }))}
    >
      <i class=${part}></i>${formatCount(queue[part])} ${label.toLowerCase()}
    </button>`;
  }

  #link(name: string, query: JobQuery, title: string, text: string) {
    return html`<button class="plain ${name}" title=${title} @click=${() => emit(this, "pick-jobs", query)}>
      ${text}
    </button>`;
  }
}

/** Whether somebody works it off, where that is known and worth a word. */
function serviceText(queue: QueueStats, snapshot: MonitorSnapshot) {
  const service = serviceOf(queue, snapshot);
  if (service.kind === "unserved") {
    return html`<span class="tone-bad service">${icon("error")}${t("no worker is seen")}</span>`;
  }
  if (service.kind === "full") {
    return html`<span class="tone-busy service"
      >${icon("play")}${t("busy: all {0} places taken", formatCount(service.places))}</span
    >`;
  }
  return nothing;
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
  return ms < 1000 ? t("under 1 s") : formatElapsed(ms);
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
