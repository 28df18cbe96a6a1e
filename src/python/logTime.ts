/** A time that a log prints. */
export interface LogTime {
  /** As if it were UTC, ms; with a zone really so. */
  readonly ms: number;
  /** It has a date; else only the time of day. */
  readonly date: boolean;
  /** Its zone was printed, so that `ms` is unix ms. */
  readonly zoned: boolean;
}

const names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const month = `(?<name>${names.join("|")})[a-z]{0,6}`;
const clock = String.raw`(?<h>\d{1,2}):(?<min>\d\d):(?<s>\d\d)(?:[.,:](?<f>\d{1,9}))?(?: ?(?<half>[ap]m)\b)?`;
const zone = String.raw`(?: ?(?:(?<z>Z|UTC|GMT)\b|(?<off>[+-]\d\d:?\d\d)(?!\d)))?`;
const form = (text: string): RegExp => new RegExp(String.raw`\[?${text}(?!\d)\]?`, "iy");
/** How logs write times. All linear. */
const iso = form(String.raw`(?<y>\d{4})[-/.](?<m>\d\d)[-/.](?<d>\d\d)[ T_]+${clock}${zone}`);
const timeOnly = form(clock);
const numeric = [
  // Month first, as Python's own HOWTO has it. Days over twelve tell otherwise.
  form(String.raw`(?<m>\d{1,2})[/.-](?<d>\d{1,2})[/.-](?<y>\d{4}|\d\d)[ T,]+${clock}${zone}`),
  form(String.raw`(?<d>\d{1,2})[ /-]${month}[ /-](?<y>\d{4})[ T:,]+${clock}${zone}`),
  form(String.raw`(?<epoch>1\d{9})(?:\.(?<ef>\d{1,9}))?(?![\d.])`),
  form(String.raw`(?<epochMs>1\d{12})(?![\d.])`),
];
const worded = [
  form(String.raw`[a-z]{3},? (?<d>\d{1,2})[ /-]${month}[ /-](?<y>\d{4})[ T:,]+${clock}${zone}`),
  form(String.raw`(?:[a-z]{3},? )?${month} {1,2}(?<d>\d{1,2})(?:,? (?<y>\d{4}),?)? ${clock}(?: (?<y2>\d{4}))?${zone}`),
];
const word = new RegExp(String.raw`\[?(?:${names.join("|")}|mon|tue|wed|thu|fri|sat|sun)`, "iy");

/** The time that stands at this place of a line, and where it ends, brackets included; null without one. */
export function readLogTime(line: string, at: number): { readonly time: LogTime; readonly end: number } | null {
  const first = line.charCodeAt(at) === bracket ? at + 1 : at;
  // Which forms are tried is seen by a few characters: most lines have the first, or none.
  if (!isDigit(line.charCodeAt(first))) {
    word.lastIndex = at;
    return word.test(line) ? firstOf(worded, line, at) : null;
  }
  if (isDigit(line.charCodeAt(first + 2))) return firstOf([iso], line, at) ?? firstOf(numeric, line, at);
  return line[first + 2] === ":" ? firstOf([timeOnly], line, at) : firstOf(numeric, line, at);
}

const bracket = 0x5b;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function firstOf(forms: readonly RegExp[], line: string, at: number): { time: LogTime; end: number } | null {
  for (const tried of forms) {
    tried.lastIndex = at;
    const found = tried.exec(line);
    const time = found?.groups === undefined ? null : timeOf(found.groups);
    if (time !== null) return { time, end: tried.lastIndex };
  }
  return null;
}

/** A whole text, as a JSON log has it: a time as people write it, or a number of seconds or milliseconds since 1970. */
export function timeOfField(value: unknown): LogTime | null {
  if (typeof value === "number" && value > 1e9 && value < 1e14)
    return { ms: Math.round(value < 1e11 ? value * 1000 : value), date: true, zoned: true };
  return typeof value === "string" ? (readLogTime(value.slice(0, 60), 0)?.time ?? null) : null;
}

function timeOf(parts: Readonly<Record<string, string | undefined>>): LogTime | null {
  const number = (part: string | undefined): number => Number(part ?? 0);
  const fraction = (digits: string | undefined): number => Math.round(Number(`0.${digits ?? "0"}`) * 1000);
  if (parts["epoch"] !== undefined)
    return { ms: number(parts["epoch"]) * 1000 + fraction(parts["ef"]), date: true, zoned: true };
  if (parts["epochMs"] !== undefined) return { ms: number(parts["epochMs"]), date: true, zoned: true };
  let hour = number(parts["h"]);
  const half = parts["half"]?.toLowerCase();
  if (half !== undefined) hour = (hour % 12) + (half === "pm" ? 12 : 0);
  const rest = [number(parts["min"]), number(parts["s"]), fraction(parts["f"])] as const;
  if (hour > 23 || rest[0] > 59 || rest[1] > 60) return null;
  const day = number(parts["d"]);
  if (day === 0) return { ms: Date.UTC(1970, 0, 1, hour, ...rest), date: false, zoned: false };
  const named = parts["name"]?.slice(0, 3).toLowerCase();
  const written = named === undefined ? number(parts["m"]) : names.indexOf(named) + 1;
  const [m, d] = written > 12 ? [day, written] : [written, day];
  if (m < 1 || m > 12 || d > 31) return null;
  const year = number(parts["y"] ?? parts["y2"]);
  // Without a year, as syslog has it, any will do: only differences count then.
  const y = year === 0 ? 2000 : year < 100 ? 2000 + year : year;
  const zoneMs = parts["z"] === undefined ? zoneOf(parts["off"]) : 0;
  return { ms: Date.UTC(y, m - 1, d, hour, ...rest) - (zoneMs ?? 0), date: true, zoned: zoneMs !== null };
}

function zoneOf(offset: string | undefined): number | null {
  if (offset === undefined) return null;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset[0] === "-" ? -1 : 1) * minutes * 60_000;
}
