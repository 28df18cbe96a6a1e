import type { JobDetailFacts } from "../monitor/ports";
import type { DecodeFailure, JobFacts, JobSummary, ResultSummary } from "../arq/jobModel";
import { decodeJobHeader, decodeResultHeader } from "../arq/header";
import { decodeJob, decodeResult } from "../arq/payload";
import { parseTries, triesMaxBytes } from "../arq/tries";
import { firstLookCommand, mayBeCut, payloadOf, type Payload, readWhole } from "./payloadReader";
import { queueScores, scoreCommands } from "./queueScores";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asNumber, asText, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Commands in one pipeline: enough to make round trips cheap, little enough to leave the server to others in between. */
const commandsPerPipeline = 2000;

interface RawFacts {
  readonly readAt: number;
  readonly queued: JobFacts["queued"];
  readonly inProgressTtl: number | null;
  readonly retry: JobFacts["retry"];
  readonly jobTtl: number | null;
  readonly job: Payload | null;
  readonly result: Payload | null;
}

/**
 * Reads the facts of jobs in the order that cannot lie: queue score, claim, attempts, payload, and the result last, so that a job that
 * finishes in between is seen finished. What looks like a job between two states is read once more. Rejects only when the connection is lost.
 */
export async function readJobFacts(
  context: SessionContext,
  ids: readonly string[],
  queues: readonly string[],
): Promise<JobFacts[]> {
  const facts = new Map<string, RawFacts>();
  await readFinished(context, ids, facts);
  const open = ids.filter((id) => !facts.has(id));
  await readRaw(context, open, queues, facts);
  const odd = open.filter((id) => betweenStates(facts.get(id)));
  if (odd.length > 0) await readRaw(context, odd, queues, facts);
  return ids.flatMap((id) => {
    const raw = facts.get(id);
    return raw === undefined ? [] : [summarize(id, raw)];
  });
}

/** One job with its whole payloads, its lifetimes and a pending abort. As raw as it was read: `door.ts` redacts it. */
export async function readJobDetail(
  context: SessionContext,
  id: string,
  queues: readonly string[],
): Promise<JobDetailFacts> {
  const facts = new Map<string, RawFacts>();
  await readRaw(context, [id], queues, facts, true);
  if (betweenStates(facts.get(id))) await readRaw(context, [id], queues, facts, true);
  const { keys, redis, refusals } = context;
  const questions = [
    ["pttl", keys.result(id)],
    ["zscore", keys.abort, id],
    ["getrange", keys.tries(id), 0, triesMaxBytes - 1],
  ] as const satisfies readonly ReadCommand[];
  const asked = questions.filter(([name]) => !refusals.has(name));
  const extra = await redis.run(asked);
  refusals.note(extra);
  const [resultTtl, abortRequestedAt, tries] = questions.map((question) => extra[asked.indexOf(question)]);
  const ttl = asNumber(resultTtl);
  const raw = facts.get(id);
  if (raw === undefined) throw new Error("a read answered nothing");
  const summary = summarize(id, raw);
  const job = raw.job === null ? null : detail(raw.job, decodeJob);
  const result = raw.result === null ? null : detail(raw.result, decodeResult);
  return {
    facts: {
      ...summary,
      result: summary.result === null ? null : { ...summary.result, ttl: ttl === -2 ? null : ttl },
      abortRequestedAt: asNumber(abortRequestedAt),
    },
    job,
    result,
    tries: parseTries(asText(tries) ?? ""),
  };
}

/**
 * Answers for those that have a result, which ends a job for good: one command instead of seven, and most jobs of a sweep are finished ones.
 * ARQ removes every other key in the transaction that writes the result, and takes no new job of that id while the result is kept.
 */
