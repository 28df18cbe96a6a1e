import { fields, jobQuery } from "../checks";
import type { Tab } from "./tab";

/** One page of jobs. */
export const jobsTab: Tab<"jobs"> = {
  check: (intent) => ({ query: jobQuery(fields(intent).query) }),
  view: (monitor, { query }, signal) => monitor.query(query, signal),
};
