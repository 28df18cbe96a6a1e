import { fields } from "../checks";
import type { Tab } from "./tab";

/** Every function that jobs call. */
export const functionsTab: Tab<"functions"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: async (monitor, _intent, signal) => ({ functions: await monitor.functions(signal) }),
};
