import type { PyValue } from "../python/value";
import { DecodeError } from "./decodeError";
import { decodeLatin1, decodeUtf8, encodeLatin1 } from "./utf8";

/** Readers for the operands that protocol 0 writes as text. Each throws `malformed` on anything Python would refuse. */

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
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new DecodeError("malformed", `'${text.slice(0, 40)}' is not a float`);
  }
  return Number(text);
}

export function parseMemoIndex(line: Uint8Array): number {
  const text = decodeLatin1(line);
  if (!/^\d{1,15}$/.test(text)) throw new DecodeError("malformed", `'${text.slice(0, 40)}' is not a memo index`);
  return Number(text);
}

/** Python 2's `str`: text where it is UTF-8, else bytes. */
export function python2String(bytes: Uint8Array): PyValue {
  try {
    return { kind: "str", value: decodeUtf8(bytes) };
  } catch {
    return { kind: "bytes", value: bytes.slice() };
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/** The quoted operand of STRING, with the escapes of a Python bytes literal. */
export function parseStringLine(line: Uint8Array): PyValue {
  const text = decodeLatin1(line).trim();
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || !text.endsWith(quote)) {
    throw new DecodeError("malformed", "a STRING is not quoted");
  }
  const plain = text
    .slice(1, -1)
    .replaceAll(
      /\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g,
      (whole, hex?: string, octal?: string, other?: string) => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
        return simpleEscapes[other ?? ""] ?? whole;
      },
    );
  return python2String(encodeLatin1(plain) ?? new Uint8Array());
}

/** The operand of UNICODE: `raw-unicode-escape`, where only \uXXXX and \UXXXXXXXX are escapes. */
export function parseUnicodeLine(line: Uint8Array): string {
  return decodeLatin1(line).replaceAll(
    /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g,
    (whole, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? "", 16);
      if (code > 0x10ffff) throw new DecodeError("malformed", `${whole} is no character`);
      return String.fromCodePoint(code);
    },
  );
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Little-endian two's complement of any length, as LONG1 and LONG4 store it. */
export function littleEndianInt(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length <= 6) {
    // Times in ms have six bytes: exact in a number, and every payload holds some.
    let value = 0;
    for (let index = bytes.length - 1; index >= 0; index -= 1) value = value * 256 + (bytes[index] ?? 0);
    return BigInt((bytes.at(-1) ?? 0) > 0x7f ? value - 256 ** bytes.length : value);
  }
  const digits: string[] = [];
  for (let index = bytes.length - 1; index >= 0; index -= 1) digits.push(hexOf[bytes[index] ?? 0] ?? "00");
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits.join("")}`));
}
