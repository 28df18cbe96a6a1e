import { describeAbort, describeState } from "../../src/arq/explain";
import type { JobRow } from "../../src/protocol/viewModels";

const second = 1000;
const minute = 60 * second;

/**
 * A sentence on the state and one on a pending abort, true at `now`; they change once a second while the job is on its way, and calmly
 * once it has ended.
 */
export function stateSentence(row: JobRow, now: number, abortRequestedAt: number | null = null): string {
  const { finishedAt } = row;
  const since = finishedAt ?? row.startedAt ?? row.scheduledAt;
  if (since === null) return describeState(row, now);
  const step = finishedAt === null ? second : now - finishedAt < minute ? 10 * second : minute;
  const at = since + Math.floor((now - since) / step) * step;
  return [describeState(row, at), describeAbort(row, abortRequestedAt, at)].filter((text) => text !== null).join(" ");
}
