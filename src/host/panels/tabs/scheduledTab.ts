import type { JobQuery, Rate } from "../../../monitor/model";
import type { CronJob } from "../../../monitor/queryModel";
import { newestJobs, pageSize } from "../../../protocol/jobQuery";
import {
  everythingScheduled,
  type CronLine,
  type MissedRuns,
  type ScheduledIntent,
} from "../../../protocol/tabs/scheduled";
import { hangsOnTimeZone, nextRuns } from "../../../python/tasks/nextRuns";
import type { TaskCode } from "../../../python/tasks/taskCode";
import { cronCodeOf, readCron, type ReadCron, scheduleView, unseenCrons } from "../../code/cronViews";
import { fields, index, text } from "../checks";
import { pageOffset } from "./sortLines";
import type { Tab } from "./tab";

/** A worker looks for due cron jobs every half a second, and may be busy at that moment: a run that is seen so much later is none that was missed. */
const graceMs = 10_000;
/** More are told as so many. */
const missedAtMost = 1000;

/** What is going to run, and when. */
export function scheduledTab(code: () => TaskCode | null): Tab<"scheduled"> {
  return {
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
      const seen = await monitor.cron(signal);
      const { lastWeek, queues } = monitor.snapshot();
      const cron = [
        ...seen,
        ...unseenCrons(
          code(),
          seen,
          queues.map(({ name }) => name),
        ),
      ];
      const { rows, total, notes, needsPayloads } = page;
      return {
        rows,
        cron: cron.map((job) => cronLine(job, lastWeek.gaps, monitor.now(), code())),
        offset,
        total,
        notes,
        needsPayloads,
      };
    },
  };
}

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
export function cronLine(job: CronJob, gaps: Rate["gaps"], now: number, code: TaskCode | null = null): CronLine {
  const cron = cronCodeOf(code, job);
  const read = cron === null ? null : readCron(cron);
  const isSure = read !== null && (read.zone !== null || !hangsOnTimeZone(read.schedule));
  return {
    ...job,
    id: JSON.stringify([job.function, job.queue]),
    missed: isSure ? missedBy(read, job, gaps, now) : missedRuns(job, gaps, now),
    schedule: cron === null ? null : scheduleView(cron, now),
  };
}

/** By the schedule itself. */
function missedBy({ schedule, zone }: ReadCron, job: CronJob, gaps: Rate["gaps"], now: number): MissedRuns | null {
  const lastAt = lastRunOf(job);
  if (lastAt === null) return null;
  const until = Math.min(now - graceMs, (job.next?.at ?? Infinity) - 1);
  const missed = nextRuns(schedule, lastAt, missedAtMost, zone).filter((at) => at < until);
  const dueAt = missed.at(-1);
  return dueAt === undefined ? null : { count: missed.length, dueAt, watched: isWatched(gaps, lastAt, now) };
}

function lastRunOf({ lastRuns: [last] }: CronJob): number | null {
  return last?.dueAt ?? last?.startedAt ?? null;
}

function isWatched(gaps: Rate["gaps"], from: number, to: number): boolean {
  return !gaps.some((gap) => gap.to > from && gap.from < to);
}

/** As far as the runs before tell. */
function missedRuns(job: CronJob, gaps: Rate["gaps"], now: number): MissedRuns | null {
  const { next, intervalMs } = job;
  const lastAt = lastRunOf(job);
  if (intervalMs === null || lastAt === null) return null;
  // What waits in Redis is a run of its time, however late it is.
  const until = Math.min(now - graceMs, next === null ? Infinity : next.at - intervalMs);
  const count = Math.floor((until - lastAt) / intervalMs);
  if (count <= 0) return null;
  return { count, dueAt: lastAt + count * intervalMs, watched: isWatched(gaps, lastAt, now) };
}
