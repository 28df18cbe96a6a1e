import type { JobQuery } from "../monitor/model";

/** Rows of one page of the job list. */
export const pageSize = 50;

/** Every job, newest first: what a job list shows before anybody asked for something else. */
export const newestJobs: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "newest",
  descending: true,
  offset: 0,
  limit: pageSize,
};
