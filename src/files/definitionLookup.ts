import { readFile, stat } from "node:fs/promises";
import { findDefinitions, plainName, registeredAs } from "../python/taskDefinition";
import { walkPythonFiles } from "./pythonFiles";

/** Longer files are generated. */
const maxFileBytes = 1_000_000;
/** Files read at once. */
const atOnce = 16;

export interface DefinitionFound {
  /** Equally likely ones, nearest to a root first; none where the function is not in the roots. */
  readonly found: readonly { readonly file: string; readonly line: number }[];
  /** What was looked for: `def send_email`, and the names it is registered under. */
  readonly names: readonly string[];
  /** Python files that were looked at. */
  readonly files: number;
  /** False where there are more Python files than are looked at, or it was cancelled. */
  readonly complete: boolean;
}

/**
 * Finds where a task function is defined below the roots, by the name that ARQ has for it; also where it is registered under another name, as in
 * `func(send, name="send_email")`. Reads every Python file there is, once or twice, and runs nothing.
 */
export async function findTaskDefinition(
  roots: readonly string[],
  name: string,
  isCancelled: () => boolean,
): Promise<DefinitionFound> {
  const walks = await Promise.all(roots.map(walkPythonFiles));
  const paths = [...new Set(walks.flatMap((walk) => walk.paths))];
  const complete = walks.every((walk) => walk.complete);
  const aliases = new Set<string>();
  const direct = await search(paths, [name], isCancelled, (text) => {
    for (const alias of registeredAs(text, name)) aliases.add(alias);
  });
  const names = [name, ...aliases].map((each) => `def ${plainName(each)}`);
  // A name of its own says which function is meant; one that only happens to be called so does not.
  const renamed = aliases.size === 0 ? [] : await search(paths, [...aliases], isCancelled, () => undefined);
  const found = best(renamed.length > 0 ? renamed : direct);
  return { found, names: [...new Set(names)], files: paths.length, complete: complete && !isCancelled() };
}

interface Candidate {
  readonly file: string;
  readonly line: number;
  readonly score: number;
}

async function search(
  paths: readonly string[],
  names: readonly string[],
  isCancelled: () => boolean,
  look: (text: string) => void,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (let at = 0; at < paths.length && !isCancelled(); at += atOnce) {
    const some = paths.slice(at, at + atOnce);
    const texts = await Promise.all(some.map(readSmall));
    for (const [index, text] of texts.entries()) {
      if (text === null || !names.some((name) => text.includes(plainName(name)))) continue;
      look(text);
      const file = some[index]!;
      for (const name of names) for (const found of findDefinitions(text, name)) candidates.push({ file, ...found });
    }
  }
  return candidates;
}

function best(candidates: readonly Candidate[]): { file: string; line: number }[] {
  const highest = Math.max(...candidates.map(({ score }) => score));
  return candidates.filter(({ score }) => score === highest).map(({ file, line }) => ({ file, line }));
}

/** Null for what cannot be read or is too long. */
async function readSmall(path: string): Promise<string | null> {
  try {
    return (await stat(path)).size > maxFileBytes ? null : await readFile(path, "utf8");
  } catch {
    return null;
  }
}
