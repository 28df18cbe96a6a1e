import { lstat, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { type FileScan, scanFile } from "../python/tasks/fileScan";
import { linkTasks } from "../python/tasks/linkTasks";
import type { ModuleSource } from "../python/tasks/moduleSource";
import { ModuleFiles, ModuleTable } from "../python/tasks/moduleTable";
import { readModule } from "../python/tasks/readModule";
import type { TaskCode } from "../python/tasks/taskCode";
import { type Pause, Turns } from "../python/tasks/turns";
import { isForeignFolder, walkPythonFiles } from "./pythonFiles";
import { readSmallFile, readSmallFileNow, type SmallFile } from "./smallFile";

/** Longer files are generated, and hold no tasks that anybody looks for. */
const maxFileBytes = 2_000_000;
/** Files read at once. More do not make it faster: Node reads with four threads. */
const atOnce = 32;
/** Where files take this long on average, ms, the disk is slow, and nobody waits for one alone: in a local disk's cache one takes 0.03 ms. */
const slowMs = 1;
const patienceMs = 50;
/** Names lead from file to file this often; a longer chain is made to keep somebody busy. */
const maxRounds = 30;

interface FileEntry {
  readonly scan: FileScan;
  /** Null: not needed so far. */
  source: ModuleSource | null;
  readonly problem: string | null;
}

export interface TaskFilesOptions {
  /** Open folders. */
  readonly roots: readonly string[];
  /** The text of a file that is open in an editor, unsaved as it may be; undefined for others. */
  readonly openText?: (file: string) => string | undefined;
  /** Gives other work a turn. */
  readonly pause?: Pause;
}

/**
 * What the Python files below the roots say about tasks. Looks at every file once, reads those that matter and those that names lead to, and after that only
 * what is told to have changed. A file that cannot be read costs that file. Works in slices of a few milliseconds; runs nothing of what it reads.
 */
export class TaskFiles {
  readonly #files = new Map<string, FileEntry>();
  readonly #changed = new Set<string>();
  readonly #roots: readonly string[];
  readonly #openText: (file: string) => string | undefined;
  readonly #turns: Turns;
  /** Folders by whether they are somebody else's code, as one reading saw them. */
  readonly #foreign = new Map<string, Promise<boolean>>();
  #walked = false;
  #isComplete = true;
  /** Of the disk, as it was last looked at. */
  #isSlow = false;
  /** Null: files came or went. */
  #modules: ModuleFiles | null = null;
  /** Of the files and all that these are in; null: not put together. */
  #folders: ReadonlySet<string> | null = null;
  /** The files, sorted: what is said must not depend on what came first. */
  #order: readonly string[] = [];
  #work: Promise<unknown> = Promise.resolve();

  constructor({ roots, openText, pause }: TaskFilesOptions) {
    this.#roots = roots;
    this.#openText = openText ?? (() => undefined);
    this.#turns = new Turns(pause ?? (() => new Promise((done) => setImmediate(done))));
  }

  /** A file was made, changed or deleted; or a folder was made, moved or deleted. Costs nothing until `read`. */
  change(path: string): void {
    this.#changed.add(path);
  }

  /** Whether files that are known are below this path: a cheap question, to be asked of whatever is deleted. */
  hasFolder(path: string): boolean {
    this.#folders ??= foldersOf(this.#files.keys());
    return this.#folders.has(path);
  }

  /** Whether this is a folder that may hold the user's code: a cheap question, to be asked of whatever is made. */
  async mayHold(path: string): Promise<boolean> {
    if (this.#namesTo(path)?.some(isForeignFolder) !== false) return false;
    return lstat(path).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
  }

  /** All that is known, with what changed until now. One at a time: a second call waits for the first. */
  read(): Promise<TaskCode> {
    const result = this.#work.then(() => this.#read());
    this.#work = result.catch(() => undefined);
    return result;
  }

  async #read(): Promise<TaskCode> {
    const files = new Set(this.#walked ? [] : await this.#walk());
    const changed = new Set(this.#changed);
    this.#changed.clear();
    this.#foreign.clear();
    for (const path of outermost(changed)) for (const file of await this.#expand(path)) files.add(file);
    await this.#look([...files]);
    return this.#link();
  }

  async #walk(): Promise<string[]> {
    this.#walked = true;
    const walks = await Promise.all(this.#roots.map((root) => walkPythonFiles(root)));
    this.#isComplete = walks.every(({ complete }) => complete);
    return walks.flatMap(({ paths }) => paths);
  }

  /** A folder stands for the files that were in it and those that are; files of others are left out. */
  async #expand(path: string): Promise<readonly string[]> {
    if (path.endsWith(".py")) return this.#files.has(path) || (await this.#isOwn(dirname(path))) ? [path] : [];
    const known = this.hasFolder(path) ? [...this.#files.keys()].filter((file) => file.startsWith(path + sep)) : [];
    if (!(await this.#isOwn(path))) return known;
    const found = await walkPythonFiles(path);
    this.#isComplete &&= found.complete;
    return [...known, ...found.paths];
  }

  /** One after the other where the disk is fast, with turns for others between; many at once where it is not. */
  async #look(files: readonly string[]): Promise<void> {
    let at = 0;
    let waited = 0;
    for (; at < files.length; at++) {
      this.#isSlow = waited > patienceMs + at * slowMs;
      if (this.#isSlow) break;
      const file = files[at]!;
      const from = performance.now();
      const text = this.#textNow(file);
      waited += performance.now() - from;
      this.#note(file, text);
      if (this.#turns.isOver) await this.#turns.giveNow();
    }
    for (; at < files.length; at += atOnce) {
      await Promise.all(files.slice(at, at + atOnce).map(async (file) => this.#note(file, await this.#text(file))));
    }
  }

  #note(file: string, read: SmallFile): void {
    if (read.kind === "missing") {
      if (this.#files.delete(file)) this.#cameOrWent();
      return;
    }
    if (!this.#files.has(file)) this.#cameOrWent();
    const scan = read.kind === "text" ? scanFile(read.text) : { matters: false, functions: "" };
    this.#files.set(file, { scan, source: null, problem: problemOf(read) });
  }

  #cameOrWent(): void {
    this.#modules = null;
    this.#folders = null;
  }

  async #text(file: string): Promise<SmallFile> {
    return this.#open(file) ?? readSmallFile(file, maxFileBytes);
  }

  #textNow(file: string): SmallFile {
    return this.#open(file) ?? readSmallFileNow(file, maxFileBytes);
  }

  /** Null for what is in no editor. */
  #open(file: string): SmallFile | null {
    const text = this.#openText(file);
    if (text === undefined) return null;
    return text.length > maxFileBytes ? { kind: "tooLong", bytes: text.length } : { kind: "text", text };
  }

  async #link(): Promise<TaskCode> {
    if (this.#modules === null) {
      this.#order = [...this.#files.keys()].sort();
      this.#modules = new ModuleFiles(this.#order, this.#roots);
      await this.#turns.give();
    }
    const table = new ModuleTable(this.#modules);
    const entries = this.#order.map((file) => [file, this.#files.get(file)!] as const);
    const mattering = entries.flatMap(([file, { scan }]) => (scan.matters ? [file] : []));
    const functions = new Map(entries.map(([file, { scan }]) => [file, scan.functions]));
    await this.#parse(mattering);
    await this.#turns.giveNow();
    for (let round = 1; ; round++) {
      table.forgetNames();
      const sources = new Map(
        entries.flatMap(([file, { source }]) => (source === null ? [] : [[file, source] as const])),
      );
      const problems = entries.flatMap(([file, { problem, scan, source }]) => {
        // Of a file that was only once led to, nothing is said.
        const why = problem ?? (scan.matters ? source?.problem : null) ?? null;
        return why === null ? [] : [{ file, why }];
      });
      const isComplete = this.#isComplete;
      const from = { table, roots: this.#roots, sources, mattering, functions, isComplete, problems };
      const { code, wanted, wantedWhole } = await linkTasks(from, this.#turns);
      const isAll = wanted.size === 0 && wantedWhole.size === 0;
      if ((isAll && table.isSettled) || round === maxRounds) return code;
      await this.#parse([...wanted]);
      await this.#parse([...wantedWhole], true);
      await this.#turns.giveNow();
    }
  }

  async #parse(files: readonly string[], whole = false): Promise<void> {
    for (const file of files) {
      const entry = this.#files.get(file);
      if (entry === undefined || (entry.source !== null && (entry.source.isWhole || !whole))) continue;
      const text = this.#isSlow ? await this.#text(file) : this.#textNow(file);
      entry.source = await readModule(file, text.kind === "text" ? text.text : "", this.#turns, whole);
      if (this.#turns.isOver) await this.#turns.giveNow();
    }
  }

  /** False of a virtual environment, a cache, a hidden folder and what is in them, as the first walk leaves them out. */
  async #isOwn(folder: string): Promise<boolean> {
    const root = this.#rootOf(folder);
    const names = this.#namesTo(folder);
    if (root === undefined || names === null || names.some(isForeignFolder)) return false;
    let at = root;
    for (const name of names) {
      at = join(at, name);
      if (await this.#isForeign(at)) return false;
    }
    return true;
  }

  #rootOf(path: string): string | undefined {
    return this.#roots.find((root) => path === root || path.startsWith(root + sep));
  }

  /** Of the folders from the root to this path, and its own; null outside. */
  #namesTo(path: string): string[] | null {
    const root = this.#rootOf(path);
    return root === undefined
      ? null
      : path
          .slice(root.length + 1)
          .split(sep)
          .filter((name) => name !== "");
  }

  #isForeign(folder: string): Promise<boolean> {
    let known = this.#foreign.get(folder);
    if (known === undefined) {
      known = stat(join(folder, "pyvenv.cfg")).then(
        () => true,
        () => false,
      );
      this.#foreign.set(folder, known);
    }
    return known;
  }
}

/** Files, and the folders that are in none of the others: a tree that is made or copied is told folder by folder, and each would be walked whole. */
function outermost(paths: ReadonlySet<string>): string[] {
  return [...paths].filter((path) => {
    if (path.endsWith(".py")) return true;
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) if (paths.has(at)) return false;
    return true;
  });
}

function foldersOf(files: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const file of files)
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

function problemOf(read: SmallFile): string | null {
  if (read.kind === "tooLong") return `it is too long to be read: ${(read.bytes / 1e6).toFixed(1)} MB`;
  return read.kind === "unreadable" ? `it could not be read: ${read.why}` : null;
}
