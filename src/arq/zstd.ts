import { Decompress } from "fzstd";
import * as zlib from "node:zlib";
import { DecodeError } from "./decodeError";

/** What every decoder of zstd should grant (RFC 8878, 3.1.1.1.2); only `--long` and the highest levels ask for more. */
const maxWindow = 8 * 1024 * 1024;
const frameMagic = 0xfd2f_b528;

/**
 * Inflates zstd frames (RFC 8878), one after the other: with Node's own zlib where it can (22.15 and later), else with fzstd.
 * Throws `DecodeError`; allocates at most `maxLength` twice and the window of a frame.
 */
export function inflateZstd(content: Uint8Array, maxLength: number): Uint8Array {
  checkFrames(content, maxLength);
  const native: unknown = "zstdDecompressSync" in zlib ? zlib.zstdDecompressSync : null;
  try {
    if (typeof native !== "function") return inflatePortably(content, maxLength);
    const inflate = native as (content: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
    return inflate(content, { maxOutputLength: Math.max(1, Math.min(maxLength, 0x7fff_ffff)) });
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxLength);
    throw new DecodeError("malformed", "compressed data is damaged");
  }
}

export function inflatePortably(content: Uint8Array, maxLength: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > maxLength) throw tooLarge(maxLength);
    parts.push(part.slice());
  });
  stream.push(content, true);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Walks frames and blocks by their headers, so that nothing is allocated for what is not there. */
function checkFrames(content: Uint8Array, maxLength: number): void {
  const input = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let at = 0;
  while (at < content.length) {
    const magic = word(input, at);
    at += 4;
    if (magic >>> 4 === 0x0184_d2a5) {
      at += 4 + word(input, at);
      continue;
    }
    if (magic !== frameMagic) throw new DecodeError("malformed", `no zstd frame at byte ${at - 4}`);
    at = checkFrame(content, at, maxLength);
  }
  if (at > content.length) throw endsEarly();
}

/** From the frame header descriptor to behind the frame. */
function checkFrame(content: Uint8Array, start: number, maxLength: number): number {
  const flags = content[start];
  if (flags === undefined) throw endsEarly();
  const single = (flags & 0x20) !== 0;
  const sizeFlag = flags >>> 6;
  const sizeLength = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
  let at = start + 1;
  if (!single) {
    const window = content[at] ?? 0;
    const base = 2 ** (10 + (window >>> 3));
    at += 1;
    if (base + (base / 8) * (window & 7) > maxWindow)
      throw new DecodeError("limit", `compressed with a zstd window of more than ${maxWindow} bytes`);
  }
  if (content.subarray(at, at + dictionaryLength).some((byte) => byte !== 0))
    throw new DecodeError("unsupported", "compressed with zstd and a dictionary of its own");
  at += dictionaryLength;
  let size = sizeFlag === 1 ? 256 : 0;
  for (let index = 0; index < sizeLength; index += 1) size += (content[at + index] ?? 0) * 256 ** index;
  if (size > maxLength) throw tooLarge(maxLength);
  at += sizeLength;
  for (let last = false; !last;) {
    if (at + 3 > content.length) throw endsEarly();
    const header = (content[at] ?? 0) | ((content[at + 1] ?? 0) << 8) | ((content[at + 2] ?? 0) << 16);
    last = (header & 1) === 1;
    // An RLE block holds one byte, however often it is repeated.
    at += 3 + (((header >>> 1) & 3) === 1 ? 1 : header >>> 3);
  }
  at += (flags & 0x04) === 0 ? 0 : 4;
  if (at > content.length) throw endsEarly();
  return at;
}

function word(input: DataView, at: number): number {
  if (at + 4 > input.byteLength) throw endsEarly();
  return input.getUint32(at, true);
}

function endsEarly(): DecodeError {
  return new DecodeError("truncated", "compressed data ends too early");
}

function tooLarge(maxLength: number): DecodeError {
  return new DecodeError("limit", `inflates to more than ${maxLength} bytes`);
}
