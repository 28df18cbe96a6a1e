import {
  commands,
  l10n,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
  type Disposable,
} from "vscode";
import { SourceLookup } from "../../files/sourceLookup";
import type { FrameTarget } from "../contributions/commands";
import type { Log } from "../log";
import { oneLine } from "../views/texts";

/** How many of the places that were tried a message can name. */
const namedPlaces = 5;

/** From a frame to the line: finds the file that a traceback means in the open folders, asks when several fit, says when none does. */
export class FrameOpener implements Disposable {
  readonly #lookup = new SourceLookup({ roots: () => workspaceRoots() });
  readonly #subscriptions: Disposable[];

  constructor(private readonly log: Log) {
    const forget = () => this.#lookup.forget();
    this.#subscriptions = [
      workspace.onDidChangeWorkspaceFolders(forget),
      workspace.onDidCreateFiles(forget),
      workspace.onDidDeleteFiles(forget),
      workspace.onDidRenameFiles(forget),
    ];
  }

  /** Files in the open folders that a frame may mean, best first. More than one: they fit equally well. */
  async find(file: string): Promise<readonly string[]> {
    return (await this.#lookup.find(file)).found;
  }

  /** True when an editor stands on the line. */
  async open({ file, line }: FrameTarget, toSide: boolean): Promise<boolean> {
    const { found, tried } = await this.#lookup.find(file);
    if (found.length === 0) {
      await this.#tellNotFound(file, tried);
      return false;
    }
    const [only] = found;
    const path = found.length === 1 ? only : await pick(file, found);
    if (path === undefined) return false;
    try {
      await reveal(path, line, toSide);
      return true;
    } catch (error) {
      // Deleted since it was found, or no text.
      this.#lookup.forget();
      const why = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(l10n.t("{0} could not be opened: {1}", path, why));
      return false;
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #tellNotFound(file: string, tried: readonly string[]): Promise<void> {
    const places = tried.slice(0, namedPlaces).map((place) => oneLine(place, 150));
    if (tried.length > namedPlaces) places.push(l10n.t("{0} more", tried.length - namedPlaces));
    const message =
      places.length === 0
        ? l10n.t("{0} is not in the open folders. No folder is open to look in.", oneLine(file))
        : l10n.t("{0} is not in the open folders. Tried: {1}.", oneLine(file), places.join("; "));
    this.log.info(`No file for ${oneLine(file)}. Tried: ${tried.join("; ")}`);
    const open = l10n.t("Open Folder…");
    // Not waited for: the message may stay for long.
    void window.showWarningMessage(message, open).then((choice) => {
      if (choice === open) void commands.executeCommand("workbench.action.files.openFolder");
    });
  }
}

/** Open folders that lie on a disk. */
export function workspaceRoots(): string[] {
  return (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === "file" ? [uri.fsPath] : []));
}

async function pick(file: string, found: readonly string[]): Promise<string | undefined> {
  const items = found.map((path) => ({ label: workspace.asRelativePath(path), description: path, path }));
  const title = l10n.t("Which file is {0}?", oneLine(file));
  const choice = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t("Several files end the same way"),
    matchOnDescription: true,
  });
  return choice?.path;
}

/** Shows the line (1-based) in an editor. Rejects where the file cannot be opened. */
export async function reveal(path: string, line: number, toSide: boolean): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(path));
  // The file may be shorter than it was when it ran.
  const { range } = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1));
  const start = range.start.translate(0, document.lineAt(range.start.line).firstNonWhitespaceCharacterIndex);
  const editor = await window.showTextDocument(document, {
    viewColumn: toSide ? ViewColumn.Beside : ViewColumn.Active,
    preview: true,
    selection: new Selection(start, start),
  });
  editor.revealRange(new Range(start, start), TextEditorRevealType.InCenterIfOutsideViewport);
}
