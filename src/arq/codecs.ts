import * as zlib from "node:zlib";
import type { ReadLimits } from "../python/limits";
import { resolveLimits } from "../python/limits";
import type { PyValue } from "../python/value";
import { DecodeError, toFailure } from "./decodeError";
import type { DecodeFailure } from "./jobModel";
import { readJson } from "./json";
import { readMsgpack } from "./msgpack";
import { unpickle } from "./unpickle";
import { decodeLatin1, decodeUtf8 } from "./utf8";

/** Wrappings (compression, base64) taken off at most. */
const maxWrappings = 4;

/**
 * Finds out from the content how a payload is encoded, and reads it. `codec` names what was taken off, outermost first:
 * `["gzip", "pickle 4"]`. Output of decompression is bounded by `limits.bytes`. Never throws.
 */
export function decodeBytes(
  bytes: Uint8Array,
  limits?: ReadLimits,
): { ok: true; codec: readonly string[]; value: PyValue } | DecodeFailure {
  const codec: string[] = [];
  try {
    let content = bytes;
    for (let layer = 0; layer <= maxWrappings; layer += 1) {
      const wrapping = wrappingOf(content);
      if (wrapping === null) {
        const { name, value } = readValue(content, limits);
        return { ok: true, codec: [...codec, name], value };
      }
      codec.push(wrapping.name);
      content = wrapping.unwrap(content, resolveLimits(limits).bytes);
    }
    throw new DecodeError("unsupported", `wrapped more than ${maxWrappings} times`);
  } catch (error) {
    const failure = toFailure(error);
    return codec.length === 0 ? failure : { ...failure, message: `inside ${codec.join(", ")}: ${failure.message}` };
  }
}

interface Wrapping {
  readonly name: string;
  readonly unwrap: (content: Uint8Array, maxLength: number) => Uint8Array;
}

function wrappingOf(bytes: Uint8Array): Wrapping | null {
  if (startsWith(bytes, [0x1f, 0x8b])) return { name: "gzip", unwrap: inflater(zlib.gunzipSync) };
  if (bytes[0] === 0x78 && bytes.length > 2 && (0x7800 + (bytes[1] ?? 0)) % 31 === 0) {
    return { name: "zlib", unwrap: inflater(zlib.inflateSync) };
  }
  if (startsWith(bytes, [0x28, 0xb5, 0x2f, 0xfd])) return { name: "zstd", unwrap: inflateZstd };
  if (startsWith(bytes, [0x04, 0x22, 0x4d, 0x18])) throw new DecodeError("unsupported", "compressed with LZ4");
  if (startsWith(bytes, [0x42, 0x5a, 0x68])) throw new DecodeError("unsupported", "compressed with bzip2");
  if (startsWith(bytes, [0xfd, 0x37, 0x7a, 0x58, 0x5a])) throw new DecodeError("unsupported", "compressed with xz");
  // A Fernet token is base64 of version 0x80 and a time of 64 bits, whose upper bytes are zero for long to come.
  if (startsWith(bytes, [0x67, 0x41, 0x41, 0x41, 0x41]))
    throw new DecodeError("unsupported", "encrypted (a Fernet token)");
  return isBase64(bytes) ? { name: "base64", unwrap: (content) => decodeBase64(content) } : null;
}

type Inflate = (content: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

function inflater(inflate: Inflate): Wrapping["unwrap"] {
  return (content, maxLength) => {
    try {
      return inflate(content, { maxOutputLength: Math.max(1, Math.min(maxLength, 0x7fff_ffff)) });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "ERR_BUFFER_TOO_LARGE") throw new DecodeError("limit", `inflates to more than ${maxLength} bytes`);
      if (code === "Z_BUF_ERROR") throw new DecodeError("truncated", "compressed data ends too early");
      throw new DecodeError("malformed", "compressed data is damaged");
    }
  };
}

/** Node has zstd since 22.15; older hosts say so. */
function inflateZstd(content: Uint8Array, maxLength: number): Uint8Array {
  const inflate: unknown = "zstdDecompressSync" in zlib ? zlib.zstdDecompressSync : null;
  if (typeof inflate !== "function")
    throw new DecodeError("unsupported", "compressed with zstd, which this editor's Node cannot inflate");
  return inflater(inflate as Inflate)(content, maxLength);
}

/** Starts of base64 of what a serializer writes: pickles, gzip, zlib, JSON objects. */
const base64Starts = /^(?:gA[IJMNQRSUVW]|H4sI|eJ|eN|eAE|eyJ|eyI|ew|KLUv)/;

function isBase64(bytes: Uint8Array): boolean {
  // A pickle or MessagePack payload, the usual case, is told by its first byte.
  if (bytes.length < 8 || (bytes[0] ?? 0) > 0x7f || !base64Starts.test(decodeLatin1(bytes.subarray(0, 8))))
    return false;
  return bytes.every((byte) => base64Bytes.has(byte));
}

const base64Bytes = new Set(
  Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n", (character) =>
    character.charCodeAt(0),
  ),
);

function decodeBase64(bytes: Uint8Array): Uint8Array {
  const text = decodeLatin1(bytes);
  const plain = text
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replaceAll(/[\r\n=]/g, "");
  if (plain.length % 4 === 1) throw new DecodeError("truncated", "base64 text ends too early");
  const binary = atob(plain);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function readValue(bytes: Uint8Array, limits: ReadLimits | undefined): { name: string; value: PyValue } {
  const first = bytes[0];
  if (first === undefined) throw new DecodeError("malformed", "empty");
  const { bytes: maxBytes } = resolveLimits(limits);
  if (bytes.length > maxBytes) throw new DecodeError("limit", `${bytes.length} bytes, more than ${maxBytes}`);
  // 0x80 is also MessagePack's empty map, but a pickle always has a protocol number after it.
  if (first === 0x80 && bytes.length > 1) return readPickle(bytes, limits, `pickle ${bytes[1] ?? 0}`);
  if ((first & 0xf0) === 0x80 || first === 0xde || first === 0xdf)
    return { name: "msgpack", value: readMsgpack(bytes, limits) };
  const start = jsonStart(bytes);
  if (start !== null) return { name: "json", value: readJson(decodeUtf8(bytes.subarray(start)), limits) };
  // Protocols 0 and 1 have no header. A dict starts with MARK or EMPTY_DICT, other values with these.
  if (first !== 0x7b && "(}]lcdVSIFLKJMXU)NG".includes(String.fromCharCode(first))) {
    return readPickle(bytes, limits, first === 0x7d ? "pickle 1" : "pickle 0");
  }
  throw new DecodeError("unsupported", `an unknown encoding (starts with ${hexStart(bytes)})`);
}

function readPickle(bytes: Uint8Array, limits: ReadLimits | undefined, name: string): { name: string; value: PyValue } {
  const read = unpickle(bytes, limits);
  if (!read.ok) throw new DecodeError(read.reason, read.message);
  return { name, value: read.value };
}

/** Where a JSON object starts, past a byte order mark and white space; null where it is none. */
function jsonStart(bytes: Uint8Array): number | null {
  let index = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  while (bytes[index] === 0x20 || bytes[index] === 0x0a || bytes[index] === 0x0d || bytes[index] === 0x09) index += 1;
  return bytes[index] === 0x7b ? index : null;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function hexStart(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
