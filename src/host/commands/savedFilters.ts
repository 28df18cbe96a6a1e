import { InputBoxValidationSeverity, l10n, type QuickInputButton, type QuickPickItem, ThemeIcon, window } from "vscode";
import type { JobQuery } from "../../monitor/model";
import type { SavedFilter } from "../../protocol/filterMessages";
import { lookAt } from "../../protocol/tabs";
import { describeQuery } from "../filterText";
import { filterNameAtMost } from "../savedFilters";
import { oneLine } from "../views/texts";
import type { HostParts } from "./parts";

/** Names what the tab Jobs shows, or the given query, in the workspace. */
export async function saveFilter(parts: HostParts, query?: JobQuery): Promise<void> {
  const asked = query ?? shownQuery(parts);
  if (asked === null)
    throw new Error(l10n.t("Open the tab Jobs of the dashboard first: what it shows is what is saved."));
  const name = await askName(parts, l10n.t("Save Filter"), oneLine(describeQuery(asked), 60));
  if (name === undefined) return;
  await parts.savedFilters.save(name, asked);
  window.setStatusBarMessage(l10n.t('ARQ: filter "{0}" saved', name), 3000);
}

/** What the tab Jobs shows now; null while the dashboard shows something else. */
export function shownQuery({ dashboard }: Pick<HostParts, "dashboard">): JobQuery | null {
  const { look } = dashboard;
  return dashboard.open && look.tab === "jobs" ? look.intent.query : null;
}

/** Shows the jobs of the filter of this name, or of one that is picked. */
export async function openSavedFilter(parts: HostParts, name?: string): Promise<void> {
  const wanted = name ?? (await pick(parts));
  if (wanted === undefined) return;
  const filter = parts.savedFilters.get(wanted);
  if (filter === null) throw new Error(l10n.t('There is no saved filter "{0}".', wanted));
  parts.dashboard.show(lookAt("jobs", { query: filter.query }));
}

export async function renameSavedFilter(parts: HostParts, name?: string): Promise<void> {
  const wanted = name ?? (await pick(parts));
  if (wanted === undefined) return;
  const other = await askName(parts, l10n.t('Rename Filter "{0}"', wanted), wanted, wanted);
  if (other !== undefined) await parts.savedFilters.rename(wanted, other);
}

/** Not asked about before: it can be had back. */
export async function deleteSavedFilter(parts: HostParts, name?: string): Promise<void> {
  const wanted = name ?? (await pick(parts));
  const filter = wanted === undefined ? null : parts.savedFilters.get(wanted);
  if (filter === null) return;
  await parts.savedFilters.delete(filter.name);
  const undo = l10n.t("Undo");
  // Not waited for: the message may stay for long.
  void window.showInformationMessage(l10n.t('The filter "{0}" was deleted.', filter.name), undo).then((choice) => {
    // Another one may have its name by now.
    if (choice === undo && parts.savedFilters.get(filter.name) === null)
      void parts.savedFilters.save(filter.name, filter.query);
  });
}

async function askName(
  { savedFilters }: HostParts,
  title: string,
  value: string,
  own?: string,
): Promise<string | undefined> {
  const taken = new Set(savedFilters.all.map(({ name }) => name).filter((name) => name !== own));
  const name = await window.showInputBox({
    title,
    prompt: l10n.t("Name of the filter, kept in this workspace"),
    value,
    ignoreFocusOut: true,
    validateInput(text) {
      const written = text.trim();
      if (written === "") return l10n.t("A name is needed.");
      if (written.length > filterNameAtMost) return l10n.t("A name has at most {0} characters.", filterNameAtMost);
      if (!taken.has(written)) return undefined;
      const message = l10n.t("Replaces the filter of this name.");
      return { message, severity: InputBoxValidationSeverity.Warning };
    },
  });
  return name?.trim();
}

type Item = QuickPickItem & { readonly filter: SavedFilter };

/** Each can be renamed or deleted from the list. */
async function pick(parts: HostParts): Promise<string | undefined> {
  const { savedFilters } = parts;
  if (savedFilters.all.length === 0) {
    void window.showInformationMessage(
      l10n.t(
        'No filter is saved in this workspace. Filter jobs in the dashboard, then save that by "ARQ: Save Filter…".',
      ),
    );
    return undefined;
  }
  const rename: QuickInputButton = { iconPath: new ThemeIcon("edit"), tooltip: l10n.t("Rename") };
  const remove: QuickInputButton = { iconPath: new ThemeIcon("trash"), tooltip: l10n.t("Delete") };
  const picker = window.createQuickPick<Item>();
  picker.title = l10n.t("Saved Filters of Jobs");
  picker.placeholder = l10n.t("Filter to show in the dashboard");
  picker.matchOnDescription = true;
  picker.items = savedFilters.all.map((filter) => ({
    // `$(` would be read as an icon.
    label: filter.name.replaceAll("$(", "$ ("),
    description: oneLine(describeQuery(filter.query), 120),
    filter,
    buttons: [rename, remove],
  }));
  try {
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.filter.name));
      picker.onDidHide(() => resolve(undefined));
      picker.onDidTriggerItemButton(({ item, button }) => {
        resolve(undefined);
        const { name } = item.filter;
        void (button === rename ? renameSavedFilter(parts, name) : deleteSavedFilter(parts, name));
      });
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
