import { mergeEqualKeys } from "../python/equality";
import type { ReadLimits } from "../python/limits";
import { maxIntDigits, resolveLimits } from "../python/limits";
import type { PyDict, PySequence, PyValue } from "../python/value";
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

type Open = { readonly node: PySequence } | { readonly node: PyDict; key: PyValue | null };

const space = /[ \t\n\r]*/y;
const literal = /true|false|null|NaN|-?Infinity/y;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
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

class JsonReader {
  private position = 0;
  private count = 0;
  private readonly open: Open[] = [];

  constructor(
    private readonly text: string,
    private readonly limits: Required<ReadLimits>,
  ) {}

  run(): PyValue {
    this.skipSpace();
    let value = this.begin();
    for (;;) {
      // `value` is complete, or the container just opened.
      const top = this.open.at(-1);
      if (value !== null && top === undefined) break;
      if (value !== null && top !== undefined) this.add(top, value);
      value = this.next(value !== null);
    }
    this.skipSpace();
    if (this.position < this.text.length) throw this.wrong();
    return value;
  }

  /** After a value (`afterValue`) or an opening bracket: the next value, or null where a container was opened. */
  private next(afterValue: boolean): PyValue | null {
    this.skipSpace();
    const top = this.open.at(-1);
    if (top === undefined) throw this.wrong();
    const close = top.node.kind === "dict" ? "}" : "]";
    if (this.text[this.position] === close && !this.afterComma) {
      this.position += 1;
      this.open.pop();
      if (top.node.kind === "dict") mergeEqualKeys(top.node.entries);
      return top.node;
    }
    if (afterValue && !this.afterComma) {
      this.expect(",");
      this.skipSpace();
      this.afterComma = true;
      return this.next(false);
    }
    this.afterComma = false;
    if ("key" in top) {
      this.expect('"');
      top.key = { kind: "str", value: this.readString() };
      this.skipSpace();
      this.expect(":");
      this.skipSpace();
    }
    return this.begin();
  }

  private afterComma = false;

  /** Reads a scalar, or opens a container and answers null. */
  private begin(): PyValue | null {
    this.count += 1;
    if (this.count > this.limits.items) throw new DecodeError("limit", `more than ${this.limits.items} values`);
    const character = this.text[this.position];
    if (character === "{" || character === "[") {
      if (this.open.length >= this.limits.depth)
        throw new DecodeError("limit", `nested more than ${this.limits.depth} levels deep`);
      this.position += 1;
      this.open.push(
        character === "[" ? { node: { kind: "list", items: [] } } : { node: { kind: "dict", entries: [] }, key: null },
      );
      return null;
    }
    if (character === '"') {
      this.position += 1;
      return { kind: "str", value: this.readString() };
    }
    return this.readLiteral() ?? this.readNumber();
  }

  private add(top: Open, value: PyValue): void {
    if ("key" in top) top.node.entries.push([top.key ?? pyNone, value]);
    else top.node.items.push(value);
  }

  private readLiteral(): PyValue | null {
    switch (this.match(literal)?.[0]) {
      case "null":
        return pyNone;
      case "true":
        return { kind: "bool", value: true };
      case "false":
        return { kind: "bool", value: false };
      case "NaN":
        return { kind: "float", value: Number.NaN };
      case "Infinity":
        return { kind: "float", value: Infinity };
      case "-Infinity":
        return { kind: "float", value: -Infinity };
      default:
        return null;
    }
  }

  private readNumber(): PyValue {
    const match = this.match(number);
    if (match === null) throw this.wrong();
    if (match[1] !== undefined || match[2] !== undefined) return { kind: "float", value: Number(match[0]) };
    if (match[0].length > maxIntDigits && this.limits.bytes !== Infinity) {
      throw new DecodeError("limit", `an int of ${match[0].length} digits, more than ${maxIntDigits}`);
    }
    return { kind: "int", value: BigInt(match[0]) };
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
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        end += 1;
      }
    }
    if (end >= text.length) throw new DecodeError("truncated", `a text is not closed after character ${start}`);
    this.position = end + 1;
    const raw = text.slice(start, end);
    if (!escaped) return raw;
    return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex?: string, other?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const plain = escapes[other ?? ""];
      if (plain === undefined) throw new DecodeError("malformed", `\\${other} is no JSON escape`);
      return plain;
    });
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match !== null) this.position += match[0].length;
    return match;
  }

  private skipSpace(): void {
    this.match(space);
  }

  private expect(character: string): void {
    if (this.text[this.position] !== character) throw this.wrong();
    this.position += 1;
  }

  private wrong(): DecodeError {
    if (this.position >= this.text.length) return new DecodeError("truncated", `ends at character ${this.text.length}`);
    return new DecodeError(
      "malformed",
      `unexpected ${JSON.stringify(this.text[this.position])} at character ${this.position}`,
    );
  }
}
