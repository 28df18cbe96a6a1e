import type { JobDetail, Monitor } from "../monitor/model";

/** A failed job that Redis has forgotten, as far as the history remembers it: no values, and no keys. Null where it does not. */
export function rememberedJob(monitor: Pick<Monitor, "history" | "now">, id: string): JobDetail | null {
  const row = monitor.history.row(id);
  if (row === null) return null;
  const readAt = monitor.now();
  const keys = { queued: null, inProgressTtl: null, retry: null, job: null, result: null, abortRequestedAt: null };
  return { row, facts: { id, readAt, ...keys }, job: null, result: null, tries: [] };
}
