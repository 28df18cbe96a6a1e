import type { PyStr, PyValue } from "../python/value";
import { DecodeError } from "./decodeError";
import { asBuffer, decodeLatin1, decodeUtf8 } from "./utf8";

/** Readers for the operands that protocol 0 writes as text. Each throws `malformed` on anything Python would refuse, and is linear. */

/** `I01`, `I00` are booleans; anything else is an int. */
export function parseIntLine(line: Uint8Array): PyValue {
  const text = decodeLatin1(line).trim();
  if (text === "01") return { kind: "bool", value: true };
  if (text === "00") return { kind: "bool", value: false };
  return { kind: "int", value: parseDecimal(text) };
}

export function parseLongLine(line: Uint8Array): bigint {
  return parseDecimal(decodeLatin1(line).trim().replace(/L$/, ""));
}

function parseDecimal(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new DecodeError("malformed", `'${text.slice(0, 40)}' is not an int`);
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text.replace("+", ""));
}

export function parseFloatLine(line: Uint8Array): number {
  const text = decodeLatin1(line).trim();
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (special !== null) {
    if (special[2]?.toLowerCase() === "nan") return Number.NaN;
    return special[1] === "-" ? -Infinity : Infinity;
  }
  // No digit can be matched in two ways: with `\d+\.?\d*` a megabyte of digits before a letter takes minutes.
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) {
    throw new DecodeError("malformed", `'${text.slice(0, 40)}' is not a float`);
  }
  return Number(text);
}

export function parseMemoIndex(line: Uint8Array): number {
  if (line.length === 0 || line.length > 15) throw new DecodeError("malformed", "a memo index is not a number");
  let index = 0;
  for (const byte of line) {
    if (byte < 0x30 || byte > 0x39) throw new DecodeError("malformed", "a memo index is not a number");
    index = index * 10 + byte - 0x30;
  }
  return index;
}

/** Python 2's `str`: text where it is UTF-8, else bytes. */
export function python2String(bytes: Uint8Array): PyValue {
  try {
    return { kind: "str", value: decodeUtf8(bytes) };
  } catch {
    return { kind: "bytes", value: new Uint8Array(bytes) };
  }
}

const backslash = 0x5c;
const letterX = 0x78;
/** What stands behind a backslash, and the byte it means. */
const simpleEscapes = new Map<number | undefined, number>(
  Object.entries({ "\\": 92, "'": 39, '"': 34, a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }).map(([text, byte]) => [
    text.charCodeAt(0),
    byte,
  ]),
);

/** The quoted operand of STRING, with the escapes of a Python bytes literal. */
export function parseStringLine(line: Uint8Array): PyValue {
  const quote = line[0];
  if (line.length < 2 || (quote !== 0x27 && quote !== 0x22) || line.at(-1) !== quote) {
    throw new DecodeError("malformed", "a STRING is not quoted");
  }
  const inside = line.subarray(1, line.length - 1);
  if (!inside.includes(backslash)) return python2String(inside);
  const plain = new Uint8Array(inside.length);
  let length = 0;
  for (let index = 0; index < inside.length;) {
    const byte = inside[index]!;
    const next = inside[index + 1];
    let meant = byte;
    let taken = 1;
    if (byte === backslash) {
      const octal = digits(inside, index + 1, 3, 8);
      const simple = simpleEscapes.get(next);
      if (octal.count > 0) {
        meant = octal.value & 0xff;
        taken = 1 + octal.count;
      } else if (next === letterX) {
        const hex = digits(inside, index + 2, 2, 16);
        if (hex.count < 2) throw new DecodeError("malformed", "a STRING holds an unfinished \\x");
        meant = hex.value;
        taken = 4;
      } else if (simple !== undefined) {
        meant = simple;
        taken = 2;
      } else if (next === undefined) {
        throw new DecodeError("malformed", "a STRING ends with a backslash");
      }
    }
    plain[length] = meant;
    length += 1;
    index += taken;
  }
  return python2String(plain.subarray(0, length));
}

