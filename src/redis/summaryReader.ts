import { decodeJobHeader, decodeResultHeader } from "../arq/header";
import type { DecodeFailure, JobSummary, ResultSummary } from "../arq/jobModel";
import { type Payload, readWhole } from "./payloadReader";
import type { SessionContext } from "./sessionContext";

/** A payload of which the first look saw only the beginning. */
export interface Long {
  readonly id: string;
  readonly key: string;
  readonly head: Buffer;
}

export function jobSummary(payload: Payload): JobSummary | DecodeFailure {
  if (!Buffer.isBuffer(payload)) return payload;
  const decoded = decodeJobHeader(payload);
  if (!decoded.ok) return decoded;
  return { ok: true, function: decoded.function, enqueuedAt: decoded.enqueuedAt, try: decoded.try };
}

export function resultSummary(payload: Payload): ResultSummary | DecodeFailure {
  if (!Buffer.isBuffer(payload)) return payload;
  const decoded = decodeResultHeader(payload);
  if (!decoded.ok) return decoded;
  const { error } = decoded;
  return {
    ok: true,
    function: decoded.function,
    enqueuedAt: decoded.enqueuedAt,
    try: decoded.try,
    success: decoded.success,
    startedAt: decoded.startedAt,
    finishedAt: decoded.finishedAt,
    queue: decoded.queue,
    worker: decoded.worker,
    error:
      error === null
        ? null
        : { kind: error.kind, type: error.type, message: error.message, hasTraceback: error.hasTraceback },
  };
}

export async function readLongJobs(
  context: SessionContext,
  longs: readonly Long[],
): Promise<ReadonlyMap<string, JobSummary | DecodeFailure | null>> {
  return readLong(context, longs, jobSummary);
}

export async function readLongResults(
  context: SessionContext,
  longs: readonly Long[],
): Promise<ReadonlyMap<string, ResultSummary | DecodeFailure | null>> {
  return readLong(context, longs, resultSummary);
}

async function readLong<T>(
  context: SessionContext,
  longs: readonly Long[],
  summary: (payload: Payload) => T | DecodeFailure,
): Promise<ReadonlyMap<string, T | DecodeFailure | null>> {
  const summaries = new Map<string, T | DecodeFailure | null>();
  if (longs.length === 0) return summaries;
  const whole = await readWhole(
    context,
    longs.map(({ key }) => key),
  );
  for (const { id, key } of longs) {
    const payload = whole.get(key) ?? null;
    summaries.set(id, payload === null ? null : summary(payload));
  }
  return summaries;
}
