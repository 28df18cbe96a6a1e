import type { Group, Part } from "./reprParts";
import { callGroup, field } from "./reprParts";
import { reprStr } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/** Reprs of the datetime family, by the dotted name a pickle calls. Each answers null for arguments Python would refuse. */
export const datetimePrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = {
  "datetime.datetime": printDatetime,
  "datetime.date": printDate,
  "datetime.time": printTime,
  "datetime.timedelta": printTimedelta,
  "datetime.timezone": printTimezone,
  "pytz._UTC": () => "<UTC>",
  "pytz._p": printPytz,
  "zoneinfo.ZoneInfo._unpickle": printZoneInfo,
};

function printDatetime(call: PyCall): Group | null {
  return datetimeGroup("datetime.datetime", call);
}

/** `name(2024, 1, 2, 3, 4)`; null where the arguments are no pickled datetime. */
export function datetimeGroup(name: string, call: PyCall): Group | null {
  const fields = readDatetime(call);
  if (fields === null) return null;
  const { year, month, day, hour, minute } = fields;
  return callGroup(name, [...[year, month, day, hour, minute].map(String), ...clockParts(fields)]);
}

/** What follows the minute where it is not zero: second, microsecond, fold, zone. A time alone prints its fold last. */
function clockParts({ second, microsecond, fold, zone }: ClockFields, foldLast = false): (string | readonly Part[])[] {
  const parts: (string | readonly Part[])[] = [];
  if (second !== 0 || microsecond !== 0) parts.push(String(second));
  if (microsecond !== 0) parts.push(String(microsecond));
  if (fold && !foldLast) parts.push("fold=1");
  if (zone !== null) parts.push(field("tzinfo", zone));
  if (fold && foldLast) parts.push("fold=1");
  return parts;
}

interface ClockFields {
  readonly second: number;
  readonly microsecond: number;
  readonly fold: boolean;
  readonly zone: PyValue | null;
}

export interface DatetimeFields extends ClockFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** The fields of a pickled `datetime.datetime`: ten bytes with the fold in the month's top bit (CPython Modules/_datetimemodule.c). */
export function readDatetime(call: PyCall): DatetimeFields | null {
  const [packed, zone] = call.args;
  const bytes = packedBytes(packed, 10);
  if (bytes === null || call.args.length > 2) return null;
  const [high = 0, low = 0, monthAndFold = 0, day = 0, hour = 0, minute = 0, second = 0] = bytes;
  const month = monthAndFold & 0x7f;
  const microsecond = microseconds(bytes, 7);
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    microsecond > 999_999
  )
    return null;
  const fields = { year: high * 256 + low, month, day, hour, minute, second, microsecond, fold: monthAndFold > 0x7f };
  return { ...fields, zone: zone === undefined || zone.kind === "none" ? null : zone };
}

function printDate(call: PyCall): string | null {
  const bytes = packedBytes(call.args[0], 4);
  if (bytes === null || call.args.length > 1) return null;
  const [high = 0, low = 0, month = 0, day = 0] = bytes;
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  return `datetime.date(${high * 256 + low}, ${month}, ${day})`;
}

function printTime(call: PyCall): Group | null {
  const [packed, zone] = call.args;
  const bytes = packedBytes(packed, 6);
  if (bytes === null || call.args.length > 2) return null;
  const [hourAndFold = 0, minute = 0, second = 0] = bytes;
  const microsecond = microseconds(bytes, 3);
  const hour = hourAndFold & 0x7f;
  if (hour > 23 || minute > 59 || second > 59 || microsecond > 999_999) return null;
  const rest = {
    second,
    microsecond,
    fold: hourAndFold > 0x7f,
    zone: zone === undefined || zone.kind === "none" ? null : zone,
  };
  return callGroup("datetime.time", [String(hour), String(minute), ...clockParts(rest, true)]);
}

const perSecond = 1_000_000n;
const perDay = 86_400n * perSecond;

/** Days, seconds and microseconds as Python normalises them: only the days may be negative. */
export function readTimedelta(
  value: PyValue | undefined,
): { days: bigint; seconds: bigint; microseconds: bigint } | null {
  if (value?.kind !== "call" || value.callee.kind !== "global") return null;
  if (value.callee.module !== "datetime" || value.callee.qualname !== "timedelta" || value.args.length > 3) return null;
  const parts: bigint[] = [];
  for (const arg of value.args) {
    if (arg.kind !== "int") return null;
    parts.push(arg.value);
  }
  const [days = 0n, seconds = 0n, micro = 0n] = parts;
  const total = days * perDay + seconds * perSecond + micro;
  const rest = ((total % perDay) + perDay) % perDay;
  return { days: (total - rest) / perDay, seconds: rest / perSecond, microseconds: rest % perSecond };
}

function printTimedelta(call: PyCall): string | null {
  const delta = readTimedelta(call);
  if (delta === null) return null;
  const parts = [
    ["days", delta.days] as const,
    ["seconds", delta.seconds] as const,
    ["microseconds", delta.microseconds] as const,
  ].filter(([, value]) => value !== 0n);
  const text = parts.length === 0 ? "0" : parts.map(([name, value]) => `${name}=${value}`).join(", ");
  return `datetime.timedelta(${text})`;
}

function printTimezone(call: PyCall): Group | string | null {
  const delta = readTimedelta(call.args[0]);
  if (delta === null || call.args.length > 2) return null;
  const isUtc = delta.days === 0n && delta.seconds === 0n && delta.microseconds === 0n && call.args.length === 1;
  if (isUtc) return "datetime.timezone.utc";
  return callGroup("datetime.timezone", call.args);
}

/** pytz: `<DstTzInfo 'Europe/Paris' CET+1:00:00 STD>`, `<StaticTzInfo 'Etc/GMT-3'>`. */
function printPytz(call: PyCall): string | null {
  const [name, offset, dst, abbreviation] = call.args;
  if (name?.kind !== "str") return null;
  if (offset === undefined) return `<StaticTzInfo ${reprStr(name.value)}>`;
  if (offset.kind !== "int" || dst?.kind !== "int" || abbreviation?.kind !== "str") return null;
  const seconds = Number(offset.value);
  const rest = ((seconds % 86_400) + 86_400) % 86_400;
  const clock = `${Math.floor(rest / 3600)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  const shown = seconds < 0 ? `-1 day, ${clock}` : `+${clock}`;
  return `<DstTzInfo ${reprStr(name.value)} ${abbreviation.value}${shown} ${dst.value === 0n ? "STD" : "DST"}>`;
}

function printZoneInfo(call: PyCall): Group | null {
  const key = call.args[0];
  return key?.kind === "str" ? callGroup("zoneinfo.ZoneInfo", [["key=", key]]) : null;
}

function packedBytes(value: PyValue | undefined, length: number): Uint8Array | null {
  return value?.kind === "bytes" && value.value.length === length ? value.value : null;
}

function microseconds(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
