import { describeState } from "../../src/arq/explain";
import type { JobRow } from "../../src/protocol/viewModels";

const second = 1000;
const minute = 60 * second;

/** One sentence on the state, true at `now`; it changes once a second while the job is on its way, and calmly once it has ended. */
export function stateSentence(row: JobRow, now: number): string {
  const { finishedAt } = row;
  const since = finishedAt ?? row.startedAt ?? row.scheduledAt;
  if (since === null) return describeState(row, now);
  const step = finishedAt === null ? second : now - finishedAt < minute ? 10 * second : minute;
  return describeState(row, since + Math.floor((now - since) / step) * step);
}
