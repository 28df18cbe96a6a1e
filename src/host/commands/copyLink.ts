import { env, l10n, window } from "vscode";
import type { JobArgument } from "../contributions/commands";
import { dashboardLink, jobLink } from "../links";
import type { HostParts } from "./parts";

/** Puts a link to the given job on the clipboard, or to the one whose panel is in front. */
export async function copyJobLink(parts: HostParts, job?: JobArgument): Promise<void> {
  const id = job?.jobId ?? parts.jobs.active;
  if (id === null) throw new Error(l10n.t("Open a job first."));
  await copy(jobLink(base(parts), id, connectionName(parts)));
}

/** Puts a link to what the dashboard shows, its filter included, on the clipboard. */
export async function copyDashboardLink(parts: HostParts): Promise<void> {
  await copy(dashboardLink(base(parts), parts.dashboard.look, connectionName(parts)));
}

async function copy(link: string): Promise<void> {
  await env.clipboard.writeText(link);
  window.setStatusBarMessage(l10n.t("ARQ: link copied"), 3000);
}

/** Of this kind of VS Code: `vscode://arq-monitor.arq-monitor`. */
function base({ context }: HostParts): string {
  return `${env.uriScheme}://${context.extension.id}`;
}

function connectionName({ connections }: HostParts): string {
  if (connections.active === null) throw new Error(l10n.t("No connection is configured."));
  return connections.active.name;
}
