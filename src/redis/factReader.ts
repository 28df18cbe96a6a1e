import type { JobDetailFacts } from "../monitor/ports";
import type { DecodeFailure, JobFacts, JobSummary, ResultSummary } from "../arq/jobModel";
import { decodeJob, decodeResult } from "../arq/payload";
import { parseTries, triesMaxBytes } from "../arq/tries";
import { firstLookCommand, isCut, payloadOf, type Payload, readWhole } from "./payloadReader";
import { queueScores, scoreCommands } from "./queueScores";
import type { ReadCommand, Reply } from "./readOnlyCommands";
import { asNumber, asText, asTime, isError } from "./replies";
import type { SessionContext } from "./sessionContext";
import { jobSummary, type Long, readLongJobs, readLongResults, resultSummary } from "./summaryReader";
import { nextTurn, turns } from "./turns";

/** Commands in one pipeline: enough to make round trips cheap, little enough to leave the server to others in between. */
const commandsPerPipeline = 2000;
/** Results that are read, 5 µs each, between two looks at whether others are to have their turn. */
const readBetweenLooks = 50;

interface RawFacts {
  readonly readAt: number;
  readonly queued: JobFacts["queued"];
  readonly inProgressTtl: number | null;
  readonly retry: JobFacts["retry"];
  readonly jobTtl: number | null;
  /** As far as the first look went. */
  readonly jobLook: Payload | null;
  readonly resultLook: Payload | null;
  readonly job: JobSummary | DecodeFailure | null;
  readonly result: ResultSummary | DecodeFailure | null;
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
  const ended: JobFacts[] = [];
  const { open, inOrder } = await readFinished(context, ids, ended);
  if (open.length === 0 && inOrder) return ended;
  const facts = new Map(ended.map((each) => [each.id, each]));
  const raw = new Map<string, RawFacts>();
  await readRaw(context, open, queues, raw);
  const odd = open.filter((id) => betweenStates(raw.get(id)));
  if (odd.length > 0) await readRaw(context, odd, queues, raw);
  for (const [id, each] of raw) facts.set(id, factsOf(id, each));
  return ids.flatMap((id) => facts.get(id) ?? []);
}

/** One job with its whole payloads, its lifetimes and a pending abort. As raw as it was read: `door.ts` redacts it. */
export async function readJobDetail(
  context: SessionContext,
  id: string,
  queues: readonly string[],
): Promise<JobDetailFacts> {
  const facts = new Map<string, RawFacts>();
  await readRaw(context, [id], queues, facts);
  if (betweenStates(facts.get(id))) await readRaw(context, [id], queues, facts);
  const raw = facts.get(id);
  if (raw === undefined) throw new Error("a read answered nothing");
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
  const cut = [
    ...(isCut(context, raw.jobLook) ? [keys.job(id)] : []),
    ...(isCut(context, raw.resultLook) ? [keys.result(id)] : []),
  ];
  const whole = cut.length === 0 ? new Map<string, Payload | null>() : await readWhole(context, cut);
  const job = whole.has(keys.job(id)) ? (whole.get(keys.job(id)) ?? null) : raw.jobLook;
  const result = whole.has(keys.result(id)) ? (whole.get(keys.result(id)) ?? null) : raw.resultLook;
  const summary = factsOf(id, {
    ...raw,
    job: job === null ? null : jobSummary(job),
    result: result === null ? null : resultSummary(result),
  });
  return {
    facts: {
      ...summary,
      result: summary.result === null ? null : { ...summary.result, ttl: ttl === -2 ? null : ttl },
      abortRequestedAt: asNumber(abortRequestedAt),
    },
    job: job === null ? null : detail(job, decodeJob),
    result: result === null ? null : detail(result, decodeResult),
    tries: parseTries(asText(tries) ?? ""),
  };
}

/**
 * Takes those that have a result, which ends a job for good: one command instead of seven, and most jobs of a sweep are finished ones. ARQ removes
 * every other key in the transaction that writes the result, and takes no new job of that id while the result is kept. Answers the others, and whether
 * those that were taken stand in the order of their ids: a long payload is told after the others.
 */
