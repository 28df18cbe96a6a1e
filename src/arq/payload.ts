import type { ReadLimits } from "../python/limits";
import { entry } from "../python/objectView";
import type { PyDict, PyValue } from "../python/value";
import { decodeBytes } from "./codecs";
import { DecodeError, toFailure } from "./decodeError";
import { jobError } from "./jobError";
import type { DecodedJob, DecodedResult, DecodeFailure } from "./jobModel";
import { isTblibException, tblibException } from "./tblib";

/**
 * Reads the value of `arq:job:<id>` in whatever encoding it is found. Extra keys are ignored, as ARQ itself does. Never throws.
 */
export function decodeJob(bytes: Uint8Array, limits?: ReadLimits): DecodedJob | DecodeFailure {
  try {
    return jobFields(readDict(bytes, limits));
  } catch (error) {
    return toFailure(error);
  }
}

/** Reads the value of `arq:result:<id>`: the fields of the job, and how it ended. Never throws. */
export function decodeResult(bytes: Uint8Array, limits?: ReadLimits): DecodedResult | DecodeFailure {
  try {
    const payload = readDict(bytes, limits);
    const { dict } = payload;
    const job = jobFields(payload);
    const success = required(dict, "s");
    if (success.kind !== "bool") throw new DecodeError("malformed", "'s' is not a bool");
    const result = required(dict, "r");
    return {
      // Written out: with a spread of the job here one result took 25 µs instead of 10.
      ok: true,
      codec: job.codec,
      try: job.try,
      function: job.function,
      args: job.args,
      kwargs: job.kwargs,
      enqueuedAt: job.enqueuedAt,
      success: success.value,
      // What tblib adds (traceback, causes) is told in `error`; the value is the exception itself.
      result: !success.value && result.kind === "call" && isTblibException(result) ? tblibException(result) : result,
      startedAt: requiredTime(dict, "st"),
      finishedAt: requiredTime(dict, "ft"),
      queue: text(entry(dict.entries, "q")),
      id: text(entry(dict.entries, "id")),
      error: success.value ? null : jobError(result, text(entry(dict.entries, "tb"))),
      worker: text(entry(dict.entries, "w")),
    };
  } catch (error) {
    return toFailure(error);
  }
}

interface Payload {
  readonly codec: readonly string[];
  readonly dict: PyDict;
}

function readDict(bytes: Uint8Array, limits: ReadLimits | undefined): Payload {
  const decoded = decodeBytes(bytes, limits);
  if (!decoded.ok) throw new DecodeError(decoded.reason, decoded.message);
  if (decoded.value.kind === "tuple")
    throw new DecodeError("unsupported", "a tuple, as the alpha releases of ARQ 0.16 wrote");
  if (decoded.value.kind !== "dict")
    throw new DecodeError("malformed", `a ${decoded.value.kind} where ARQ stores a dict`);
  return { codec: decoded.codec, dict: decoded.value };
}

function jobFields({ codec, dict }: Payload): DecodedJob {
  const name = required(dict, "f");
  const args = required(dict, "a");
  const kwargs = required(dict, "k");
  const tries = required(dict, "t");
  if (name.kind !== "str") throw new DecodeError("malformed", "'f' is not a str");
  if (args.kind !== "tuple" && args.kind !== "list")
    throw new DecodeError("malformed", "'a' is neither a tuple nor a list");
  if (kwargs.kind !== "dict") throw new DecodeError("malformed", "'k' is not a dict");
  const enqueuedAt = number(required(dict, "et"));
  return {
    ok: true,
    codec,
    try: number(tries),
    function: name.value,
    args,
    kwargs,
    // ARQ writes 0 where it could not read the job's own payload.
    enqueuedAt: enqueuedAt === 0 ? null : enqueuedAt,
  };
}

function required(dict: PyDict, key: string): PyValue {
  const value = entry(dict.entries, key);
  if (value === undefined) throw new DecodeError("malformed", `no '${key}' in it: not what ARQ stores`);
  return value;
}

function requiredTime(dict: PyDict, key: string): number {
  const time = number(required(dict, key));
  if (time === null) throw new DecodeError("malformed", `'${key}' is not a time`);
  return time;
}

/** Ints, and floats as some JSON writers make of them; null for anything else or out of a number's exact range. */
function number(value: PyValue): number | null {
  const plain = value.kind === "int" ? Number(value.value) : value.kind === "float" ? value.value : Number.NaN;
  return Number.isFinite(plain) && Math.abs(plain) <= Number.MAX_SAFE_INTEGER ? plain : null;
}

function text(value: PyValue | undefined): string | null {
  return value?.kind === "str" ? value.value : null;
}
