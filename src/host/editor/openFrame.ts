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
import { readPython } from "../../files/sourceLines";
import { SourceLookup } from "../../files/sourceLookup";
import type { LocatedFrame } from "../../python/locatedFrame";
import { standingLine } from "../../python/movedLine";
import type { Frame } from "../../python/traceback";
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

  /**
   * The files that a frame may mean, best first, and where the line that ran stands in them now. Text that is open and not saved counts before the disk. Empty
   * where there is none. Cheap enough to be asked for every frame that is shown.
   */
  async locate(frame: Pick<Frame, "file" | "line" | "source" | "function">): Promise<readonly LocatedFrame[]> {
    const paths = await this.find(frame.file);
    return Promise.all(
      paths.map(async (path): Promise<LocatedFrame> => {
        const how = path === frame.file ? "path" : "tail";
        const text = await textOf(path);
        const place =
          text === null ? { line: Math.max(1, frame.line), text: "unknown" as const } : standingLine(text, frame);
        return { path, ...place, how };
      }),
    );
  }

  /** Makes these the frames that "next frame" and "previous frame" step through, and opens the one of this index. */
  async openTraceback(frames: readonly Frame[], index: number): Promise<boolean> {
    const frame = frames[index];
    return frame === undefined ? false : this.open(frame, false);
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

async function textOf(path: string): Promise<string | null> {
  const open = workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === path);
  return open?.getText() ?? (await readPython(path));
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
