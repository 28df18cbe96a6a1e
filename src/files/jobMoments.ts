/**
 * How far times of one job may lie apart, ms. Worker and log share a host; who enqueues may be another, and hosts without a time
 * server, or just awake, are off by up to a minute or two.
 */
export const clockSlack = 120_000;

/** ARQ's own ids: a uuid4, and the name of a cron job with its moment. */
const unique = /^(?:[0-9a-f]{32}|cron:.+:\d{13})$/s;

/**
 * The id names one job for ever, so that times need not agree: those of a log that was copied lie. Ids of one's own choice (`_job_id`)
 * are used again for the next job.
 */
export function namesOneJob(id: string): boolean {
  return unique.test(id);
}
