import type { JobQuery, Rate } from "../../../monitor/model";
import type { CronJob } from "../../../monitor/queryModel";
import { newestJobs, pageSize } from "../../../protocol/jobQuery";
import {
  everythingScheduled,
  type CronLine,
  type MissedRuns,
  type ScheduledIntent,
} from "../../../protocol/tabs/scheduled";
import { fields, index, text } from "../checks";
import { pageOffset } from "./sortLines";
import type { Tab } from "./tab";

/** A worker looks for due cron jobs every half a second, and may be busy at that moment: a run that is seen so much later is none that was missed. */
const graceMs = 10_000;

/** What is going to run, and when. */
export const scheduledTab: Tab<"scheduled"> = {
  check(intent): ScheduledIntent {
    const asked = { ...everythingScheduled, ...fields(intent) };
    return {
      text: text(asked.text, "text"),
      queue: asked.queue === null ? null : text(asked.queue, "queue"),
      function: asked.function === null ? null : text(asked.function, "function"),
      offset: index(asked.offset, "offset"),
    };
  },
  async view(monitor, intent, signal) {
    let offset = intent.offset - (intent.offset % pageSize);
    let page = await monitor.query(scheduledJobs(intent, offset), signal);
    if (page.rows.length === 0 && offset > 0) {
      offset = pageOffset(offset, page.total, pageSize);
      page = await monitor.query(scheduledJobs(intent, offset), signal);
    }
    const cron = await monitor.cron(signal);
    const { gaps } = monitor.snapshot().lastWeek;
    const { rows, total, notes, needsPayloads } = page;
    return { rows, cron: cron.map((job) => cronLine(job, gaps, monitor.now())), offset, total, notes, needsPayloads };
  },
};

/** The jobs that wait for their time, what is due first first. */
export function scheduledJobs({ text: filter, queue, function: name }: ScheduledIntent, offset: number): JobQuery {
  return {
    ...newestJobs,
    states: ["deferred", "retrying"],
    queue,
    function: name,
    text: filter,
    sort: "scheduledAt",
    descending: false,
    offset,
  };
}

/** `gaps`: spans in which runs may have gone unseen. `now`: Redis' clock, unix ms. */
export function cronLine(job: CronJob, gaps: Rate["gaps"], now: number): CronLine {
  return { ...job, id: JSON.stringify([job.function, job.queue]), missed: missedRuns(job, gaps, now) };
}

function missedRuns({ next, lastRuns, intervalMs }: CronJob, gaps: Rate["gaps"], now: number): MissedRuns | null {
  const last = lastRuns[0];
  const lastAt = last?.dueAt ?? last?.startedAt ?? null;
  if (intervalMs === null || lastAt === null) return null;
  // What waits in Redis is a run of its time, however late it is.
  const until = Math.min(now - graceMs, next === null ? Infinity : next.at - intervalMs);
  const count = Math.floor((until - lastAt) / intervalMs);
  if (count <= 0) return null;
  const watched = !gaps.some(({ from, to }) => to > lastAt && from < now);
  return { count, dueAt: lastAt + count * intervalMs, watched };
}
