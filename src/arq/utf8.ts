import type { PyStr } from "../python/value";
import { DecodeError } from "./decodeError";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 as Python's `surrogatepass` does: lone surrogates survive, anything else invalid throws `malformed`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeWithSurrogates(bytes, []);
  }
}

/** As `decodeUtf8`, keeping what only a Python text can tell: two surrogates side by side that are no character. */
export function decodeStr(bytes: Uint8Array): PyStr {
  try {
    return { kind: "str", value: decoder.decode(bytes) };
  } catch {
    const apart: number[] = [];
    const value = decodeWithSurrogates(bytes, apart);
    return apart.length === 0 ? { kind: "str", value } : { kind: "str", value, apart };
  }
}

/** Characters turned into a string at once: `String.fromCharCode` takes them as arguments, on a stack of limited size. */
const chunk = 8192;

/** By hand, since no decoder takes encoded surrogates (ED A0..BF xx): linear, also where there are millions of them. */
function decodeWithSurrogates(bytes: Uint8Array, apart: number[]): string {
  const parts: string[] = [];
  const units = new Uint16Array(chunk + 1);
  let count = 0;
  let flushed = 0;
  let afterHigh = false;
  for (let index = 0; index < bytes.length;) {
    const first = bytes[index] ?? 0;
    let code = first;
    if (first > 0x7f) {
      const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
      code = first & (0xff >> (length + 1));
      for (let next = index + 1; next < index + length; next += 1) {
        const byte = bytes[next] ?? 0;
        if ((byte & 0xc0) !== 0x80) throw invalid();
        code = (code << 6) | (byte & 0x3f);
      }
      if (first < 0xc2 || first > 0xf4 || code < (smallest[length] ?? 0) || code > 0x10ffff) throw invalid();
      index += length - 1;
    }
    index += 1;
    if (code > 0xffff) {
      units[count] = 0xd7c0 + (code >> 10);
      units[count + 1] = 0xdc00 | (code & 0x3ff);
      count += 2;
    } else {
      if (afterHigh && (code & 0xfc00) === 0xdc00) apart.push(flushed + count - 1);
      units[count] = code;
      count += 1;
    }
    afterHigh = code < 0x10000 && (code & 0xfc00) === 0xd800;
    if (count >= chunk) {
      parts.push(String.fromCharCode(...units.subarray(0, count)));
      flushed += count;
      count = 0;
    }
  }
  parts.push(String.fromCharCode(...units.subarray(0, count)));
  return parts.join("");
}

/** The smallest character that needs so many bytes; fewer would have done for those below, which is invalid. */
const smallest: readonly number[] = [0, 0, 0x80, 0x800, 0x10000];

function invalid(): DecodeError {
  return new DecodeError("malformed", "a text is not valid UTF-8");
}

/** One character per byte, for bytes that are known to be ASCII or Latin-1. */
export function decodeLatin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("latin1");
}

/** The bytes of a text whose characters are all below U+0100, or null. */
export function encodeLatin1(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return null;
    bytes[index] = code;
  }
  return bytes;
}

/** The same memory as a Buffer, which reads text several times quicker than a decoder does. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Texts met before, by a hash of their bytes: keys, classes and functions come again and again, and a look here beats making them. */
const known: string[] = Array.from({ length: 1024 }, () => "");
const longestKnown = 40;
const ascii: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/** As `decodeUtf8`, of the bytes from `start` to `end`, which must not lie past the end. Made for the many short ASCII texts in a payload. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  return shortAscii(bytes, start, end) ?? decodeUtf8(bytes.subarray(start, end));
}

/** As `decodeStr`, under the terms of `textAt`. */
export function strAt(bytes: Buffer, start: number, end: number): PyStr {
  const value = shortAscii(bytes, start, end);
  return value === null ? decodeStr(bytes.subarray(start, end)) : { kind: "str", value };
}

function shortAscii(bytes: Buffer, start: number, end: number): string | null {
  const length = end - start;
  if (length > longestKnown) return null;
  if (length === 0) return "";
  if (length === 1 && bytes[start]! < 0x80) return ascii[bytes[start]!]!;
  // A few bytes tell texts apart well enough; what is found is compared in full.
  const middle = start + (length >> 1);
  const sample =
    (bytes[start]! << 16) ^ (bytes[middle]! << 8) ^ bytes[end - 1]! ^ (bytes[end - 2]! << 12) ^ (length << 4);
  const slot = Math.imul(sample, 0x9e3779b1) >>> 22;
  const candidate = known[slot]!;
  if (candidate.length === length) {
    let index = 0;
    while (index < length && candidate.charCodeAt(index) === bytes[start + index]) index += 1;
    if (index === length) return candidate;
  }
  let bits = 0;
  for (let index = start; index < end; index += 1) bits |= bytes[index]!;
  if (bits > 0x7f) return null;
  const text = bytes.toString("latin1", start, end);
  known[slot] = text;
  return text;
}
