import type { MemorySample } from "../monitor/queryModel";
import type { DashboardUpdate } from "./dashboardUpdate";
import type { FilterNotifications, FilterRequests } from "./filterMessages";
import type { Look } from "./tabs";
import type { DashboardView, JobQuery, PayloadMatches, PayloadProgress, Suggestion } from "./viewModels";

/**
 * The whole contract between the extension host and a page. Requests go page → host and every one gets exactly one reply,
 * also when the handler throws; notifications go host → page and get none. See `channel.ts` for the envelope. The page of a job has its own:
 * `jobMessages.ts`.
 */

/** Page `dashboard`. */
export interface DashboardRequests extends FilterRequests {
  /** First message of a page that (re)appears: the reply is the whole state. */
  ready: { params: { look: Look | null }; result: DashboardView };
  /**
   * Another tab, or another question of it. The host keeps it and sends updates for it. Null where a newer one of these overtook this one: fifty rows
   * for each letter of a word that is typed quickly would be in the way of those for the last.
   */
  look: { params: { look: Look }; result: DashboardView | null };
  /** Stops the updates, or goes on with them. */
  pause: { params: { paused: boolean }; result: DashboardView };
  /** What may be written at the cursor of the filter. None where a newer question overtook this one. */
  suggest: { params: { text: string; cursor: number }; result: readonly Suggestion[] };
  /** Reads payloads for what `arg:` and `result:` of the query ask. Ends with what it has found when it is cancelled, or another query is asked. */
  search: { params: { query: JobQuery }; result: PayloadMatches };
  cancelSearch: { params: null; result: null };
  openJob: { params: { id: string }; result: null };
  /** What the jobs of a queue occupy, from a sample that is read now; null where the server does not allow it. */
  sampleMemory: { params: { queue: string }; result: MemorySample | null };
  /** Opens the definition of the function of this name, or says that there is none. */
  openFunction: { params: { name: string }; result: null };
  /** Opens a place in the open folders, as a `PlaceView` names it. */
  openCode: { params: { file: string; line: number }; result: null };
  /** Stands on the line at which jobs of an error group fail, as `GroupView.frame` has it. */
  openGroupFrame: { params: { key: string }; result: null };
  /** Whether anybody can see the page: its window may be minimized, or a browser's tab in the background. */
  visible: { params: { visible: boolean }; result: null };
  /** What there is to tell of the connection, a line each: feed, server, what we cost. */
  connectionFacts: { params: null; result: readonly string[] };
  /** Runs one of the few commands that the page offers as buttons. */
  run: { params: { command: PageCommand }; result: null };
}
export type PageCommand =
  | "connect"
  | "switchConnection"
  | "refresh"
  | "pauseIndexing"
  | "resumeIndexing"
  | "showLog"
  | "setPassword"
  | "showDashboard"
  /** The limits of health, in the settings. */
  | "healthSettings"
  /** Where worker logs are, in the settings. */
  | "logSettings"
  | "addWorkerInstrumentation"
  | "copyDashboardLink";
export interface DashboardNotifications extends FilterNotifications {
  /** At most four a second once a burst is over: the counts as soon as they change, rows when they are found. */
  update: DashboardUpdate;
  /** Of the search that is under way. */
  searchProgress: PayloadProgress;
}
