import type { JobPage, JobQuery } from "../../monitor/model";

/** What the tab Jobs asks. */
export interface JobsIntent {
  readonly query: JobQuery;
}

/** One page of jobs. */
export type JobsView = JobPage;
