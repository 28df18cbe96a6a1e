import { l10n } from "vscode";
import { tracebackRemedies } from "../../arq/explain";
import { explainRetry } from "../../arq/explainRetry";
import { adviseFailure, explainFailure, type FailedJobFacts } from "../../arq/explainFailure";
import type { DecodedJob, DecodedResult, DecodeFailure, JobError, JobState } from "../../arq/jobModel";
import type { ArqKeys } from "../../arq/keys";
import type { JobDetail } from "../../monitor/model";
import type { CodeNote } from "../../protocol/codeViews";
import type {
  PayloadView,
  ConnectionView,
  ErrorView,
  FrameView,
  JobView,
  TracebackView,
  TryView,
  ValueRoot,
} from "../../protocol/viewModels";
import { assertNever } from "../../python/assertNever";
import { isOwnFrame } from "../../python/frames";
import { pythonRepr } from "../../python/repr";
import type { Frame } from "../../python/traceback";
import type { TaskCode } from "../../python/tasks/taskCode";
import type { PyValue } from "../../python/value";
import { framesOf } from "../failureStack";
import { adviceNotes, functionNotes, limitsView } from "../code/codeViews";
import { registeredFor } from "../code/taskLimits";
import { jobTries } from "../jobTries";
import { storedError } from "../storedError";
import type { FoundTraceback } from "../tracebacks";
import type { HiddenBy } from "../valuePrivacy";
import { rootNodes } from "./valueNodes";

/** Values that print longer than this wait behind a click. */
const largeLength = 100_000;

/** Everything a job's page is drawn from. */
export interface JobViewInput {
  readonly connection: ConnectionView;
  readonly detail: JobDetail;
  readonly traceback: FoundTraceback | null;
  /** Why values stay behind a click, besides those in `opened`; null where they are shown. */
  readonly hiddenBy: HiddenBy | null;
  readonly opened: ReadonlySet<ValueRoot>;
  /** Redis' clock now, unix ms. */
  readonly now: number;
  readonly live: boolean;
  readonly keys: ArqKeys;
  /** What of this window cannot be read, for people: `unreadOutputs`. */
  readonly unread?: readonly string[];
  /** Labels of the links out of `arq.links`. */
  readonly links: readonly string[];
  readonly watched: boolean;
  /** The setting `arq.source.commit`; left out or "" where it names none. */
  readonly commit?: string;
  /** What the open folders say; left out or null where they are not read yet. */
  readonly code?: TaskCode | null;
}

export function jobView(input: JobViewInput): Extract<JobView, { kind: "job" }> {
  const { connection, detail, now, live } = input;
  const { facts } = detail;
  const ttl = facts.result?.ttl ?? -1;
  const release = detail.result?.decoded.ok ? detail.result.decoded.release : null;
  const payloadTtl = facts.job?.ttl ?? -1;
  return {
    kind: "job",
    connection,
    row: detail.row,
    at: now,
    abortRequestedAt: facts.abortRequestedAt,
    forgottenAt: ttl < 0 ? null : facts.readAt + ttl,
    payloadExpiresAt: payloadTtl < 0 ? null : facts.readAt + payloadTtl,
    release,
    deployedAs: release ?? (input.commit || null),
    keys: heldKeys(input),
    args: payloadView(input, "args"),
    kwargs: payloadView(input, "kwargs"),
    result: payloadView(input, "result"),
    error: errorView(input),
    retried: explainRetry(
      detail.row,
      jobTries(detail).map(({ noted }) => noted),
    ),
    limits: limitsView(input.code ?? null, detail.row.function, detail.row.queue),
    notes: jobNotes(input),
    tries: triesView(input),
    links: input.links,
    watched: input.watched,
    valuesHidden: input.hiddenBy === "switch",
    live,
  };
}

/** Of the workers of its queue, where these are seen to be given its function. */
function jobNotes({ code, detail: { row } }: JobViewInput): readonly CodeNote[] {
  if (!code || row.function === null || registeredFor(code, row.function, row.queue).length === 0) return [];
  return [...functionNotes(code, row.function, row.queue), ...adviceNotes(code, row.queue)];
}

/** One payload as the page shows it, under the rules of privacy and size. */
export function payloadView(input: Pick<JobViewInput, "detail" | "hiddenBy" | "opened">, root: ValueRoot): PayloadView {
  const { detail, hiddenBy, opened } = input;
  const found = findValue(detail, root);
  if (found.state !== "found") return found;
  const { value, codec, size: payloadSize } = found;
  const printed = pythonRepr(value, { bytes: largeLength + 1 }).length;
  const large = printed > largeLength;
  // A printed text that was cut says nothing of the size; then the whole stored payload is the measure.
  const size = large ? payloadSize : Math.min(printed, payloadSize);
  if (!opened.has(root)) {
    if (hiddenBy !== null) return { state: "hidden", by: hiddenBy, size };
    if (large) return { state: "large", size };
  }
  return { state: "shown", size, codec, ...rootNodes(value) };
}

/** The redacted value behind a payload. Throws, saying why, when there is none. */
export function payloadValue(detail: JobDetail, root: ValueRoot): PyValue {
  const found = findValue(detail, root);
  if (found.state === "found") return found.value;
  throw new Error(found.state === "absent" ? found.why : found.message);
}

