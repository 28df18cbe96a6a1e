import type { SweepProgress } from "../monitor/ports";
import { count } from "./views/texts";

/** How far the first look at everything has come: "Indexed 340,000 of about 1,000,000 keys: finished jobs are still being counted." */
export function indexingText(sweep: SweepProgress | null): string {
  if (sweep === null || sweep.keysScanned === 0)
    return sweep?.paused === true ? "Indexing is paused." : "Reading what is in Redis…";
  const of = sweep.keysTotal === null ? "" : ` of about ${count(sweep.keysTotal)}`;
  const far = `${count(sweep.keysScanned)}${of} keys`;
  return sweep.paused
    ? `Indexing is paused at ${far}: finished jobs beyond are not counted.`
    : `Indexed ${far}: finished jobs are still being counted.`;
}

/** `34 %`; null where it cannot be known. Never 100 before the end: keys may have come since. */
export function indexedPercent(sweep: SweepProgress | null): string | null {
  if (sweep === null || sweep.keysTotal === null || sweep.keysTotal === 0) return null;
  return `${Math.min(99, Math.floor((100 * sweep.keysScanned) / sweep.keysTotal))} %`;
}
