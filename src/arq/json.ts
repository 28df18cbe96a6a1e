import type { ReadLimits } from "../python/limits";
import { maxIntDigits, resolveLimits } from "../python/limits";
import type { PyDict, PySequence, PyStr, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { DecodeError } from "./decodeError";
import { decodeUtf8 } from "./utf8";

/**
 * The text of bytes that begin like a JSON object, array or text, in the encodings that `json.loads` tells apart (Lib/json/__init__.py
 * `detect_encoding`): UTF-8, -16 and -32, with a byte order mark or without. Null for any other bytes.
 */
export function jsonText(bytes: Uint8Array): string | null {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return startsJson(bytes, 3, 1) ? decodeUtf8(bytes.subarray(3)) : null;
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  if (marked && !(a === 0xff && c === 0 && d === 0)) return decodeUtf16(bytes.subarray(2), a === 0xff);
  if (a === 0xff && b === 0xfe) return decodeUtf32(bytes.subarray(4), true);
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return decodeUtf32(bytes.subarray(4), false);
  if (bytes.length >= 4 && (a === 0 || b === 0)) {
    if (a === 0) return b === 0 ? decodeUtf32(bytes, false) : decodeUtf16(bytes, false);
    return c === 0 && d === 0 ? decodeUtf32(bytes, true) : decodeUtf16(bytes, true);
  }
  return startsJson(bytes, 0, 1) ? decodeUtf8(bytes) : null;
}

function startsJson(bytes: ArrayLike<number>, start: number, step: number): boolean {
  let index = start;
  while (bytes[index] === 0x20 || bytes[index] === 0x0a || bytes[index] === 0x0d || bytes[index] === 0x09)
    index += step;
  const first = bytes[index];
  return first === 0x7b || first === 0x5b || first === 0x22;
}

function decodeUtf16(bytes: Uint8Array, littleEndian: boolean): string | null {
  if (bytes.length % 2 === 1 || !startsJson(bytes, littleEndian ? 0 : 1, 2)) return null;
  const units = new Uint16Array(bytes.length / 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < units.length; index += 1) units[index] = view.getUint16(index * 2, littleEndian);
  return joined(units, (part) => String.fromCharCode(...part));
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string | null {
  if (bytes.length % 4 !== 0 || !startsJson(bytes, littleEndian ? 0 : 3, 4)) return null;
  const points = new Uint32Array(bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < points.length; index += 1) {
    const point = view.getUint32(index * 4, littleEndian);
    if (point > 0x10_ffff) throw new DecodeError("malformed", "a text is not valid UTF-32");
    points[index] = point;
  }
  return joined(points, (part) => String.fromCodePoint(...part));
}

/** A call takes only so many arguments. */
function joined<T extends Uint16Array | Uint32Array>(units: T, toText: (part: T) => string): string {
  const parts: string[] = [];
  for (let start = 0; start < units.length; start += 8192) parts.push(toText(units.subarray(start, start + 8192) as T));
  return parts.join("");
}

/**
 * Reads JSON as Python's `json.loads` does: ints exact at any size, `NaN` and `Infinity` allowed, the last of equal keys wins.
 * Iterative. Throws `DecodeError`.
 */
export function readJson(text: string, limits?: ReadLimits): PyValue {
  return new JsonReader(text, resolveLimits(limits)).run();
}

interface OpenList {
  readonly node: PySequence;
  readonly closedBy: typeof closeBracket;
}
interface OpenDict {
  readonly node: PyDict;
  readonly closedBy: typeof closeBrace;
  key: PyStr;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;

const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** An int this long or shorter is exact as a number, which makes a bigint several times faster than its digits do. */
const quickDigits = 15;
const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  "/": "/",
};
const literals: readonly (readonly [text: string, value: PyValue])[] = [
  ["null", pyNone],
  ["true", { kind: "bool", value: true }],
  ["false", { kind: "bool", value: false }],
  ["NaN", { kind: "float", value: Number.NaN }],
  ["Infinity", { kind: "float", value: Infinity }],
  ["-Infinity", { kind: "float", value: -Infinity }],
];

class JsonReader {
  private position = 0;
  private count = 0;
  private readonly open: (OpenList | OpenDict)[] = [];

  constructor(
    private readonly text: string,
    private readonly limits: Required<ReadLimits>,
  ) {}

  run(): PyValue {
    let value = this.begin();
    for (let top = this.open.at(-1); top !== undefined; top = this.open.at(-1)) value = this.step(top, value);
    this.skipSpace();
    // Without an open container there is a value.
    if (this.position < this.text.length || value === null) throw this.wrong();
    return value;
  }

  /** Puts `value` into the container at the top, unless it was just opened (null), and goes on to what follows: as `begin`, or the container when it closes. */
  private step(top: OpenList | OpenDict, value: PyValue | null): PyValue | null {
    if (value !== null) {
      if (top.closedBy === closeBrace) top.node.entries.push([top.key, value]);
      else top.node.items.push(value);
    }
    const next = this.skipSpace();
    if (next === top.closedBy) {
      this.position += 1;
      this.open.pop();
      if (top.closedBy === closeBrace) mergeTextKeys(top.node.entries);
      return top.node;
    }
    if (value !== null) {
      if (next !== comma) throw this.wrong();
      this.position += 1;
    }
    if (top.closedBy === closeBrace) this.readKey(top);
    return this.begin();
  }

  private readKey(top: OpenDict): void {
    if (this.skipSpace() !== quote) throw this.wrong();
    this.position += 1;
    top.key = { kind: "str", value: this.readString() };
    if (this.skipSpace() !== colon) throw this.wrong();
    this.position += 1;
  }

  /** Reads a scalar, or opens a container and answers null. */
  private begin(): PyValue | null {
    this.count += 1;
    if (this.count > this.limits.items) throw new DecodeError("limit", `more than ${this.limits.items} values`);
    const code = this.skipSpace();
    if (code === quote) {
      this.position += 1;
      return { kind: "str", value: this.readString() };
    }
    if (code === openBrace || code === openBracket) {
      if (this.open.length >= this.limits.depth)
        throw new DecodeError("limit", `nested more than ${this.limits.depth} levels deep`);
      this.position += 1;
      this.open.push(
        code === openBracket
          ? { node: { kind: "list", items: [] }, closedBy: closeBracket }
          : { node: { kind: "dict", entries: [] }, closedBy: closeBrace, key: noKey },
      );
      return null;
    }
    if ((code >= 0x30 && code <= 0x39) || (code === minus && this.text[this.position + 1] !== "I"))
      return this.readNumber();
    for (const [text, value] of literals) {
      if (!this.text.startsWith(text, this.position)) continue;
      this.position += text.length;
      return value;
    }
    throw this.wrong();
  }

  private readNumber(): PyValue {
    number.lastIndex = this.position;
    const match = number.exec(this.text);
    if (match === null) throw this.wrong();
    const [digits] = match;
    this.position += digits.length;
    if (match[1] !== undefined || match[2] !== undefined) return { kind: "float", value: Number(digits) };
    if (digits.length <= quickDigits) return { kind: "int", value: BigInt(Number(digits)) };
    if (digits.length > maxIntDigits && this.limits.bytes !== Infinity) {
      throw new DecodeError("limit", `an int of ${digits.length} digits, more than ${maxIntDigits}`);
    }
    return { kind: "int", value: BigInt(digits) };
  }

  /**
   * The text up to the closing quote, which is consumed. Python's default (strict) reader refuses raw control characters; they do
   * no harm here.
   */
  private readString(): string {
    const { text, position: start } = this;
    let end = start;
    let escaped = false;
    // A loop, because a regular expression backtracks once for each of millions of escapes.
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === quote) break;
      if (code === backslash) {
        escaped = true;
        end += 1;
      }
    }
    if (end >= text.length) throw new DecodeError("truncated", `a text is not closed after character ${start}`);
    this.position = end + 1;
    const raw = text.slice(start, end);
    if (!escaped) return raw;
    try {
      // Many times faster, and strict: what it refuses (raw control characters, wrong escapes) is left to the reader below.
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return this.unescape(raw);
    }
  }

  private unescape(raw: string): string {
    return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex?: string, other?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const plain = escapes[other ?? ""];
      if (plain === undefined) throw new DecodeError("malformed", `\\${other} is no JSON escape`);
      return plain;
    });
  }

  /** Answers the next character's code, or NaN at the end. */
  private skipSpace(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.position += 1;
    }
  }

  private wrong(): DecodeError {
    if (this.position >= this.text.length) return new DecodeError("truncated", `ends at character ${this.text.length}`);
    return new DecodeError(
      "malformed",
      `unexpected ${JSON.stringify(this.text[this.position])} at character ${this.position}`,
    );
  }
}

const noKey: PyStr = { kind: "str", value: "" };

/** Of equal keys the last value counts, at the place of the first. */
function mergeTextKeys(entries: [PyValue, PyValue][]): void {
  if (entries.length < 2) return;
  const seen = new Map<string, [PyValue, PyValue]>();
  let kept = 0;
  for (const entry of entries) {
    const key = entry[0].kind === "str" ? entry[0].value : "";
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      earlier[1] = entry[1];
      continue;
    }
    seen.set(key, entry);
    entries[kept] = entry;
    kept += 1;
  }
  entries.length = kept;
}
