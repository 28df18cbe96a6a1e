import { l10n, window } from "vscode";
import type { GroupArgument } from "../contributions/commands";
import type { HostParts } from "./parts";

/** Errors of this key are not heard of any more on the connection that is named, else on the current one; or are again. */
export async function muteGroup(
  { connections, mutedGroups }: Pick<HostParts, "connections" | "mutedGroups">,
  { groupKey, connection = connections.active?.name }: GroupArgument,
  muted: boolean,
): Promise<void> {
  if (connection === undefined) throw new Error(l10n.t("No connection is configured."));
  await mutedGroups.mute(connection, groupKey, muted);
  window.setStatusBarMessage(muted ? l10n.t("ARQ: error muted in this workspace") : l10n.t("ARQ: error unmuted"), 3000);
}
