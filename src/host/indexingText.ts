import { l10n } from "vscode";
import type { SweepProgress } from "../monitor/ports";
import { count } from "./views/texts";

/** How far the first look at everything has come: "Indexed 340,000 of about 1,000,000 keys: finished jobs are still being counted." */
export function indexingText(sweep: SweepProgress | null): string {
  if (sweep === null || sweep.keysScanned === 0)
    return sweep?.paused === true ? l10n.t("Indexing is paused.") : l10n.t("Reading what is in Redis…");
  const scanned = count(sweep.keysScanned);
  if (sweep.keysTotal === null) {
    return sweep.paused
      ? l10n.t("Indexing is paused at {0} keys: finished jobs beyond are not counted.", scanned)
      : l10n.t("Indexed {0} keys: finished jobs are still being counted.", scanned);
  }
  const total = count(sweep.keysTotal);
  return sweep.paused
    ? l10n.t("Indexing is paused at {0} of about {1} keys: finished jobs beyond are not counted.", scanned, total)
    : l10n.t("Indexed {0} of about {1} keys: finished jobs are still being counted.", scanned, total);
}

/** `34 %`; null where it cannot be known. Never 100 before the end: keys may have come since. */
export function indexedPercent(sweep: SweepProgress | null): string | null {
  if (sweep === null || sweep.keysTotal === null || sweep.keysTotal === 0) return null;
  return l10n.t("{0} %", Math.min(99, Math.floor((100 * sweep.keysScanned) / sweep.keysTotal)));
}
