import { l10n } from "vscode";
import { assertNever } from "../../python/assertNever";
import type { ToolName } from "./toolDefinitions";

/** What is shown while a tool runs. */
export function toolProgress(name: ToolName): string {
  switch (name) {
    case "arq_list_queues":
      return l10n.t("Reading the ARQ queues");
    case "arq_list_failed_groups":
      return l10n.t("Reading failed ARQ jobs");
    case "arq_get_job":
      return l10n.t("Reading an ARQ job");
    default:
      return assertNever(name);
  }
}
