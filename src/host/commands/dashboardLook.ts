import { l10n } from "vscode";
import { newestJobs } from "../../protocol/jobQuery";
import { firstIntents, type Look } from "../../protocol/tabs";
import type { DashboardArgument } from "../contributions/commands";

/**
 * What the dashboard is to show for this argument: what it leaves out is as at first. Undefined for none: then the dashboard shows what it did.
 * Unchecked, as it may come from a keybinding or a link; the dashboard checks it.
 */
export function dashboardLook({ tab, intent, filter }: DashboardArgument): Look | undefined {
  if (tab === undefined && intent === undefined && filter === undefined) return undefined;
  if (filter !== undefined && tab !== undefined && tab !== "jobs")
    throw new Error(l10n.t('Only the tab "jobs" takes a filter, and not "{0}".', tab));
  const name = tab ?? (filter === undefined ? "overview" : "jobs");
  if (name !== "jobs") return { tab: name, intent: { ...firstIntents[name], ...intent } } as Look;
  const asked = { ...intent } as Partial<typeof firstIntents.jobs>;
  const query = { ...newestJobs, ...asked.query, ...(typeof filter === "string" ? { text: filter } : filter) };
  // How the list looks is its user's choice, and no link's.
  return { tab: "jobs", intent: { ...firstIntents.jobs, query } };
}
