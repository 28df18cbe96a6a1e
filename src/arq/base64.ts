import { DecodeError } from "./decodeError";

/** What a byte may be inside base64 text: 1 a digit, 2 white space or padding. Both alphabets at once, as people mix them. */
const roles = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
  roles[character.charCodeAt(0)] = 1;
for (const character of "=\r\n\t ") roles[character.charCodeAt(0)] = 2;

/** Shorter text cannot hold a job. */
const minLength = 16;

/** Whether all of it is base64 text, standard or URL-safe, with or without padding and line breaks. */
export function isBase64(bytes: Uint8Array): boolean {
  if (bytes.length < minLength) return false;
  // By index: an iterator takes ten times as long.
  for (let index = 0; index < bytes.length; index += 1) if (roles[bytes[index] ?? 0] === 0) return false;
  return roles[bytes[0] ?? 0] === 1;
}

/** Throws `truncated` where a last digit stands alone. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const digits = digitsOf(bytes);
  if (digits.length % 4 === 1) throw new DecodeError("truncated", "base64 text ends too early");
  // Reads either alphabet.
  return Buffer.from(Buffer.from(digits.buffer, digits.byteOffset, digits.length).toString("latin1"), "base64");
}

function digitsOf(bytes: Uint8Array): Uint8Array {
  const digits = new Uint8Array(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (roles[byte] !== 1) continue;
    digits[length] = byte;
    length += 1;
  }
  return digits.subarray(0, length);
}

/** The first bytes that a base64 text encodes. */
export function base64Start(bytes: Uint8Array): Uint8Array {
  const digits = digitsOf(bytes.subarray(0, 64));
  return decodeBase64(digits.subarray(0, digits.length - (digits.length % 4)));
}
