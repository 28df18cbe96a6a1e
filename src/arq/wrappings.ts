import * as zlib from "node:zlib";
import { base64Start, decodeBase64, isBase64 } from "./base64";
import { DecodeError } from "./decodeError";
import { decompress } from "./decompress";
import { describeBytes } from "./describeBytes";
import { decodeLatin1 } from "./utf8";

/** A layer around a payload: compression or base64 text. */
export interface Wrapping {
  readonly name: string;
  /** Takes the layer off. Throws `DecodeError`; makes at most `maxLength` bytes. */
  readonly unwrap: (content: Uint8Array, maxLength: number) => Uint8Array;
}

/** Told by their first bytes. */
const formats: readonly (readonly [start: readonly number[], wrapping: Wrapping])[] = [
  [[0x1f, 0x8b], { name: "gzip", unwrap: inflater(zlib.gunzipSync) }],
  [[0x28, 0xb5, 0x2f, 0xfd], rare("zstd")],
  [[0x04, 0x22, 0x4d, 0x18], rare("lz4")],
  [[0x42, 0x5a, 0x68], rare("bzip2")],
];

const readable = "gzip, zlib, bzip2, zstd and LZ4 can be read";

/** Known, but not read: what it is, and what to do. */
const refused: readonly (readonly [start: readonly number[], what: string, todo: string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "compressed with xz", readable],
  [[0x5d, 0x00, 0x00], "compressed with LZMA", readable],
  [[0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50], "compressed with Snappy", readable],
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive", readable],
];

/** The outermost layer of the bytes; null where they are none that is known. Throws `unsupported` for one that is known but not read. */
export function wrappingOf(bytes: Uint8Array): Wrapping | null {
  for (const [start, wrapping] of formats) if (startsWith(bytes, start)) return wrapping;
  if (isZlib(bytes)) return { name: "zlib", unwrap: inflater(zlib.inflateSync) };
  for (const [start, what, todo] of refused) {
    if (startsWith(bytes, start)) throw new DecodeError("unsupported", `${what} (${describeBytes(bytes)}); ${todo}`);
  }
  const first = bytes[0] ?? 0;
  // Most payloads are told from text by their first byte.
  if (first < 0x2b || first > 0x7a) return null;
  refuseToken(bytes);
  return isBase64(bytes) && startsEncoded(base64Start(bytes))
    ? { name: "base64", unwrap: (content) => decodeBase64(content) }
    : null;
}

/** Whether bytes begin like anything that is read, or known and refused. */
export function startsEncoded(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  if (formats.some(([start]) => startsWith(bytes, start)) || refused.some(([start]) => startsWith(bytes, start)))
    return true;
  if (isZlib(bytes) || (first === 0x80 && second <= 5)) return true;
  // A MessagePack map, or a text or bytes that hold something else; a short key follows a map.
  if ((first > 0x80 && first <= 0x8f && second >= 0xa1 && second <= 0xbf) || first === 0xde) return true;
  if (first >= 0xc4 && first <= 0xc6) return true;
  const text = decodeLatin1(bytes.subarray(0, 16));
  return /^(?:\xef\xbb\xbf)?\s*[{"]|^\(d|^\}(?:q|\()|^(?:gA|H4sI|eJ|eyJ|KLUv|BCJNGA|Qlpo)/.test(text);
}

function isZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  // Deflate with a window of 2^8 to 2^15; a header that begins with "(" is left to pickles.
  const method = (first & 0x0f) === 8 && first >>> 4 <= 7 && first !== 0x28;
  return method && bytes.length > 2 && (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
}

/**
 * Compressions without a header that names them, for bytes that are nothing else: told by what comes out. Deflate, and an LZ4 block
 * behind its size, as `lz4.block.compress` of Python's lz4 writes it. Null where nothing fits.
 */
export function headless(content: Uint8Array, maxLength: number): { name: string; content: Uint8Array } | null {
  const size = content.length > 8 ? new DataView(content.buffer, content.byteOffset).getUint32(0, true) : 0;
  // LZ4 grows by at most 255.
  const plausible = size > 8 && size <= maxLength && size / content.length < 255;
  const ways: readonly [string, (() => Uint8Array) | null][] = [
    ["deflate", () => inflater(zlib.inflateRawSync)(content, maxLength)],
    ["lz4 block", plausible ? () => decompress("lz4 block", content, size) : null],
  ];
  for (const [name, inflate] of ways) {
    try {
      const inflated = inflate?.() ?? null;
      if (inflated !== null && inflated.length > 8 && startsEncoded(inflated)) return { name, content: inflated };
    } catch {
      // It is something else.
    }
  }
  return null;
}

type Inflate = (content: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Uint8Array;

function inflater(inflate: Inflate): Wrapping["unwrap"] {
  return (content, maxLength) => {
    try {
      const maxOutputLength = Math.max(1, Math.min(maxLength, 0x7fff_ffff));
      // Pieces of 16 kB, zlib's default, take a third longer to make and to join when there are many.
      return inflate(content, { maxOutputLength, chunkSize: content.length > 4096 ? 256 * 1024 : 16 * 1024 });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "ERR_BUFFER_TOO_LARGE") throw new DecodeError("limit", `inflates to more than ${maxLength} bytes`);
      if (code === "Z_BUF_ERROR") throw new DecodeError("truncated", "compressed data ends too early");
      throw new DecodeError("malformed", "compressed data is damaged");
    }
  };
}

function rare(name: "zstd" | "lz4" | "bzip2"): Wrapping {
  return { name, unwrap: (content, maxLength) => decompress(name, content, maxLength) };
}

const noKey = "ARQ Monitor holds no keys: read it with your own code";

/** Text that only its owner can read. Throws `unsupported` for it. */
function refuseToken(bytes: Uint8Array): void {
  const start = decodeLatin1(bytes.subarray(0, 48));
  if (start.startsWith("gAAAA") && isBase64(bytes)) {
    throw new DecodeError(
      "unsupported",
      `encrypted (a Fernet token${fernetTime(bytes)}; ${describeBytes(bytes)}); ${noKey}`,
    );
  }
  if (/^eyJ[\w-]+\.[\w-]+/.test(decodeLatin1(bytes.subarray(0, 2048)).replace(/\s+$/, "")))
    throw new DecodeError("unsupported", `a signed or encrypted token (JWT; ${describeBytes(bytes)}); ${noKey}`);
  if (/^(?:-----BEGIN |age-encryption\.org\/|vault:v\d)/.test(start))
    throw new DecodeError("unsupported", `encrypted (${describeBytes(bytes)}); ${noKey}`);
}

/** When a Fernet token was made: seconds in 64 bits behind its version byte. */
function fernetTime(bytes: Uint8Array): string {
  const head = base64Start(bytes);
  const seconds = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(1));
  return seconds > 1e8 && seconds < 1e11 ? ` of ${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` : "";
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  for (let index = 0; index < start.length; index += 1) if (bytes[index] !== start[index]) return false;
  return bytes.length >= start.length;
}
