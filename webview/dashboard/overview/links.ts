import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery, JobState } from "../../../src/protocol/viewModels";
import { zonedTime } from "../../shared/format";

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
  const text = zonedTime(at);
  return text.slice(0, "2026-11-21T14:03".length) + text.slice(-"+01:00".length);
}
