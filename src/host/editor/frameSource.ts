import { workspace } from "vscode";
import { linesAround } from "../../files/sourceLines";
import type { SourceView } from "../../protocol/jobMessages";
import type { LocatedFrame } from "../../python/locatedFrame";
import type { Frame } from "../../python/traceback";
import { documentText } from "./documentText";
import type { FrameOpener } from "./openFrame";

/** The lines around the one that a frame names, where it stands now; null where no file is found, or several fit equally well. */
export async function frameSource(frames: Pick<FrameOpener, "locateOne">, frame: Frame): Promise<SourceView | null> {
  const located = await frames.locateOne(frame);
  return located === null ? null : sourceAt(located);
}

/** The lines around this one; null where they cannot be read. */
export async function sourceAt(located: LocatedFrame): Promise<SourceView | null> {
  const text = await documentText(located.path);
  if (text === null) return null;
  const lines = linesAround(text, located.line);
  if (lines === null) return null;
  return { place: workspace.asRelativePath(located.path), ...lines, line: located.line, text: located.text };
}
