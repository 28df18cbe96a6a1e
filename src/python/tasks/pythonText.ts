import type { Tree } from "@lezer/common";
import { parser } from "@lezer/python";
import type { Span } from "./moduleSource";
import type { SourceText } from "./readExpression";

/** A slice of work: shorter than a frame, so that whoever shares the thread (typing, other extensions) does not notice. Measured: 1 step is 0.05 ms. */
const sliceMs = 6;

/** Gives others a turn; resolves when it is ours again. */
export type Pause = () => Promise<void>;

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

/** The tree of a text, in slices of a few milliseconds with a pause between them. Never fails: what is no Python is an error node. */
export async function parsePython(text: string, pause: Pause): Promise<Tree> {
  const parse = parser.startParse(text);
  let began = performance.now();
  for (;;) {
    const tree = parse.advance();
    if (tree !== null) return tree;
    if (performance.now() - began < sliceMs) continue;
    await pause();
    began = performance.now();
  }
}

/** The tree of a short text, at once. */
export function parseShort(text: string): Tree {
  return parser.parse(text);
}
