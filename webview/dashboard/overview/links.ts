import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobState } from "../../../src/protocol/viewModels";

/** The jobs behind a number, as the tab Jobs is asked for them. */
export function jobsWhere(filter: Partial<JobQuery>): JobQuery {
  return { ...newestJobs, ...filter };
}

/** Everything that a queue's length counts. */
const inQueue: readonly JobState[] = ["queued", "deferred", "running", "retrying", "orphaned", "expired"];

export function jobsInQueue(queue: string): JobQuery {
  return jobsWhere({ queue, states: inQueue });
}

/** What waits for a worker, the one that waits longest first; of all queues with null. */
export function longestWaiting(queue: string | null): JobQuery {
  return jobsWhere({ queue, states: ["queued", "retrying"], sort: "scheduledAt", descending: false });
}

/** Jobs that ended like this within the last `1h`, `24h` or `7d`, also those that Redis has forgotten since: rates count them, too. */
export function endedSince(states: readonly JobState[], span: string, more: Partial<JobQuery> = {}): JobQuery {
  return jobsWhere({ text: `status:${states.join(",")} since:${span} is:any`, ...more });
}

/** Jobs that ended like this in the minute that begins at `at`, unix ms. */
export function endedInMinute(states: readonly JobState[], at: number, more: Partial<JobQuery> = {}): JobQuery {
  const minute = minuteText(at);
  return jobsWhere({ text: `status:${states.join(",")} since:${minute} until:${minute} is:any`, ...more });
}

/** `2026-11-21T14:03+01:00`: as clocks here show it, and the same moment where the filter is read, which may be another machine. */
export function minuteText(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const local = new Date(at + offset * 60_000).toISOString().slice(0, "2026-11-21T14:03".length);
  const two = (n: number): string => String(n).padStart(2, "0");
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
