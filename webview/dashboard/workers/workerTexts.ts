import type { WorkerCount, WorkerStats } from "../../../src/protocol/viewModels";
import { assertNever } from "../../shared/assertNever";
import { formatCount, formatDuration } from "../../shared/format";
import { t } from "../../shared/l10n";

/** How many, and how that is known: never more certain than the evidence. */
export function countText(count: WorkerCount): { readonly count: string; readonly why: string } {
  switch (count.kind) {
    case "exact":
      return count.n === 0
        ? { count: t("No worker"), why: t("No health record is fresh, and no connection looks like a worker's.") }
        : {
            count: count.n === 1 ? t("1 worker") : t("{0} workers", formatCount(count.n)),
            why: t("Each is known by itself, by a sign of life of its own."),
          };
    case "atLeast":
      return {
        count: count.n === 1 ? t("At least 1 worker") : t("At least {0} workers", formatCount(count.n)),
        why: t("ARQ keeps one health record per queue for all its workers: it does not tell how many write it."),
      };
    case "about":
      return {
        count: count.n === 1 ? t("About 1 worker") : t("About {0} workers", formatCount(count.n)),
        why: t("An estimate from connections that behave as ARQ workers do."),
      };
    case "unknown":
      return { count: t("How many workers is not known"), why: count.reason };
    default:
      return assertNever(count);
  }
}

/** By what rule a worker is called stale. */
export function staleRule({ intervalMs, kind }: WorkerStats, staleAfterMs: number): string {
  const after = formatDuration(staleAfterMs);
  if (kind === "connections") return t("Connections are listed as they are now: when none is left, the line goes.");
  if (intervalMs === null) return t("Stale after {0} without a sign of life (setting arq.workers.staleAfter).", after);
  if (intervalMs < staleAfterMs) {
    return t(
      "Gives a sign of life every {0}: stale after {1} without one (setting arq.workers.staleAfter).",
      formatDuration(intervalMs),
      after,
    );
  }
  return t(
    "Gives a sign of life only every {0} (health_check_interval of ARQ): stale when one is overdue.",
    formatDuration(intervalMs),
  );
}

/** `release 2026.11.3 · ARQ 0.28.0 · Python 3.11.7`, as far as it is known. */
export function versionsText({ release, arq, python }: WorkerStats): string {
  return [
    release === null ? "" : t("release {0}", release),
    arq === null ? "" : `ARQ ${arq}`,
    python === null ? "" : `Python ${python}`,
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
