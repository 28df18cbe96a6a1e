import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import {
  eventKinds,
  everyEvent,
  linesFollowed,
  waitingAtMost,
  type ActivityIntent,
  type ActivityView,
  type EventLine,
} from "../../../src/protocol/tabs/activity";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";
import { activityStyles } from "./activityTab.styles";
import "./eventList";
import { inferredMeaning, type EventList } from "./eventList";
import { eventLooks } from "./eventLooks";

/** How long after the pointer last moved over the lines they stand still, ms: a list that slides between aiming and clicking opens the wrong job. */
const aimMs = 1500;
const minuteMs = 60_000;
/** New events are spoken at most so often, ms. */
const speechMs = 10_000;

/**
 * What happened last. Follows the newest only while its top is in sight, nobody stands on a line, and no more than the usual is shown; else the list
 * stands still and what is new is counted on the bar.
 */
@customElement("arq-activity-tab")
export class ActivityTab extends TabElement<"activity"> {
  static override styles = [baseStyles, activityStyles];

  readonly tab = "activity";
  /** Spoken by screen readers. */
  @state() private said = "";
  /** What stands still, from the moment on in which it was decided; null: what the host answers. */
  @state() private held: ActivityView | null = null;
  @query("arq-event-list") private readonly list!: EventList | null;
  @query(".top") private readonly top!: HTMLElement;
  @query("#function") private readonly select!: HTMLSelectElement;
  #sight: IntersectionObserver | null = null;
  /** Came into the document just now. */
  #entered = false;
  #atTop = true;
  #aimedAt = Number.NEGATIVE_INFINITY;
  #aimed: ActivityView | null = null;
  #release: ReturnType<typeof setTimeout> | null = null;
  #spokeAt = Number.NEGATIVE_INFINITY;
  #spokeOf: number | null = null;

  override focusSearch(): void {
    this.select.focus();
  }

  override moveRow(step: 1 | -1): void {
    this.list?.moveRow(step);
  }

  override pressed(key: string): boolean {
    if (key !== "n") return false;
    this.#show();
    return true;
  }