async function readFinished(
  context: SessionContext,
  ids: readonly string[],
  into: JobFacts[],
): Promise<{ open: string[]; inOrder: boolean }> {
  const { keys, redis, refusals, clock } = context;
  const open: string[] = [];
  let inOrder = true;
  for (let start = 0; start < ids.length; start += commandsPerPipeline) {
    const chunk = ids.slice(start, start + commandsPerPipeline);
    const commands: ReadCommand[] = refusals.has("time") ? [] : [["time"]];
    const head = commands.length;
    for (const id of chunk) commands.push(firstLookCommand(context, keys.result(id)));
    const replies = await redis.run(commands);
    await nextTurn();
    // What is refused is left to the second read, which knows how to do without.
    if (refusals.note(replies)) return { open: open.concat(ids.slice(start)), inOrder };
    const readAt = asTime(replies[0]) ?? clock.now();
    const long: Long[] = [];
    const rest = turns();
    for (let i = 0; i < chunk.length; i++) {
      // Code that has not run before takes ten times as long.
      if (i % readBetweenLooks === 0) await rest();
      const id = chunk[i]!;
      const payload = payloadOf(replies[head + i]);
      if (payload === null) open.push(id);
      else if (isCut(context, payload)) long.push({ id, key: keys.result(id), head: payload });
      else into.push(finished(id, readAt, resultSummary(payload)));
    }
    if (long.length === 0) continue;
    inOrder = false;
    const summaries = await readLongResults(context, long);
    for (const { id } of long) {
      const summary = summaries.get(id) ?? null;
      if (summary === null) open.push(id);
      else into.push(finished(id, readAt, summary));
    }
  }
  return { open, inOrder };
}

function finished(id: string, readAt: number, decoded: ResultSummary | DecodeFailure): JobFacts {
  return {
    id,
    readAt,
    queued: null,
    inProgressTtl: null,
    retry: null,
    job: null,
    result: { decoded, ttl: null },
    abortRequestedAt: null,
  };
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
): Promise<void> {
  const perJob = queues.length + 6;
  const step = Math.max(1, Math.floor(commandsPerPipeline / perJob));
  for (let start = 0; start < ids.length; start += step) {
    const chunk = ids.slice(start, start + step);
    // A refusal met on the way changes what is asked for, so the chunk is then read again without it.
    while (!(await readChunk(context, chunk, queues, into)));
  }
}

async function readChunk(
  context: SessionContext,
  ids: readonly string[],
  queues: readonly string[],
  into: Map<string, RawFacts>,
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
  await nextTurn();
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
      jobLook: payloadOf(job),
      resultLook: payloadOf(result),
    };
  });

  const cut = (look: "jobLook" | "resultLook", keyOf: (id: string) => string): Long[] =>
    ids.flatMap((id, i) => {
      const head = found[i]![look];
      return isCut(context, head) ? [{ id, key: keyOf(id), head }] : [];
    });
  const jobs = await readLongJobs(
    context,
    cut("jobLook", (id) => keys.job(id)),
  );
  const results = await readLongResults(
    context,
    cut("resultLook", (id) => keys.result(id)),
  );
  for (const [i, id] of ids.entries()) {
    const raw = found[i]!;
    const longJob = jobs.get(id);
    const longResult = results.get(id);
    into.set(id, {
      ...raw,
      job: longJob === undefined ? (raw.jobLook === null ? null : jobSummary(raw.jobLook)) : longJob,
      result: longResult === undefined ? (raw.resultLook === null ? null : resultSummary(raw.resultLook)) : longResult,
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

function factsOf(id: string, { job, jobTtl, result, ...rest }: RawFacts): JobFacts {
  return {
    id,
    readAt: rest.readAt,
    queued: rest.queued,
    inProgressTtl: rest.inProgressTtl,
    retry: rest.retry,
    job: job === null ? null : { decoded: job, ttl: jobTtl ?? -1 },
    result: result === null ? null : { decoded: result, ttl: null },
    abortRequestedAt: null,
  };
}

function detail<T>(payload: Payload, decode: (bytes: Buffer) => T): { decoded: T | DecodeFailure; size: number } {
  return Buffer.isBuffer(payload) ? { decoded: decode(payload), size: payload.length } : { decoded: payload, size: 0 };
}
