import type { JobState } from "../arq/jobModel";
import type { JobEvent, JobEventKind, JobRow } from "./model";

/** What events have been told of one job, so that each is told once. */
export interface Told {
  /** Attempts. */
  readonly started: number;
  /** Attempts that ended with another one to come. */
  readonly retried: number;
  /** The job has ended. */
  readonly ended: boolean;
}

export const nothingTold: Told = { started: 0, retried: 0, ended: false };

export interface Reading {
  /** The job as it was read before; null when it is met for the first time. */
  readonly before: JobRow | null;
  readonly told: Told;
  readonly after: JobRow;
  /** A result is there, or the claim that a finished cron job leaves. */
  readonly ended: boolean;
  /** Redis TIME of the reading. */
  readonly readAt: number;
  /** The feed announced the change, as against a look at everything. */
  readonly live: boolean;
}

/** So many attempts of one job are told of in one reading: `_job_try` may set the counter to any number. */
const mostAttempts = 100;

/**
 * The events that lie between two readings of a job, in the order in which they happened; each event of a job's life comes out
 * of exactly one reading, whatever was missed in between. The last one is observed when the feed announced it; all others
 * follow from the keys and are marked inferred. Of attempts before the newest the time is not kept by ARQ: theirs is the latest
 * it can have been.
 */
export function eventsBetween(reading: Reading): { readonly events: JobEvent[]; readonly told: Told } {
  const { before, after, readAt } = reading;
  const found: { event: JobEventKind; at: number }[] = [];
  const again = before !== null && isAnotherLife(before, reading.told, after, reading.ended);
  let told = reading.told;
  if (before === null || again) {
    // ARQ takes an id again only after the job before it has ended.
    if (again && !told.ended) found.push({ event: "finished", at: after.enqueuedAt ?? readAt });
    told = nothingTold;
    const at = after.enqueuedAt ?? (reading.live && !reading.ended ? readAt : null);
    if (at !== null) found.push({ event: "enqueued", at });
  }

  const started = after.tries ?? told.started;
  const startedAt = after.startedAt ?? after.finishedAt ?? readAt;
  let retried = Math.min(told.retried, started);
  for (let attempt = Math.max(told.started + 1, started - mostAttempts + 1); attempt <= started; attempt++) {
    if (attempt - 1 > retried) found.push({ event: "retried", at: startedAt });
    retried = Math.max(retried, attempt - 1);
    found.push({ event: "started", at: startedAt });
  }
  if (!reading.ended && waitsAgain.has(after.state) && started > retried) {
    found.push({ event: "retried", at: readAt });
    retried = started;
  }

  const expiredBefore = before !== null && !again && before.state === "expired";
  if (after.state === "expired" && !expiredBefore) found.push({ event: "expired", at: readAt });
  if (reading.ended && !told.ended) {
    const at = after.finishedAt ?? readAt;
    if (after.error?.kind === "expired" && !expiredBefore) found.push({ event: "expired", at });
    found.push({ event: endings[after.state] ?? "finished", at });
  }

  const events = found.map(({ event, at }, index): JobEvent => {
    const inferred = !reading.live || index < found.length - 1;
    return { at, event, id: after.id, function: after.function, queue: after.queue, inferred };
  });
  return { events, told: { started, retried, ended: reading.ended } };
}

/** The event of a job whose last key has gone: ended without a kept result. Null when its end was told of before. */
export function vanishedEvent(before: JobRow, told: Told, readAt: number, live: boolean): JobEvent | null {
  if (told.ended) return null;
  // Of a job that nobody saw running, the end is a conclusion: someone may have deleted it.
  const seenRunning = before.state === "running" || before.state === "orphaned";
  const { id, function: name, queue } = before;
  return { at: readAt, event: "finished", id, function: name, queue, inferred: !(live && seenRunning) };
}

/** The same id, enqueued anew since it was read before. */
export function isAnotherLife(before: JobRow, told: Told, after: JobRow, ended: boolean): boolean {
  if (before.enqueuedAt !== null && after.enqueuedAt !== null && before.enqueuedAt !== after.enqueuedAt) return true;
  if (!told.ended) return false;
  if (!ended) return true;
  // The end of a cron job is reckoned from a TTL, which is a millisecond off now and then; a result dates it by the worker's clock.
  const slack = before.state === after.state ? 1000 : 10_000;
  return Math.abs((before.finishedAt ?? 0) - (after.finishedAt ?? before.finishedAt ?? 0)) > slack;
}

/** States in which an attempt that was started is over and another one is to come. */
const waitsAgain: ReadonlySet<JobState> = new Set(["queued", "deferred", "retrying", "expired"]);

const endings: Partial<Record<JobState, JobEventKind>> = {
  complete: "completed",
  failed: "failed",
  aborted: "aborted",
};
