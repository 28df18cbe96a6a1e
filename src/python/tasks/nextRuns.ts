import type { CronField, CronSchedule } from "./taskCode";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** February 29 on a certain weekday comes every 28 years, and after 40 around a century: what does not come by then never does. */
const spanMs = 41 * 366 * dayMs;

/**
 * The next times at which ARQ would run the job after `after`, unix ms, oldest first (`arq.cron.next_cron` of 0.16 to 0.28); fewer than `count` where it never
 * runs so often. `timeZone`: a name of the IANA data or an offset such as `+02:00`; null: that of this machine. None in a time zone that is not known here.
 */
export function nextRuns(
  schedule: CronSchedule,
  after: number,
  count: number,
  timeZone: string | null,
): readonly number[] {
  const offsetOf = clockOf(timeZone);
  if (offsetOf === null) return [];
  const runs: number[] = [];
  // Rounded, as in the ids of ARQ's jobs.
  const ms = Math.round(schedule.microsecond / 1000);
  let wall: number | null = Math.floor((after + offsetOf(after)) / secondMs) * secondMs;
  let last = after;
  while (runs.length < count) {
    wall = nextWall(schedule, wall);
    if (wall === null) break;
    const at = timeOf(wall, offsetOf) + ms;
    // An hour that the clock shows twice is gone through once.
    if (at <= last) continue;
    runs.push(at);
    last = at;
  }
  return runs;
}

/** Whether the moments of its runs hang on the time zone of the worker: minutes and seconds are the same in nearly all of them. */
export function hangsOnTimeZone({ month, day, weekday, hour }: CronSchedule): boolean {
  return [month, day, weekday, hour].some((field) => field !== null);
}

/** How far a clock is ahead of UTC at a moment, ms. */
type Offset = (at: number) => number;

/** The next second that fits after this one. Times on the wall are written as if they were UTC, unix ms. */
function nextWall(schedule: CronSchedule, after: number): number | null {
  const { month, day, weekday, hour, minute, second } = schedule;
  // As in ARQ: in the next second, at the earliest.
  let wall = after + secondMs;
  const until = wall + spanMs;
  while (wall < until) {
    const date = new Date(wall);
    if (!fits(month, date.getUTCMonth() + 1)) wall = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    else if (!fits(day, date.getUTCDate()) || !fits(weekday, (date.getUTCDay() + 6) % 7)) wall = nextOf(wall, dayMs);
    else if (!fits(hour, date.getUTCHours())) wall = nextOf(wall, hourMs);
    else if (!fits(minute, date.getUTCMinutes())) wall = nextOf(wall, minuteMs);
    else if (!fits(second, date.getUTCSeconds())) wall += secondMs;
    else return wall;
  }
  return null;
}

function fits(field: CronField, value: number): boolean {
  return field === null || (typeof field === "number" ? field === value : field.includes(value));
}

/** The beginning of the next day, hour or minute. */
function nextOf(wall: number, unit: number): number {
  return (Math.floor(wall / unit) + 1) * unit;
}

/** Of a time that the clock shows twice the first; of one that it leaps over, as Python reads it: by the offset before the leap. */
function timeOf(wall: number, offsetOf: Offset): number {
  const before = wall - offsetOf(wall - dayMs);
  const after = wall - offsetOf(wall + dayMs);
  const isRight = (at: number): boolean => at + offsetOf(at) === wall;
  return isRight(before) || !isRight(after) ? before : after;
}

/** Null for a time zone that is not known. */
function clockOf(timeZone: string | null): Offset | null {
  if (timeZone === null) return (at) => -new Date(at).getTimezoneOffset() * minuteMs;
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(timeZone) ?? [];
  if (sign !== undefined) {
    const offset = (sign === "-" ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs);
    return () => offset;
  }
  const format = formatOf(timeZone);
  if (format === null) return null;
  return (at) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
    const { year = 0, month = 1, day, hour, minute, second } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / secondMs) * secondMs;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const numeric = "numeric";
  const time = { hourCycle: "h23", hour: numeric, minute: numeric, second: numeric } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, year: numeric, month: numeric, day: numeric, ...time });
  } catch {
    return null;
  }
}
