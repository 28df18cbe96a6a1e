import type { ReadLimits } from "../python/limits";
import type { PyDict, PyValue } from "../python/value";
import { decodeBytes } from "./codecs";
import { DecodeError, toFailure } from "./decodeError";
import { jobError } from "./jobError";
import type { DecodedJob, DecodedResult, DecodeFailure } from "./jobModel";
import {
  enqueueTime,
  type Fields,
  fieldsOf,
  jobKeys,
  notADict,
  resultKeys,
  text,
  time,
  tries,
  wrongType,
} from "./payloadFields";
import { isTblibException, tblibException } from "./tblib";
import { unpickle } from "./unpickle";

/**
 * Reads the value of `arq:job:<id>` in whatever encoding it is found. Extra keys are ignored, as ARQ itself does; a missing key or
 * one of another type than ARQ's is `malformed` and named. Never throws.
 */
export function decodeJob(bytes: Uint8Array, limits?: ReadLimits): DecodedJob | DecodeFailure {
  try {
    const { codec, dict } = readDict(bytes, limits);
    return jobOf(codec, fieldsOf(dict, jobKeys));
  } catch (error) {
    return toFailure(error);
  }
}

/** Reads the value of `arq:result:<id>`: the fields of the job, and how it ended. Never throws. */
export function decodeResult(bytes: Uint8Array, limits?: ReadLimits): DecodedResult | DecodeFailure {
  try {
    const { codec, dict } = readDict(bytes, limits);
    const fields = fieldsOf(dict, resultKeys);
    const job = jobOf(codec, fields);
    const { s: success, r: result } = fields;
    if (success?.kind !== "bool") throw wrongType("s", success, "a bool");
    if (result === undefined) throw wrongType("r", result, "what the job returned");
    const failed = !success.value;
    const id = text(fields.id);
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
      result: failed && result.kind === "call" && isTblibException(result) ? tblibException(result) : result,
      startedAt: time("st", fields.st),
      finishedAt: time("ft", fields.ft),
      queue: text(fields.q),
      id,
      error: failed
        ? jobError(result, text(fields.tb), {
            function: job.function,
            tries: job.try,
            enqueuedAt: job.enqueuedAt,
            codec: job.codec,
            id,
          })
        : null,
      worker: text(fields.w),
      release: text(fields.rel),
    };
  } catch (error) {
    return toFailure(error);
  }
}

interface Payload {
  /** Outermost first: `["gzip", "pickle 4"]`. */
  readonly codec: readonly string[];
  readonly dict: PyDict;
}

/** One per protocol, so that a million results share them. */
const pickleCodecs: readonly (readonly string[])[] = [0, 1, 2, 3, 4, 5].map((protocol) => [`pickle ${protocol}`]);

/** How a pickle of protocol 2 to 5 is named, told by its first two bytes, which nothing else starts with; null for anything else. */
export function pickleCodec(bytes: Uint8Array): readonly string[] | null {
  return bytes[0] === 0x80 && bytes.length > 2 ? (pickleCodecs[bytes[1]!] ?? null) : null;
}

function readDict(bytes: Uint8Array, limits: ReadLimits | undefined): Payload {
  // The usual case by far needs no guessing.
  const pickled = pickleCodec(bytes);
  if (pickled !== null) {
    const decoded = unpickle(bytes, limits);
    // A pickled text may hold another encoding.
    const wrapped = decoded.ok && (decoded.value.kind === "str" || decoded.value.kind === "bytes");
    if (!wrapped) return { codec: pickled, dict: dictOf(decoded) };
  }
  const decoded = decodeBytes(bytes, limits);
  return { codec: decoded.ok ? decoded.codec : [], dict: dictOf(decoded) };
}

function dictOf(decoded: { ok: true; value: PyValue } | DecodeFailure): PyDict {
  if (!decoded.ok) throw new DecodeError(decoded.reason, decoded.message);
  if (decoded.value.kind !== "dict") throw notADict(decoded.value);
  return decoded.value;
}

function jobOf(codec: readonly string[], fields: Fields): DecodedJob {
  const name = text(fields.f);
  const { a: args, k: kwargs } = fields;
  if (name === null) throw wrongType("f", fields.f, "a str");
  if (args?.kind !== "tuple" && args?.kind !== "list") throw wrongType("a", args, "a tuple or list");
  if (kwargs?.kind !== "dict") throw wrongType("k", kwargs, "a dict");
  return {
    ok: true,
    codec,
    try: tries(fields.t),
    function: name,
    args,
    kwargs,
    enqueuedAt: enqueueTime(fields.et),
  };
}
