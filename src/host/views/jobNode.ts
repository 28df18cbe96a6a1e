import { l10n } from "vscode";
import { describeOrphanEvidence, describeState } from "../../arq/explain";
import { adviseFailure, explainFailure } from "../../arq/explainFailure";
import { quoteValue } from "../../monitor/jobFilter";
import type { JobRow } from "../../monitor/model";
import { assertNever } from "../../python/assertNever";
import { itemContexts } from "../contributions/views";
import { stateIcons } from "./stateIcons";
import { stateName } from "./stateName";
import { calmAge, coarseAge, dateTime, duration, oneLine } from "./texts";
import { idStep, type ViewNode } from "./viewNode";

/** A job under `parent`. Shows no arguments: those are for the job panel, which can hide them. */
export function jobNode(parent: string, row: JobRow, now: number): ViewNode {
  const name = functionName(row);
  const what = summary(row, now);
  const forgotten = row.rememberedSince === null ? [] : [l10n.t("forgotten by Redis")];
  const id = oneLine(row.id, 60);
  const state = stateName(row.state);
  return {
    id: `${parent}/job/${idStep(row.id)}`,
    label: name,
    description: [what, ...forgotten, id].join(" · "),
    tooltip: tooltip(row),
    icon: stateIcons[row.state],
    context: row.error === null ? itemContexts.job : itemContexts.failedJob,
    command: { id: "arq.openJob", title: l10n.t("Open Job"), arguments: [row.id] },
    spoken: [name, ...(what.startsWith(state) ? [] : [state]), what, ...forgotten, l10n.t("job {0}", id)].join(", "),
    jobId: row.id,
    dashboard: { tab: "jobs", filter: `id:${quoteValue(row.id)}` },
    ...(row.error === null ? {} : { errorText: errorText(row.error) }),
  };
}

export function functionName({ function: name }: Pick<JobRow, "function">): string {
  return name === null ? l10n.t("unknown function") : oneLine(name);
}

export function errorText(error: { readonly type: string; readonly message: string }): string {
  return error.message === "" ? error.type : `${error.type}: ${error.message}`;
}

/** `running 25 s, try 2`. */
function summary(row: JobRow, now: number): string {
  const what = stateText(row, now);
  return row.tries !== null && row.tries > 1 ? l10n.t("{0}, try {1}", what, row.tries) : what;
}

function stateText(row: JobRow, now: number): string {
  const state = stateName(row.state);
  const since = (at: number | null): string => (at === null ? state : l10n.t("{0} {1}", state, calmAge(now - at)));
  switch (row.state) {
    case "running":
    case "orphaned":
      return since(row.startedAt);
    case "queued":
    case "expired":
      return since(row.scheduledAt ?? row.enqueuedAt);
    case "deferred":
    case "retrying":
      if (row.scheduledAt === null || row.scheduledAt <= now) return state;
      // The icon tells deferred from retrying; a narrow side bar has room for the time only.
      return l10n.t("due in {0}", coarseAge(row.scheduledAt - now));
    case "complete":
    case "failed":
    case "aborted":
    case "finished": {
      // ARQ stores a success whose value it cannot serialize as a failure, too.
      const lost = row.error?.kind === "resultLost";
      if (row.finishedAt === null) return lost ? l10n.t("ran, result lost") : state;
      const age = coarseAge(now - row.finishedAt);
      return lost ? l10n.t("ran, result lost, {0} ago", age) : l10n.t("{0} {1} ago", state, age);
    }
    case "unknown":
      return state;
    default:
      return assertNever(row.state);
  }
}

/** Facts only, no ages: a tooltip that ticks would redraw the row. */
function tooltip(row: JobRow): string {
  const lines = [
    `${functionName(row)} (${row.id})`,
    // The sentence at the time of the state, not of now, so that it does not tick either.
    ...(row.finishedAt === null ? [] : [describeState(row, row.finishedAt)]),
    ...(row.rememberedSince === null
      ? []
      : [l10n.t("Redis has forgotten this job; shown as last seen. Noticed: {0}", dateTime(row.rememberedSince))]),
    ...(row.orphanEvidence === null
      ? []
      : [l10n.t("Its worker seems to be gone: {0}", describeOrphanEvidence(row) ?? "")]),
    ...(row.queue === null ? [] : [l10n.t("Queue: {0}", row.queue)]),
    ...(row.tries === null ? [] : [l10n.t("Tries: {0}", row.tries)]),
    ...(row.enqueuedAt === null ? [] : [l10n.t("Enqueued: {0}", dateTime(row.enqueuedAt))]),
    ...(row.scheduledAt === null ? [] : [l10n.t("Due: {0}", dateTime(row.scheduledAt))]),
    ...(row.startedAt === null ? [] : [l10n.t("Started: {0}", dateTime(row.startedAt))]),
    ...(row.finishedAt === null ? [] : [l10n.t("Finished: {0}", dateTime(row.finishedAt))]),
    ...(row.claimEndsAt === null ? [] : [l10n.t("Not given to another worker before: {0}", dateTime(row.claimEndsAt))]),
    ...(row.waitMs === null ? [] : [l10n.t("Waited: {0}", duration(row.waitMs))]),
    ...(row.runMs === null || row.finishedAt === null ? [] : [l10n.t("Ran: {0}", duration(row.runMs))]),
    ...(row.worker === null ? [] : [l10n.t("Worker: {0}", row.worker)]),
    ...(row.error === null
      ? []
      : [l10n.t("Error: {0}", errorText(row.error).slice(0, 1000)), ...explained(row, row.error)]),
    ...(row.undecodable === null ? [] : [l10n.t("Not readable: {0}", row.undecodable)]),
  ];
  return lines.join("\n");
}

function explained(row: JobRow, error: NonNullable<JobRow["error"]>): string[] {
  const facts = { ...row, hasTraceback: error.hasTraceback, codec: null };
  return [explainFailure(error, facts), adviseFailure(error, facts)];
}
