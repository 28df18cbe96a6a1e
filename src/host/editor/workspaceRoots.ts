import { homedir } from "node:os";
import { workspace } from "vscode";
import type { LaunchVariables } from "../../python/launchMappings";

/** Open folders that lie on a disk. */
export function workspaceRoots(): string[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === "file" ? [uri.fsPath] : []));
}

/** What `${…}` in settings means, for each open folder. */
export function settingVariables(): LaunchVariables[] {
  const folders = (workspace.workspaceFolders ?? []).flatMap(({ name, uri }) =>
    uri.scheme === "file" ? [{ name, path: uri.fsPath }] : [],
  );
  return folders.map(({ path }) => ({ folder: path, folders, home: homedir(), environment: process.env }));
}
