import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type PythonFiles, type PythonFolder, readPythonFolder, walkPythonFiles } from "./pythonFiles";

/** Looking through the folders takes this part of the time at most, so long as nobody waits for the answer by a click. */
const share = 0.05;
/** Where it takes longer, a click does not wait for it either, ms. 1,000 folders took 40 ms on two busy cores. */
const patienceMs = 500;
/** A folder that changed within so long before it was read may have changed once more without another time, ms: FAT counts in twos. */
const settledMs = 2000;

interface Listed {
  readonly files: PythonFiles;
  /** Paths by file name in lower case. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** What reading it took, and when that had ended, ms. */
  readonly tookMs: number;
  readonly at: number;
}

/**
 * The Python files below the roots, each root read at the first question. A folder's time of change tells whether a file came, went or was named anew in it, so later
 * questions read only folders that changed: also what nobody tells of, as a folder moved in from elsewhere, is found at once.
 */
export class PythonFileList {
  readonly #roots = new Map<string, { listed: Promise<Listed>; reading: boolean }>();
  readonly #folders = new Map<string, { readonly mtimeMs: number; readonly found: PythonFolder }>();

  /** Files of this name below the root, whatever its case, nearest to the root first. `now`: as the disk has it, and not as it was a moment ago. */
  async named(root: string, name: string, now = false): Promise<readonly string[]> {
    return (await this.#list(root, now)).byName.get(name.toLowerCase()) ?? [];
  }

  /** How many files of the root are known, and whether these are all. */
  async extent(root: string): Promise<{ readonly files: number; readonly complete: boolean }> {
    const { files } = await (this.#roots.get(root)?.listed ?? this.#list(root, false));
    return { files: files.paths.length, complete: files.complete };
  }

  /** Reads the folders again at the next question. */
  forget(): void {
    this.#roots.clear();
    this.#folders.clear();
  }

  async #list(root: string, now: boolean): Promise<Listed> {
    const known = this.#roots.get(root);
    if (known === undefined) return this.#read(root);
    const wasReading = known.reading;
    const listed = await known.listed;
    // Somebody else may have looked while this waited.
    if (this.#roots.get(root) !== known) return this.#list(root, false);
    // One that had begun before may have passed the folder by then.
    if (wasReading && !now) return listed;
    const { tookMs, at } = listed;
    const due = now && tookMs < patienceMs ? true : performance.now() - at > tookMs / share;
    return due ? this.#read(root) : listed;
  }

  #read(root: string): Promise<Listed> {
    const began = performance.now();
    const listed = walkPythonFiles(root, (folder) => this.#folder(folder)).then((files): Listed => {
      entry.reading = false;
      const at = performance.now();
      return { files, byName: byNameOf(files.paths), tookMs: at - began, at };
    });
    const entry = { listed, reading: true };
    this.#roots.set(root, entry);
    return listed;
  }

  /** As it was read before, where it did not change since. */
  async #folder(path: string): Promise<PythonFolder> {
    const before = Date.now();
    const mtimeMs = await stat(path).then(
      (facts) => facts.mtimeMs,
      () => NaN,
    );
    const known = this.#folders.get(path);
    if (known?.mtimeMs === mtimeMs) return known.found;
    const found = await readPythonFolder(path);
    this.#folders.delete(path);
    if (found.read && before - mtimeMs > settledMs) this.#folders.set(path, { mtimeMs, found });
    return found;
  }
}

function byNameOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const path of paths) {
    const key = basename(path).toLowerCase();
    const same = files.get(key);
    if (same === undefined) files.set(key, [path]);
    else same.push(path);
  }
  return files;
}
