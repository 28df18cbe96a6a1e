import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { PlaceView } from "../../../src/protocol/codeViews";
import type { PageChannel } from "../../../src/protocol/channel";
import type { DashboardNotifications, DashboardRequests, PageCommand } from "../../../src/protocol/messages";
import { firstIntents, lookAt, type TabIntents, type TabName, type TabViews } from "../../../src/protocol/tabs";
import type { MonitorSnapshot } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";

/** Requests of a tab's own, beside what it asks by its intent, and what it is told. */
export type DashboardHost = PageChannel<DashboardRequests, DashboardNotifications>;

/**
 * What every tab has and can do. Fires `look` (Look: another question of its own, or another tab), `open-job` (id), `run` (PageCommand) and
 * `failed` (a sentence), which the page answers.
 */
export abstract class TabElement<T extends TabName> extends LitElement {
  /** Null until the first answer. */
  @property({ attribute: false }) view: TabViews[T] | null = null;
  /** What is asked for, perhaps not answered yet. */
  @property({ attribute: false }) intent!: TabIntents[T];
  /** What `view` answers. */
  @property({ attribute: false }) answered!: TabIntents[T];
  @property({ attribute: false }) snapshot!: MonitorSnapshot;
  /** Redis' clock, unix ms; moves once a second. */
  @property({ type: Number }) now = 0;
  /** What is shown is not kept current: paused, or the connection is lost. */
  @property({ type: Boolean, reflect: true }) stale = false;
  /** As of when it is, for people; "" while it is kept current. */
  @property() asOf = "";
  /** An answer is under way. */
  @property({ type: Boolean }) pending = false;
  @property({ attribute: false }) host!: DashboardHost;
  /** Name of the tab. */
  abstract readonly tab: T;

  /** For the key `/`. */
  focusSearch(): void {}

  /** For the keys `j` and `k`. */
  moveRow(_step: 1 | -1): void {}

  /** A key of the tab's own, that is none of the dashboard's. @returns whether it did something. */
  pressed(_key: string): boolean {
    return false;
  }

  /** Asks something else of this tab. */
  protected ask(intent: TabIntents[T]): void {
    emit(this, "look", lookAt(this.tab, intent));
  }

  /** Shows another tab, with this question or its first. */
  protected go<U extends TabName>(tab: U, intent: TabIntents[U] = firstIntents[tab]): void {
    emit(this, "look", lookAt(tab, intent));
  }

  protected openJob(id: string): void {
    emit(this, "open-job", id);
  }

  /** Opens a place in the source. */
  protected readonly openCode = ({ detail: { file, line } }: CustomEvent<PlaceView>): void => {
    void this.host.request("openCode", { file, line }).catch((error: unknown) => this.fail(error));
  };

  protected run(command: PageCommand): void {
    emit(this, "run", command);
  }

  /** Says above the tab what went wrong. */
  protected fail(error: unknown): void {
    emit(this, "failed", error instanceof Error ? error.message : String(error));
  }
}
