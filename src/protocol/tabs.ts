import { newestJobs } from "./jobQuery";
import { everyEvent, type ActivityIntent, type ActivityView } from "./tabs/activity";
import type { FailedIntent, FailedView } from "./tabs/failed";
import { everyFunction, type FunctionsIntent, type FunctionsView } from "./tabs/functions";
import type { JobsIntent, JobsView } from "./tabs/jobs";
import type { OverviewIntent, OverviewView } from "./tabs/overview";
import { everyQueue, type QueuesIntent, type QueuesView } from "./tabs/queues";
import { everythingScheduled, type ScheduledIntent, type ScheduledView } from "./tabs/scheduled";
import { everyWorker, type WorkersIntent, type WorkersView } from "./tabs/workers";

/** The tabs of the dashboard, in their order. */
export const tabNames = [
  "overview",
  "jobs",
  "failed",
  "activity",
  "queues",
  "workers",
  "scheduled",
  "functions",
] as const;
export type TabName = (typeof tabNames)[number];

/** What each tab asks: filters, order, page. Kept by the page over reloads, and what a deep link names. */
export interface TabIntents {
  readonly overview: OverviewIntent;
  readonly jobs: JobsIntent;
  readonly failed: FailedIntent;
  readonly activity: ActivityIntent;
  readonly queues: QueuesIntent;
  readonly workers: WorkersIntent;
  readonly scheduled: ScheduledIntent;
  readonly functions: FunctionsIntent;
}

/**
 * What the host answers to each, beside the snapshot. Things of a list that have a text `id`, `key` or `name` travel only when they have changed
 * (`dashboardUpdate.ts`), so lists stand at the top of a view.
 */
export interface TabViews {
  readonly overview: OverviewView;
  readonly jobs: JobsView;
  readonly failed: FailedView;
  readonly activity: ActivityView;
  readonly queues: QueuesView;
  readonly workers: WorkersView;
  readonly scheduled: ScheduledView;
  readonly functions: FunctionsView;
}

/** One tab, and what it asks. */
export type Look = { readonly [T in TabName]: { readonly tab: T; readonly intent: TabIntents[T] } }[TabName];

/** What each tab asks before anybody asked for something else. */
export const firstIntents: TabIntents = {
  overview: {},
  jobs: { query: newestJobs },
  failed: { span: "all", text: "" },
  activity: everyEvent,
  queues: everyQueue,
  workers: everyWorker,
  scheduled: everythingScheduled,
  functions: everyFunction,
};

/** The tab with what it asks. */
export function lookAt<T extends TabName>(tab: T, intent: TabIntents[T] = firstIntents[tab]): Look {
  // The compiler does not see that the two belong together.
  return { tab, intent } as unknown as Look;
}
