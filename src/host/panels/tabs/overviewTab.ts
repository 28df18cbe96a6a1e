import { fields } from "../checks";
import type { Tab } from "./tab";

/** What the snapshot does not say: how long jobs waited and ran. */
export const overviewTab: Tab<"overview"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: async (monitor, _intent, signal) => ({ latency: await monitor.latency(signal) }),
};
