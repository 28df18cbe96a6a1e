import { commands, l10n, ProgressLocation, Range, type TextDocumentShowOptions, Uri, window } from "vscode";
import type { FilePlace } from "../files/logPlace";
import type { Tracebacks } from "./tracebacks";

/** Opens a log at a line. In a file so large that its lines were not counted they are counted now. */
export async function openLogLine(tracebacks: Tracebacks, place: FilePlace): Promise<void> {
  const line = place.line ?? (await counted(tracebacks, place));
  const at = new Range(Math.max(0, (line ?? 1) - 1), 0, Math.max(0, (line ?? 1) - 1), 0);
  // Not `showTextDocument`: VS Code hands no file over 50 MB to extensions.
  const options: TextDocumentShowOptions = { selection: at, preview: true };
  await commands.executeCommand("vscode.open", Uri.file(place.path), options);
}

function counted(tracebacks: Tracebacks, { path, offset }: FilePlace): Promise<number | null> {
  const title = l10n.t("Looking for the line in {0}…", path);
  return Promise.resolve(
    window.withProgress({ location: ProgressLocation.Window, title }, () => tracebacks.lineOf(path, offset)),
  );
}
