import type { CronJob } from "../../monitor/queryModel";
import type { ScheduleView } from "../../protocol/codeViews";
import { hangsOnTimeZone, nextRuns } from "../../python/tasks/nextRuns";
import type { CodePlace, CronCode, CronSchedule, TaskCode } from "../../python/tasks/taskCode";
import { cronText } from "../cronText";
import { placeView } from "./codeViews";
import { known, likelyQueueOf } from "./settingsQueue";

const runsTold = 3;

/** A cron job of the source, as far as it can be read. */
export interface ReadCron {
  readonly schedule: CronSchedule;
  /** Null: that of the worker, which is not known here. */
  readonly zone: string | null;
}

/** The cron job of the source of which these runs are; null where there is none, or several differ, be it in the schedule or time zone. Settings that are started in several ways have it several times. */
export function cronCodeOf(
  code: TaskCode | null,
  { function: name, queue }: Pick<CronJob, "function" | "queue">,
): CronCode | null {
  const [only, ...others] = (code?.crons ?? []).filter(
    (cron) => cron.name === name && (queue === null || (likelyQueueOf(cron.settings) ?? queue) === queue),
  );
  return only !== undefined && others.every((other) => isSame(other, only)) ? only : null;
}

/** Null where its schedule cannot be read. */
export function readCron({ schedule, settings: { values } }: CronCode): ReadCron | null {
  const read = known(schedule);
  if (read === null) return null;
  return { schedule: read.value, zone: values.timezone === null ? null : (known(values.timezone)?.value ?? null) };
}

/** `now`: Redis' clock, unix ms. */
export function scheduleView(cron: CronCode, now: number): ScheduleView | null {
  const read = readCron(cron);
  if (read === null) return null;
  const { schedule, zone } = read;
  return {
    words: cronText(schedule),
    zone,
    isAssumed: zone === null && hangsOnTimeZone(schedule),
    next: nextRuns(schedule, now, runsTold, zone),
    place: placeView(cron.place),
  };
}

/** Cron jobs of the source of which no run is known, as if they had none. */
export function unseenCrons(
  code: TaskCode | null,
  seen: readonly CronJob[],
  queues: readonly string[],
): readonly CronJob[] {
  const told = new Set<string>();
  return (code?.crons ?? []).flatMap((cron): CronJob[] => {
    const queue = likelyQueueOf(cron.settings);
    // The source of another project than that whose Redis this is.
    if (queue === null || !queues.includes(queue)) return [];
    const key = JSON.stringify([queue, cron.name]);
    if (told.has(key)) return [];
    told.add(key);
    if (seen.some((job) => job.function === cron.name && (job.queue === null || job.queue === queue))) return [];
    const name = cron.name.startsWith("cron:") ? cron.name.slice("cron:".length) : cron.name;
    const nothing = { next: null, expectedAt: null, lastRuns: [], count: 0, failed: 0, intervalMs: null } as const;
    return [{ name, function: cron.name, queue, ...nothing }];
  });
}

/** The same in all that is told of it: one place may stand for several, by a loop or by settings that take another time zone. */
function isSame(one: CronCode, other: CronCode): boolean {
  return isSamePlace(one.place, other.place) && JSON.stringify(readCron(one)) === JSON.stringify(readCron(other));
}

function isSamePlace(one: CodePlace, other: CodePlace): boolean {
  return one.file === other.file && one.line === other.line && one.column === other.column;
}
