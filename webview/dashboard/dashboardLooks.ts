import { firstIntents, lookAt, type Look, type TabIntents, type TabName, type TabViews } from "../../src/protocol/tabs";
import { keptDashboard } from "../../src/protocol/dashboardUpdate";
import type { DashboardIntent, DashboardView, TabBody } from "../../src/protocol/viewModels";

/** What each tab asks, and what it was answered last: a tab that comes back shows at once what is known of it. */
export class DashboardLooks {
  #intents: TabIntents;
  readonly #bodies = new Map<TabName, TabBody>();

  constructor(remembered: DashboardIntent | null) {
    this.#intents = { ...firstIntents, ...remembered?.intents };
  }

  intent<T extends TabName>(tab: T): TabIntents[T] {
    return this.#intents[tab];
  }

  look(tab: TabName): Look {
    return lookAt(tab, this.#intents[tab]);
  }

  /** Keeps what is asked of its tab. */
  asks({ tab, intent }: Look): void {
    this.#intents = { ...this.#intents, [tab]: intent };
  }

  shows(body: TabBody | null): void {
    if (body !== null) this.#bodies.set(body.tab, body);
  }

  /** What was answered last, and to what; null before the first answer. */
  body<T extends TabName>(tab: T): { readonly intent: TabIntents[T]; readonly view: TabViews[T] } | null {
    return (this.#bodies.get(tab) ?? null) as { readonly intent: TabIntents[T]; readonly view: TabViews[T] } | null;
  }

  /** `view` with what the page has of it already as the same objects, so that nothing is drawn again for being answered again. */
  keep(before: DashboardView | null, view: DashboardView): DashboardView {
    const body = view.body === null ? null : (this.#bodies.get(view.body.tab) ?? null);
    return before === null ? view : keptDashboard({ ...before, body }, view);
  }

  /** Of another connection nothing of this holds. */
  forget(): void {
    this.#bodies.clear();
  }

  toRemember(tab: TabName): DashboardIntent {
    return { tab, intents: this.#intents };
  }
}
