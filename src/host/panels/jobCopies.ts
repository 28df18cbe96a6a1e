import { env, l10n } from "vscode";
import { tracebackRemedies } from "../../arq/explain";
import { mask } from "../../arq/secretTokens";
import { assertNever } from "../../python/assertNever";
import { jsonText } from "../../python/jsonText";
import { type JobCall, pythonCall, reenqueueSnippet, type WrittenCall } from "../../python/pythonCall";
import { pythonRepr } from "../../python/repr";
import type { PyValue } from "../../python/value";
import type { JobCopy, JobRequests } from "../../protocol/jobMessages";
import type { ValueRoot } from "../../protocol/viewModels";
import { incidentSummary } from "../incidentSummary";
import { jobLink } from "../links";
import { storedError } from "../storedError";
import { errorText } from "../views/jobNode";
import type { OpenedJob } from "./jobHandlers";
import { payloadValue, payloadView } from "./jobView";
import { valueAt } from "./valueNodes";

/** Longer values are cut, and say so. */
const copiedAtMost = 20_000_000;

/** The text of what the page offers to copy. Throws, in words for people, where there is none. */
export function copyText(job: OpenedJob, what: JobCopy, index: number): string {
  const error = job.detail === null ? null : storedError(job.detail);
  switch (what) {
    case "id":
      return job.id;
    case "error":
      return error === null ? quotedError(job) : [errorText(error), ...error.notes].join("\n");
    case "traceback":
      return job.traceback?.text ?? "";
    case "remedy": {
      const remedy = error === null ? undefined : tracebackRemedies(error).remedies[index];
      if (remedy === undefined) throw new Error(l10n.t("There is no such advice."));
      return remedy.snippet ?? remedy.detail;
    }
    case "call":
      return textOf(pythonCall(callOf(job), mask));
    case "snippet":
      return textOf(reenqueueSnippet({ ...callOf(job), queue: job.known.row.queue }, job.keys.defaultQueue, mask));
    case "incident":
      return incident(job);
    default:
      return assertNever(what);
  }
}

/** A value, or a part of it. */
export function copiedValue(job: OpenedJob, { root, path, as }: JobRequests["copyValue"]["params"]): string {
  const value = valueAt(shownValue(job, root), path);
  if (as === "python") return pythonRepr(value, { bytes: copiedAtMost, items: Infinity });
  const text = jsonText(value);
  if (text === null) throw new Error(l10n.t("This is more than 10 MB as JSON."));
  return text;
}

/** Only what the page was allowed to show can be opened further or copied. */
export function shownValue(job: OpenedJob, root: ValueRoot): PyValue {
  const { state } = payloadView({ detail: job.known, hiddenBy: job.hiddenBy, opened: job.opened }, root);
  if (state === "hidden" || state === "large") throw new Error(l10n.t("Show the value first."));
  return payloadValue(job.known, root);
}

function callOf(job: OpenedJob): JobCall {
  const { result, job: payload } = job.known;
  if (job.hiddenBy !== null && !(job.opened.has("args") && job.opened.has("kwargs")))
    throw new Error(l10n.t("The arguments are hidden. Show the arguments and the keyword arguments first."));
  for (const read of [result, payload]) if (read?.decoded.ok) return read.decoded;
  throw new Error(l10n.t("The arguments of this job cannot be read."));
}

function textOf(written: WrittenCall): string {
  if (!written.ok) throw new Error(written.message);
  return written.text;
}

/** Of a failure that the values of the job tell of. */
function quotedError(job: OpenedJob): string {
  const { error } = job.view();
  return error === null ? "" : errorText(error);
}

function incident(job: OpenedJob): string {
  const view = job.view();
  const connection = job.parts.session.connection?.name;
  const base = `${env.uriScheme}://${job.parts.context.extension.id}`;
  return incidentSummary({
    row: view.row,
    connection: view.connection,
    release: view.release,
    error: view.error,
    traceback: job.traceback?.text ?? null,
    links: [
      ...job.links(),
      ...(connection === undefined
        ? []
        : [{ label: l10n.t("Open in VS Code"), url: jobLink(base, job.id, connection) }]),
    ],
  });
}
