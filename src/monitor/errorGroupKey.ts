const longestMessage = 200;
/** Normalizing reads no further than this: what comes later is cut anyway, unless long runs of digits shrink before it. */
const readAtMost = 2000;

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
// Not `\b`: in "id_4f9a01c2" the underscore would hide the number.
const word = (inside: string): string => `(?<![0-9a-z])${inside}(?![0-9a-z])`;
// Eight hex characters with a digit among them, or sixteen without: "deadbeef" may be a word, "4f9a01c2" is not.
const longHex = `${word("(?=[a-f]*[0-9])[0-9a-f]{8,}")}|${word("[a-f]{16,}")}`;
const varying = new RegExp(`${uuid}|${word("0x[0-9a-f]+")}|${longHex}|[0-9]+`, "gi");

/**
 * The part of a message that jobs failing for the same reason share: UUIDs, long hex numbers and runs of digits each become
 * one `#`; cut at 200 characters.
 */
export function normalizeMessage(message: string): string {
  const normalized = message.slice(0, readAtMost).replace(varying, "#");
  if (normalized.length <= longestMessage) return normalized;
  // Never half of a surrogate pair.
  const last = normalized.charCodeAt(longestMessage - 1);
  return normalized.slice(0, last >= 0xd8_00 && last <= 0xdb_ff ? longestMessage - 1 : longestMessage);
}

/** Identifies an error group: the same for every job that failed with this type and normalized message. */
export function errorGroupKey(type: string, message: string): string {
  return `${type.replaceAll("\n", " ")}\n${normalizeMessage(message)}`;
}

/** The two parts of an `errorGroupKey`. */
export function splitErrorGroupKey(key: string): { type: string; message: string } {
  const end = key.indexOf("\n");
  return { type: key.slice(0, end), message: key.slice(end + 1) };
}
