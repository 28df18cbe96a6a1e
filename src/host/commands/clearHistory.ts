import { l10n, window } from "vscode";
import { removeScratch } from "../../files/scratchFiles";
import { scratchFolder } from "../debug/scratchFolder";
import type { HostParts } from "./parts";

/** Removes what was kept on this machine, after a question; nothing in Redis changes. */
export async function clearHistory({ context, session, histories, errorNews }: HostParts): Promise<void> {
  const { connection } = session;
  const clear = l10n.t("Clear");
  const clearAll = l10n.t("Clear of All Connections");
  const question =
    connection === null
      ? l10n.t("Clear the history of all connections?")
      : l10n.t("Clear the history of {0} ({1})?", connection.name, connection.address);
  const detail = l10n.t(
    "Counts of past days and remembered failed jobs are removed from this machine, with the scripts that debugged jobs of this workspace, and rates begin anew. Nothing in Redis changes. This cannot be undone.",
  );
  const choices = connection === null ? [clearAll] : [clear, clearAll];
  const choice = await window.showWarningMessage(question, { modal: true, detail }, ...choices);
  if (choice === undefined) return;
  await removeScratch(scratchFolder(context));
  // Who watches clears by Redis' clock, and what is in memory, too.
  const watched = session.monitor?.history.status.state === "on" ? connection : null;
  await session.monitor?.history.clear();
  if (choice === clearAll) await histories.clearAll(watched);
  else if (connection !== null && watched === null) await histories.clear(connection);
  session.announceCleared();
  await errorNews.forget(choice === clearAll ? null : (connection?.name ?? null));
  await histories.forgetTold();
  window.setStatusBarMessage(l10n.t("ARQ: the history was cleared."), 5000);
}
