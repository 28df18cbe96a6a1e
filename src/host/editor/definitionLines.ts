import type { TextDocument } from "vscode";
import type { FunctionDefinition } from "../../python/tasks/taskCode";

/** Where functions begin in a text, by name. */
type Lines = ReadonlyMap<string, readonly number[]>;

const known = new WeakMap<TextDocument, { readonly version: number; readonly lines: Lines }>();
const opening = /^[ \t]*(?:async[ \t]+)?def[ \t]+([\p{L}_][\p{L}\p{N}_]*)/u;

/**
 * The line on which this function stands in the document now, from 0. What is known of the source may be some keystrokes old: the nearest line that defines the
 * name is taken. Null where there is none any more.
 */
export function lineOf(
  document: TextDocument,
  { name, line }: Pick<FunctionDefinition, "name" | "line">,
): number | null {
  const lines = linesOf(document).get(name) ?? [];
  let best: number | null = null;
  for (const each of lines) {
    if (best === null || Math.abs(each - (line - 1)) < Math.abs(best - (line - 1))) best = each;
  }
  return best;
}

/** Once per version of the document: 5,000 lines take about a millisecond. */
function linesOf(document: TextDocument): Lines {
  const before = known.get(document);
  if (before?.version === document.version) return before.lines;
  const lines = new Map<string, number[]>();
  for (let at = 0; at < document.lineCount; at++) {
    const name = opening.exec(document.lineAt(at).text)?.[1];
    if (name !== undefined) lines.set(name, [...(lines.get(name) ?? []), at]);
  }
  known.set(document, { version: document.version, lines });
  return lines;
}
