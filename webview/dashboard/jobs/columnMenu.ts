import {
  firstJobsSettings,
  jobColumnIds,
  type JobColumnChoice,
  type JobColumnId,
} from "../../../src/protocol/tabs/jobs";
import { t } from "../../shared/l10n";
import { areFirstColumns, moveColumn, toggleColumn, widenColumn } from "./columnChoice";
import { jobColumns } from "./jobColumns";
import type { MenuItem } from "./popupMenu";

/** What the menus of the columns do. */
export interface ColumnActs {
  readonly choose: (columns: readonly JobColumnChoice[]) => void;
  readonly sort: (id: JobColumnId, descending: boolean) => void;
  /** By so many px, from as wide as it is drawn. */
  readonly widen: (id: JobColumnId, by: number) => void;
}

/** One step of the menu, px. */
const widthStep = 32;

/** Which columns there are, those that are shown first. */
export function columnItems(columns: readonly JobColumnChoice[], { choose }: ColumnActs): MenuItem[] {
  const shown = columns.map(({ id }) => id);
  const checks = [...shown, ...jobColumnIds.filter((id) => !shown.includes(id))].map((id): MenuItem => {
    const checked = shown.includes(id);
    return {
      kind: "check",
      label: jobColumns[id].title,
      checked,
      disabled: checked && shown.length === 1,
      run: () => choose(toggleColumn(columns, id)),
    };
  });
  const reset: MenuItem = {
    kind: "command",
    label: t("Reset columns"),
    disabled: areFirstColumns(columns),
    run: () => choose(firstJobsSettings.columns),
  };
  return [{ kind: "heading", label: t("Columns") }, ...checks, { kind: "line" }, reset];
}

/** What can be done with one column, and the choice of all. */
export function headItems(id: JobColumnId, columns: readonly JobColumnChoice[], acts: ColumnActs): MenuItem[] {
  const place = columns.findIndex((column) => column.id === id);
  if (place < 0) return columnItems(columns, acts);
  const command = (label: string, run: () => void, disabled = false, detail = ""): MenuItem => ({
    kind: "command",
    label,
    run,
    disabled,
    ...(detail === "" ? {} : { detail }),
  });
  return [
    { kind: "heading", label: jobColumns[id].title },
    command(t("Sort ascending"), () => acts.sort(id, false)),
    command(t("Sort descending"), () => acts.sort(id, true)),
    { kind: "line" },
    command(t("Move left"), () => acts.choose(moveColumn(columns, id, place - 1)), place === 0, "Ctrl+←"),
    command(
      t("Move right"),
      () => acts.choose(moveColumn(columns, id, place + 1)),
      place === columns.length - 1,
      "Ctrl+→",
    ),
    command(t("Wider"), () => acts.widen(id, widthStep), false, "Shift+→"),
    command(t("Narrower"), () => acts.widen(id, -widthStep), false, "Shift+←"),
    command(t("Its own width"), () => acts.choose(widenColumn(columns, id, null)), columns[place]!.width === null),
    command(t("Hide column"), () => acts.choose(toggleColumn(columns, id)), columns.length === 1),
    { kind: "line" },
    ...columnItems(columns, acts),
  ];
}
