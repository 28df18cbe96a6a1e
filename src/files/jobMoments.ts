/**
 * How far times of one job may lie apart, ms. Worker and log share a host; who enqueues may be another, and hosts without a time server are off by
 * minutes. A log that names no zone is read to the quarter of an hour, so times that somebody wrote by hand are off by half of one. An id that is used
 * again within that long names the same thing once more.
 */
export const clockSlack = 900_000;

/** ARQ's own ids: a uuid4, and the name of a cron job with its moment. */
const unique = /^(?:[0-9a-f]{32}|cron:.+:\d{13})$/s;

/**
 * The id names one job for ever, so that times need not agree: those of a log that was copied lie. Ids of one's own choice (`_job_id`)
 * are used again for the next job.
 */
export function namesOneJob(id: string): boolean {
  return unique.test(id);
}
