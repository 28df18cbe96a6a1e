import type { DecodeFailure } from "./jobModel";

/** Thrown inside the decoders only; every door to them turns it into a `DecodeFailure`. */
export class DecodeError extends Error {
  constructor(
    readonly reason: DecodeFailure["reason"],
    message: string,
  ) {
    super(message);
  }
}

/** What a decoder answers for anything caught: never rethrows. A RangeError is V8 refusing a string, array or BigInt that large. */
export function toFailure(error: unknown): DecodeFailure {
  if (error instanceof DecodeError) return { ok: false, reason: error.reason, message: error.message };
  if (error instanceof RangeError) return { ok: false, reason: "limit", message: "too large to be held in memory" };
  return { ok: false, reason: "malformed", message: error instanceof Error ? error.message : String(error) };
}
