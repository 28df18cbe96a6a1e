import { dirname } from "node:path";
import { type Disposable, Uri, workspace } from "vscode";
import { composeMappings, dockerfileMappings } from "../../files/composeMappings";
import { launchMappings } from "../../python/launchMappings";
import type { PathMapping } from "../../python/pathMapping";
import { settingVariables } from "./workspaceRoots";

export type PathHint = PathMapping & { readonly how: "launch" | "compose" };

/** Bounds of the search: enough for real projects, harmless in a monorepo. */
const maxFiles = 20;
const composeFiles = "**/{docker-compose,compose}*.{yml,yaml}";
const dockerfiles = "**/{Dockerfile*,*.Dockerfile}";
const elsewhere = "{**/node_modules/**,**/.venv/**,**/venv/**,**/site-packages/**,**/.git/**}";

/**
 * Folders that debug configurations and the files of containers pair with folders of the workspace. Read at the first question, and again when one of these files
 * changes; only in trusted workspaces. Runs nothing.
 */
export class PathHints implements Disposable {
  #read: Promise<readonly PathHint[]> | null = null;
  #watchers: readonly Disposable[] | null = null;

  async all(): Promise<readonly PathHint[]> {
    if (!workspace.isTrusted) return [];
    this.#watchers ??= [composeFiles, dockerfiles, "**/.env"].flatMap((glob) => {
      const watcher = workspace.createFileSystemWatcher(glob);
      const forget = () => this.forget();
      return [watcher, watcher.onDidCreate(forget), watcher.onDidChange(forget), watcher.onDidDelete(forget)];
    });
    return (this.#read ??= readHints());
  }

  forget(): void {
    this.#read = null;
  }

  dispose(): void {
    for (const watcher of this.#watchers ?? []) watcher.dispose();
  }
}

async function readHints(): Promise<PathHint[]> {
  const launch = settingVariables().flatMap((variables) =>
    configurations(Uri.file(variables.folder)).flatMap((value) => launchMappings(value, variables)),
  );
  const [services, images] = await Promise.all([
    workspace.findFiles(composeFiles, elsewhere, maxFiles),
    workspace.findFiles(dockerfiles, elsewhere, maxFiles),
  ]);
  const compose = await Promise.all(onDisk(services).map((file) => composeMappings(file)));
  // A Dockerfile is built where it lies unless a compose file says more.
  const built = await Promise.all(onDisk(images).map((file) => dockerfileMappings(file, dirname(file))));
  return [
    ...unique(launch).map((mapping) => ({ ...mapping, how: "launch" as const })),
    ...unique([...compose, ...built].flat()).map((mapping) => ({ ...mapping, how: "compose" as const })),
  ];
}

/** Of `launch.json`, of the workspace file, and of the user's settings. */
function configurations(folder: Uri): unknown[] {
  const values = workspace.getConfiguration("launch", folder).inspect<unknown>("configurations");
  return [values?.workspaceFolderValue, values?.workspaceValue, values?.globalValue];
}

/** The nearest to a root first, whatever order they were found in. */
function onDisk(files: readonly Uri[]): string[] {
  const paths = files.flatMap(({ scheme, fsPath }) => (scheme === "file" ? [fsPath] : []));
  const depth = (path: string): number => path.split(/[\\/]/).length;
  return paths.sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

function unique(mappings: readonly PathMapping[]): PathMapping[] {
  return [...new Map(mappings.map((mapping) => [JSON.stringify([mapping.remote, mapping.local]), mapping])).values()];
}
