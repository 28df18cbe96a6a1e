import { fields } from "../checks";
import type { Tab } from "./tab";

/** Failures by what they have in common. */
export const failedTab: Tab<"failed"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  async view(monitor, _intent, signal) {
    const groups = await monitor.errorGroups(signal);
    return { groups: groups.map(({ jobs: _jobs, ...group }) => group) };
  },
};
