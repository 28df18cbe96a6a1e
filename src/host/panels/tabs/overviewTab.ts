import { fields } from "../checks";
import type { Tab } from "./tab";

/** The snapshot says it all. */
export const overviewTab: Tab<"overview"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: () => Promise.resolve({}),
};
