import { newestJobs } from "../../../protocol/jobQuery";
import { fields } from "../checks";
import type { Tab } from "./tab";

/** What is going to run, and when. */
export const scheduledTab: Tab<"scheduled"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  async view(monitor, _intent, signal) {
    const { rows, total } = await monitor.query({ ...newestJobs, states: ["deferred", "retrying"] }, signal);
    return { rows, total };
  },
};
