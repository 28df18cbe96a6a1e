import { tabNames } from "../../src/protocol/tabs";
import type { PageKeys } from "../shared/keysHelp";
import { t } from "../shared/l10n";

/** The keys of the dashboard. */
export const dashboardKeys: PageKeys = [
  [["/"], t("Search, or the filter of this view")],
  [["j", "k"], t("Next row, previous row")],
  [["Enter"], t("Open the row; in the filter of the jobs: go on to the first")],
  [["n"], t("Show new jobs or events, where the list has some")],
  [["m"], t("Mute the error")],
  [["r"], t("Pause updates, or go on")],
  [["1", String(tabNames.length)], t("First view to last view")],
  [["?"], t("These keys")],
];
