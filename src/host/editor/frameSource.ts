import { workspace } from "vscode";
import { linesAround, readPython } from "../../files/sourceLines";
import type { SourceView } from "../../protocol/jobMessages";
import type { Frame } from "../../python/traceback";
import type { FrameOpener } from "./openFrame";

/**
 * The lines around the one that a frame names, as they are now: of the open document where there is one, else on disk. Where several files fit, the one
 * that has the printed line; null where none is found, or that does not tell them apart.
 */
export async function frameSource(
  frames: FrameOpener,
  { file, line, source }: Pick<Frame, "file" | "line" | "source">,
): Promise<SourceView | null> {
  const found: SourceView[] = [];
  const paths = await frames.find(file);
  for (const path of paths) {
    const open = workspace.textDocuments.find(({ uri }) => uri.scheme === "file" && uri.fsPath === path);
    const text = open?.getText() ?? (await readPython(path));
    const lines = text === null ? null : linesAround(text, line, source);
    if (lines !== null) found.push({ place: workspace.asRelativePath(path), ...lines });
  }
  const same = found.filter(({ edited }) => !edited);
  if (paths.length === 1) return found[0] ?? null;
  return same.length === 1 && source !== null ? same[0]! : null;
}
