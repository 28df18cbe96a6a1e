import type { ImportFrom } from "./moduleSource";

/** What a dotted name leads to: a file, or a folder without `__init__.py` (a namespace package). */
export interface ModuleFound {
  /** Null for a namespace package. */
  readonly file: string | null;
  /** Where its submodules are. Null for a plain module. */
  readonly folder: string | null;
}

/** Below a folder, where many projects put their packages. */
const sourceFolders = ["src", "lib", "python"];
/** Never taken for a file of the same name that lies about somewhere: they come from Python or from PyPI. */
const external = new Set(
  "arq asyncio collections contextlib copy dataclasses datetime decouple email enum environs functools json logging os pathlib pydantic pydantic_settings pytz redis secrets signal sys time typing types uuid zoneinfo".split(
    " ",
  ),
);

/** The Python files there are, as imports look for them. */
export class ModuleFiles {
  /** Files by their paths with forward slashes. */
  readonly byPath = new Map<string, string>();
  readonly folders = new Set<string>();
  /** Files and packages by the last part of their dotted name. */
  readonly byName = new Map<string, string[]>();
  readonly roots: readonly string[];

  /** `roots` are the open folders. */
  constructor(files: Iterable<string>, roots: readonly string[]) {
    this.roots = roots.map(slashed);
    for (const file of [...files].sort()) this.#add(file);
  }

  #add(file: string): void {
    const path = slashed(file);
    this.byPath.set(path, file);
    for (let folder = parentOf(path); folder !== "" && !this.folders.has(folder); folder = parentOf(folder))
      this.folders.add(folder);
    const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.py$/, "");
    const key = name === "__init__" ? (parentOf(path).split("/").at(-1) ?? "") : name;
    const known = this.byName.get(key);
    if (known === undefined) this.byName.set(key, [path]);
    else known.push(path);
  }
}

/**
 * Which file an import means, judged by the files there are: nothing says what is on `sys.path`. Roots are guessed from where packages begin: the folder above
 * the topmost `__init__.py`, the folders above it up to the workspace's, their `src`, and the file's own folder.
 */
export class ModuleTable {
  readonly #used = new Set<string>();
  readonly #told = new Map<string, string | null>();

  constructor(private readonly files: ModuleFiles) {}

  /** Absolute or relative to the file. Null where it is in none of the open folders. */
  find({ module, level }: ImportFrom, importer: string): ModuleFound | null {
    const parts = module === "" ? [] : module.split(".");
    const from = slashed(importer);
    if (level > 0) {
      let folder = parentOf(from);
      for (let up = 1; up < level; up++) folder = parentOf(folder);
      return this.#below(folder, parts);
    }
    if (parts.length === 0) return null;
    const { likely, own } = this.#rootsFor(from);
    for (const root of likely) {
      const found = this.#below(root, parts);
      if (found === null) continue;
      this.#used.add(root);
      return found;
    }
    if (external.has(parts[0]!)) return null;
    for (const root of own) {
      const found = this.#below(root, parts);
      if (found !== null) return found;
    }
    return this.#anywhere(parts, from);
  }

  /** True where every name that was told is still that file's: imports that were found later may have said where names begin. */
  get isSettled(): boolean {
    return [...this.#told].every(([file, name]) => this.#nameOf(file) === name);
  }

  /** A module in a package. */
  child(folder: string, name: string): ModuleFound | null {
    return this.#below(slashed(folder), [name]);
  }

  /** As it would be imported: `app.tasks`. Null where a part is no identifier. Stands where the table is settled when all imports have been looked for. */
  nameOf(file: string): string | null {
    let name = this.#told.get(file);
    if (name === undefined) {
      name = this.#nameOf(file);
      this.#told.set(file, name);
    }
    return name;
  }

  /** All names anew. */
  forgetNames(): void {
    this.#told.clear();
  }

  #nameOf(file: string): string | null {
    const path = slashed(file);
    const top = this.#packageRoot(path);
    // Without any `__init__.py`, imports that were found say where names begin.
    const above = [...this.#used].filter((root) => path.startsWith(`${root}/`) && root.length <= top.length);
    const root = above.sort((one, other) => other.length - one.length)[0] ?? top;
    const parts = path
      .slice(root.length + 1)
      .replace(/\.pyi?$/, "")
      .split("/");
    if (parts.at(-1) === "__init__") parts.pop();
    return parts.length > 0 && parts.every((part) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part)) ? parts.join(".") : null;
  }

  #below(root: string, parts: readonly string[]): ModuleFound | null {
    const path = [root, ...parts].join("/");
    // As Python does it: a package before a module of the same name, and a folder without `__init__.py` last.
    const init = this.files.byPath.get(`${path}/__init__.py`);
    if (init !== undefined) return { file: init, folder: path };
    const file = parts.length === 0 ? undefined : this.files.byPath.get(`${path}.py`);
    if (file !== undefined) return { file, folder: null };
    return this.files.folders.has(path) ? { file: null, folder: path } : null;
  }

  #packageRoot(path: string): string {
    let folder = parentOf(path);
    while (folder !== "" && this.files.byPath.has(`${folder}/__init__.py`)) folder = parentOf(folder);
    return folder;
  }

  #rootsFor(path: string): { likely: string[]; own: string[] } {
    const top = this.#packageRoot(path);
    const open =
      this.files.roots
        .filter((root) => path.startsWith(`${root}/`))
        .sort((one, other) => one.length - other.length)[0] ?? top;
    const likely: string[] = [];
    for (let folder = top; folder.length >= open.length && folder !== ""; folder = parentOf(folder)) {
      likely.push(folder, ...sourceFolders.map((name) => `${folder}/${name}`));
    }
    const own: string[] = [];
    for (let folder = parentOf(path); folder.length > top.length; folder = parentOf(folder)) own.push(folder);
    return { likely, own };
  }

  /** By the end of the path: the nearest to the importer, the first by name among equally near ones. */
  #anywhere(parts: readonly string[], from: string): ModuleFound | null {
    const tail = `/${parts.join("/")}`;
    let best: string | null = null;
    for (const path of this.files.byName.get(parts.at(-1)!) ?? []) {
      const isIt = path.endsWith(`${tail}.py`) || path.endsWith(`${tail}/__init__.py`);
      if (isIt && (best === null || sharedFolders(path, from) > sharedFolders(best, from))) best = path;
    }
    if (best === null) return null;
    const isPackage = best.endsWith("/__init__.py");
    return { file: this.files.byPath.get(best) ?? null, folder: isPackage ? parentOf(best) : null };
  }
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function sharedFolders(one: string, other: string): number {
  const a = one.split("/");
  const b = other.split("/");
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}
