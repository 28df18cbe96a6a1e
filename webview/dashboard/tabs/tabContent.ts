import type { TemplateResult } from "lit";
import { html, literal, type StaticValue } from "lit/static-html.js";
import type { TabIntents, TabName, TabViews } from "../../../src/protocol/tabs";
import type { MonitorSnapshot } from "../../../src/protocol/viewModels";
import "../activity/activityTab";
import "../failed/failedTab";
import "../functions/functionsTab";
import "../jobs/jobsTab";
import "../overview/overviewTab";
import "../queues/queuesTab";
import "../scheduled/scheduledTab";
import "../workers/workersTab";
import type { DashboardHost } from "./tabElement";

/** The properties that every tab has (`tabElement.ts`). */
export interface TabProperties {
  readonly view: TabViews[TabName] | null;
  readonly intent: TabIntents[TabName];
  readonly answered: TabIntents[TabName];
  readonly snapshot: MonitorSnapshot;
  readonly now: number;
  readonly stale: boolean;
  readonly asOf: string;
  readonly pending: boolean;
  readonly host: DashboardHost;
}

const tags: Readonly<Record<TabName, StaticValue>> = {
  overview: literal`arq-overview-tab`,
  jobs: literal`arq-jobs-tab`,
  failed: literal`arq-failed-tab`,
  activity: literal`arq-activity-tab`,
  queues: literal`arq-queues-tab`,
  workers: literal`arq-workers-tab`,
  scheduled: literal`arq-scheduled-tab`,
  functions: literal`arq-functions-tab`,
};

/** The element of a tab. */
export function tabContent(tab: TabName, properties: TabProperties): TemplateResult {
  const tag = tags[tab];
  return html`<${tag}
    .view=${properties.view}
    .intent=${properties.intent}
    .answered=${properties.answered}
    .snapshot=${properties.snapshot}
    .now=${properties.now}
    .stale=${properties.stale}
    .asOf=${properties.asOf}
    .pending=${properties.pending}
    .host=${properties.host}
  ></${tag}>`;
}
