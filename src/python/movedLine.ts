import type { LineState } from "./locatedFrame";
import type { Frame } from "./traceback";

/** A line that says this much is taken for the same one also where nothing but the text tells. Characters. */
const telling = 12;
/** A line that says less is looked for no farther away than this, where no function's name bounds the search. Lines. */
const nearBy = 60;
/** Functions of the same name within each other that are told apart. */
const maxNesting = 50;

/** Where the line of a frame stands. */
export interface StandingLine {
  /** 1-based, within the text. */
  readonly line: number;
  readonly text: LineState;
}

/**
 * Finds the line that ran in the text as it is now. What the traceback printed of it decides, then the function that it names, then the distance. A line
 * that is gone is `edited`: the place is then that of a line that differs in nothing but spaces and quotes, else as recorded, or where the function stands
 * if it no longer stands there. Linear in the text.
 */
export function standingLine(text: string, frame: Pick<Frame, "line" | "source" | "function">): StandingLine {
  const lines = linesOf(text);
  const recorded = Math.min(Math.max(1, frame.line), lines.length);
  const printed = firstLine(frame.source ?? "");
  if (printed === "") return { line: recorded, text: "unknown" };
  const blocks = blocksOf(lines, frame.function);
  const same = believed(lines, blocks, frame.line, (line) => line.trim() === printed, printed.length);
  if (same !== null) return { line: same, text: same === frame.line ? "same" : "moved" };
  const bare = withoutStyle(printed);
  const alike = believed(lines, blocks, frame.line, (line) => withoutStyle(line) === bare, bare.length);
  if (alike !== null) return { line: alike, text: "edited" };
  const stays = blocks.length === 0 || blocks.some((block) => holds(block, recorded));
  return {
    line: stays
      ? recorded
      : nearest(
          blocks.map(({ first }) => first),
          recorded,
        ),
    text: "edited",
  };
}

/** The text has a function or class of this name. Null for `<module>`, `<lambda>` and the like, which have none. */
export function definesFunction(text: string, name: string): boolean | null {
  return isName(name) ? blocksOf(linesOf(text), name).length > 0 : null;
}

/** The line that fits and is nearest to the recorded one: in the function that the frame names, else there, else where nothing speaks against it. */
function believed(
  lines: readonly string[],
  blocks: readonly Block[],
  recorded: number,
  fits: (line: string) => boolean,
  length: number,
): number | null {
  const all = lines.flatMap((line, index) => (fits(line) ? [index + 1] : []));
  const within = all.filter((line) => blocks.some((block) => holds(block, line)));
  if (within.length > 0) return nearest(within, recorded);
  if (all.includes(recorded)) return recorded;
  if (all.length === 1 && length >= telling) return all[0]!;
  // The function is there and the line is not in it: a line like it elsewhere is another one.
  const near = blocks.length > 0 ? [] : all.filter((line) => Math.abs(line - recorded) <= nearBy);
  return near.length === 0 ? null : nearest(near, recorded);
}

/** Python 3.13 prints a statement of several lines whole; the number is that of its first one. */
function firstLine(source: string): string {
  return source.trim().split("\n", 1)[0]?.trim() ?? "";
}

/** What formatters change. */
function withoutStyle(line: string): string {
  return line.replaceAll(/\s+/g, "").replaceAll("'", '"').replace(/,$/, "");
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function nearest(lines: readonly number[], to: number): number {
  return lines.reduce((best, line) => (Math.abs(line - to) < Math.abs(best - to) ? line : best));
}

/** 1-based and inclusive. */
interface Block {
  readonly first: number;
  last: number;
  readonly indent: number;
}

function holds({ first, last }: Block, line: number): boolean {
  return line >= first && line <= last;
}

function isName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name.split(".").at(-1) ?? "");
}

/** Where functions and classes of this name stand, by indentation. */
function blocksOf(lines: readonly string[], name: string): Block[] {
  const own = name.split(".").at(-1) ?? "";
  if (!isName(name)) return [];
  const opening = new RegExp(String.raw`^\s*(?:(?:async\s+)?def|class)\s+${own}\s*[(\[:]`, "u");
  const blocks: Block[] = [];
  const open: Block[] = [];
  for (const [index, line] of lines.entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const indent = line.length - line.trimStart().length;
    // The closing bracket of the parameters stands as far out as the `def` itself.
    while (open.length > 0 && indent <= open.at(-1)!.indent && !/^[)\]}]/.test(content)) open.pop();
    for (const block of open) block.last = index + 1;
    if (!line.includes(own) || !opening.test(line)) continue;
    const block = { first: index + 1, last: index + 1, indent };
    blocks.push(block);
    if (open.length < maxNesting) open.push(block);
  }
  return blocks;
}
