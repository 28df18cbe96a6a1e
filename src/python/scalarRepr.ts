import { isPrintable } from "./printable";

/**
 * Python's repr of a str: single quotes unless only double quotes avoid escaping; what is not printable escaped. Longer than `room`,
 * it is cut and says so behind the closing quote: `'aaa'… 97 more characters`. `whole` is the text that `text` is the start of, `apart` as in
 * `PyStr`.
 */
export function reprStr(text: string, room = Infinity, whole = text, apart: readonly number[] = []): string {
  const quote = quoteFor(whole);
  const start = text.length > room ? text.slice(0, room) : text;
  // Most strings need no escape at all.
  const plain = /^[ -&(-[\]-~]*$/.test(start);
  if (plain && start.length === text.length) return quote + text + quote;
  if (!plain && text.length <= room && apart.length === 0) {
    const escaped = text.replaceAll(/[^ -&(-[\]-~]/gu, (character) => escapeCharacter(character, quote));
    if (escaped.length <= room) return quote + escaped + quote;
  }
  const parts: string[] = [quote];
  let length = 0;
  let shown = 0;
  if (plain) {
    parts.push(start);
    shown = start.length;
  } else {
    for (const character of characters(text, apart)) {
      if (length >= room) break;
      const escaped = escapeCharacter(character, quote);
      parts.push(escaped);
      length += escaped.length;
      shown += character.length;
    }
  }
  parts.push(quote);
  if (shown < text.length) parts.push(more(countCharacters(text, shown), "character"));
  return parts.join("");
}

/** Characters as Python has them: `apart` are the places of those that JavaScript would join with the next. */
function* characters(text: string, apart: readonly number[]): Generator<string> {
  let from = 0;
  for (const place of apart) {
    yield* text.slice(from, place + 1);
    from = place + 1;
  }
  yield* from === 0 ? text : text.slice(from);
}

/** What stands where a text was cut. */
function more(count: number, unit: string): string {
  return `… ${grouped(count)} more ${unit}${count === 1 ? "" : "s"}`;
}

/** `9,900` */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** Characters as Python counts them, from a place on. */
function countCharacters(text: string, from: number): number {
  let count = text.length - from;
  for (let at = from; at < text.length - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count -= 1;
  }
  return count;
}

/** For the one long text that is printed over and over: looking for quotes is the only work that is not bounded by what is printed. */
let lastLong: { readonly text: string | Uint8Array; readonly quote: string } = { text: "", quote: "'" };

function quoteFor(text: string | Uint8Array): string {
  if (text.length > 10_000 && lastLong.text === text) return lastLong.quote;
  const double =
    typeof text === "string" ? text.includes("'") && !text.includes('"') : text.includes(0x27) && !text.includes(0x22);
  const quote = double ? '"' : "'";
  // Short texts are quick, and a long one must not be kept alive for long.
  lastLong = text.length > 10_000 ? { text, quote } : { text: "", quote };
  return quote;
}

function escapeCharacter(character: string, quote: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === quote || character === "\\") return `\\${character}`;
  if (isPrintable(code)) return character;
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default:
  }
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const byteEscapes: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };

/** Python's repr of bytes, with the `b` prefix. Longer than `room`, it is cut and says so: `b'aaa'… 97 more bytes`. */
export function reprBytes(bytes: Uint8Array, room = Infinity, whole = bytes): string {
  return quotedBytes(bytes, room, whole, false);
}

/** `bytearray(b'…')`: as bytes, but a single quote is escaped also between double ones (CPython Objects/bytearrayobject.c). */
export function reprByteArray(bytes: Uint8Array, room = Infinity): string {
  return quotedBytes(bytes, room, bytes, true);
}

function quotedBytes(bytes: Uint8Array, room: number, whole: Uint8Array, escapesSingle: boolean): string {
  const quote = quoteFor(whole);
  const parts: string[] = [`b${quote}`];
  let length = 0;
  let shown = 0;
  for (; shown < bytes.length && length < room; shown += 1) {
    const byte = bytes[shown] ?? 0;
    const character = String.fromCharCode(byte);
    const escaped =
      character === quote || (escapesSingle && byte === 0x27)
        ? `\\${character}`
        : (byteEscapes[byte] ?? (byte < 0x20 || byte > 0x7e ? `\\x${hex(byte, 2)}` : character));
    parts.push(escaped);
    length += escaped.length;
  }
  parts.push(quote);
  if (shown < bytes.length) parts.push(more(bytes.length - shown, "byte"));
  return parts.join("");
}

/** Python's repr of a float: the shortest digits that read back the same, exponent from 1e16 up and below 1e-4. */
export function reprFloat(value: number): string {
  const text = shortestFloat(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** As `reprFloat`, without the `.0` of whole numbers: the parts of a complex. */
function shortestFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "0", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  if (exponent >= 16 || exponent < -4) {
    const power = Math.abs(exponent).toString().padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** Python's repr of a complex. */
export function reprComplex(real: number, imaginary: number): string {
  if (Object.is(real, 0)) return `${shortestFloat(imaginary)}j`;
  const second = shortestFloat(imaginary);
  return `(${shortestFloat(real)}${second.startsWith("-") ? "" : "+"}${second}j)`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
