import { describeOrphanEvidence, describeState } from "../../arq/explain";
import { adviseFailure, explainFailure } from "../../arq/explainFailure";
import type { JobRow } from "../../monitor/model";
import { assertNever } from "../../python/assertNever";
import { itemContexts } from "../contributions/views";
import { stateIcons } from "./stateIcons";
import { calmAge, coarseAge, dateTime, duration, oneLine } from "./texts";
import { idStep, type ViewNode } from "./viewNode";

/** A job under `parent`. Shows no arguments: those are for the job panel, which can hide them. */
export function jobNode(parent: string, row: JobRow, now: number): ViewNode {
  const name = oneLine(row.function ?? "unknown function");
  const what = summary(row, now);
  const failed = row.error !== null;
  return {
    id: `${parent}/job/${idStep(row.id)}`,
    label: name,
    description: [what, ...(row.rememberedSince === null ? [] : ["forgotten by Redis"]), oneLine(row.id, 60)].join(
      " · ",
    ),
    tooltip: tooltip(row),
    icon: stateIcons[row.state],
    context: failed ? itemContexts.failedJob : itemContexts.job,
    command: { id: "arq.openJob", title: "Open Job", arguments: [row.id] },
    spoken: `${name}, ${what.startsWith(row.state) ? what : `${row.state}, ${what}`}${row.rememberedSince === null ? "" : ", forgotten by Redis"}, job ${oneLine(row.id, 60)}`,
    jobId: row.id,
    ...(row.error === null ? {} : { errorText: errorText(row.error) }),
  };
}

export function errorText(error: { readonly type: string; readonly message: string }): string {
  return error.message === "" ? error.type : `${error.type}: ${error.message}`;
}

function summary(row: JobRow, now: number): string {
  const tries = row.tries !== null && row.tries > 1 ? `, try ${row.tries}` : "";
  const since = (at: number | null): string => (at === null ? "" : ` ${calmAge(now - at)}`);
  switch (row.state) {
    case "running":
    case "orphaned":
      return `${row.state}${since(row.startedAt)}${tries}`;
    case "queued":
    case "expired":
      return `${row.state}${since(row.scheduledAt ?? row.enqueuedAt)}${tries}`;
    case "deferred":
    case "retrying":
      if (row.scheduledAt === null || row.scheduledAt <= now) return `${row.state}${tries}`;
      // The icon tells deferred from retrying; a narrow side bar has room for the time only.
      return `due in ${coarseAge(row.scheduledAt - now)}${tries}`;
    case "complete":
    case "failed":
    case "aborted":
    case "finished": {
      // ARQ stores a success whose value it cannot serialize as a failure, too.
      const how = row.error?.kind === "resultLost" ? "ran, result lost," : row.state;
      return row.finishedAt === null ? `${how}${tries}` : `${how} ${coarseAge(now - row.finishedAt)} ago${tries}`;
    }
    case "unknown":
      return `unknown${tries}`;
    default:
      return assertNever(row.state);
  }
}

/** Facts only, no ages: a tooltip that ticks would redraw the row. */
function tooltip(row: JobRow): string {
  const lines = [
    `${oneLine(row.function ?? "unknown function")} (${row.id})`,
    // The sentence at the time of the state, not of now, so that it does not tick either.
    ...(row.finishedAt === null ? [] : [describeState(row, row.finishedAt)]),
    ...(row.rememberedSince === null
      ? []
      : [`Redis has forgotten this job; shown as last seen. Noticed: ${dateTime(row.rememberedSince)}`]),
    ...(row.orphanEvidence === null ? [] : [`Its worker seems to be gone: ${describeOrphanEvidence(row)}`]),
    ...(row.queue === null ? [] : [`Queue: ${row.queue}`]),
    ...(row.tries === null ? [] : [`Tries: ${row.tries}`]),
    ...time("Enqueued", row.enqueuedAt),
    ...time("Due", row.scheduledAt),
    ...time("Started", row.startedAt),
    ...time("Finished", row.finishedAt),
    ...time("Not given to another worker before", row.claimEndsAt),
    ...(row.waitMs === null ? [] : [`Waited: ${duration(row.waitMs)}`]),
    ...(row.runMs === null || row.finishedAt === null ? [] : [`Ran: ${duration(row.runMs)}`]),
    ...(row.worker === null ? [] : [`Worker: ${row.worker}`]),
    ...(row.error === null ? [] : [`Error: ${errorText(row.error).slice(0, 1000)}`, ...explained(row, row.error)]),
    ...(row.undecodable === null ? [] : [`Not readable: ${row.undecodable}`]),
  ];
  return lines.join("\n");
}

function time(label: string, at: number | null): string[] {
  return at === null ? [] : [`${label}: ${dateTime(at)}`];
}

function explained(row: JobRow, error: NonNullable<JobRow["error"]>): string[] {
  const facts = { ...row, hasTraceback: error.hasTraceback, codec: null };
  return [explainFailure(error, facts), adviseFailure(error, facts)];
}
