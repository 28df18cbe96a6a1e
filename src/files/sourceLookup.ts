import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { assertNever } from "../python/assertNever";
import { type FilePath, frozenFiles, insideSegments, type NoFile, readFramePath } from "../python/framePath";
import { t } from "../python/l10n";
import type { FoundBy } from "../python/locatedFrame";
import { definesFunction, standingLine } from "../python/movedLine";
import { mappedPaths, type PathMapping } from "../python/pathMapping";
import { equallyGood, longestTail, type RatedFrame, ranked } from "../python/sourceCandidates";
import type { Frame } from "../python/traceback";
import { PythonFileList } from "./pythonFileList";
import { pythonLibraries } from "./pythonLibraries";

/** Files that end equally alike: more are not read to tell them apart. */
const maxAlike = 30;

/** Folders of a package that a path may be in. */
const maxPackageDepth = 6;

/** A frame as far as it takes to find it. */
export type FrameToFind = Pick<Frame, "file" | "line" | "source" | "function">;

/** What the lookup goes by. Asked for at every lookup, in this order, and not before it is needed. */
export interface LookupFacts {
  /** Folders of the workspace. */
  roots(): readonly string[];
  /** The user's own. */
  mappings(): readonly PathMapping[];
  /** Those of debug configurations and of containers. */
  hints(): Promise<readonly (PathMapping & { readonly how: "launch" | "compose" })[]>;
  /** Pairs of earlier hits, the last one first. */
  learned(): readonly PathMapping[];
  /** Python environments: folders, or their `python`. The chosen one first. */
  environments(): Promise<readonly string[]>;
  /** Text of a Python file as it is now; null where it cannot be read. */
  read(path: string): Promise<string | null>;
}

/** Where the source of a frame is. */
export interface SourceFound {
  /** Existing files, best first. */
  readonly found: readonly RatedFrame[];
  /** How many of the first ones are equally good: more than one, and a person has to choose. */
  readonly equal: number;
  /** What was looked at, for a message: paths and patterns. */
  readonly tried: readonly string[];
  /** Why there can be no file; null where there could be one. */
  readonly why: NoFile | null;
}

/**
 * Finds the files that frames of tracebacks name, and where the line that ran stands in them. In this order: the path as recorded; what the user's mappings, then
 * those of debug configurations, containers and earlier hits make of it; below the roots the file whose path ends most like it; the Python environments, which for
 * files of libraries come first. The paths come from untrusted text: nothing but `stat`, folder listings below the roots and the reading of Python files is done
 * with them, and no share of a network is touched.
 */
export class SourceLookup {
  readonly files = new PythonFileList();

  constructor(private readonly facts: LookupFacts) {}

  /** `now`: with the files that are there at this moment, for somebody who waits; else perhaps with those of a moment ago. */
  async find(frame: FrameToFind, now = false): Promise<SourceFound> {
    const path = readFramePath(frame.file);
    const search = new Search(this.facts, this.files, frame, now);
    switch (path.kind) {
      case "none":
        return { found: [], equal: 0, tried: [], why: path.why };
      case "frozen":
        for (const inside of frozenFiles(path.module)) await search.library(inside, "standard");
        return search.result("frozen");
      case "file":
        await search.file(path);
        return search.result(null);
      default:
        return assertNever(path);
    }
  }
}

/** One lookup. */
class Search {
  readonly #found: RatedFrame[] = [];
  readonly #tried: string[] = [];
  /** Real paths that were found: links lead to the same file, and folders of the workspace may lie within each other. */
  readonly #seen = new Set<string>();
  readonly #roots: readonly string[];

  constructor(
    private readonly facts: LookupFacts,
    private readonly files: PythonFileList,
    private readonly frame: FrameToFind,
    private readonly now: boolean,
  ) {
    this.#roots = facts.roots();
  }

