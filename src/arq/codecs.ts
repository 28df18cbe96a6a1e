import type { ReadLimits } from "../python/limits";
import { resolveLimits } from "../python/limits";
import type { PyValue } from "../python/value";
import { DecodeError, toFailure } from "./decodeError";
import { describeBytes } from "./describeBytes";
import type { DecodeFailure } from "./jobModel";
import { jsonText, readJson } from "./json";
import { readMsgpack } from "./msgpack";
import { unpickle } from "./unpickle";
import { headless, startsEncoded, type Wrapping, wrappingOf } from "./wrappings";

/** Layers (compression, base64, a text that holds another encoding) taken off at most. */
const maxLayers = 6;
/**
 * Compressed data may grow by this factor, small data to this many bytes: a few bytes of a decompression bomb would otherwise
 * cost as much as the largest payload. Real payloads grow by less than 20.
 */
const maxGrowth = 100;
const alwaysAllowed = 4 * 1024 * 1024;
/** bzip2 takes the most work for each byte, about 10 ns. */
const alwaysAllowedBzip2 = 1024 * 1024;

type Decoded = { readonly ok: true; readonly codec: readonly string[]; readonly value: PyValue };

/**
 * Finds out from the content how a payload is encoded, and reads it. `codec` names what was taken off, outermost first:
 * `["gzip", "pickle 4"]`, `["json", "base64", "pickle 5"]` for a JSON text that holds a pickle. What decompression makes is bounded by `limits.bytes`,
 * all layers together, and by 4 MiB (bzip2: 1 MiB) or 100 times its input, whichever is more (`Infinity` lifts both). Never throws.
 */
export function decodeBytes(bytes: Uint8Array, limits?: ReadLimits): Decoded | DecodeFailure {
  const codec: string[] = [];
  try {
    return { ok: true, codec, value: read(bytes, limits, codec).value };
  } catch (error) {
    const failure = toFailure(error);
    return codec.length === 0 ? failure : { ...failure, message: `inside ${codec.join(", ")}: ${failure.message}` };
  }
}

/** The pickle that is left when everything around it was taken off, as `decodeBytes` does. Throws `DecodeError`, `unsupported` for another encoding. */
export function innermostPickle(bytes: Uint8Array, limits?: ReadLimits): Uint8Array {
  const codec: string[] = [];
  const { content } = read(bytes, limits, codec);
  if (codec.at(-1)?.startsWith("pickle ") === true) return content;
  throw new DecodeError("unsupported", `no pickle, but ${codec.join(", ")}`);
}

interface Innermost {
  readonly value: PyValue;
  readonly content: Uint8Array;
}

function read(bytes: Uint8Array, limits: ReadLimits | undefined, codec: string[]): Innermost {
  const { bytes: maxBytes } = resolveLimits(limits);
  let content = bytes;
  let left = maxBytes;
  for (let layer = 0; layer <= maxLayers; layer += 1) {
    const wrapping = wrappingOf(content);
    if (wrapping !== null) {
      codec.push(wrapping.name);
      content = unwrap(wrapping, content, left);
      left -= content.length;
      continue;
    }
    const found = attempt(content, limits);
    if ("value" in found) {
      codec.push(found.name);
      const inner = innerBytes(found.value);
      if (inner === null) return { value: found.value, content };
      content = inner;
      continue;
    }
    const inflated = found.reason === "limit" ? null : headless(content, mostOf(content, left));
    if (inflated === null) throw found;
    codec.push(inflated.name);
    content = inflated.content;
    left -= content.length;
  }
  throw new DecodeError("unsupported", `wrapped more than ${maxLayers} times`);
}

/** The value, or why there is none: bytes that begin like one encoding may still be something else. */
function attempt(content: Uint8Array, limits: ReadLimits | undefined): { name: string; value: PyValue } | DecodeError {
  try {
    const unknown = (): DecodeError =>
      new DecodeError("unsupported", `an unknown encoding (${describeBytes(content)})`);
    return readValue(content, limits) ?? unknown();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function unwrap(wrapping: Wrapping, content: Uint8Array, left: number): Uint8Array {
  const most = mostOf(content, left, wrapping.name === "bzip2" ? alwaysAllowedBzip2 : alwaysAllowed);
  try {
    return wrapping.unwrap(content, most);
  } catch (error) {
    if (!(error instanceof DecodeError) || error.reason !== "limit") throw error;
    throw new DecodeError(
      "limit",
      `${describeBytes(content)} inflate to more than ${most.toLocaleString("en-US")} bytes`,
    );
  }
}

function mostOf(content: Uint8Array, left: number, always: number = alwaysAllowed): number {
  return left === Infinity ? left : Math.min(left, Math.max(always, content.length * maxGrowth));
}

/**
 * The value of an exception or another single field that a serializer of plain data stored encoded: as bytes, or as text of
 * base64 or JSON. Null where the value is no such thing, or cannot be read.
 */
export function readEmbedded(value: PyValue, limits?: ReadLimits): PyValue | null {
  const inner = innerBytes(value);
  if (inner === null) return null;
  const decoded = decodeBytes(inner, limits);
  return decoded.ok ? decoded.value : null;
}

/** The bytes of a text or bytes that hold another encoding; null for any other value. */
function innerBytes(value: PyValue): Uint8Array | null {
  let inner: Uint8Array;
  if (value.kind === "str") inner = new TextEncoder().encode(value.value);
  else if (value.kind === "bytes" || value.kind === "bytearray") inner = value.value;
  else return null;
  return inner.length > 8 && startsEncoded(inner) ? inner : null;
}

/** Reads a value from bytes that nothing is wrapped around; null where they begin like nothing that is known. */
function readValue(bytes: Uint8Array, limits: ReadLimits | undefined): { name: string; value: PyValue } | null {
  const first = bytes[0];
  if (first === undefined) throw new DecodeError("malformed", "empty");
  const { bytes: maxBytes } = resolveLimits(limits);
  if (bytes.length > maxBytes) throw new DecodeError("limit", `${bytes.length} bytes, more than ${maxBytes}`);
  // 0x80 is also MessagePack's empty map, but a pickle always has a protocol number after it.
  if (first === 0x80 && bytes.length > 1) return readPickle(bytes, limits, `pickle ${bytes[1] ?? 0}`);
  if (isMsgpack(first)) return { name: "msgpack", value: readMsgpack(bytes, limits) };
  const text = jsonText(bytes);
  if (text !== null) return { name: "json", value: readJson(text, limits) };
  // Protocols 0 and 1 have no header. A dict starts with MARK or EMPTY_DICT, other values with these.
  const surely = first === 0x28 || first === 0x7d;
  if (surely || (bytes.at(-1) === 0x2e && "]lcdVSIFLKJMXU)NGT".includes(String.fromCharCode(first))))
    return readPickle(bytes, limits, first === 0x7d || first === 0x5d || first === 0x29 ? "pickle 1" : "pickle 0");
  return null;
}

/** A map, or text, bytes or an array, which hold something else or are no payload. */
function isMsgpack(first: number): boolean {
  return (first >= 0x80 && first <= 0x9f) || (first >= 0xc4 && first <= 0xc6) || (first >= 0xd9 && first <= 0xdf);
}

function readPickle(bytes: Uint8Array, limits: ReadLimits | undefined, name: string): { name: string; value: PyValue } {
  const decoded = unpickle(bytes, limits);
  if (!decoded.ok) throw new DecodeError(decoded.reason, decoded.message);
  return { name, value: decoded.value };
}
