import type { RowGroup } from "../../shared/rowTable";
import { formatDuration } from "../../shared/format";
import { t } from "../../shared/l10n";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long until it is due, as people say it: `in 42 s`, `in 4 min`, `in 3 h 20 min`, `in 2 days`, `4 min late`. Only the last minute ticks by the second. */
export function dueText(at: number, now: number): string {
  const left = at - now;
  if (left <= -minute) return t("{0} late", wholeText(-left));
  if (left <= 0) return t("now");
  return t(
    "in {0}",
    left < minute ? formatDuration(Math.ceil(left / second) * second).replace(".0", "") : wholeText(left),
  );
}

/** From a minute on, in no more than is worth knowing. */
function wholeText(ms: number): string {
  if (ms < hour) return formatDuration(Math.floor(ms / minute) * minute);
  if (ms < day) return formatDuration(Math.floor(ms / (5 * minute)) * 5 * minute);
  const days = Math.floor(ms / day);
  return days === 1 ? t("1 day") : t("{0} days", days);
}

/** How near it is. */
export function dueGroup(at: number | null, now: number): RowGroup {
  if (at === null) return { title: t("No due time known"), why: "" };
  if (at <= now) return { title: t("Overdue"), why: t("due, and no worker has taken it yet") };
  if (at <= now + minute) return { title: t("Next minute"), why: "" };
  if (at <= now + hour) return { title: t("Next hour"), why: "" };
  return at < startOfTomorrow(now) ? { title: t("Today"), why: "" } : { title: t("Later"), why: "" };
}

/** In the time zone of this machine. */
function startOfTomorrow(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** `about every 5 min`: seen from runs, so never more exact than that. */
export function intervalText(ms: number | null): string {
  switch (ms) {
    case null:
      return t("interval not clear yet");
    case minute:
      return t("about every minute");
    case hour:
      return t("about every hour");
    case day:
      return t("about every day");
    default:
      return t("about every {0}", formatDuration(ms));
  }
}
