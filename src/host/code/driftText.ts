import { l10n } from "vscode";
import type { Misfit } from "../../python/tasks/callFit";
import { assertNever } from "../../python/assertNever";
import { dateTime, oneLine, plural } from "../views/texts";
import type { Drift } from "./drift";

/** One line, and what there is to say beside it. Plain text: it holds names from Redis. */
export interface DriftText {
  readonly label: string;
  readonly detail: string;
}

export function driftText(drift: Drift): DriftText {
  switch (drift.kind) {
    case "undefined": {
      const { name, jobs, near, isUnsure } = drift;
      return {
        label: l10n.t("{0}: not found in this workspace", oneLine(name, 80)),
        detail: [
          plural(jobs, l10n.t("1 job calls it."), l10n.t("{0} jobs call it.", jobs)),
          ...(near === null ? [] : [l10n.t("There is {0}.", near.qualname)]),
          ...(isUnsure
            ? [l10n.t("A part of the worker's functions cannot be read without running it: it may be among those.")]
            : []),
        ].join(" "),
      };
    }
    case "notRegistered": {
      const { name, jobs, queue, settings } = drift;
      return {
        label: l10n.t("{0}: not given to the workers of this queue", oneLine(name, 80)),
        detail: [
          plural(jobs, l10n.t("1 job calls it."), l10n.t("{0} jobs call it.", jobs)),
          l10n.t("{0}, which reads {1}, does not name it.", settings.name, oneLine(queue, 60)),
        ].join(" "),
      };
    }
    case "arguments": {
      const { name, jobs, sampled, misfits } = drift;
      return {
        label: l10n.t("{0}: arguments that no longer fit", oneLine(name, 80)),
        detail: l10n.t(
          "{0} of {1} waiting jobs that were looked at: {2}",
          jobs,
          sampled,
          misfits.map(misfitText).join(" "),
        ),
      };
    }
    case "neverRun":
      return {
        label: l10n.t("{0}: no job of it is known", oneLine(drift.name, 80)),
        detail: l10n.t(
          "{0} names it. Redis forgets jobs after a while, so it may have run before.",
          drift.registration.settings.name,
        ),
      };
    case "cronUnseen":
      return {
        label: l10n.t("{0}: no run was seen", oneLine(drift.name, 80)),
        detail: l10n.t("It was due {0}, by the schedule in the source.", dateTime(drift.dueAt)),
      };
    case "queueUnseen":
      return {
        label: l10n.t("{0}: nothing of it is in this Redis", oneLine(drift.queue, 80)),
        detail: l10n.t("{0} reads it. ARQ leaves no trace of a queue that is empty.", drift.settings.name),
      };
    default:
      return assertNever(drift);
  }
}

/** Why Python refuses such a call, as a sentence. */
export function misfitText(misfit: Misfit): string {
  switch (misfit.kind) {
    case "missing":
      return plural(
        misfit.names.length,
        l10n.t("{0} is missing.", names(misfit.names)),
        l10n.t("{0} are missing.", names(misfit.names)),
      );
    case "tooMany":
      return misfit.atMost === 0
        ? l10n.t("It takes no arguments by position, and {0} are given.", misfit.given)
        : plural(
            misfit.atMost,
            l10n.t("It takes at most 1 argument by position, and {0} are given.", misfit.given),
            l10n.t("It takes at most {0} arguments by position, and {1} are given.", misfit.atMost, misfit.given),
          );
    case "unknownKeyword":
      return l10n.t("It has no parameter {0}.", names(misfit.names));
    case "twice":
      return l10n.t("{0} is given by position and by name.", names(misfit.names));
    default:
      return assertNever(misfit);
  }
}

/** What the row of one queue is headed by; "in this workspace" stands beside it. */
export function driftHeading(drifts: readonly Drift[]): string {
  const n = drifts.length;
  if (drifts.every(({ kind }) => kind === "undefined"))
    return plural(n, l10n.t("1 name without a function"), l10n.t("{0} names without a function", n));
  if (drifts.every(({ kind }) => kind === "neverRun"))
    return plural(
      n,
      l10n.t("1 function of which no job is known"),
      l10n.t("{0} functions of which no job is known", n),
    );
  return plural(n, l10n.t("1 difference from the code"), l10n.t("{0} differences from the code", n));
}

function names(all: readonly string[]): string {
  return oneLine(all.join(", "), 120);
}
