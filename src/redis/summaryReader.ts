import { decodeJobHeader, decodeResultSummary, type JobHeader, summaryOf } from "../arq/header";
import { decodeJobHeaderFromEnds, decodeResultHeaderFromEnds, unreadError } from "../arq/headerEnds";
import type { DecodeFailure, JobSummary, ResultSummary } from "../arq/jobModel";
import { ByteBudget } from "./byteBudget";
import { type Payload, readWhole } from "./payloadReader";
import type { ReadCommand } from "./readOnlyCommands";
import { asBytes, asNumber } from "./replies";
import type { SessionContext } from "./sessionContext";

/** Of the end of a long value. ARQ writes some 120 bytes behind what a job returned; with a short result all but the arguments is here. */
const tailLook = 1024;
/** A value up to this size is read whole where its ends do not tell enough. */
const wholeAtMost = 1024 * 1024;
/** In one round trip about so much, so that nobody waits long behind it. */
const wholeAtOnce = 256 * 1024;
/** Of such values together: 4 MB a second are 3 % of a line of a gigabit, and 1 ms of each second of the server. */
const wholeBytesPerSecond = 4 * 1024 * 1024;

/** A payload of which the first look saw only the beginning. */
export interface Long {
  readonly id: string;
  readonly key: string;
  readonly head: Buffer;
}

export function jobSummary(payload: Payload): JobSummary | DecodeFailure {
  return Buffer.isBuffer(payload) ? jobOf(decodeJobHeader(payload)) : payload;
}

function jobOf(decoded: JobHeader | DecodeFailure): JobSummary | DecodeFailure {
  if (!decoded.ok) return decoded;
  return { ok: true, function: decoded.function, enqueuedAt: decoded.enqueuedAt, try: decoded.try };
}

export function resultSummary(payload: Payload): ResultSummary | DecodeFailure {
  return Buffer.isBuffer(payload) ? decodeResultSummary(payload) : payload;
}

/**
 * The summaries of jobs whose payload is longer than the first look. A job that has gone since is null. Most are told from both ends of the payload: what
 * stands between is arguments. What takes more is read whole, within a budget; what is too long for that is an honest `limit` failure.
 */
export async function readLongJobs(
  context: SessionContext,
  longs: readonly Long[],
): Promise<ReadonlyMap<string, JobSummary | DecodeFailure | null>> {
  return readLong(context, longs, (head, tail, size) => jobOf(decodeJobHeaderFromEnds(head, tail, size)), jobSummary);
}

/** As `readLongJobs`, of results. The exception of a failed job is read whole; where it is too long, the error says so. */
export async function readLongResults(
  context: SessionContext,
  longs: readonly Long[],
): Promise<ReadonlyMap<string, ResultSummary | DecodeFailure | null>> {
  return readLong(
    context,
    longs,
    (head, tail, size) => summaryOf(decodeResultHeaderFromEnds(head, tail, size)),
    resultSummary,
  );
}

type Told = JobSummary | ResultSummary;

async function readLong<T extends Told>(
  context: SessionContext,
  longs: readonly Long[],
  ofEnds: (head: Buffer, tail: Buffer, size: number) => T | DecodeFailure,
  ofWhole: (payload: Payload) => T | DecodeFailure,
): Promise<ReadonlyMap<string, T | DecodeFailure | null>> {
  const summaries = new Map<string, T | DecodeFailure | null>();
  if (longs.length === 0) return summaries;
  const ends = await readEnds(context, longs);
  const open: (Long & { readonly size: number | null })[] = [];
  longs.forEach((long, i) => {
    const { tail, size } = ends[i]!;
    // Without its size what was read of it may be all of it, or not.
    const told = tail === null || size === null ? null : ofEnds(long.head, tail, size);
    summaries.set(long.id, told);
    if (size === 0) summaries.set(long.id, null);
    else if (told === null || isPartial(told)) open.push({ ...long, size });
  });
  const whole = await readWithin(context, open);
  for (const { id, key } of open) {
    const payload = whole.get(key) ?? null;
    const told = summaries.get(id) ?? null;
    // Of a job that is known but for its exception, all the rest is said.
    if (payload === null || Buffer.isBuffer(payload) || told === null || !told.ok) {
      summaries.set(id, payload === null ? null : ofWhole(payload));
    }
  }
  return summaries;
}

function isPartial(told: Told | DecodeFailure): boolean {
  return told.ok ? "error" in told && told.error?.message === unreadError.message : told.reason === "truncated";
}

/** The ends of many values in one round trip. */
async function readEnds(
  { redis, refusals }: SessionContext,
  longs: readonly Long[],
): Promise<readonly { readonly tail: Buffer | null; readonly size: number | null }[]> {
  if (refusals.has("strlen")) return longs.map(() => ({ tail: null, size: null }));
  const replies = await redis.run(
    longs.flatMap(({ key }): ReadCommand[] => [
      ["strlen", key],
      ["getrange", key, -tailLook, -1],
    ]),
  );
  refusals.note(replies);
  return longs.map((_long, i) => ({ size: asNumber(replies[2 * i]), tail: asBytes(replies[2 * i + 1]) }));
}

/** Values whole, as soon as the budget allows. Those that have gone are null. */
async function readWithin(
  context: SessionContext,
  longs: readonly (Long & { readonly size: number | null })[],
): Promise<ReadonlyMap<string, Payload | null>> {
  const payloads = new Map<string, Payload | null>();
  let keys: string[] = [];
  let bytes = 0;
  for (const [i, { key, size }] of longs.entries()) {
    keys.push(key);
    if (size === null || size <= wholeAtMost) bytes += size ?? wholeAtMost;
    if (bytes < wholeAtOnce && i + 1 < longs.length) continue;
    await budgetOf(context).take(bytes);
    for (const [each, payload] of await readWhole(context, keys, wholeAtMost)) payloads.set(each, payload);
    keys = [];
    bytes = 0;
  }
  return payloads;
}

/** What is left of the bytes that the background may read of values whole, by connection. */
const budgets = new WeakMap<SessionContext, ByteBudget>();

function budgetOf(context: SessionContext): ByteBudget {
  let budget = budgets.get(context);
  if (budget === undefined) budgets.set(context, (budget = new ByteBudget(context.clock, wholeBytesPerSecond)));
  return budget;
}
