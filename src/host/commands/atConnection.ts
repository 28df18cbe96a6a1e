import { commands, l10n, window } from "vscode";
import type { HostParts } from "./parts";

/**
 * Whether what was asked for can be shown: it is of the current connection, or names none, or the user switches to the one it names. Tells when it
 * cannot. A name that is not configured leads nowhere.
 */
export async function atConnection({ connections }: Pick<HostParts, "connections">, name?: string): Promise<boolean> {
  const current = connections.active?.name;
  if (name === undefined || name === current) return true;
  if (!connections.all.some((connection) => connection.name === name)) {
    const known = connections.all.map((connection) => connection.name).join(", ");
    const detail =
      known === ""
        ? l10n.t("No connection is configured here. A link names a connection and holds no address, so add it first.")
        : l10n.t("Configured here: {0}. A link names a connection and holds no address, so add it first.", known);
    const settings = l10n.t("Open Settings");
    const message = l10n.t('This is of the connection "{0}", which is not configured here.', name);
    // Modal: a notification takes no keys, and is not seen at all while they are silenced.
    if ((await window.showWarningMessage(message, { modal: true, detail }, settings)) === settings)
      await commands.executeCommand("workbench.action.openSettings", "arq.connections");
    return false;
  }
  const doSwitch = l10n.t("Switch to {0}", name);
  const message = l10n.t('This is of the connection "{0}". The current one is "{1}".', name, current ?? "");
  const detail = l10n.t("The same id or queue may mean something else there.");
  if ((await window.showWarningMessage(message, { modal: true, detail }, doSwitch)) !== doSwitch) return false;
  await connections.activate(name);
  return true;
}
