import type { ReadLimits } from "../python/limits";
import { resolveLimits } from "../python/limits";
import type { PyValue } from "../python/value";
import { nestsDeeper } from "../python/walk";
import { DecodeError, toFailure } from "./decodeError";
import type { DecodeFailure } from "./jobModel";
import { PickleMachine } from "./pickleMachine";

/**
 * Reads a pickle of any protocol (0 to 5) into data. Imports nothing, calls nothing, evaluates nothing: classes and calls stay
 * inert nodes. Shared and cyclic references come back shared and cyclic. Never throws and never recurses, so nesting cannot
 * overflow the stack. Bytes after the STOP opcode are ignored, as CPython does.
 *
 * Work and memory are linear in the size of the pickle, and bounded by the limits: see `defaultLimits`.
 */
export function unpickle(bytes: Uint8Array, limits?: ReadLimits): { ok: true; value: PyValue } | DecodeFailure {
  try {
    return { ok: true, value: readPickle(bytes, resolveLimits(limits)) };
  } catch (error) {
    return toFailure(error);
  }
}

function readPickle(bytes: Uint8Array, limits: Required<ReadLimits>): PyValue {
  if (bytes.length > limits.bytes) throw new DecodeError("limit", `${bytes.length} bytes, more than ${limits.bytes}`);
  const machine = new PickleMachine(bytes, limits);
  const value = machine.run();
  checkDepth(value, machine.containers, limits.depth);
  return value;
}

/** Throws `limit` where the value nests deeper. */
export function checkDepth(value: PyValue, containers: number, limit: number): void {
  // Fewer containers than levels allowed cannot nest too deep: no need to measure.
  if (containers <= limit) return;
  if (nestsDeeper(value, limit)) throw new DecodeError("limit", `nested more than ${limit} levels deep`);
}
