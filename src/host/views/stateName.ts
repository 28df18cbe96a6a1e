import { l10n } from "vscode";
import type { JobState } from "../../arq/jobModel";
import { assertNever } from "../../python/assertNever";

/** The state as people read it. */
export function stateName(state: JobState): string {
  switch (state) {
    case "queued":
      return l10n.t("queued");
    case "deferred":
      return l10n.t("deferred");
    case "running":
      return l10n.t("running");
    case "retrying":
      return l10n.t("retrying");
    case "orphaned":
      return l10n.t("orphaned");
    case "expired":
      return l10n.t("expired");
    case "complete":
      return l10n.t("complete");
    case "failed":
      return l10n.t("failed");
    case "aborted":
      return l10n.t("aborted");
    case "finished":
      return l10n.t("finished");
    case "unknown":
      return l10n.t("unknown");
    default:
      return assertNever(state);
  }
}
