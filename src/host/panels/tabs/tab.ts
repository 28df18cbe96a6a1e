import type { Disposable, Memento } from "vscode";
import type { Monitor, MonitorChange } from "../../../monitor/model";
import type { TabIntents, TabName, TabViews } from "../../../protocol/tabs";
import type { DriftWatch } from "../../code/driftWatch";
import type { CodeSource } from "../../code/codeSource";
import type { ErrorNews } from "../../errorNews";
import type { GroupFrames } from "../../groupFrames";
import type { MutedGroups } from "../../mutedGroups";
import type { Session } from "../../session";

/** What a tab may need of the house. */
export interface TabParts {
  readonly session: Session;
  readonly groupFrames: GroupFrames;
  readonly errorNews: ErrorNews;
  readonly mutedGroups: MutedGroups;
  /** What the source in the open folders says. */
  readonly tasks: CodeSource;
  readonly drift: DriftWatch;
  /** Of the user, for every window to come. */
  readonly memory: Memento;
  /** The view would be another one now, though no job has changed. */
  readonly changed: () => void;
}

/** One tab of the dashboard, on the host's side. Only the one that is shown is asked. */
export interface Tab<T extends TabName> {
  /** What a page or a link sent, checked. Throws, naming what is wrong. */
  check(intent: unknown): TabIntents[T];
  /** May reject, or answer anything, once the signal is aborted. */
  view(monitor: Monitor, intent: TabIntents[T], signal: AbortSignal): Promise<TabViews[T]>;
  /** Whether the view may be another one after this change. Without it: when jobs, or the connection, have changed. */
  concerns?(change: MonitorChange): boolean;
  /** What the view is while updates are paused: what it was, and what may go on, such as a count of what waits. Without it: what it was. */
  whilePaused?(monitor: Monitor, intent: TabIntents[T], view: TabViews[T]): TabViews[T];
  /** Called when somebody begins to look at it; the result is disposed of when nobody does any more. */
  follow?(): Disposable;
}

export type Tabs = { readonly [T in TabName]: Tab<T> };
