const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const part = /(?<number>\d{1,9}(?:\.\d{1,9})?)(?<unit>ms|s|m|h|d|w)/gy;

/** `90s`, `1.5h` or `1h30m` in ms; null for anything else. */
export function parseDuration(text: string): number | null {
  let total = 0;
  part.lastIndex = 0;
  let read = 0;
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    const { number = "", unit = "" } = found.groups ?? {};
    total += Number(number) * unitMs[unit]!;
    read = part.lastIndex;
  }
  return text !== "" && read === text.length ? total : null;
}

const calendar =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?<zone>Z|[+-]\d{2}:\d{2})?)?$/i;

/**
 * The moment that is meant, unix ms: a duration before `now`, or a date with or without a time, in this computer's time zone
 * unless it names its own. A date is a whole day, a time a whole minute or second: `from` its first and `to` its last millisecond.
 */
export function parseMoment(text: string, now: number): { readonly from: number; readonly to: number } | null {
  const ago = parseDuration(text);
  if (ago !== null) return { from: now - ago, to: now - ago };
  const groups = calendar.exec(text)?.groups;
  if (groups === undefined) return null;
  const { hour, second, zone } = groups;
  const [year, month, day, h = 0, min = 0, s = 0] = ["year", "month", "day", "hour", "minute", "second"]
    .map((name) => groups[name])
    .map((digits) => (digits === undefined ? undefined : Number(digits)));
  if (!isDate(year!, month!, day!) || h > 23 || min > 59 || s > 59) return null;
  const from =
    zone === undefined
      ? new Date(year!, month! - 1, day, h, min, s).getTime()
      : Date.UTC(year!, month! - 1, day, h, min, s) - zoneMs(zone);
  if (hour === undefined) return { from, to: new Date(year!, month! - 1, day! + 1).getTime() - 1 };
  return { from, to: from + (second === undefined ? 60_000 : 1000) - 1 };
}

function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function zoneMs(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
