import { fields } from "../checks";
import type { Tab } from "./tab";

/** Every queue, with its last hour. */
export const queuesTab: Tab<"queues"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: async (monitor, _intent, signal) => ({ reports: await monitor.queueReports(signal) }),
};
