import { explainRetry } from "../../arq/explainRetry";
import type { JobDetail } from "../../monitor/model";
import type { SourceView } from "../../protocol/jobMessages";
import type { ConnectionView, ErrorView } from "../../protocol/viewModels";
import { pythonRepr } from "../../python/repr";
import type { PyValue } from "../../python/value";
import { jobTries } from "../jobTries";
import { answerText, clipped, isoTime, named, untrustedNote } from "./toolTexts";

/** Arguments and result as the answer has them: printed, or one sentence why not. */
export type ToldValues =
  | { readonly told: true; readonly detail: Pick<JobDetail, "job" | "result"> }
  | { readonly told: false; readonly why: string };

export interface JobToTell {
  readonly detail: JobDetail;
  readonly connection: ConnectionView | null;
  readonly error: ErrorView | null;
  /** The whole traceback as printed; null without one. Redacted. */
  readonly traceback: string | null;
  /** Around frames of own code, the deepest first. Redacted. */
  readonly source: readonly (SourceView & { readonly function: string })[];
  readonly values: ToldValues;
}

const forgotten = "Told is what ARQ Monitor remembers of this job, as it was seen last; anything else is not known.";

/** What `arq_get_job` answers. */
export function jobAnswer(job: JobToTell, atMost?: number): string {
  const shape = (traceback: number, sources: number, values: number) => () => shaped(job, traceback, sources, values);
  return answerText(
    [shape(12_000, 6, 3000), shape(6000, 4, 1500), shape(3000, 2, 500), shape(1200, 1, 100), shape(500, 0, 0)],
    atMost,
  );
}

function shaped(job: JobToTell, longest: number, sources: number, valueLength: number) {
  const { detail, connection, error, traceback, source, values } = job;
  const { row, result } = detail;
  const release = result?.decoded.ok === true ? result.decoded.release : null;
  const retried = explainRetry(
    row,
    jobTries(detail).map(({ noted }) => noted),
  );
  return {
    note: untrustedNote,
    job: {
      id: clipped(row.id, 1000),
      function: row.function === null ? null : named(row.function),
      queue: row.queue === null ? null : named(row.queue),
      connection: connection === null ? null : { name: connection.name, environment: connection.environment },
      state: row.state,
      tries: row.tries,
      enqueued: isoTime(row.enqueuedAt),
      due: isoTime(row.scheduledAt),
      started: isoTime(row.startedAt),
      finished: isoTime(row.finishedAt),
      waitedMs: row.waitMs,
      ranMs: row.runMs,
      worker: row.worker === null ? null : named(row.worker),
      release: release === null ? null : named(release),
      ...(row.rememberedSince === null ? {} : { forgottenByRedis: forgotten }),
    },
    ...(retried === null ? {} : { retried: clipped(retried, 500) }),
    error: error === null ? null : errorOf(error, longest),
    traceback: traceback === null ? null : clipped(traceback.trimEnd(), longest),
    ...(error?.missing === undefined || error.missing === null ? {} : { noTraceback: error.missing.why }),
    ...(source.length === 0 || sources === 0
      ? {}
      : {
          sourceNow: source.slice(0, sources).map(({ place, function: name, first, lines, line, text }) => ({
            file: clipped(place, 300),
            function: named(name),
            failedLine: line,
            ...(text === "edited" ? { editedSince: true } : {}),
            lines: lines
              .map((each, index) => `${first + index}${first + index === line ? ">" : ":"} ${each}`)
              .join("\n"),
          })),
        }),
    ...valuesOf(values, valueLength),
  };
}

function errorOf(error: ErrorView, longest: number) {
  return {
    type: named(error.type),
    message: clipped(error.message, Math.min(2000, longest)),
    ...(error.notes.length === 0 ? {} : { notes: clipped(error.notes.join("\n"), Math.min(1000, longest)) }),
    ...(error.members.length === 0 ? {} : { members: clipped(error.members.join("\n"), Math.min(1000, longest)) }),
    explanation: clipped(error.explanation, 1000),
    advice: clipped(error.advice, 1000),
    ...(error.tracebackSource === null ? {} : { tracebackFrom: named(error.tracebackSource) }),
  };
}

function valuesOf(values: ToldValues, atMost: number) {
  if (!values.told) return { argumentsLeftOut: values.why };
  const { result, job } = values.detail;
  const print = (value: PyValue): string => clipped(pythonRepr(value, { bytes: atMost + 1000 }), atMost);
  if (result?.decoded.ok === true) {
    const { args, kwargs, success, result: returned } = result.decoded;
    return { args: print(args), kwargs: print(kwargs), ...(success ? { result: print(returned) } : {}) };
  }
  if (job?.decoded.ok === true) return { args: print(job.decoded.args), kwargs: print(job.decoded.kwargs) };
  return { argumentsLeftOut: "Redis no longer holds them, or they cannot be read." };
}
