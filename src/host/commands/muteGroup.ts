import { l10n, window } from "vscode";
import type { HostParts } from "./parts";

/** Errors of this key on the current connection are not heard of any more, or are again. */
export async function muteGroup({ connections, mutedGroups }: HostParts, key: string, muted: boolean): Promise<void> {
  if (connections.active === null) throw new Error(l10n.t("No connection is configured."));
  await mutedGroups.mute(connections.active.name, key, muted);
  window.setStatusBarMessage(muted ? l10n.t("ARQ: error muted in this workspace") : l10n.t("ARQ: error unmuted"), 3000);
}
