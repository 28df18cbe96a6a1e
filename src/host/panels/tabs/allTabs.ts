import type { JobQuery } from "../../../monitor/model";
import { tabNames, type Look } from "../../../protocol/tabs";
import { codeNow } from "../../code/codeSource";
import { adviceNotes, driftNotes } from "../../code/codeViews";
import { fields, oneOf } from "../checks";
import { ActivityTab } from "./activityTab";
import { FailedTab } from "./failedTab";
import { functionsTab } from "./functionsTab";
import { type JobsTab, jobsTab } from "./jobsTab";
import { overviewTab } from "./overviewTab";
import { queuesTab } from "./queuesTab";
import { scheduledTab } from "./scheduledTab";
import type { TabParts, Tabs } from "./tab";
import { workersTab } from "./workersTab";

/** The tabs of one dashboard, each as what it is. */
export type AllTabs = Tabs & { readonly failed: FailedTab; readonly jobs: JobsTab };

/** The tabs of one dashboard. */
export function allTabs(parts: TabParts): AllTabs {
  const { session, groupFrames, errorNews, mutedGroups, memory, changed, tasks, drift } = parts;
  const inCode = () => codeNow(tasks);
  const codeNotes = () => [...driftNotes(drift.findings), ...adviceNotes(inCode())];
  return {
    overview: overviewTab,
    jobs: jobsTab(memory, inCode),
    failed: new FailedTab(
      groupFrames,
      errorNews,
      (groups) => mutedGroups.part(session.connection?.name, groups),
      changed,
    ),
    activity: new ActivityTab(),
    queues: queuesTab(
      () => session.thresholds,
      codeNotes,
      () => drift.use(),
    ),
    workers: workersTab(() => session.settings.get("arq.workers.staleAfter") * 1000, inCode),
    scheduled: scheduledTab(inCode),
    functions: functionsTab(() => session.thresholds, inCode),
  };
}

/** What a page or a link asks to see, checked. Throws, naming what is wrong. */
export function checkLook(tabs: Tabs, look: unknown): Look {
  const { tab, intent } = fields(look);
  const name = oneOf(tab, tabNames, "tab");
  return { tab: name, intent: tabs[name].check(intent) } as Look;
}

/** What a page kept before it was reloaded. An older version may have kept something else: then it begins anew. */
export function rememberedLook(tabs: AllTabs, look: unknown): Look | null {
  try {
    return look === null || look === undefined ? null : checkLook(tabs, look);
  } catch {
    return null;
  }
}

/** What it asks of the list of jobs; null of other tabs. */
export function queryOf(look: Look): JobQuery | null {
  return look.tab === "jobs" ? look.intent.query : null;
}
