import { posix, relative, sep, win32 } from "node:path";
import { ConfigurationTarget, l10n, Uri, window, workspace } from "vscode";
import { remoteFolderOf } from "../../files/mappedFolder";
import { isWindowsPath } from "../../python/framePath";
import { readMappings } from "../../python/pathMapping";
import type { PathToMap } from "../contributions/commands";
import { oneLine } from "../views/texts";
import type { HostParts } from "./parts";

/**
 * Asks which folder here is the worker's, writes the pair into `arq.pathMappings` of the workspace, and opens nothing. Only in trusted workspaces: in others that setting
 * counts for nothing.
 */
export async function mapPath({ settings }: HostParts, { file, folder: given }: PathToMap = {}): Promise<void> {
  const { isTrusted, workspaceFolders } = workspace;
  if (workspaceFolders === undefined)
    throw new Error(l10n.t("Open a folder first: the pair is written into its settings."));
  if (!isTrusted)
    throw new Error(l10n.t("Trust this workspace first: what its settings say of paths counts only then."));
  const folder = given ?? (await askFolder(file));
  if (folder === undefined) return;
  const told = file === undefined ? null : await remoteFolderOf(file, folder);
  const remote = told ?? (await askRemote(file, folder));
  if (remote === undefined) return;
  const configuration = workspace.getConfiguration();
  const pairs = readMappings(configuration.inspect<unknown>("arq.pathMappings")?.workspaceValue);
  const pair = { remote, local: shortened(folder) };
  await configuration.update(
    "arq.pathMappings",
    [pair, ...pairs.filter((other) => other.remote !== remote)],
    ConfigurationTarget.Workspace,
  );
  // Said once where the user's own settings hide what was written.
  if (
    !readMappings(settings.get("arq.pathMappings")).some(
      (other) => other.local === pair.local && other.remote === remote,
    )
  )
    throw new Error(l10n.t("The settings of a folder hide this pair: write it into arq.pathMappings there."));
  void window.showInformationMessage(
    l10n.t("{0} is now {1} in this workspace (arq.pathMappings).", remote, pair.local),
  );
}

async function askFolder(file: string | undefined): Promise<string | undefined> {
  const [first] = workspace.workspaceFolders ?? [];
  const chosen = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    defaultUri: first?.uri,
    openLabel: l10n.t("Use This Folder"),
    title:
      file === undefined
        ? l10n.t("Which folder here has the code that the worker runs?")
        : l10n.t("Which folder here has the code of {0}?", oneLine(file, 80)),
  });
  return chosen?.[0]?.fsPath;
}

async function askRemote(file: string | undefined, folder: string): Promise<string | undefined> {
  const paths = file !== undefined && isWindowsPath(file) ? win32 : posix;
  const answer = await window.showInputBox({
    title: l10n.t("Which folder of the worker is it?"),
    prompt: l10n.t("As it stands in tracebacks, for example /app. {0} is the same folder here.", folder),
    value: file === undefined ? "/app" : paths.dirname(file),
    validateInput: (text) => (text.trim() === "" ? l10n.t("A folder as the worker names it.") : null),
  });
  return answer?.trim();
}

/** By the folder of the workspace that it lies in, so that the setting can be shared. */
function shortened(folder: string): string {
  const root = workspace.getWorkspaceFolder(Uri.file(folder));
  if (root === undefined) return folder;
  const variable =
    (workspace.workspaceFolders?.length ?? 0) > 1 ? `\${workspaceFolder:${root.name}}` : "${workspaceFolder}";
  const below = relative(root.uri.fsPath, folder);
  return below === "" ? variable : `${variable}/${below.split(sep).join("/")}`;
}
