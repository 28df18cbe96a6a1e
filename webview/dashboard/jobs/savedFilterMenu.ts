import type { SavedFilter } from "../../../src/protocol/filterMessages";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { t } from "../../shared/l10n";
import type { MenuItem } from "./popupMenu";

/** What the menu of filters that were named in the workspace does. */
export interface SavedFilterActs {
  readonly show: (query: JobQuery) => void;
  readonly save: () => void;
  readonly rename: (name: string) => void;
  readonly remove: (name: string) => void;
}

/** The filters, the one that is shown ticked, and what can be done with what is shown. */
export function savedFilterItems(
  filters: readonly SavedFilter[],
  shown: JobQuery,
  acts: SavedFilterActs,
): readonly MenuItem[] {
  const current = filters.find(({ query }) => asksTheSame(query, shown));
  const picks = filters.map(({ name, query }): MenuItem => ({
    kind: "command",
    label: name,
    picked: name === current?.name,
    run: () => acts.show({ ...query, offset: 0, anchor: null }),
  }));
  const save: MenuItem = { kind: "command", label: t("Save this filter…"), run: acts.save };
  const own: readonly MenuItem[] =
    current === undefined
      ? [save]
      : [
          { kind: "command", label: t('Rename "{0}"…', current.name), run: () => acts.rename(current.name) },
          { kind: "command", label: t('Delete "{0}"', current.name), run: () => acts.remove(current.name) },
        ];
  return [
    { kind: "heading", label: picks.length === 0 ? t("No filter is saved in this workspace yet") : t("Saved filters") },
    ...picks,
    { kind: "line" },
    ...own,
  ];
}

/** Whichever page of it, and however long its pages are. */
function asksTheSame(a: JobQuery, b: JobQuery): boolean {
  const plain = (query: JobQuery): string =>
    JSON.stringify(
      Object.entries({ ...newestJobs, ...query, offset: 0, anchor: null, limit: 0 }).toSorted(([x], [y]) =>
        x < y ? -1 : 1,
      ),
    );
  return plain(a) === plain(b);
}
