import { dirname } from "node:path";
import { Uri, workspace } from "vscode";
import { composeMappings, dockerfileMappings } from "../../files/composeMappings";
import { launchMappings } from "../../python/launchMappings";
import type { PathMapping } from "../../python/pathMapping";
import { settingVariables } from "./workspaceRoots";

export type PathHint = PathMapping & { readonly how: "launch" | "compose" };

/** What was read serves this long, ms: every frame of a traceback asks. */
const freshMs = 5000;
/** Bounds of the search: enough for real projects, harmless in a monorepo. */
const maxFiles = 20;
const elsewhere = "{**/node_modules/**,**/.venv/**,**/venv/**,**/site-packages/**,**/.git/**}";

/** Folders that debug configurations and the files of containers pair with folders of the workspace. Read only in trusted workspaces, and runs nothing. */
export class PathHints {
  #read: { readonly at: number; readonly hints: Promise<readonly PathHint[]> } | null = null;

  async all(): Promise<readonly PathHint[]> {
    if (!workspace.isTrusted) return [];
    const now = performance.now();
    if (this.#read === null || now - this.#read.at > freshMs) this.#read = { at: now, hints: readHints() };
    return this.#read.hints;
  }

  forget(): void {
    this.#read = null;
  }
}

async function readHints(): Promise<PathHint[]> {
  const launch = settingVariables().flatMap((variables) =>
    configurations(Uri.file(variables.folder)).flatMap((value) => launchMappings(value, variables)),
  );
  const [composeFiles, dockerfiles] = await Promise.all([
    workspace.findFiles("**/{docker-compose,compose}*.{yml,yaml}", elsewhere, maxFiles),
    workspace.findFiles("**/{Dockerfile*,*.Dockerfile}", elsewhere, maxFiles),
  ]);
  const compose = await Promise.all(onDisk(composeFiles).map((file) => composeMappings(file)));
  // A Dockerfile is built where it lies unless a compose file says more.
  const built = await Promise.all(onDisk(dockerfiles).map((file) => dockerfileMappings(file, dirname(file))));
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
