import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { rankByTail, requiredTail, tailLength } from "../python/sourceCandidates";
import { type PythonFiles, walkPythonFiles } from "./pythonFiles";

/** A list of files older than this is made again before a file is given up, ms: it may be new. */
const freshMs = 5000;

/** Where the source of a frame is. */
export interface SourceFound {
  /** Existing files, best first. More than one: all match equally well, so a person has to choose. */
  readonly found: readonly string[];
  /** What was looked at, for a message: paths and patterns. */
  readonly tried: readonly string[];
}

/**
 * Finds the files that frames of tracebacks name. In this order: the path as recorded; below each root the file whose path
 * ends most like it, because a container or another machine had the same project elsewhere. The paths come from untrusted
 * text: nothing but `stat` and folder listings below the roots is done with them.
 */
export class SourceLookup {
  #walks = new Map<string, { at: number; files: Promise<PythonFiles> }>();

  /** `roots` are folders of the workspace, asked for at every lookup. */
  constructor(private readonly options: { readonly roots: () => readonly string[] }) {}

  async find(file: string): Promise<SourceFound> {
    // `<string>`, `<frozen importlib._bootstrap>`, `<stdin>`: code that has no file.
    if (file === "" || /^<.*>$/s.test(file) || file.includes("\0"))
      return { found: [], tried: [`${file}: code without a file`] };
    const roots = this.options.roots();
    const tried: string[] = [];
    for (const path of asRecorded(file, roots)) {
      tried.push(path);
      if (await isFile(path)) return { found: [path], tried };
    }
    const name = file.split(/[\\/]/).at(-1) ?? file;
    const found = (await this.#search(file, roots, false)) ?? (await this.#search(file, roots, true)) ?? [];
    for (const root of roots) {
      const { paths, complete } = await this.#files(root, false);
      tried.push(`${root}/**/${name}${complete ? "" : ` (in the first ${paths.length} Python files)`}`);
    }
    return { found, tried };
  }

  /** Lists the files again at the next lookup. */
  forget(): void {
    this.#walks.clear();
  }

  /** The files with the longest matching tail; null when none matches. */
  async #search(file: string, roots: readonly string[], again: boolean): Promise<string[] | null> {
    const lists = await Promise.all(roots.map((root) => this.#files(root, again)));
    // Roots may lie within each other.
    const ranked = rankByTail(file, [...new Set(lists.flatMap(({ paths }) => paths))]);
    const longest = ranked[0] === undefined ? 0 : tailLength(file, ranked[0]);
    if (longest === 0 || longest < requiredTail(file)) return null;
    const best = ranked.filter((path) => tailLength(file, path) === longest);
    const there = await Promise.all(best.map(isFile));
    const existing = best.filter((_, index) => there[index]);
    return existing.length === 0 ? null : existing;
  }

  async #files(root: string, again: boolean): Promise<PythonFiles> {
    const known = this.#walks.get(root);
    const now = performance.now();
    if (known !== undefined && !(again && now - known.at > freshMs)) return known.files;
    const files = walkPythonFiles(root);
    this.#walks.set(root, { at: now, files });
    return files;
  }
}

/** The path itself; a relative one (`python tasks.py`) below each root. */
function asRecorded(file: string, roots: readonly string[]): string[] {
  // On Windows a share in untrusted text would send the user's credentials to whoever wrote it.
  if (/^[\\/]{2}/.test(file)) return [];
  if (isAbsolute(file)) return [file];
  return /^[a-z]:[\\/]/i.test(file) ? [] : roots.map((root) => resolve(root, file));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
