import { readFile, stat } from "node:fs/promises";

/** Longer files are generated. */
const maxFileBytes = 2_000_000;
/** Lines shown before and after the one that a frame names. */
const around = 3;
/** Longer lines are cut. */
const maxLine = 300;

/** Lines of a file around one of them. */
export interface SourceLines {
  /** Number of the first one, 1-based. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** Whether it is a Python file, by its name. */
export function isPythonPath(path: string): boolean {
  return /\.pyw?$/i.test(path);
}

/** Null for what is no Python file by its name, cannot be read, or is too long. A path out of a traceback may be anybody's, so nothing else is read. */
export async function readPython(path: string): Promise<string | null> {
  if (!isPythonPath(path)) return null;
  try {
    return (await stat(path)).size > maxFileBytes ? null : await readFile(path, "utf8");
  } catch {
    return null;
  }
}

/** The lines around `line` (1-based); null where the text has no such line. */
export function linesAround(text: string, line: number): SourceLines | null {
  const all = text.split(/\r\n|\r|\n/);
  if (line < 1 || line > all.length) return null;
  const first = Math.max(1, line - around);
  const lines = all.slice(first - 1, line + around);
  // The file's last line break ends its last line.
  if (lines.at(-1) === "" && first + lines.length - 1 === all.length && line < all.length) lines.pop();
  return { first, lines: dedent(lines).map((each) => (each.length > maxLine ? `${each.slice(0, maxLine)}…` : each)) };
}

/** Without the indentation that all of them share. Tabs count as they stand. */
function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0] ?? "");
  let shared = indents[0] ?? "";
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : ""));
}
