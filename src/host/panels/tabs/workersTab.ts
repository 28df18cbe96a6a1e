import { fields } from "../checks";
import type { Tab } from "./tab";

/** The snapshot says it all. */
export const workersTab: Tab<"workers"> = {
  check(intent) {
    fields(intent);
    return {};
  },
  view: () => Promise.resolve({}),
};
