import { tabNames, type Look } from "../../../protocol/tabs";
import { fields, oneOf } from "../checks";
import { activityTab } from "./activityTab";
import { failedTab } from "./failedTab";
import { functionsTab } from "./functionsTab";
import { jobsTab } from "./jobsTab";
import { overviewTab } from "./overviewTab";
import { queuesTab } from "./queuesTab";
import { scheduledTab } from "./scheduledTab";
import type { TabParts, Tabs } from "./tab";
import { workersTab } from "./workersTab";

/** The tabs of one dashboard. */
export function allTabs(_parts: TabParts): Tabs {
  return {
    overview: overviewTab,
    jobs: jobsTab,
    failed: failedTab,
    activity: activityTab,
    queues: queuesTab,
    workers: workersTab,
    scheduled: scheduledTab,
    functions: functionsTab,
  };
}

/** What a page or a link asks to see, checked. Throws, naming what is wrong. */
export function checkLook(tabs: Tabs, look: unknown): Look {
  const { tab, intent } = fields(look);
  const name = oneOf(tab, tabNames, "tab");
  return { tab: name, intent: tabs[name].check(intent) } as Look;
}
