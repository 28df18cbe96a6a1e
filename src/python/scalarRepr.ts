import { maxIntDigits } from "./limits";
import { isPrintable } from "./printable";

/** Python's repr of a str: single quotes unless only double quotes avoid escaping; what is not printable escaped. */
export function reprStr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Most strings need no escape at all.
  if (/^[ -&(-[\]-~]*$/.test(text)) return quote + text + quote;
  let out = quote;
  for (const character of text) out += escapeCharacter(character, quote);
  return out + quote;
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

/** Python's repr of bytes, with the `b` prefix. */
export function reprBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const parts: string[] = [`b${quote}`];
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (character === quote) parts.push(`\\${quote}`);
    else parts.push(byteEscapes[byte] ?? (byte < 0x20 || byte > 0x7e ? `\\x${hex(byte, 2)}` : character));
  }
  parts.push(quote);
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

/** All digits; an int too large to be converted in good time (unless `unbounded`) is described instead. */
export function reprInt(value: bigint, unbounded: boolean): string {
  const small = value < 0xffff_ffff_ffffn && value > -0xffff_ffff_ffffn;
  if (!small && !unbounded) {
    const bits = value.toString(16).length * 4;
    const digits = Math.round(bits * Math.LOG10E * Math.LN2);
    if (digits > maxIntDigits) return `<int of about ${digits} digits>`;
  }
  return value.toString();
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
