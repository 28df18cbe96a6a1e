import type { JobPage, JobQuery } from "../monitor/model";

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
  anchor: null,
  remembered: false,
};

/** The page where there is nothing to be asked. */
export const noJobs: JobPage = {
  rows: [],
  total: 0,
  indexed: 0,
  notes: [],
  offset: 0,
  anchor: null,
  needsPayloads: false,
};
