import type { ExtensionContext } from "vscode";
import type { Connections } from "../connections";
import type { FrameOpener } from "../editor/openFrame";
import type { WorkspaceTasks } from "../editor/workspaceTasks";
import type { ErrorNews } from "../errorNews";
import type { GroupFrames } from "../groupFrames";
import type { Histories } from "../histories";
import type { LiveGroups } from "../liveGroups";
import type { Log } from "../log";
import type { MutedGroups } from "../mutedGroups";
import type { DashboardPanel } from "../panels/dashboardPanel";
import type { JobPanels } from "../panels/jobPanels";
import type { SavedFilters } from "../savedFilters";
import type { Secrets } from "../secrets";
import type { Session } from "../session";
import type { Settings } from "../settings";
import type { TreeViews } from "../views/treeViews";
import type { WatchedJobs } from "../watchedJobs";

/** What commands work with. */
export interface HostParts {
  readonly context: ExtensionContext;
  readonly log: Log;
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly connections: Connections;
  readonly session: Session;
  readonly histories: Histories;
  readonly dashboard: DashboardPanel;
  readonly jobs: JobPanels;
  readonly frames: FrameOpener;
  /** What the open folders' Python says about tasks. Reads nothing until it is asked. */
  readonly tasks: WorkspaceTasks;
  readonly groupFrames: GroupFrames;
  readonly liveGroups: LiveGroups;
  readonly errorNews: ErrorNews;
  readonly savedFilters: SavedFilters;
  readonly mutedGroups: MutedGroups;
  readonly watched: WatchedJobs;
  readonly trees: TreeViews;
}