type Found =
  | { readonly state: "found"; readonly value: PyValue; readonly codec: string; readonly size: number }
  | Extract<PayloadView, { state: "absent" | "undecodable" }>;

/** Arguments stand in the result too, and only there once the job has ended. */
function findValue({ row, job, result }: JobDetail, root: ValueRoot): Found {
  if (root === "result") {
    if (result === null) return { state: "absent", why: whyNoResult(row.state) };
    if (!result.decoded.ok) return undecodable(result.decoded, result.size);
    // An exception is worth opening: its arguments and attributes stand nowhere else.
    if (!result.decoded.success && result.decoded.result.kind !== "call")
      return {
        state: "absent",
        why: row.state === "aborted" ? l10n.t("It was aborted.") : l10n.t("It failed: see the error."),
      };
    return found(result.decoded, result.decoded.result, result.size);
  }
  for (const payload of [result, job]) {
    if (payload?.decoded.ok) return found(payload.decoded, payload.decoded[root], payload.size);
  }
  const broken = result ?? job;
  if (broken === null || broken.decoded.ok)
    return { state: "absent", why: l10n.t("Redis no longer holds its payload.") };
  return undecodable(broken.decoded, broken.size);
}

function undecodable({ reason, message }: DecodeFailure, size: number): Extract<Found, { state: "undecodable" }> {
  return { state: "undecodable", reason, message, size };
}

function heldKeys({ detail: { facts, tries }, keys }: JobViewInput): string[] {
  const { id } = facts;
  return [
    ...(facts.job === null ? [] : [keys.job(id)]),
    ...(facts.inProgressTtl === null ? [] : [keys.inProgress(id)]),
    ...(facts.retry === null ? [] : [keys.retry(id)]),
    ...(facts.result === null ? [] : [keys.result(id)]),
    ...(tries.length === 0 ? [] : [keys.tries(id)]),
  ];
}

function found(decoded: DecodedJob | DecodedResult, value: PyValue, size: number): Found {
  return { state: "found", value, codec: decoded.codec.join(", "), size };
}

function whyNoResult(state: JobState): string {
  switch (state) {
    case "queued":
    case "deferred":
    case "expired":
      return l10n.t("It has not run.");
    case "running":
    case "retrying":
    case "orphaned":
      return l10n.t("It has not finished.");
    case "complete":
    case "failed":
    case "aborted":
    case "finished":
      return l10n.t("ARQ keeps no result of it, or Redis has forgotten it.");
    case "unknown":
      return l10n.t("Redis holds no result of it.");
    default:
      return assertNever(state);
  }
}

/** Null where it did not fail, and quotes no failure either. */
export function errorView({
  detail,
  traceback,
  unread = [],
}: Pick<JobViewInput, "detail" | "traceback" | "unread">): ErrorView | null {
  const { row } = detail;
  const error: JobError | null =
    storedError(detail) ??
    (row.error === null ? null : { ...row.error, notes: [], members: [], traceback: null, tracebackSource: null });
  if (error === null) return traceback?.quoted ? quotedView(traceback) : null;
  const { result } = detail;
  const facts: FailedJobFacts = {
    ...row,
    hasTraceback: error.traceback !== null,
    codec: result?.decoded.ok ? result.decoded.codec : null,
  };
  return {
    type: error.type,
    message: error.message,
    notes: error.notes,
    members: error.members,
    explanation: explainFailure(error, facts),
    advice: adviseFailure(error, facts),
    tracebacks: traceback?.chain.map(tracebackView) ?? [],
    tracebackSource: traceback?.source ?? null,
    tracebackLogged: traceback?.place?.kind === "file",
    missing: traceback === null || traceback.quoted ? { ...tracebackRemedies(error), unread } : null,
  };
}

/** A failure that the values of a job tell of, which did not fail itself. */
function quotedView({ chain, source }: FoundTraceback): ErrorView {
  const { type = "", message = "" } = chain.at(-1)?.traceback ?? {};
  return {
    type,
    message,
    notes: [],
    members: [],
    explanation: l10n.t("The job itself did not fail: this traceback stands {0}.", source),
    advice: "",
    tracebacks: chain.map(tracebackView),
    tracebackSource: source,
    tracebackLogged: false,
    missing: null,
  };
}

/** None where the only one is the failure that is shown anyway. */
function triesView({ detail, traceback }: JobViewInput): TryView[] {
  const stored = storedError(detail);
  const drawn = jobTries(detail).map(({ noted, traceback: own }): TryView => {
    const { traceback: _text, ...what } = noted;
    const isLast = noted.try === detail.row.tries && noted.outcome !== "retry";
    const shown = own !== null && (own.source === traceback?.source || (isLast && Boolean(stored?.traceback)));
    return { ...what, shown, tracebacks: shown ? [] : (own?.chain.map(tracebackView) ?? []) };
  });
  return drawn.length === 1 && drawn[0]?.shown === true ? [] : drawn;
}

function tracebackView({ heading, traceback }: FoundTraceback["chain"][number]): TracebackView {
  const { type, message, notes } = traceback;
  return { heading, frames: framesOf(traceback).map(frameView), type, message, notes };
}

function frameView(frame: Frame, index: number): FrameView {
  return { ...frame, index, own: isOwnFrame(frame.file) };
}
