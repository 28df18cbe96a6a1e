import { sep } from "node:path";
import { isForeignFolder, type PythonFiles, walkPythonFiles } from "./pythonFiles";

/** A list older than this is made again before a file is given up, ms: what made it may have told nobody. */
const freshMs = 5000;

interface Listed {
  readonly at: number;
  readonly walk: Promise<PythonFiles>;
  /** Paths by file name in lower case. */
  readonly byName: Promise<Map<string, Set<string>>>;
}

/** The Python files below the roots, each root read once, at the first question; then kept by what is told of new and deleted files. */
export class PythonFileList {
  readonly #roots = new Map<string, Listed>();

  /** Files of this name below the root, whatever its case, nearest to the root first. `again`: unless the list is fresh, it is read anew. */
  async named(root: string, name: string, again = false): Promise<readonly string[]> {
    const files = await this.#list(root, again).byName;
    return [...(files.get(name.toLowerCase()) ?? [])];
  }

  /** How many files of the root are known, and whether these are all. */
  async extent(root: string): Promise<{ readonly files: number; readonly complete: boolean }> {
    const { paths, complete } = await this.#list(root, false).walk;
    return { files: paths.length, complete };
  }

  created(path: string): void {
    this.#change(path, (files, root) => {
      const inside = path.slice(root.length + 1).split(sep);
      if (inside.slice(0, -1).some(isForeignFolder)) return;
      const key = nameOf(path);
      files.set(key, (files.get(key) ?? new Set()).add(path));
    });
  }

  /** A file, or a folder with all that was in it. */
  deleted(path: string): void {
    this.#change(path, (files) => {
      if (path.endsWith(".py")) files.get(nameOf(path))?.delete(path);
      else
        for (const paths of files.values())
          for (const each of paths) if (each.startsWith(path + sep)) paths.delete(each);
    });
  }

  /** Reads the folders again at the next question. */
  forget(): void {
    this.#roots.clear();
  }

  #change(path: string, apply: (files: Map<string, Set<string>>, root: string) => void): void {
    for (const [root, { byName }] of this.#roots)
      if (path.startsWith(root + sep)) void byName.then((files) => apply(files, root));
  }

  #list(root: string, again: boolean): Listed {
    const known = this.#roots.get(root);
    const at = performance.now();
    if (known !== undefined && !(again && at - known.at > freshMs)) return known;
    const walk = walkPythonFiles(root);
    const byName = walk.then(({ paths }) => {
      const files = new Map<string, Set<string>>();
      for (const path of paths) {
        const key = nameOf(path);
        files.set(key, (files.get(key) ?? new Set()).add(path));
      }
      return files;
    });
    const listed = { at, walk, byName };
    this.#roots.set(root, listed);
    return listed;
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(sep) + 1).toLowerCase();
}