  async file(path: FilePath): Promise<void> {
    await this.#add(this.#asRecorded(path), "path");
    if (this.#found.length > 0) return;
    await this.#add(mappedPaths(path, this.facts.mappings()), "mapping");
    if (this.#found.length > 0) return;
    const hints = await this.facts.hints();
    for (const how of ["launch", "compose"] as const)
      await this.#add(
        mappedPaths(
          path,
          hints.filter((hint) => hint.how === how),
        ),
        how,
      );
    await this.#add(mappedPaths(path, this.facts.learned()), "learned");
    if (this.#stands) return;
    if (path.library !== null) await this.library(insideSegments(path), path.library);
    if (this.#stands) return;
    await this.#byTail(path);
    // Some ship packages without a folder that tells them: `/var/task/arq/worker.py`.
    if (path.library !== null) return;
    for (let tail = Math.min(path.inside - 1, maxPackageDepth); tail >= 2 && this.#found.length === 0; tail--)
      await this.library(path.segments.slice(-tail), "package");
  }

  /** In the folders of packages or of Python itself: of the first environment whose file has the printed line, else of the first that has the file. */
  async library(inside: readonly string[], which: "package" | "standard"): Promise<void> {
    if (inside.length === 0 || inside.includes("..")) return;
    const before = this.#found.length;
    let best: readonly RatedFrame[] = [];
    for (const environment of await this.facts.environments()) {
      const libraries = await pythonLibraries(environment);
      const folders = which === "package" ? libraries.packages : libraries.standard;
      if (folders.length > 0) this.#tried.push(join(folders[0]!, ...inside));
      const at = this.#found.length;
      await this.#add(
        folders.map((folder) => join(folder, ...inside)),
        "library",
      );
      const added = this.#found.slice(at);
      const stands = added.some(({ text }) => text !== "edited");
      if (stands || best.length === 0) best = added;
      if (stands) break;
    }
    this.#found.splice(before, Infinity, ...best);
  }

  result(why: NoFile | null): SourceFound {
    const found = ranked(this.#found);
    const tried = [...new Set(this.#tried)];
    const equal = equallyGood(found);
    if (equal < 2) return { found, equal, tried, why: found.length > 0 ? null : why };
    // What was chosen among them before is not asked again.
    const path = readFramePath(this.frame.file);
    const learned = path.kind === "file" ? mappedPaths(path, this.facts.learned()) : [];
    const chosen = found.slice(0, equal).find((each) => learned.includes(each.path));
    if (chosen === undefined) return { found, equal, tried, why: null };
    return { found: [chosen, ...found.filter((each) => each !== chosen)], equal: 1, tried, why: null };
  }

  /** A file that still has the line, or that nothing speaks against. */
  get #stands(): boolean {
    return this.#found.some(({ text }) => text !== "edited");
  }

  /** The path itself; a relative one (`python tasks.py`) below each root. */
  #asRecorded({ file, windows, absolute, segments }: FilePath): string[] {
    // On Windows a share in untrusted text would send the user's credentials to whoever wrote it.
    if (/^[\\/]{2}/.test(file)) return [];
    if (isAbsolute(file)) return [file];
    if (absolute || segments.includes("..") || /^[a-z]:/i.test(file)) return [];
    return this.#roots.map((root) => resolve(root, windows ? segments.join("/") : file));
  }

  async #byTail(path: FilePath): Promise<void> {
    const name = path.segments.at(-1)!;
    const known: string[] = [];
    for (const root of this.#roots) {
      known.push(...(await this.files.named(root, name, this.now)));
      const { files, complete } = await this.files.extent(root);
      const where = `${root}${sep}**${sep}${name}`;
      this.#tried.push(complete ? where : t("{0} (in the first {1} Python files)", where, files));
    }
    const { tail, files } = longestTail(path, new Set(known));
    if (tail === 0 || (path.library !== null && tail < path.inside)) return;
    for (const file of files.slice(0, maxAlike)) {
      // A package of this name inside another package is not the library.
      if (!(await isFile(file))) continue;
      if (path.library !== null && (await isFile(join(file, ...Array<string>(tail).fill(".."), "__init__.py"))))
        continue;
      await this.#add([file], "tail", { tail, weak: path.library !== null || (tail === 1 && path.inside > 1) });
    }
  }

  /** Those that exist. `weak`: so little speaks for the file that one without the printed line and the function is not meant. */
  async #add(paths: readonly string[], how: FoundBy, { tail = 0, weak = false } = {}): Promise<void> {
    for (const path of paths) {
      if (how !== "tail") this.#tried.push(path);
      if (!(await isFile(path))) continue;
      const real = await realpath(path);
      if (this.#seen.has(real)) continue;
      const shown = how === "tail" ? path : await this.#asInWorkspace(normalize(path), real);
      const text = await this.facts.read(shown);
      const place =
        text === null
          ? { line: Math.max(1, this.frame.line), text: "unknown" as const }
          : standingLine(text, this.frame);
      const gone = place.text === "edited" || place.text === "unknown";
      if (weak && gone && text !== null && definesFunction(text, this.frame.function) === false) continue;
      this.#seen.add(real);
      this.#found.push({ path: shown, ...place, how, tail });
    }
  }

  /** A worker tells the real path where the workspace is open by a link: then the editor's own path for the file, so that it is not opened twice. */
  async #asInWorkspace(path: string, real: string): Promise<string> {
    if (this.#roots.some((root) => isInside(root, path))) return path;
    for (const root of this.#roots) {
      const folder = await realpath(root).catch(() => root);
      if (isInside(folder, real)) return join(root, relative(folder, real));
    }
    return path;
  }
}

function isInside(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
