import type { Tree } from "@lezer/common";
import { parser } from "@lezer/python";
import type { Span } from "./moduleSource";
import type { SourceText } from "./readExpression";
import type { Turns } from "./turns";

/** A file's text as the grammar wants it: without a byte order mark, which would be a syntax error. Columns stay those of an editor, which hides it too. */
export function pythonText(text: string): SourceText {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  let starts: number[] | null = null;
  const position = (offset: number): { line: number; column: number } => {
    starts ??= lineStarts(plain);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) };
  };
  return {
    text: plain,
    span(from, to): Span {
      const start = position(from);
      const end = position(to);
      return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  return starts;
}

/** Python itself refuses more brackets within each other. */
const maxBrackets = 200;

/**
 * Where a text stops to be Python because its brackets nest deeper than Python lets them: the grammar would take a time that grows with the square of the depth.
 * Null: nowhere. Counts brackets in texts too, so what opens a function, class or import at the margin begins anew.
 */
export function endOfPython(text: string): number | null {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // ( [ { and ) ] }
    if (code === 40 || code === 91 || code === 123) {
      if (++depth > maxBrackets) return start;
    } else if (code === 41 || code === 93 || code === 125) depth = Math.max(0, depth - 1);
    else if (code === 10) {
      if (depth === 0) start = at + 1;
      else if (/^(?:def|class|async|import|from|@)/.test(text.slice(at + 1, at + 7))) {
        depth = 0;
        start = at + 1;
      }
    }
  }
  return null;
}

/** The tree of a text, with turns for others. Never fails: what is no Python is an error node. Measured: one step is 0.05 ms. */
export async function parsePython(text: string, turns: Turns): Promise<Tree> {
  const parse = parser.startParse(text);
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    if (turns.isOver) await turns.giveNow();
  }
}

/** The tree of a short text, at once. */
export function parseShort(text: string): Tree {
  return parser.parse(text);
}
