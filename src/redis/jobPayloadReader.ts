import type { DecodedJob, DecodedResult, DecodeFailure } from "../arq/jobModel";
import { t } from "../arq/l10n";
import { decodeJob, decodeResult } from "../arq/payload";
import type { JobPayloads } from "../monitor/ports";
import { payloadOf, type Payload } from "./payloadReader";
import type { ReadCommand } from "./readOnlyCommands";
import { asNumber } from "./replies";
import type { SessionContext } from "./sessionContext";
import { turns } from "./turns";

/**
 * What these jobs hold, result first: where there is one, it has the arguments, too, and the payload is not read. Two round trips for
 * each of the two. Values over `longest` bytes are not read: an honest `limit` failure.
 */
export async function readPayloads(
  context: SessionContext,
  ids: readonly string[],
  longest: number,
): Promise<JobPayloads[]> {
  const { keys } = context;
  const rest = turns();
  const results = await readUpTo(
    context,
    ids.map((id) => keys.result(id)),
    longest,
  );
  const open = ids.filter((_, index) => results[index]!.payload === null);
  const jobs = new Map<string, Read>();
  const payloads = await readUpTo(
    context,
    open.map((id) => keys.job(id)),
    longest,
  );
  open.forEach((id, index) => jobs.set(id, payloads[index]!));

  const found: JobPayloads[] = [];
  for (const [index, id] of ids.entries()) {
    const result = decodedOf<DecodedResult>(results[index], decodeResult);
    found.push({ id, job: decodedOf<DecodedJob>(jobs.get(id), decodeJob), result });
    await rest();
  }
  return found;
}

/** Bytes of payload and result of each job together. Null where the user may not ask. */
export async function readSizes(context: SessionContext, ids: readonly string[]): Promise<number[] | null> {
  const { keys, redis, refusals } = context;
  if (refusals.has("strlen")) return null;
  const replies = await redis.run(
    ids.flatMap(
      (id) =>
        [
          ["strlen", keys.job(id)],
          ["strlen", keys.result(id)],
        ] as const,
    ),
  );
  refusals.note(replies);
  if (refusals.has("strlen")) return null;
  return ids.map((_, index) => (asNumber(replies[2 * index]) ?? 0) + (asNumber(replies[2 * index + 1]) ?? 0));
}

interface Read {
  readonly payload: Payload | null;
  readonly size: number;
}

async function readUpTo(
  { redis, refusals }: SessionContext,
  keys: readonly string[],
  longest: number,
): Promise<Read[]> {
  if (keys.length === 0) return [];
  const whole = refusals.has("getrange");
  const command = (key: string): ReadCommand => (whole ? ["get", key] : ["getrange", key, 0, longest]);
  const replies = await redis.run(keys.map(command));
  refusals.note(replies);
  return replies.map((reply) => {
    const payload = payloadOf(reply);
    if (!Buffer.isBuffer(payload)) return { payload, size: 0 };
    return payload.length <= longest ? { payload, size: payload.length } : { payload: tooLong(longest), size: longest };
  });
}

function decodedOf<T>(
  read: Read | undefined,
  decode: (bytes: Uint8Array) => T | DecodeFailure,
): { decoded: T | DecodeFailure; size: number } | null {
  if (read === undefined || read.payload === null) return null;
  const { payload, size } = read;
  return { decoded: Buffer.isBuffer(payload) ? decode(payload) : payload, size };
}

function tooLong(longest: number): DecodeFailure {
  return { ok: false, reason: "limit", message: t("The stored value is longer than {0} kB.", longest / 1024) };
}
