import type { Redactor } from "../arq/redact";
import { mask } from "../arq/secretTokens";
import type { DecodeFailure, JobFacts, JobSummary, ResultSummary } from "../arq/jobModel";
import type { ArqSource, JobDetailFacts, JobPayloads, Logger, SourceSink } from "../monitor/ports";
import { turns } from "./turns";

/** Everything of a source that answers with what stands in Redis. A read added to `ArqSource` has to pass here to compile. */
export type Reads = { [K in keyof ArqSource as K extends `read${string}` ? K : never]: ArqSource[K] };

/**
 * The door: what was read leaves `src/redis` through here and nowhere else, and what passes has been redacted, fields that are added later
 * included. Ids, queues and other names of keys stay as they are: by them Redis is read again.
 */
export function redactedReads(reads: Reads, redactor: Redactor): Reads {
  return {
    readJobs: async (ids, queues) => (await reads.readJobs(ids, queues)).map((facts) => redactedFacts(facts, redactor)),
    readJob: async (id, queues) => redactedDetail(await reads.readJob(id, queues), redactor),
    readPayloads: async (ids, longest) => {
      const rest = turns();
      const clean: JobPayloads[] = [];
      for (const { id, job, result } of await reads.readPayloads(ids, longest)) {
        clean.push({ id, ...redactedValues(job, result, redactor) });
        await rest();
      }
      return clean;
    },
    // The one thing that is asked for as it is: the user chose to have it unpickled, and was told that nothing is masked in it.
    readOriginal: (id) => reads.readOriginal(id),
    readWorkers: async (queues) => redactor.plain(await reads.readWorkers(queues)),
    readWorkerHours: async (hours) => redactor.plain(await reads.readWorkerHours(hours)),
    // Names of queues and numbers: nothing of what jobs hold.
    readQueues: (queues) => reads.readQueues(queues),
    readSizes: (ids) => reads.readSizes(ids),
    readResultTtls: (ids) => reads.readResultTtls(ids),
    readMembers: (queue, atMost) => reads.readMembers(queue, atMost),
  };
}

function redactedFacts(facts: JobFacts, redactor: Redactor): JobFacts {
  const { job, result } = facts;
  const cleanJob = job === null ? null : redactedJob(job.decoded, redactor);
  const cleanResult = result === null ? null : redactedResult(result.decoded, redactor);
  // Nearly always there was nothing to mask: a copy of each of a million jobs is time and garbage for nothing.
  if (cleanJob === (job?.decoded ?? null) && cleanResult === (result?.decoded ?? null)) return facts;
  return {
    ...facts,
    job: job === null || cleanJob === null ? null : { ...job, decoded: cleanJob },
    result: result === null || cleanResult === null ? null : { ...result, decoded: cleanResult },
  };
}

/** Fields that may hold a text: each has to be named below to compile, also one that is added later. */
type WithText<T> = { readonly [K in keyof T as T[K] extends number | boolean | null ? never : K]: T[K] };

/** The same object where nothing was masked. */
function redactedJob(decoded: JobSummary | DecodeFailure, redactor: Redactor): JobSummary | DecodeFailure {
  if (!decoded.ok) return redactor.plain(decoded);
  const clean: WithText<JobSummary> = { function: redactor.text(decoded.function) };
  return clean.function === decoded.function ? decoded : { ...decoded, ...clean };
}

function redactedResult(decoded: ResultSummary | DecodeFailure, redactor: Redactor): ResultSummary | DecodeFailure {
  if (!decoded.ok) return redactor.plain(decoded);
  const clean: WithText<ResultSummary> = {
    function: redactor.text(decoded.function),
    // The name of a key, as it stands in Redis.
    queue: decoded.queue,
    worker: decoded.worker === null ? null : redactor.text(decoded.worker),
    error: decoded.error === null ? null : redactor.plain(decoded.error),
  };
  const same = clean.function === decoded.function && clean.worker === decoded.worker && clean.error === null;
  return same ? decoded : { ...decoded, ...clean };
}

function redactedDetail({ facts, job, result, ...rest }: JobDetailFacts, redactor: Redactor): JobDetailFacts {
  return {
    ...redactor.plain(rest),
    facts: redactedFacts(facts, redactor),
    ...redactedValues(job, result, redactor),
  };
}

function redactedValues(
  job: JobDetailFacts["job"],
  result: JobDetailFacts["result"],
  redactor: Redactor,
): Pick<JobDetailFacts, "job" | "result"> {
  return {
    job: job === null ? null : { ...job, decoded: either(job.decoded, redactor, (decoded) => redactor.job(decoded)) },
    result:
      result === null
        ? null
        : { ...result, decoded: either(result.decoded, redactor, (decoded) => redactor.result(decoded)) },
  };
}

function either<T extends { readonly ok: true }>(
  decoded: T | DecodeFailure,
  redactor: Redactor,
  redact: (decoded: T) => T,
): T | DecodeFailure {
  return decoded.ok ? redact(decoded) : redactor.plain(decoded);
}

/** What is told of the connection goes through the same door. */
export function redactedSink(sink: SourceSink, redactor: Redactor): SourceSink {
  return {
    status: (status) => sink.status(redactor.plain(status)),
    sweepStarted: () => sink.sweepStarted(),
    sweepProgress: (progress) => sink.sweepProgress(progress),
    sweepEnded: () => sink.sweepEnded(),
    touched: (batch) => sink.touched(batch),
    flushed: () => sink.flushed(),
    missed: (why) => sink.missed(why),
    met: (ids, key) => sink.met(ids, key),
    roundStarted: () => sink.roundStarted(),
    roundEnded: () => sink.roundEnded(),
  };
}

/** Log lines quote errors of the server and of Node: no password of ours in them either, which a server may repeat. */
export function redactedLogger(logger: Logger, redactor: Redactor, password: string | null): Logger {
  const clean = (message: string): string => redactor.text(withoutPassword(message, password));
  return {
    debug: (message) => logger.debug(clean(message)),
    info: (message) => logger.info(clean(message)),
    warn: (message) => logger.warn(clean(message)),
    error: (message) => logger.error(clean(message)),
  };
}

/** A text that others wrote, without the password we sent, as written and percent-decoded. */
export function withoutPassword(text: string, password: string | null): string {
  if (password === null || password.length < 3) return text;
  let clean = text.replaceAll(password, mask);
  try {
    clean = clean.replaceAll(decodeURIComponent(password), mask);
  } catch {
    // Not percent-encoded.
  }
  return clean;
}
