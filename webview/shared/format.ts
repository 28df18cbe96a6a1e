/**
 * Numbers and times as people read them. Pure: no clock, no DOM; the time zone is the machine's unless one is given.
 * Everything takes unix milliseconds and answers plain text.
 */

export const unknownText = "–";

const count = new Intl.NumberFormat("en-US");

/** `10500` → `10,500`. */
export function formatCount(n: number): string {
  return count.format(n);
}

/** `plural(1, "job")` → `1 job`; `plural(2, "retry", "retries")` → `2 retries`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Two units at most, never more exact than it is useful: `340 ms`, `4.2 s`, `3 min 12 s`, `2 h 5 min`, `26 h`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < second) return `${Math.round(ms)} ms`;
  // 9,950 ms would print as "10.0 s".
  if (ms < 9_950) return `${(ms / second).toFixed(1)} s`;
  if (Math.round(ms / second) < 60) return `${Math.round(ms / second)} s`;
  const [large, small, largeName, smallName] =
    Math.round(ms / second) < 3600
      ? ([minute, second, "min", "s"] as const)
      : Math.round(ms / minute) < 48 * 60
        ? ([hour, minute, "h", "min"] as const)
        : ([day, hour, "d", "h"] as const);
  const total = Math.round(ms / small);
  const per = large / small;
  const rest = total % per;
  return rest === 0
    ? `${formatCount(total / per)} ${largeName}`
    : `${formatCount(Math.floor(total / per))} ${largeName} ${rest} ${smallName}`;
}

/** One unit, for columns of numbers: `340 ms`, `4.2 s`, `47 s`, `3.1 min`, `21 min`, `2.5 h`, `3.2 d`. */
export function formatShortDuration(ms: number): string {
  if (ms < 59_500) return formatDuration(ms);
  const [unit, name] =
    Math.round(ms / minute) < 60
      ? ([minute, "min"] as const)
      : Math.round(ms / hour) < 48
        ? ([hour, "h"] as const)
        : ([day, "d"] as const);
  const n = ms / unit;
  return `${n < 9.95 ? n.toFixed(1).replace(/\.0$/, "") : formatCount(Math.round(n))} ${name}`;
}

/** Durations that tick, in whole seconds: `0 s`, `42 s`, `3 min 12 s`. Never goes back below zero. */
export function formatElapsed(ms: number): string {
  return ms < second ? "0 s" : formatDuration(Math.floor(ms / second) * second).replace(/\.0 s$/, " s");
}

/** One unit, steady: `just now`, `20 s ago`, `3 min ago`, `in 4 min`. Under a minute in steps of ten seconds, so that it does not flicker. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 10 * second) return at > now + second ? "in a moment" : "just now";
  const text =
    distance < minute
      ? `${Math.floor(distance / (10 * second)) * 10} s`
      : distance < hour
        ? `${Math.floor(distance / minute)} min`
        : distance < day
          ? `${Math.floor(distance / hour)} h`
          : plural(Math.floor(distance / day), "day");
  return at > now ? `in ${text}` : `${text} ago`;
}

/** What is left of a span, as a clock: `0:09`, `12:40`, `1:02:03`; from a day on `3 d 4 h`. Zero when it is over. */
export function formatCountdown(ms: number): string {
  if (ms >= day) return formatDuration(ms);
  const total = Math.max(0, Math.ceil(ms / second));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: string;
  readonly ms: string;
}

function parts(at: number, utc: boolean): DateParts {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return utc
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth(),
        day: date.getUTCDate(),
        clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
        ms: String(date.getUTCMilliseconds()).padStart(3, "0"),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth(),
        day: date.getDate(),
        clock: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
        ms: String(date.getMilliseconds()).padStart(3, "0"),
      };
}

/** Local time of day: `14:03:12`. */
export function formatClock(at: number): string {
  return isDate(at) ? parts(at, false).clock : unknownText;
}

/** Local, as short as it stays clear: `14:03:12` today, `Nov 21 14:03` this year, `2025 Nov 21` before. */
export function formatMoment(at: number, now: number): string {
  if (!isDate(at)) return unknownText;
  const then = parts(at, false);
  const today = parts(now, false);
  if (then.year !== today.year) return `${then.year} ${months[then.month]} ${then.day}`;
  if (then.month !== today.month || then.day !== today.day) {
    return `${months[then.month]} ${then.day} ${then.clock.slice(0, 5)}`;
  }
  return then.clock;
}

/** Local date and time with milliseconds: `2026 Nov 21 14:03:12.402`. */
export function formatDateTime(at: number): string {
  if (!isDate(at)) return unknownText;
  const p = parts(at, false);
  return `${p.year} ${months[p.month]} ${p.day} ${p.clock}.${p.ms}`;
}

/** The same moment in UTC, for tooltips and for pasting beside a worker's log: `2026-11-21 14:03:12.402 UTC`. */
export function formatUtc(at: number): string {
  if (!isDate(at)) return unknownText;
  return `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** A score or a field in Redis can be any number; beyond this `Date` knows no day. */
function isDate(at: number): boolean {
  return Math.abs(at) <= 8.64e15;
}

/** `812 B`, `4.1 kB`, `1.2 MB` (powers of 1000). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [
    ["kB", 1e3],
    ["MB", 1e6],
  ] as const) {
    const n = bytes / size;
    if (n < 999.5) return `${n < 99.95 ? n.toFixed(1).replace(/\.0$/, "") : Math.round(n)} ${unit}`;
  }
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Share of a whole with one decimal. Says 100 % only when it is all, and 0 % only when it is none. */
export function formatPercent(part: number, whole: number): string {
  if (whole === 0) return unknownText;
  const percent = (100 * part) / whole;
  if (part < whole && percent > 99.9) return ">99.9 %";
  if (part > 0 && percent < 0.1) return "<0.1 %";
  return `${percent.toFixed(1).replace(/\.0$/, "")} %`;
}

/** So many a minute or the like, never more exact than it is useful: `212`, `62.5`, `4.2`, `0.03`, `<0.01`. */
export function formatRate(n: number): string {
  if (n > 0 && n < 0.01) return "<0.01";
  if (n >= 99.95) return formatCount(Math.round(n));
  return n.toFixed(n >= 0.995 ? 1 : 2).replace(/\.?0+$/, "");
}

/** `2026-11-21T14:03:31+01:00`: as clocks here show it, and the same moment wherever it is read. */
export function zonedTime(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const local = new Date(at + offset * 60_000).toISOString().slice(0, "2026-11-21T14:03:31".length);
  const two = (n: number): string => String(n).padStart(2, "0");
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
