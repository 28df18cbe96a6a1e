import type { DecodeFailure } from "../arq/jobModel";
import { t } from "../arq/l10n";
import { type ReadCommand, ReplyError, type Reply } from "./readOnlyCommands";
import { asBytes, asNumber } from "./replies";
import type { SessionContext } from "./sessionContext";

/** What a first look at a payload reads: most payloads are whole in it. With the end of a longer one it makes 4 kB. */
export const firstLook = 3072;
const wholeLimit = 1024 * 1024;
const largeLimit = 8 * wholeLimit;
/** Payloads above `wholeLimit` that one call may read. */
const largeShare = 4;
const bytesPerPipeline = 8 * wholeLimit;

export type Payload = Buffer | DecodeFailure;

/** The command that takes the first look; the whole value where only `GET` is allowed. */
export function firstLookCommand(context: SessionContext, key: string): ReadCommand {
  return context.refusals.has("getrange") ? ["get", key] : ["getrange", key, 0, firstLook - 1];
}

/** Null when the key does not exist: `GETRANGE` answers an empty string then, and ARQ never stores one. */
export function payloadOf(reply: Reply | undefined): Payload | null {
  if (reply instanceof ReplyError) return unreadable(reply);
  const bytes = asBytes(reply);
  return bytes === null || bytes.length === 0 ? null : bytes;
}

/** True when the first look may have cut the payload off. */
export function isCut(context: SessionContext, payload: Payload | null): payload is Buffer {
  return Buffer.isBuffer(payload) && payload.length === firstLook && !context.refusals.has("getrange");
}

/**
 * Reads these payloads whole: up to 1 MiB each, a few up to `limit` (8 MiB unless told); a larger one is an honest `limit` failure. A key that
 * has gone since is null.
 */
export async function readWhole(
  context: SessionContext,
  keys: readonly string[],
  limit = largeLimit,
): Promise<ReadonlyMap<string, Payload | null>> {
  const payloads = new Map<string, Payload | null>();
  const sizes = context.refusals.has("strlen")
    ? []
    : await context.redis.run(keys.map((key) => ["strlen", key] as const));
  context.refusals.note(sizes);
  let large = 0;
  let batch: { key: string; size: number | null }[] = [];
  let planned = 0;
  const flush = async (): Promise<void> => {
    const replies = await context.redis.run(
      batch.map(({ key, size }) => ["getrange", key, 0, (size ?? wholeLimit) - 1] as const),
    );
    batch.forEach(({ key, size }, i) => {
      const payload = payloadOf(replies[i]);
      const cut = size === null && Buffer.isBuffer(payload) && payload.length === wholeLimit;
      payloads.set(key, cut ? tooLarge(t("more than 1 MiB")) : payload);
    });
    batch = [];
    planned = 0;
  };
  for (const [i, key] of keys.entries()) {
    const size = asNumber(sizes[i]);
    if (size === 0) {
      payloads.set(key, null);
      continue;
    }
    if (size !== null && size > wholeLimit && (size > limit || ++large > largeShare)) {
      payloads.set(key, tooLarge(`${(size / wholeLimit).toFixed(1)} MiB`));
      continue;
    }
    if (planned + (size ?? wholeLimit) > bytesPerPipeline) await flush();
    batch.push({ key, size });
    planned += size ?? wholeLimit;
  }
  await flush();
  return payloads;
}

function tooLarge(size: string): DecodeFailure {
  return { ok: false, reason: "limit", message: t("The stored value is {0} long, too large to be read here.", size) };
}

function unreadable(reply: ReplyError): DecodeFailure {
  if (reply.commandRefused || reply.keyRefused) {
    return { ok: false, reason: "unsupported", message: t("Redis does not let this user read the stored value.") };
  }
  if (reply.message.startsWith("WRONGTYPE")) {
    return { ok: false, reason: "malformed", message: t("The key holds no string, so ARQ did not write it.") };
  }
  return {
    ok: false,
    reason: "unsupported",
    message: t("Redis did not give the stored value: {0}", reply.message.slice(0, 200)),
  };
}
