import { homedir } from "node:os";
import { dirname } from "node:path";
import { RelativePattern, workspace, type Disposable } from "vscode";
import { globPaths, writtenOut } from "../files/globPaths";
import { NewestFiles } from "../files/newestFiles";
import { PatientReads } from "../files/patientReads";

/** A folder may hold a log of each day, or of each of many workers: those that were written last are followed. 50 are asked for news in 1.5 ms. */
const maxLogFiles = 50;
/** More than these are not looked at: a glob such as `**\/*.log` in a large workspace finds thousands. */
const maxFound = 500;
/** New log files appear rarely, and a workspace search is dear, ms. A watcher tells of those that appear in the workspace. */
const fileListMs = 10_000;

/** The files that the setting `arq.workerLogs` names, as of now. */
export class LogPaths implements Disposable {
  readonly #watchers: readonly Disposable[];
  readonly #found = new PatientReads(globPaths, []);
  readonly #newest = new NewestFiles(maxLogFiles);
  #list: { readonly at: number; readonly paths: Promise<readonly string[]> } | null = null;

  /** Globs within the workspace, or paths that begin with the root, `~` or `${workspaceFolder}`. */
  constructor(private readonly patterns: readonly string[]) {
    this.#watchers = patterns.flatMap((pattern) => {
      if (outside(pattern) !== null) return [];
      // A glob alone would have to fit whole paths.
      return (workspace.workspaceFolders ?? []).flatMap((folder) => {
        const within = new RelativePattern(folder, pattern);
        const watcher = workspace.createFileSystemWatcher(within, false, true, true);
        return [watcher, watcher.onDidCreate(() => (this.#list = null))];
      });
    });
  }

  /** No more than 50: the ones that were written last, the last one first. */
  async paths(): Promise<readonly string[]> {
    const now = Date.now();
    if (this.#list === null || now - this.#list.at > fileListMs) this.#list = { at: now, paths: this.#search() };
    const [near, all] = await Promise.all([this.#near(), this.#list.paths]);
    return this.#newest.of([...new Set([...near, ...all])]);
  }

  /** Of patterns that name their folder: reading that costs little, and a watcher can miss a file that was made together with its folder (seen: 6 s late). */
  async #near(): Promise<readonly string[]> {
    const written = this.patterns.flatMap((pattern) => {
      const anywhere = outside(pattern);
      if (anywhere !== null) return anywhere.filter((path) => !/[*?]/.test(dirname(path)));
      // Of any folder the workspace's own.
      const named = pattern.replace(/^\*\*\//, "");
      if (/\*\*|[{}[\]]/.test(named)) return [];
      return writtenOut(`\${workspaceFolder}/${named}`, homedir(), folderPaths()) ?? [];
    });
    return (await Promise.all(written.map((path) => this.#found.of(path)))).flat();
  }

  dispose(): void {
    for (const watcher of this.#watchers) watcher.dispose();
  }

  async #search(): Promise<readonly string[]> {
    const found = await Promise.all(
      this.patterns.map(async (pattern) => {
        const written = outside(pattern);
        if (written !== null) return (await Promise.all(written.map((path) => this.#found.of(path)))).flat();
        const uris = await workspace.findFiles(pattern, undefined, maxFound);
        return uris.flatMap((uri) => (uri.scheme === "file" ? [uri.fsPath] : []));
      }),
    );
    return [...new Set(found.flat())];
  }
}

function outside(pattern: string): readonly string[] | null {
  return writtenOut(pattern, homedir(), folderPaths());
}

function folderPaths(): readonly string[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === "file" ? [uri.fsPath] : []));
}
