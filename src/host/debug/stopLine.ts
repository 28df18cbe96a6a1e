import type { LocatedFrame } from "../../python/locatedFrame";
import { isOwnFrame } from "../../python/frames";
import type { FrameOpener } from "../editor/openFrame";
import type { FoundTraceback } from "../tracebacks";

/** Where a debugger should stop: the deepest line of one's own code in the traceback that is found without doubt. Null: none is. */
export async function stopLine(
  traceback: FoundTraceback | null,
  frames: Pick<FrameOpener, "locateOne">,
): Promise<LocatedFrame | null> {
  const failed = traceback?.chain.at(-1)?.traceback.frames ?? [];
  for (const frame of failed.toReversed()) {
    if (!isOwnFrame(frame.file)) continue;
    const located = await frames.locateOne(frame);
    if (located !== null) return located;
  }
  return null;
}