async function readFinished(
  context: SessionContext,
  ids: readonly string[],
  into: Map<string, RawFacts>,
): Promise<void> {
  const { keys, redis, refusals, clock } = context;
  const idle = { queued: null, inProgressTtl: null, retry: null, jobTtl: null, job: null };
  for (let start = 0; start < ids.length; start += commandsPerPipeline) {
    const chunk = ids.slice(start, start + commandsPerPipeline);
    const head: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
    const replies = await redis.run([...head, ...chunk.map((id) => firstLookCommand(context, keys.result(id)))]);
    // What is refused is left to the second read, which knows how to do without.
    if (refusals.note(replies)) return;
    const readAt = asTime(replies[0]) ?? clock.now();
    const payloads = chunk.map((_id, i) => payloadOf(replies[head.length + i]));
    const cut = chunk.filter((_id, i) => mayBeCut(context, payloads[i] ?? null)).map((id) => keys.result(id));
    const long = cut.length === 0 ? new Map<string, Payload | null>() : await readWhole(context, cut);
    chunk.forEach((id, i) => {
      const result = long.has(keys.result(id)) ? (long.get(keys.result(id)) ?? null) : (payloads[i] ?? null);
      if (result !== null) into.set(id, { readAt, ...idle, result });
    });
  }
}

/**
 * Neither in a queue nor finished but with other keys, or in a queue without a payload: either that is how it is, or it was enqueued or
 * finished while it was read. Only a second look tells.
 */
function betweenStates(raw: RawFacts | undefined): boolean {
  if (raw === undefined || raw.result !== null) return false;
  if (raw.queued === null) return raw.job !== null || raw.inProgressTtl !== null || raw.retry !== null;
  return raw.job === null;
}

async function readRaw(
  context: SessionContext,
  ids: readonly string[],
  queues: readonly string[],
  into: Map<string, RawFacts>,
  whole = false,
): Promise<void> {
  const perJob = queues.length + 6;
  const step = Math.max(1, Math.floor(commandsPerPipeline / perJob));
  for (let start = 0; start < ids.length; start += step) {
    const chunk = ids.slice(start, start + step);
    // A refusal met on the way changes what is asked for, so the chunk is then read again without it.
    while (!(await readChunk(context, chunk, queues, into, whole)));
  }
}

async function readChunk(
  context: SessionContext,
  ids: readonly string[],
  queues: readonly string[],
  into: Map<string, RawFacts>,
  whole: boolean,
): Promise<boolean> {
  const { keys, redis, refusals, clock } = context;
  const listed = await queueScores(context, queues);
  const noTtl = refusals.has("pttl");
  const valueOf = (key: string): ReadCommand => (refusals.has("get") ? ["getrange", key, 0, 31] : ["get", key]);
  const presence = (key: string): ReadCommand =>
    !noTtl ? ["pttl", key] : refusals.has("exists") ? valueOf(key) : ["exists", key];

  const commands: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
  const head = commands.length;
  for (const id of ids) {
    commands.push(
      ...scoreCommands(context, queues, id),
      presence(keys.inProgress(id)),
      valueOf(keys.retry(id)),
      presence(keys.retry(id)),
      presence(keys.job(id)),
      firstLookCommand(context, keys.job(id)),
      firstLookCommand(context, keys.result(id)),
    );
  }
  const replies = await redis.run(commands);
  if (refusals.note(replies)) return false;

  const readAt = asTime(replies[0]) ?? clock.now();
  const perJob = (commands.length - head) / Math.max(1, ids.length);
  const scores = perJob - 6;
  const found = ids.map((id, i) => {
    const at = head + i * perJob;
    const own = replies.slice(at, at + perJob);
    const [claim, tries, retryTtl, jobTtl, job, result] = own.slice(scores);
    let queued: JobFacts["queued"] = null;
    queues.forEach((queue, q) => {
      const score = scores > 0 ? asNumber(own[q]) : (listed.get(queue)?.get(id) ?? null);
      // Queues share ids and their keys: of two that hold one, a worker of the queue in which it is due first takes it.
      if (score !== null && (queued === null || score < queued.score)) queued = { queue, score };
    });
    const attempts = Number.parseInt(asText(tries) ?? "", 10);
    const ttl = lifetime(retryTtl, noTtl);
    return {
      readAt,
      queued,
      inProgressTtl: lifetime(claim, noTtl),
      retry: Number.isNaN(attempts) ? null : { tries: attempts, ttl: ttl ?? -1 },
      jobTtl: lifetime(jobTtl, noTtl),
      job: payloadOf(job),
      result: payloadOf(result),
    };
  });

  const cut = ids.flatMap((id, i) => {
    const { job, result } = found[i]!;
    // The job's payload adds nothing to a result, unless the job is opened.
    const wanted = whole || result === null;
    return [
      ...(mayBeCut(context, job) && wanted ? [keys.job(id)] : []),
      ...(mayBeCut(context, result) ? [keys.result(id)] : []),
    ];
  });
  const long = cut.length === 0 ? new Map<string, Payload | null>() : await readWhole(context, cut);
  for (const [i, id] of ids.entries()) {
    const raw = found[i]!;
    const job = long.get(keys.job(id));
    const result = long.get(keys.result(id));
    into.set(id, {
      ...raw,
      job: job === undefined ? raw.job : job,
      result: result === undefined ? raw.result : result,
    });
  }
  return true;
}

