import { fields } from "../checks";
import type { Tab } from "./tab";

/** What happened last. */
export const activityTab: Tab<"activity"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: () => Promise.resolve({}),
};
