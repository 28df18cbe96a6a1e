import { Uri, workspace } from "vscode";
import type { LocatedFrame } from "../../python/locatedFrame";
import type { FrameOpener } from "./openFrame";

/**
 * The one file of own code that is meant; null where there is none, or several fit equally well: a note in the wrong one would be a lie. Own is what lies in the open
 * folders: who writes to Redis, or to a log, can name any other file, and nothing is to be told of that unasked.
 */
export async function locateOwn(
  opener: Pick<FrameOpener, "locateOne">,
  frame: Parameters<FrameOpener["locateOne"]>[0],
): Promise<LocatedFrame | null> {
  const found = await opener.locateOne(frame).catch(() => null);
  if (found === null || found.how === "library") return null;
  return workspace.getWorkspaceFolder(Uri.file(found.path)) === undefined ? null : found;
}