/** PTTL: -2 is absent, -1 is for ever. Without PTTL an existing key reads as -1. */
function lifetime(reply: Reply | undefined, noTtl: boolean): number | null {
  if (reply === undefined || reply === null || isError(reply)) return null;
  if (!noTtl) {
    const ttl = asNumber(reply);
    return ttl === null || ttl === -2 ? null : ttl;
  }
  if (typeof reply === "number") return reply === 0 ? null : -1;
  return Buffer.isBuffer(reply) && reply.length > 0 ? -1 : null;
}

function summarize(id: string, raw: RawFacts): JobFacts {
  const { job, result } = raw;
  // A payload cut off in the first look is only possible beside a result, which says the same.
  const jobPart = job === null ? null : { decoded: summaryOfJob(job, result !== null), ttl: raw.jobTtl ?? -1 };
  return {
    id,
    readAt: raw.readAt,
    queued: raw.queued,
    inProgressTtl: raw.inProgressTtl,
    retry: raw.retry,
    job: jobPart,
    result: result === null ? null : { decoded: summaryOfResult(result), ttl: null },
    abortRequestedAt: null,
  };
}

function summaryOfJob(payload: Payload, besideResult: boolean): JobSummary | DecodeFailure {
  if (!Buffer.isBuffer(payload)) return payload;
  const decoded = decodeJobHeader(payload);
  if (!decoded.ok) {
    return besideResult && decoded.reason === "truncated"
      ? { ok: false, reason: "truncated", message: "The payload was not read whole, because there is a result." }
      : decoded;
  }
  return { ok: true, function: decoded.function, enqueuedAt: decoded.enqueuedAt, try: decoded.try };
}

function summaryOfResult(payload: Payload): ResultSummary | DecodeFailure {
  if (!Buffer.isBuffer(payload)) return payload;
  const decoded = decodeResultHeader(payload);
  if (!decoded.ok) return decoded;
  const { function: name, enqueuedAt, try: tries, success, startedAt, finishedAt, queue, worker } = decoded;
  const { error } = decoded;
  return {
    ok: true,
    function: name,
    enqueuedAt,
    try: tries,
    success,
    startedAt,
    finishedAt,
    queue,
    worker,
    error:
      error === null
        ? null
        : { kind: error.kind, type: error.type, message: error.message, hasTraceback: error.hasTraceback },
  };
}

function detail<T>(payload: Payload, decode: (bytes: Buffer) => T): { decoded: T | DecodeFailure; size: number } {
  return Buffer.isBuffer(payload) ? { decoded: decode(payload), size: payload.length } : { decoded: payload, size: 0 };
}
