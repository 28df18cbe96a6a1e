import { errorGroupKey } from "../../monitor/errorGroupKey";
import type { JobRow } from "../../monitor/model";
import type { Frame } from "../../python/traceback";
import { changedText, historyText, type LineHistory } from "../blame";
import type { LiveGroups } from "../liveGroups";
import { locateOwn } from "./locateOwn";
import type { FrameOpener } from "./openFrame";

export interface FrameHistoryParts {
  readonly frames: Pick<FrameOpener, "locateOne">;
  readonly lineHistory: LineHistory;
  readonly liveGroups: Pick<LiveGroups, "now">;
}

/**
 * `changed 2 days ago by Jane, first failure 1 day ago`, of the line at which a job failed; null where git knows nothing of it, or the file was edited since: then
 * what stands there is another line.
 */
export async function frameHistory(
  { frames, lineHistory, liveGroups }: FrameHistoryParts,
  { error }: Pick<JobRow, "error">,
  frame: Frame,
): Promise<string | null> {
  const place = await locateOwn(frames, frame);
  if (place === null || place.text === "edited") return null;
  const blame = await lineHistory.of(place.path, place.line);
  if (blame === null) return null;
  const key = error === null ? null : errorGroupKey(error.type, error.message);
  const { now } = liveGroups;
  const group = now?.all.find((each) => each.key === key);
  if (now === null || group === undefined) return changedText(blame, Date.now());
  return historyText(blame, Date.now(), now.at - group.firstAt);
}