  override render() {
    const { view } = this;
    const shown = this.#shown;
    return html`<section aria-label=${t("Activity")}>
      ${this.#filters(view)}
      <div class="top"></div>
      ${this.#bar(view)}
      ${
        shown === null
          ? nothing
          : shown.lines.length === 0
            ? this.#none()
            : html`<arq-event-list
                .lines=${shown.lines}
                .now=${Math.floor(this.now / minuteMs) * minuteMs}
                .stale=${this.stale}
                @pointermove=${this.#onAim}
                @pointerleave=${this.#onLeave}
                @focusin=${this.#onFocus}
              ></arq-event-list>`
      }
      ${
        shown?.lines.some((line) => line.kind !== "gap" && line.inferred)
          ? html`<p class="foot">${t("“inferred”: {0}", inferredMeaning)}</p>`
          : nothing
      }
      <span class="hush" role="status">${this.said}</span>
    </section>`;
  }

  #filters(view: ActivityView | null): TemplateResult {
    const { kinds, queue, function: name } = this.intent;
    return html`<div class="filters">
      <div class="kinds" role="group" aria-label=${t("Kinds of events; none pressed: all")}>
        ${eventKinds.map((kind) => this.#kind(kind, kinds.includes(kind)))}
      </div>
      <div class="selects">
        ${choice("queue", t("Queue"), t("All queues"), queue, this.snapshot.queues, (next) => this.#filter({ queue: next }))}
        ${choice("function", t("Function"), t("All functions"), name, view?.functions ?? [], (next) =>
          this.#filter({ function: next }),
        )}
      </div>
    </div>`;
  }

  #kind(kind: EventLine["kind"], isPicked: boolean): TemplateResult {
    const { label, icon: picture, tone, meaning } = eventLooks[kind];
    const { kinds } = this.intent;
    const next = isPicked ? kinds.filter((each) => each !== kind) : [...kinds, kind];
    return html`<button
      class="plain tone-${tone}"
      data-kind=${kind}
      aria-pressed=${isPicked}
      title=${meaning}
      @click=${() => this.#filter({ kinds: next })}
    >
      ${icon(picture)}${label}
    </button>`;
  }

  /** What is new while the list stands still, and the way to it; else that it follows. */
  #bar(view: ActivityView | null): TemplateResult {
    const news = view === null ? "" : newsText(view);
    return html`<div class="bar">
      ${
        news === ""
          ? html`<span>${this.#followText()}</span>`
          : html`<button class="plain news" title=${t("Show them (n)")} @click=${() => this.#show()}>
              ${icon("arrowUp")}<span>${news}</span><span class="show">${t("Show")}</span>
            </button>`
      }
      ${
        this.intent.upTo === null || this.stale
          ? nothing
          : html`<button class="plain link follow" @click=${() => this.#follow()}>${t("Follow the newest")}</button>`
      }
      <span class="end"
        >${
          this.intent.count > linesFollowed
            ? t("the last {0} events", formatCount(this.intent.count))
            : t("the last {0} events", formatCount(linesFollowed))
        }</span
      >
    </div>`;
  }

  #followText(): string {
    const { status } = this.snapshot;
    if (status.state !== "live") return t("Not connected: what happens now shows as a span not observed");
    if (this.stale) return t("Paused: new events wait here");
    return this.intent.upTo === null ? t("Follows the newest events") : t("Stands still while you read");
  }

  #none(): TemplateResult {
    const { kinds, queue, function: name } = this.answered;
    if (kinds.length === 0 && queue === null && name === null) {
      return html`<div class="blank">
        <h3>${t("Nothing has happened yet")}</h3>
        <p>
          ${t(
            "Events show here as they happen, from when ARQ Monitor began to look. Jobs that ended before are listed under Jobs.",
          )}
        </p>
      </div>`;
    }
    return html`<div class="blank">
      <p>${t("None of the last events passes these filters.")}</p>
      <vscode-button appearance="secondary" @click=${() => this.#filter(everyEvent)}
        >${t("Clear Filters")}</vscode-button
      >
    </div>`;
  }

  /** What is in the document: what was answered, or what stood there when the list was to stand still. */
  get #shown(): ActivityView | null {
    return this.#aimed ?? this.held ?? this.view;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#entered = true;
    this.requestUpdate();
  }

  protected override updated(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#atTop = true;
    // The page scrolls, not the list.
    this.#sight = new IntersectionObserver(([entry]) => {
      // Below the window nobody has scrolled away from it.
      if (entry !== undefined) this.#onSight(entry.isIntersecting || entry.boundingClientRect.top > 0);
    });
    this.#sight.observe(this.top);
    // Stood still before a reload, or before another tab was looked at: the lines that were read are out of sight now.
    if (this.intent.upTo !== null) this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight?.disconnect();
    this.held = this.#aimed = null;
    this.#aimedAt = Number.NEGATIVE_INFINITY;
    // What happens meanwhile is not spoken of later.
    this.#spokeOf = null;
    this.said = "";
    if (this.#release !== null) clearTimeout(this.#release);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("view") && !changed.has("intent")) return;
    // The host has heard of it: from here on its answers stand still by themselves.
    if (this.held !== null && !this.pending && this.answered.upTo === this.intent.upTo) this.held = null;
    const before = changed.get("view");
    const aiming = performance.now() - this.#aimedAt < aimMs;
    if (!aiming) this.#aimed = null;
    else if (changed.has("view") && before) {
      this.#aimed ??= before;
      this.#releaseLater();
    }
    this.#speak();
  }

  /** `12 new events`, now and then. */
  #speak(): void {
    const { view } = this;
    if (view === null) return;
    // Nothing is new to whoever has just come, to another filter, or in another session.
    if (this.#spokeOf === null || view.newest < this.#spokeOf) this.#spokeOf = view.newest;
    const now = performance.now();
    if (view.newest === this.#spokeOf || now - this.#spokeAt < speechMs) return;
    const told = this.#spokeOf;
    const fresh = view.newer > 0 ? 0 : view.lines.filter(({ key }) => Number(key) > told).length;
    this.#spokeAt = now;
    this.#spokeOf = view.newest;
    if (view.newer > 0 || fresh > 0)
      this.said = newsText(view.newer > 0 ? view : { newer: fresh, evenMore: fresh === view.lines.length });
  }

  #filter(change: Partial<ActivityIntent>): void {
    this.held = this.#aimed = null;
    this.#spokeOf = null;
    this.ask({ ...this.intent, ...change, upTo: null, count: linesFollowed });
  }

  /** What waits: all of it, up to a thousand. */
  #show(): void {
    const { view } = this;
    if (view === null) return;
    const waits = Math.min(waitingAtMost, view.newer);
    this.held = this.#aimed = null;
    // More than is followed is there to be read, so it stands still.
    if (waits > linesFollowed) this.ask({ ...this.intent, upTo: view.newest, count: waits });
    else this.ask({ ...this.intent, upTo: null, count: linesFollowed });
    scrollTo({ top: 0 });
  }

  #follow(): void {
    this.held = this.#aimed = null;
    this.ask({ ...this.intent, upTo: null, count: linesFollowed });
    scrollTo({ top: 0 });
  }

  #hold(): void {
    const shown = this.#shown;
    if (shown === null || this.intent.upTo !== null || this.stale) return;
    this.held = shown;
    this.ask({ ...this.intent, upTo: shown.upTo });
  }

  #onSight(atTop: boolean): void {
    if (atTop === this.#atTop) return;
    this.#atTop = atTop;
    if (!atTop) this.#hold();
    // With more than that nobody has seen what lies in between.
    else if (
      this.intent.upTo !== null &&
      (this.view?.newer ?? 0) <= linesFollowed &&
      !this.list?.matches(":focus-within")
    )
      this.#follow();
  }

  /** Whoever stands on a line reads it. */
  readonly #onFocus = (): void => this.#hold();

  readonly #onAim = (): void => {
    this.#aimedAt = performance.now();
  };

  readonly #onLeave = (): void => {
    this.#aimedAt = Number.NEGATIVE_INFINITY;
    if (this.#aimed === null) return;
    this.#aimed = null;
    this.requestUpdate();
  };

  #releaseLater(): void {
    if (this.#release !== null) clearTimeout(this.#release);
    this.#release = setTimeout(() => {
      if (performance.now() - this.#aimedAt < aimMs) return this.#releaseLater();
      this.#aimed = null;
      this.requestUpdate();
    }, aimMs);
  }
}

function newsText({ newer, evenMore }: Pick<ActivityView, "newer" | "evenMore">): string {
  if (newer === 0 && !evenMore) return "";
  if (evenMore) return t("{0}+ new events", formatCount(newer));
  return newer === 1 ? t("1 new event") : t("{0} new events", formatCount(newer));
}

function choice(
  id: string,
  label: string,
  all: string,
  picked: string | null,
  known: readonly { readonly name: string }[],
  pick: (name: string | null) => void,
): TemplateResult {
  const names = known.map(({ name }) => name);
  // Asked for by a link, or of a queue that is gone.
  if (picked !== null && !names.includes(picked)) names.unshift(picked);
  return html`<select
    id=${id}
    aria-label=${label}
    @change=${(event: Event) => {
      const { selectedIndex } = event.target as HTMLSelectElement;
      pick(selectedIndex === 0 ? null : (names[selectedIndex - 1] ?? null));
    }}
  >
    <option .selected=${live(picked === null)}>${all}</option>
    ${names.map((name) => html`<option .selected=${live(name === picked)}>${name}</option>`)}
  </select>`;
}
