import { t } from "./l10n";

/** Python source of a value, before it is decided where its lines end. Several parts stand side by side. */
export type SourcePart = string | SourceGap | SourceGroup | readonly SourcePart[];

/** Stands for what could not be written, and is written as `...`. */
export interface SourceGap {
  /** Goes on from the name of the part: "is hidden, because it may be a secret". May hold text from a payload. */
  readonly gap: string;
}

/** Something in brackets, with commas between its items. */
export interface SourceGroup {
  readonly open: string;
  readonly items: readonly SourcePart[];
  readonly close: string;
  /** A comma stands behind the last item also in one line: the tuple of one. */
  readonly trailing: boolean;
}

/** Characters in a line, comments aside. */
export const sourceWidth = 88;
/** Characters of a comment. */
const commentAtMost = 160;

/** In one line. */
export function flatSource(part: SourcePart): string {
  const out: string[] = [];
  flatten(part, out);
  return out.join("");
}

function flatten(part: SourcePart, out: string[]): void {
  if (typeof part === "string") out.push(part);
  else if (isSequence(part)) for (const each of part) flatten(each, out);
  else if ("gap" in part) out.push("...");
  else {
    out.push(part.open);
    for (const [index, item] of part.items.entries()) {
      if (index > 0) out.push(", ");
      flatten(item, out);
    }
    if (part.trailing) out.push(",");
    out.push(part.close);
  }
}

/**
 * In as many lines as it takes: what fits stays in one line, else each item has one, with `# not written: …` at the end of the line that has a gap. The
 * first line begins with `prefix`.
 */
export function laidOutSource(prefix: string, part: SourcePart, width = sourceWidth): string {
  const { text, gaps } = lay(part, { column: prefix.length, indent: 0, width });
  return `${prefix}${text}${comment(gaps)}`;
}

interface Laid {
  readonly text: string;
  /** Of gaps whose line is not ended yet. */
  readonly gaps: readonly string[];
}

interface Room {
  /** Where the text begins. */
  readonly column: number;
  /** Of the line it begins in. */
  readonly indent: number;
  readonly width: number;
}

function lay(part: SourcePart, room: Room): Laid {
  if (typeof part === "string") return { text: part, gaps: [] };
  if (isSequence(part)) return laySequence(part, room);
  if ("gap" in part) return { text: "...", gaps: [part.gap] };
  // What has no gap needs no comment, so it may stay in one line.
  const flat = hasGap(part) ? null : flatWithin(part, room.width - room.column);
  if (flat !== null || part.items.length === 0) return { text: flat ?? `${part.open}${part.close}`, gaps: [] };
  const inner = room.indent + 4;
  const lines = part.items.map((item) => {
    const { text, gaps } = lay(item, { column: inner, indent: inner, width: room.width });
    return `${" ".repeat(inner)}${text},${comment(gaps)}\n`;
  });
  return { text: `${part.open}\n${lines.join("")}${" ".repeat(room.indent)}${part.close}`, gaps: [] };
}

function laySequence(parts: readonly SourcePart[], room: Room): Laid {
  const gaps: string[] = [];
  let text = "";
  for (const part of parts) {
    const lastLine = text.lastIndexOf("\n") + 1;
    const column = text.length - lastLine + (lastLine === 0 ? room.column : 0);
    const laid = lay(part, { ...room, column });
    text += laid.text;
    gaps.push(...laid.gaps);
  }
  return { text, gaps };
}

/** The line of it, null where it is longer: found out without writing all of what is much longer. */
function flatWithin(part: SourceGroup, room: number): string | null {
  const out: string[] = [];
  let left = room;
  const fits = (each: SourcePart): boolean => {
    if (left < 0) return false;
    if (typeof each === "string") left -= each.length;
    else if (isSequence(each)) return each.every(fits);
    else if ("items" in each) {
      left -= each.open.length + each.close.length + 2 * Math.max(0, each.items.length - 1);
      return each.items.every(fits);
    }
    return left >= 0;
  };
  if (!fits(part)) return null;
  flatten(part, out);
  return out.join("");
}

function hasGap(part: SourcePart): boolean {
  if (typeof part === "string") return false;
  if (isSequence(part)) return part.some(hasGap);
  return "gap" in part || part.items.some(hasGap);
}

function comment(gaps: readonly string[]): string {
  if (gaps.length === 0) return "";
  return `  # ${t("not written: {0}", commentText(gaps.map((why) => t("it {0}", why)).join("; ")))}`;
}

/**
 * Text from elsewhere as part of a Python comment: in one line whatever it holds, cut, and without characters that would not be seen or would turn
 * the order of what is seen around.
 */
export function commentText(text: string, atMost = commentAtMost): string {
  const seen = text.slice(0, atMost + 1).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
  return seen.length > atMost ? `${seen.slice(0, atMost)}…` : seen;
}

function isSequence(part: SourcePart): part is readonly SourcePart[] {
  return Array.isArray(part);
}
