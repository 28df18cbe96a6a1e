import { l10n, window } from "vscode";
import type { HostParts } from "./parts";

/** Makes another configured connection the active one. */
export async function switchConnection({ connections }: HostParts, name?: string): Promise<void> {
  const wanted = name ?? (await pick(connections));
  if (wanted === undefined) return;
  if (!connections.all.some((connection) => connection.name === wanted)) {
    throw new Error(l10n.t('arq.connections has no connection named "{0}".', wanted));
  }
  await connections.activate(wanted);
}

async function pick({ all, active }: HostParts["connections"]): Promise<string | undefined> {
  const items = all.map(({ name, environment, address, problem }) => ({
    label: name,
    description: [name === active?.name ? l10n.t("active") : "", environment ?? ""]
      .filter((part) => part !== "")
      .join(" · "),
    detail: problem?.message ?? address,
  }));
  return (await window.showQuickPick(items, { title: l10n.t("Switch ARQ Connection"), matchOnDetail: true }))?.label;
}
