import { homedir } from "node:os";
import { RelativePattern, workspace, type Disposable } from "vscode";
import { globPaths, writtenOut } from "../files/globPaths";

/** Files per glob: a glob such as `**\/*.log` in a large workspace must not open thousands. */
const maxLogFiles = 20;
/** New log files appear rarely, and a workspace search is dear, ms. A watcher tells of those that appear in the workspace. */
const fileListMs = 10_000;

/** The files that the setting `arq.workerLogs` names, as of now. */
export class LogPaths implements Disposable {
  readonly #watchers: readonly Disposable[];
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

  async paths(): Promise<readonly string[]> {
    const now = Date.now();
    if (this.#list === null || now - this.#list.at > fileListMs) this.#list = { at: now, paths: this.#search() };
    const [near, all] = await Promise.all([this.#near(), this.#list.paths]);
    return [...new Set([...near, ...all])];
  }

  /** Of patterns that name their folder: reading that costs little, and a watcher can miss a file that was made together with its folder (seen: 6 s late). */
  async #near(): Promise<readonly string[]> {
    const named = this.patterns.filter((pattern) => outside(pattern) === null && !/\*\*|[{}[\]]/.test(pattern));
    const written = named.flatMap(
      (pattern) => writtenOut(`\${workspaceFolder}/${pattern}`, homedir(), folderPaths()) ?? [],
    );
    const found = await Promise.all(written.map((path) => globPaths(path)));
    return found.flatMap((paths) => paths.slice(0, maxLogFiles));
  }

  dispose(): void {
    for (const watcher of this.#watchers) watcher.dispose();
  }

  async #search(): Promise<readonly string[]> {
    const found = await Promise.all(
      this.patterns.map(async (pattern) => {
        const written = outside(pattern);
        if (written !== null) return (await Promise.all(written.map((path) => globPaths(path)))).flat();
        const uris = await workspace.findFiles(pattern, undefined, maxLogFiles);
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
