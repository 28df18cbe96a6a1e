import { l10n } from "vscode";
import { dateFormat, listText } from "../python/l10n";
import type { CronField, CronSchedule } from "../python/tasks/taskCode";

/** More times of a day are told by their hours and minutes apart. */
const timesAtMost = 6;

/** A schedule in words: "every 15 min", "from Monday to Friday at 09:00". Not which time zone it is in. */
export function cronText(schedule: CronSchedule): string {
  const hours = values(schedule.hour, 24);
  const days = daysText(schedule);
  const times = timesOfDay(schedule);
  if (times !== null) return l10n.t("{0} at {1}", days ?? l10n.t("every day"), listText(times));
  const rhythm = rhythmText(schedule);
  const parts = [
    rhythm,
    ...(hours === null || isEveryOf(hours, 24)
      ? []
      : [
          hours.length === 1
            ? l10n.t("in the hour {0}", hours[0]!)
            : l10n.t("in the hours {0}", listText(hours.map(String))),
        ]),
    ...(days === null ? [] : [days]),
  ];
  return parts.join(", ");
}

/** How often within the hours in which it runs. */
function rhythmText({ hour, minute, second }: CronSchedule): string {
  const [hours, minutes, seconds] = [values(hour, 24), values(minute, 60), values(second, 60)];
  const atZero = seconds?.length === 1 && seconds[0] === 0;
  if (minutes !== null) {
    const hourStep = hours !== null && minutes.length === 1 && minutes[0] === 0 && atZero ? stepOf(hours, 24) : null;
    if (hourStep !== null && hours![0] === 0) return l10n.t("every {0} h", hourStep);
    const step = stepOf(minutes, 60);
    const even = step === null ? null : evenText(step, minutes[0]!, minutes.length);
    if (even !== null && seconds !== null) return atZero ? even : l10n.t("{0}, at {1}", even, secondsText(seconds));
    const past = listText(minutes.map(String));
    return atZero
      ? l10n.t("every hour at {0} min past", past)
      : l10n.t("every hour at {0} min past, {1}", past, secondsText(seconds));
  }
  if (seconds === null) return l10n.t("every second");
  if (atZero) return l10n.t("every minute");
  const step = stepOf(seconds, 60);
  if (step === null) return l10n.t("every minute at {0}", secondsText(seconds));
  return seconds[0] === 0 ? l10n.t("every {0} s", step) : l10n.t("every {0} s, at {1}", step, secondsText(seconds));
}

/** Null: a few minutes that do not begin with the hour are told one by one. */
function evenText(step: number, first: number, times: number): string | null {
  if (first === 0) return l10n.t("every {0} min", step);
  return times > timesAtMost ? l10n.t("every {0} min from {1} min past", step, first) : null;
}

function secondsText(seconds: readonly number[] | null): string {
  return seconds === null ? l10n.t("every second") : listText(seconds.map((each) => `:${two(each)}`));
}

/** `03:30`, each one; null where it is no few times of a day, or comes in an even rhythm. */
function timesOfDay({ hour, minute, second }: CronSchedule): string[] | null {
  const [hours, minutes, seconds] = [values(hour, 24), values(minute, 60), values(second, 60)];
  if (hours === null || minutes === null || seconds?.length !== 1) return null;
  if (hours.length * minutes.length > timesAtMost) return null;
  if (hours[0] === 0 && minutes.length === 1 && minutes[0] === 0 && seconds[0] === 0 && stepOf(hours, 24) !== null)
    return null;
  const tail = seconds[0] === 0 ? "" : `:${two(seconds[0]!)}`;
  return hours.flatMap((each) => minutes.map((past) => `${two(each)}:${two(past)}${tail}`));
}

/** On which days; null: on every one. */
function daysText({ month, day, weekday }: CronSchedule): string | null {
  const [months, days, weekdays] = [values(month, 12), values(day, 31), values(weekday, 7)];
  const names = weekdays?.map((each) => weekdayName(Date.UTC(2024, 0, 1 + each))) ?? null;
  const monthNames = months === null ? null : listText(months.map((each) => monthName(Date.UTC(2024, each - 1, 1))));
  const isSpan = weekdays !== null && weekdays.length > 2 && weekdays.length - 1 === weekdays.at(-1)! - weekdays[0]!;
  const ofWeek =
    names === null
      ? null
      : isSpan
        ? l10n.t("from {0} to {1}", names[0]!, names.at(-1)!)
        : l10n.t("on {0}", listText(names));
  const dayList = days === null ? null : listText(days.map(String));
  const ofMonth =
    dayList === null
      ? null
      : monthNames === null
        ? days!.length === 1
          ? l10n.t("on day {0} of the month", dayList)
          : l10n.t("on days {0} of the month", dayList)
        : days!.length === 1
          ? l10n.t("on day {0} of {1}", dayList, monthNames)
          : l10n.t("on days {0} of {1}", dayList, monthNames);
  if (ofWeek !== null && ofMonth !== null) return l10n.t("{0}, only {1}", ofMonth, ofWeek);
  if (ofWeek !== null) return monthNames === null ? ofWeek : l10n.t("{0} in {1}", ofWeek, monthNames);
  if (ofMonth !== null) return ofMonth;
  return monthNames === null ? null : l10n.t("every day of {0}", monthNames);
}

/** In order, each once; null: every one of `all`. */
function values(field: CronField, all: number): readonly number[] | null {
  if (field === null) return null;
  const each = typeof field === "number" ? [field] : [...new Set(field)].sort((a, b) => a - b);
  return each.length >= all ? null : each;
}

/** How far apart they all are, going round; null where that differs, or there is only one. */
function stepOf(sorted: readonly number[], round: number): number | null {
  const step = round / sorted.length;
  if (sorted.length < 2 || !Number.isInteger(step)) return null;
  return sorted.every((each, index) => each === sorted[0]! + index * step) ? step : null;
}

/** It is told by its rhythm already. */
function isEveryOf(sorted: readonly number[], round: number): boolean {
  return sorted[0] === 0 && stepOf(sorted, round) !== null;
}

function weekdayName(at: number): string {
  return dateFormat({ weekday: "long", timeZone: "UTC" }).format(at);
}

function monthName(at: number): string {
  return dateFormat({ month: "long", timeZone: "UTC" }).format(at);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
