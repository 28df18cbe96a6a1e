import { l10n, window } from "vscode";
import type { HostParts } from "./parts";

/** Shows which folders of workers are taken for which folders here because of earlier hits, and forgets those that are picked. */
export async function forgetPaths({ frames: { learned } }: HostParts): Promise<void> {
  const pairs = learned.all;
  if (pairs.length === 0) {
    void window.showInformationMessage(l10n.t("No paths were learned in this workspace."));
    return;
  }
  const items = pairs.map((pair) => ({
    label: `${pair.remote === "" ? l10n.t("(paths without a folder)") : pair.remote} → ${pair.local}`,
    picked: true,
    pair,
  }));
  const chosen = await window.showQuickPick(items, {
    canPickMany: true,
    title: l10n.t("Forget learned paths"),
    placeHolder: l10n.t("Where the files of tracebacks were found before"),
  });
  if (chosen !== undefined) await learned.forget(chosen.map(({ pair }) => pair));
}
