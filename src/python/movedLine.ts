import type { LineState } from "./locatedFrame";
import type { Frame } from "./traceback";

/** A line that says this much is taken for the same one also where nothing but the text tells. Characters. */
const telling = 12;
/** A line that says less is looked for no farther away than this, where no function's name bounds the search. Lines. */
const nearBy = 60;

/** Where the line of a frame stands. */
export interface StandingLine {
  /** 1-based, within the text. */
  readonly line: number;
  readonly text: LineState;
}

/**
 * Finds the line that ran in the text as it is now. What the traceback printed of it decides, then the function that it names, then the distance. A line
 * that is gone is `edited`; the place then stays as recorded, or goes to where the function stands if that lies elsewhere. Linear in the text.
 */
export function standingLine(text: string, frame: Pick<Frame, "line" | "source" | "function">): StandingLine {
  const lines = text.split(/\r\n|\r|\n/);
  const recorded = Math.min(Math.max(1, frame.line), lines.length);
  const printed = firstLine(frame.source ?? "");
  if (printed === "") return { line: recorded, text: "unknown" };
  const blocks = blocksOf(lines, frame.function);
  const inside = (line: number): boolean => blocks.some(({ first, last }) => line >= first && line <= last);
  const same: number[] = [];
  for (const [index, line] of lines.entries()) if (line.trim() === printed) same.push(index + 1);
  const within = blocks.length === 0 ? [] : same.filter(inside);
  if (within.length > 0) return found(nearest(within, recorded), frame.line);
  if (same.includes(frame.line)) return { line: frame.line, text: "same" };
  const believed =
    same.length === 1 && printed.length >= telling
      ? same
      : same.filter((line) => blocks.length === 0 && Math.abs(line - recorded) <= nearBy);
  if (believed.length > 0) return found(nearest(believed, recorded), frame.line);
  const [block] =
    blocks.length === 0 || inside(recorded)
      ? []
      : blocks.toSorted((a, b) => Math.abs(a.first - recorded) - Math.abs(b.first - recorded));
  return { line: block?.first ?? recorded, text: "edited" };
}

function found(line: number, recorded: number): StandingLine {
  return { line, text: line === recorded ? "same" : "moved" };
}

/** Python 3.13 prints a statement of several lines whole; the number is that of its first one. */
function firstLine(source: string): string {
  return source.trim().split("\n", 1)[0]?.trim() ?? "";
}

function nearest(lines: readonly number[], to: number): number {
  return lines.reduce((best, line) => (Math.abs(line - to) < Math.abs(best - to) ? line : best));
}

/** Where functions of this name stand, by indentation, 1-based and inclusive. None for `<module>`, `<lambda>` and the like. */
function blocksOf(lines: readonly string[], name: string): { first: number; last: number }[] {
  const own = name.split(".").at(-1) ?? "";
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(own)) return [];
  const opening = new RegExp(String.raw`^([ \t]*)(?:async[ \t]+)?def[ \t]+${own}[ \t]*[(\[]`, "u");
  const blocks: { first: number; last: number; indent: number }[] = [];
  const open: typeof blocks = [];
  for (const [index, line] of lines.entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const indent = line.length - line.trimStart().length;
    // A closing bracket of the parameters stands as far out as the `def` itself.
    while (open.length > 0 && indent <= open.at(-1)!.indent && !/^[)\]}]/.test(content)) open.pop();
    for (const block of open) block.last = index + 1;
    if (!line.includes(own) || !opening.test(line)) continue;
    const block = { first: index + 1, last: index + 1, indent };
    blocks.push(block);
    if (open.length < 50) open.push(block);
  }
  return blocks;
}
