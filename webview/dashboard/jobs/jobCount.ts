import type { JobsView } from "../../../src/protocol/tabs/jobs";
import type { JobQuery, MonitorSnapshot } from "../../../src/protocol/viewModels";
import { formatCount, formatPercent } from "../../shared/format";
import { t } from "../../shared/l10n";
import { isFiltered } from "./queries";

/** How many jobs match, of how many that are known, and how much of the whole that is. */
export function countText(query: JobQuery, { total, indexed }: JobsView, snapshot: MonitorSnapshot): string {
  const found = formatCount(total);
  const all = formatCount(indexed);
  const { sweep } = snapshot;
  const asked = /(?:^|\s)is:(?:remembered|any)(?:\s|$)/i.exec(query.text)?.[0].trim().toLowerCase();
  if (query.remembered === true || asked === "is:remembered") {
    return total === 1 ? t("1 job that Redis has forgotten") : t("{0} jobs that Redis has forgotten", found);
  }
  if (query.remembered === "also" || asked === "is:any")
    return t("{0} of {1} jobs, forgotten ones included", found, all);
  const keys = sweep?.keysTotal ?? 0;
  if (!snapshot.complete && sweep !== null && keys > 0) {
    const share = formatPercent(Math.min(sweep.keysScanned, keys), keys);
    return isFiltered(query)
      ? t("{0} of {1} jobs read so far ({2} of the keys)", found, all, share)
      : t("{0} jobs read so far ({1} of the keys)", found, share);
  }
  if (isFiltered(query)) return t("{0} of {1} jobs", found, all);
  return total === 1 ? t("1 job") : t("{0} jobs", found);
}
