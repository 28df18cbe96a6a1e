import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobState, MonitorSnapshot, WorkerCount } from "../../../src/protocol/viewModels";
import { assertNever } from "../../shared/assertNever";
import { emit } from "../../shared/emit";
import { formatCount, formatElapsed } from "../../shared/format";
import { icon, type IconName } from "../../shared/icons";
import { stateLooks, type Tone } from "../../shared/jobStates";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { serviceOfAll } from "../workers/service";
import { statCardStyles } from "./statCards.styles";

const always: readonly JobState[] = ["queued", "deferred", "running"];
/** States that get a card only once some job was in them: room is for what is worth acting on. */
const whenAny: readonly JobState[] = ["retrying", "orphaned", "expired"];
const ended: readonly JobState[] = ["complete", "failed"];
/** Of these there is a line when there are any: without it the total would not add up. */
const besides: readonly JobState[] = ["aborted", "finished", "unknown"];

/** `3`, `≥ 1`, `~3` or `unknown`: never more certain than what is known. */
export function workerCountText(count: WorkerCount): string {
  switch (count.kind) {
    case "exact":
      return formatCount(count.n);
    case "atLeast":
      return `≥ ${formatCount(count.n)}`;
    case "about":
      return `~${formatCount(count.n)}`;
    case "unknown":
      return t("unknown");
    default:
      return assertNever(count);
  }
}

interface Card {
  /** Null: it counts something else, which `name` says. */
  readonly state: JobState | null;
  readonly name: string;
  readonly icon: IconName;
  readonly tone: Tone;
  readonly label: string;
  readonly number: string;
  readonly title: string;
  /** One line below the number. */
  readonly more: unknown;
  readonly zero: boolean;
  readonly pick: () => void;
}

/**
 * One number per state; each is a button that lists those jobs. Fires `pick-state` (the state), `pick-all` and `pick-workers`.
 */
@customElement("arq-stat-cards")
export class StatCards extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
    `,
    statCardStyles,
  ];

  @property({ attribute: false }) snapshot: MonitorSnapshot | null = null;
  /** Time passed since the snapshot, ms: ages go on. */
  @property({ type: Number }) elapsedMs = 0;
  /** `indexing 34 %` while counts of finished jobs are not whole; else "". */
  @property() indexing = "";
  /** The numbers are not kept current. */
  @property({ type: Boolean, reflect: true }) stale = false;

  /** A card stays, at zero: one that comes and goes would move all the others each time. */
  readonly #met = new Set<JobState>();

  override render() {
    const { snapshot } = this;
    if (snapshot === null) return nothing;
    for (const state of [...whenAny, ...besides]) if (snapshot.counts[state] > 0) this.#met.add(state);
    const states = [...always, ...whenAny.filter((state) => this.#met.has(state)), ...ended];
    return html`<div class="cards">
        ${this.#card(this.#total(snapshot))} ${states.map((state) => this.#card(this.#state(state, snapshot)))}
        ${this.#card(this.#workers(snapshot))}
      </div>
      ${this.#besides(snapshot)}`;
  }

  #card(card: Card) {
    return html`<button
      class="card tone-${card.tone} ${card.zero ? "zero" : ""}"
      data-card=${card.name}
      data-state=${card.state ?? nothing}
      title=${card.title}
      @click=${card.pick}
    >
      <span class="label">${icon(card.icon)}<span class="cut">${card.label}</span></span>
      <span class="number ${card.number.length > 8 ? "long" : ""} ${/\d/.test(card.number) ? "" : "word"}"
        >${card.number}</span
      >
      <span class="more">${card.more}</span>
    </button>`;
  }

  #total({ counts }: MonitorSnapshot): Card {
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    return {
      state: null,
      name: "total",
      icon: "inbox",
      tone: "mute",
      label: t("Total"),
      number: formatCount(total),
      title: t("Every job that Redis holds. Click to list them."),
      more: this.indexing,
      zero: total === 0,
      pick: () => emit(this, "pick-all", null),
    };
  }

  #state(state: JobState, { counts, queues }: MonitorSnapshot): Card {
    const look = stateLooks[state];
    const n = counts[state];
    return {
      state,
      name: state,
      icon: look.icon,
      tone: look.tone,
      label: look.label,
      number: formatCount(n),
      title: t("{0} Click to list these jobs.", look.meaning),
      more: ended.includes(state) ? this.indexing : state === "queued" ? this.#oldest(queues) : nothing,
      zero: n === 0,
      pick: () => emit(this, "pick-state", state),
    };
  }

  #oldest(queues: MonitorSnapshot["queues"]) {
    const waits = queues.flatMap(({ oldestDueMs }) => (oldestDueMs === null ? [] : [oldestDueMs]));
    return waits.length === 0 ? nothing : t("oldest {0}", formatElapsed(Math.max(...waits) + this.elapsedMs));
  }

  #workers(snapshot: MonitorSnapshot): Card {
    const { workerCount } = snapshot;
    return {
      state: null,
      name: "workers",
      icon: "bolt",
      tone: "mute",
      label: t("Workers"),
      number: workerCountText(workerCount),
      title:
        workerCount.kind === "unknown"
          ? workerCount.reason
          : t("Workers that are seen to be alive. Click for what is known of each."),
      more: this.stale ? nothing : serviceBadge(snapshot),
      zero: workerCount.kind === "exact" && workerCount.n === 0,
      pick: () => emit(this, "pick-workers", null),
    };
  }

  #besides({ counts }: MonitorSnapshot) {
    const states = besides.filter((state) => this.#met.has(state));
    if (states.length === 0) return nothing;
    return html`<p class="besides">
      ${t("Also")}
      ${states.map((state) => {
        const look = stateLooks[state];
        return html`<button
          class="plain tone-${look.tone}"
          data-state=${state}
          title=${t("{0} Click to list these jobs.", look.meaning)}
          @click=${() => emit(this, "pick-state", state)}
        >
          ${icon(look.icon)}<span class="link">${formatCount(counts[state])} ${look.label.toLowerCase()}</span>
        </button>`;
      })}
    </p>`;
  }
}

/** Busy, or nobody there: told only where something waits and the evidence shows it. */
function serviceBadge(snapshot: MonitorSnapshot): unknown {
  const { service, unserved } = serviceOfAll(snapshot);
  switch (service.kind) {
    case "unserved": {
      const nobody = snapshot.workerCount.kind === "exact" && snapshot.workerCount.n === 0;
      const title = t("Jobs wait, and no worker is seen for {0}.", unserved.join(", "));
      return badge("unserved", "bad", nobody ? t("none, jobs wait") : t("a queue has none"), title);
    }
    case "full":
      return badge("full", "busy", t("busy: full"), t("All {0} places are taken, and more jobs wait.", service.places));
    case "busy":
      return badge("busy", "busy", t("busy"), t("{0} jobs run while others wait.", formatCount(service.running)));
    case "calm":
    case "unknown":
      return nothing;
    default:
      return assertNever(service);
  }
}

function badge(kind: string, tone: Tone, words: string, title: string) {
  return html`<span class="badge tone-${tone}" data-service=${kind} title=${title}
    >${icon(tone === "bad" ? "error" : "play")}<span>${words}</span></span
  >`;
}
