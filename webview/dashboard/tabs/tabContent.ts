import { html, type TemplateResult } from "lit";
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
import { assertNever } from "../../shared/assertNever";

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

/** The element of a tab. */
export function tabContent(tab: TabName, p: TabProperties): TemplateResult {
  switch (tab) {
    case "overview":
      return html`<arq-overview-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-overview-tab>`;
    case "jobs":
      return html`<arq-jobs-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-jobs-tab>`;
    case "failed":
      return html`<arq-failed-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-failed-tab>`;
    case "activity":
      return html`<arq-activity-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-activity-tab>`;
    case "queues":
      return html`<arq-queues-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-queues-tab>`;
    case "workers":
      return html`<arq-workers-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-workers-tab>`;
    case "scheduled":
      return html`<arq-scheduled-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-scheduled-tab>`;
    case "functions":
      return html`<arq-functions-tab
        .view=${p.view}
        .intent=${p.intent}
        .answered=${p.answered}
        .snapshot=${p.snapshot}
        .now=${p.now}
        .stale=${p.stale}
        .asOf=${p.asOf}
        .pending=${p.pending}
        .host=${p.host}
      ></arq-functions-tab>`;
    default:
      return assertNever(tab);
  }
}
