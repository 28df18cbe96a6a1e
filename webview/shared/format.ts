import { dateFormat, decimalText, numberText, t } from "../../src/python/l10n";

/**
 * Numbers and times as people read them, in the language of the page. No clock, no DOM; the time zone is the machine's unless one
 * is given. Everything takes unix milliseconds and answers plain text.
 */

export const unknownText = "–";

/** `10500` → `10,500`. */
export function formatCount(n: number): string {
  return numberText(n);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Two units at most, never more exact than it is useful: `340 ms`, `4.2 s`, `3 min 12 s`, `2 h 5 min`, `26 h`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < second) return t("{0} ms", Math.round(ms));
  // 9,950 ms would print as "10.0 s".
  if (ms < 9_950) return t("{0} s", decimalText(ms / second, 1));
  if (Math.round(ms / second) < 60) return t("{0} s", Math.round(ms / second));
  if (Math.round(ms / second) < 3600) {
    const [minutes, seconds] = split(ms, minute, second);
    return seconds === 0 ? t("{0} min", minutes) : t("{0} min {1} s", minutes, seconds);
  }
  if (Math.round(ms / minute) < 48 * 60) {
    const [hours, minutes] = split(ms, hour, minute);
    return minutes === 0 ? t("{0} h", hours) : t("{0} h {1} min", hours, minutes);
  }
  const [days, hours] = split(ms, day, hour);
  return hours === 0 ? t("{0} d", formatCount(days)) : t("{0} d {1} h", formatCount(days), hours);
}

function split(ms: number, large: number, small: number): [large: number, small: number] {
  const total = Math.round(ms / small);
  return [Math.floor(total / (large / small)), total % (large / small)];
}

/** One unit, for columns of numbers: `340 ms`, `4.2 s`, `47 s`, `3.1 min`, `21 min`, `2.5 h`, `3.2 d`. */
export function formatShortDuration(ms: number): string {
  if (ms < 59_500) return formatDuration(ms);
  if (Math.round(ms / minute) < 60) return t("{0} min", short(ms / minute));
  if (Math.round(ms / hour) < 48) return t("{0} h", short(ms / hour));
  return t("{0} d", short(ms / day));
}

function short(n: number): string {
  return n < 9.95 ? decimalText(n, 1, 0) : formatCount(Math.round(n));
}

/** Durations that tick, in whole seconds: `0 s`, `42 s`, `3 min 12 s`. Never goes back below zero. */
export function formatElapsed(ms: number): string {
  return ms < 10 * second
    ? t("{0} s", Math.max(0, Math.floor(ms / second)))
    : formatDuration(Math.floor(ms / second) * second);
}

/** One unit, steady: `just now`, `20 s ago`, `3 min ago`, `in 4 min`. Under a minute in steps of ten seconds, so that it does not flicker. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  const ahead = at > now;
  if (distance < 10 * second) return at > now + second ? t("in a moment") : t("just now");
  if (distance < minute) {
    const seconds = Math.floor(distance / (10 * second)) * 10;
    return ahead ? t("in {0} s", seconds) : t("{0} s ago", seconds);
  }
  if (distance < hour) {
    const minutes = Math.floor(distance / minute);
    return ahead ? t("in {0} min", minutes) : t("{0} min ago", minutes);
  }
  if (distance < day) {
    const hours = Math.floor(distance / hour);
    return ahead ? t("in {0} h", hours) : t("{0} h ago", hours);
  }
  const days = Math.floor(distance / day);
  if (days === 1) return ahead ? t("in 1 day") : t("1 day ago");
  return ahead ? t("in {0} days", formatCount(days)) : t("{0} days ago", formatCount(days));
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

/** `Nov 21`, or `2026 Nov 21`: in English with the year first, in other languages as they write it. */
function dayText({ year, month, day }: DateParts, withYear: boolean): string {
  const [ofYear, whole] = [{ month: "short", day: "numeric", timeZone: "UTC" }, { year: "numeric" }] as const;
  const format = dateFormat(withYear ? { ...ofYear, ...whole } : ofYear);
  if (!isEnglish(format)) return format.format(Date.UTC(year, month, day));
  return withYear ? `${year} ${months[month]} ${day}` : `${months[month]} ${day}`;
}

/** To ask a format takes 5 µs, more than to use it. */
const englishFormats = new WeakMap<Intl.DateTimeFormat, boolean>();

function isEnglish(format: Intl.DateTimeFormat): boolean {
  const known = englishFormats.get(format) ?? format.resolvedOptions().locale.startsWith("en");
  englishFormats.set(format, known);
  return known;
}

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
  if (then.year !== today.year) return dayText(then, true);
  if (then.month !== today.month || then.day !== today.day) {
    return `${dayText(then, false)} ${then.clock.slice(0, 5)}`;
  }
  return then.clock;
}

/** Local date and time with milliseconds: `2026 Nov 21 14:03:12.402`. */
export function formatDateTime(at: number): string {
  if (!isDate(at)) return unknownText;
  const p = parts(at, false);
  return `${dayText(p, true)} ${p.clock}.${p.ms}`;
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
    if (n < 999.5) return `${n < 99.95 ? decimalText(n, 1, 0) : Math.round(n)} ${unit}`;
  }
  return `${decimalText(bytes / 1e9, 1)} GB`;
}

/** Share of a whole with one decimal. Says 100 % only when it is all, and 0 % only when it is none. */
export function formatPercent(part: number, whole: number): string {
  if (whole === 0) return unknownText;
  const percent = (100 * part) / whole;
  if (part < whole && percent > 99.9) return `>${decimalText(99.9, 1)} %`;
  if (part > 0 && percent < 0.1) return `<${decimalText(0.1, 1)} %`;
  return `${decimalText(percent, 1, 0)} %`;
}

/** So many a minute or the like, never more exact than it is useful: `212`, `62.5`, `4.2`, `0.03`, `<0.01`. */
export function formatRate(n: number): string {
  if (n > 0 && n < 0.01) return `<${decimalText(0.01, 2)}`;
  if (n >= 99.95) return formatCount(Math.round(n));
  return decimalText(n, n >= 0.995 ? 1 : 2, 0);
}

/** `2026-11-21T14:03:31+01:00`: as clocks here show it, and the same moment wherever it is read. */
export function zonedTime(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const local = new Date(at + offset * 60_000).toISOString().slice(0, "2026-11-21T14:03:31".length);
  const two = (n: number): string => String(n).padStart(2, "0");
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
