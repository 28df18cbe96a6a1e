import { commands, env, FileType, l10n, type QuickPickItem, Range, Uri, window, workspace } from "vscode";
import { findSettingsClasses, importsAsPackage, instrumentationLines } from "../../python/workerSettings";
import { plural } from "../views/texts";
import type { HostParts } from "./parts";

const fileName = "arq_monitor.py";
/** Bounds of the search: enough for real projects, harmless in a monorepo. */
const maxFiles = 3000;
const maxFileBytes = 500_000;
const elsewhere =
  "{**/node_modules/**,**/.venv/**,**/venv/**,**/site-packages/**,**/.git/**,**/__pycache__/**,**/.tox/**}";

/** Where the file goes, and the class that the two lines are for; null where none was found. */
interface Target {
  readonly folder: Uri;
  readonly inPackage: boolean;
  readonly settings: { readonly uri: Uri; readonly name: string; readonly below: number } | null;
}

/**
 * Writes `arq_monitor.py` beside the worker's settings, puts the two lines that use it on the clipboard, and says where they go. Runs nothing and
 * changes no other file; one that is there and differs is replaced only when the user says so.
 */
export async function addWorkerInstrumentation({ context }: HostParts): Promise<void> {
  const roots = workspace.workspaceFolders ?? [];
  if (roots.length === 0) throw new Error(l10n.t("Open the folder that holds the worker's code first."));
  const { targets, instrumented } = await findTargets();
  if (targets.length === 0)
    for (const { uri } of roots) targets.push({ folder: uri, inPackage: false, settings: null });
  const target = await choose(targets, instrumented);
  if (target === undefined) return;
  const file = Uri.joinPath(target.folder, fileName);
  if (!(await write(file, Uri.joinPath(context.extensionUri, "media", fileName)))) return;
  const lines = instrumentationLines(target.settings?.name ?? "WorkerSettings", target.inPackage);
  await env.clipboard.writeText(lines);
  // Not awaited: the command is done, and what the message offers can wait.
  void tell(target, file, lines);
}

async function findTargets(): Promise<{ targets: Target[]; instrumented: number }> {
  const targets: Target[] = [];
  let instrumented = 0;
  for (const uri of await workspace.findFiles("**/*.py", elsewhere, maxFiles)) {
    const text = await readText(uri);
    if (text === null || !/\b(?:functions|cron_jobs)\b/.test(text) || !/\barq\b|Settings/.test(text)) continue;
    const classes = findSettingsClasses(text);
    if (classes.length === 0) continue;
    const folder = Uri.joinPath(uri, "..");
    const inPackage =
      (await exists(Uri.joinPath(folder, "__init__.py"))) ||
      importsAsPackage(text, folder.path.split("/").at(-1) ?? "");
    for (const { name, below, instrumented: already } of classes) {
      if (already) instrumented++;
      else targets.push({ folder, inPackage, settings: { uri, name, below } });
    }
  }
  return { targets: targets.toSorted((a, b) => place(a).localeCompare(place(b))), instrumented };
}

function place({ settings, folder }: Target): string {
  return settings === null
    ? workspace.asRelativePath(folder)
    : `${workspace.asRelativePath(settings.uri)}:${settings.below}`;
}

/** Undefined when the user wants none. */
async function choose(targets: readonly Target[], instrumented: number): Promise<Target | undefined> {
  if (targets.length === 1 && instrumented === 0) return targets[0];
  type Item = QuickPickItem & { readonly target: Target };
  const items = targets.map((target): Item => {
    const { settings, folder } = target;
    return settings === null
      ? { label: workspace.asRelativePath(folder), description: l10n.t("no worker settings were found"), target }
      : { label: settings.name, description: workspace.asRelativePath(settings.uri), target };
  });
  const question = l10n.t("Which worker settings are to be instrumented?");
  const already = plural(
    instrumented,
    l10n.t("Which worker settings are to be instrumented? (1 has it already)"),
    l10n.t("Which worker settings are to be instrumented? ({0} have it already)", instrumented),
  );
  const choice = await window.showQuickPick(items, {
    title: l10n.t("Add Worker Instrumentation"),
    placeHolder: instrumented === 0 ? question : already,
    matchOnDescription: true,
  });
  return choice?.target;
}

/** False when what is there is to stay. */
async function write(file: Uri, ours: Uri): Promise<boolean> {
  const content = await workspace.fs.readFile(ours);
  if (await exists(file)) {
    if (Buffer.from(await workspace.fs.readFile(file)).equals(Buffer.from(content))) return true;
    if (!(await mayReplace(file, ours))) return false;
  }
  await workspace.fs.writeFile(file, content);
  return true;
}

async function mayReplace(file: Uri, ours: Uri): Promise<boolean> {
  const shown = workspace.asRelativePath(file);
  const question = l10n.t("{0} is there already and differs.", shown);
  const detail = l10n.t("It is of another version of ARQ Monitor, or was changed by hand.");
  // Modal: a notification takes no keys, and is not seen at all while they are silenced.
  const [replace, differences] = [l10n.t("Replace"), l10n.t("Show Differences")];
  const choice = await window.showWarningMessage(question, { modal: true, detail }, replace, differences);
  if (choice !== differences) return choice === replace;
  await commands.executeCommand("vscode.diff", file, ours, l10n.t("{0}: yours ↔ ARQ Monitor's", fileName));
  return (await window.showWarningMessage(question, replace, l10n.t("Keep Mine"))) === replace;
}

async function tell({ settings }: Target, file: Uri, lines: string): Promise<void> {
  const written = workspace.asRelativePath(file);
  const open = settings === null ? [] : [l10n.t("Open {0}", settings.name)];
  const message =
    settings === null
      ? l10n.t(
          "{0} is written. Paste the two lines, now on the clipboard, below the class of your worker's settings, and restart the worker.",
          written,
        )
      : l10n.t(
          "{0} is written. Paste the two lines, now on the clipboard, below {1} in {2}, and restart the worker.",
          written,
          settings.name,
          workspace.asRelativePath(settings.uri),
        );
  const copy = l10n.t("Copy Lines");
  const choice = await window.showInformationMessage(message, ...open, copy);
  if (choice === undefined) return;
  await env.clipboard.writeText(lines);
  if (choice === copy || settings === null) return;
  const document = await workspace.openTextDocument(settings.uri);
  const line = Math.min(settings.below - 1, document.lineCount - 1);
  await window.showTextDocument(document, { selection: new Range(line, 0, line, 0) });
}

async function exists(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.File) !== 0;
  } catch {
    return false;
  }
}

/** Null for what cannot be read or is too large to be a settings file. */
async function readText(uri: Uri): Promise<string | null> {
  try {
    if ((await workspace.fs.stat(uri)).size > maxFileBytes) return null;
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