/** Up to `most` digits of that base from `start` on. */
function digits(bytes: Uint8Array, start: number, most: number, base: number): { count: number; value: number } {
  let value = 0;
  let count = 0;
  while (count < most) {
    const byte = bytes[start + count] ?? 0;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x41 ? (byte | 0x20) - 0x57 : 99;
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
    count += 1;
  }
  return { count, value };
}

/** The operand of UNICODE: `raw-unicode-escape`, where only \uXXXX and \UXXXXXXXX are escapes. */
export function parseUnicodeLine(line: Uint8Array): PyStr {
  if (!line.includes(backslash)) return { kind: "str", value: decodeLatin1(line) };
  // UTF-16, so that a line of nothing but escapes costs no string each.
  const units = new Uint16Array(line.length);
  const apart: number[] = [];
  let afterHigh = false;
  let length = 0;
  for (let index = 0; index < line.length; index += 1) {
    const byte = line[index]!;
    const next = line[index + 1];
    const wanted = byte !== backslash ? 0 : next === 0x75 ? 4 : next === 0x55 ? 8 : 0;
    if (byte === backslash && next === backslash) {
      // The second of two backslashes begins no escape, and both stay.
      units[length] = backslash;
      length += 1;
      index += 1;
    }
    const { count, value } = wanted === 0 ? { count: 0, value: byte } : digits(line, index + 2, wanted, 16);
    if (wanted > 0 && count < wanted) throw new DecodeError("malformed", "a UNICODE holds an unfinished escape");
    if (value > 0x10ffff) throw new DecodeError("malformed", `${value.toString(16)} is no character`);
    if (wanted > 0) index += 1 + wanted;
    if (value > 0xffff) {
      units[length] = 0xd7c0 + (value >> 10);
      units[length + 1] = 0xdc00 | (value & 0x3ff);
      length += 2;
    } else {
      if (afterHigh && (value & 0xfc00) === 0xdc00) apart.push(length - 1);
      units[length] = value;
      length += 1;
    }
    afterHigh = value < 0x10000 && (value & 0xfc00) === 0xd800;
  }
  const text = asBuffer(new Uint8Array(units.buffer, 0, length * 2)).toString("utf16le");
  return apart.length === 0 ? { kind: "str", value: text } : { kind: "str", value: text, apart };
}

/** A length as the opcodes of Python 2 store it: signed. */
export function positive(length: number): number {
  if (length < 0) throw new DecodeError("malformed", `negative length ${length}`);
  return length;
}

/** One int of 64 bits, written as two halves of 32 and read as a bigint: several times quicker than making a bigint of a number. */
const halves = new Int32Array(2);
const whole = new BigInt64Array(halves.buffer);

/** An int of at most 64 bits from its two halves. */
function int64(low: number, high: number): bigint {
  halves[lowHalf] = low;
  halves[1 - lowHalf] = high;
  return whole[0]!;
}

/** Where the lower half lies on this machine. */
const lowHalf = new Uint8Array(new Int32Array([1]).buffer)[0] === 1 ? 0 : 1;

/** An int of at most 32 bits. */
export function smallInt(value: number): bigint {
  return int64(value, value < 0 ? -1 : 0);
}

/** Little-endian two's complement of any length, as LONG1 and LONG4 store it: `length` bytes from `start` on. */
export function littleEndianInt(bytes: Uint8Array, start: number, length: number): bigint {
  if (length === 0) return 0n;
  if (length <= 8) {
    const sign = bytes[start + length - 1]! > 0x7f ? -1 : 0;
    let low = sign;
    let high = sign;
    for (let place = length - 1; place >= 4; place -= 1) high = (high << 8) | bytes[start + place]!;
    for (let place = Math.min(length, 4) - 1; place >= 0; place -= 1) low = (low << 8) | bytes[start + place]!;
    return int64(low, high);
  }
  const reversed = bytes.subarray(start, start + length).toReversed();
  return BigInt.asIntN(length * 8, BigInt(`0x${asBuffer(reversed).toString("hex")}`));
}
