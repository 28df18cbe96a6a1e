import { addressText } from "./addressRepr";
import { readDatetime, readTimedelta } from "./datetimeRepr";
import { exceptionName } from "./exceptionRepr";
import { calledName } from "./objectRepr";
import { dotted, smallState, typeOf } from "./objectView";
import { pathText } from "./pathRepr";
import { uuidText } from "./stdlibRepr";
import type { PyCall, PyValue } from "./value";

/**
 * What `str()` gives for the objects whose `str()` differs from their `repr()`: numbers, dates, UUIDs, paths, addresses, members of
 * enumerations. Null for all others and for exceptions, whose text is their message.
 */
export function strText(call: PyCall): string | null {
  const name = calledName(call);
  if (name === null) return null;
  const [first, second] = call.args;
  switch (name) {
    case "decimal.Decimal":
      return first?.kind === "str" && call.args.length === 1 ? first.value : null;
    case "fractions.Fraction":
      if (first?.kind === "int" && second?.kind === "int")
        return second.value === 1n ? String(first.value) : `${first.value}/${second.value}`;
      return first?.kind === "str" ? first.value : null;
    case "uuid.UUID":
      return uuidText(call);
    case "datetime.datetime":
      return datetimeText(call);
    case "datetime.date":
      return dateText(call);
    case "datetime.time":
      return timeText(call);
    case "datetime.timedelta":
      return timedeltaText(call);
    case "datetime.timezone":
      return zoneText(call);
    case "zoneinfo.ZoneInfo._unpickle":
    case "http.HTTPMethod":
      return first?.kind === "str" ? first.value : null;
    case "collections.UserString": {
      const data = smallState(call)?.find(([key]) => key === "data")?.[1];
      return data?.kind === "str" ? data.value : null;
    }
    case "http.HTTPStatus":
      return first?.kind === "int" ? String(first.value) : null;
    case "uuid.SafeUUID": {
      const member =
        first?.kind === "none" ? "unknown" : first?.kind === "int" ? (first.value === 0n ? "safe" : "unsafe") : null;
      return member === null ? null : `SafeUUID.${member}`;
    }
    default:
      if (name.startsWith("ipaddress.")) return addressText(call);
      return /^pathlib(\._local)?\.\w*Path$/.test(name) ? pathText(call) : null;
  }
}

/** Whether the call makes an exception whose message is known to be that of `BaseException`. */
export function isKnownException(call: PyCall): boolean {
  const type = typeOf(call);
  return type !== null && exceptionName(type) !== null;
}

function datetimeText(call: PyCall): string | null {
  const fields = readDatetime(call);
  if (fields === null) return null;
  const offset = offsetText(fields.zone);
  if (offset === null) return null;
  return `${pad(fields.year, 4)}-${pad(fields.month)}-${pad(fields.day)} ${clockText(fields)}${offset}`;
}

function dateText({ args: [packed] }: PyCall): string | null {
  if (packed?.kind !== "bytes" || packed.value.length !== 4) return null;
  const [high = 0, low = 0, month = 0, day = 0] = packed.value;
  return `${pad(high * 256 + low, 4)}-${pad(month)}-${pad(day)}`;
}

function timeText({ args: [packed, zone] }: PyCall): string | null {
  if (packed?.kind !== "bytes" || packed.value.length !== 6) return null;
  const [hour = 0, minute = 0, second = 0, high = 0, middle = 0, low = 0] = packed.value;
  const clock = clockText({ hour: hour & 0x7f, minute, second, microsecond: (high << 16) | (middle << 8) | low });
  // A time without a date is in no zone that changes its offset.
  const offset =
    zone?.kind === "call" && calledName(zone) === "zoneinfo.ZoneInfo._unpickle" ? "" : offsetText(zone ?? null);
  return offset === null ? null : clock + offset;
}

function clockText(time: { hour: number; minute: number; second: number; microsecond: number }): string {
  const fraction = time.microsecond === 0 ? "" : `.${pad(time.microsecond, 6)}`;
  return `${pad(time.hour)}:${pad(time.minute)}:${pad(time.second)}${fraction}`;
}

/** `+01:00` of a fixed offset; null for zones whose offset is not in the pickle. */
function offsetText(zone: PyValue | null): string | null {
  if (zone === null || zone.kind === "none") return "";
  if (zone.kind !== "call") return null;
  if (zone.callee.kind === "global" && dotted(zone.callee) === "pytz._UTC") return "+00:00";
  if (calledName(zone) === "pytz._p") {
    const seconds = zone.args[1];
    return seconds?.kind === "int" ? signed(seconds.value * 1_000_000n) : null;
  }
  const micro = calledName(zone) === "datetime.timezone" ? microsecondsOf(zone.args[0]) : null;
  return micro === null ? null : signed(micro);
}

/** `UTC+01:00`, or the name that the zone was given. */
function zoneText({ args: [offset, name] }: PyCall): string | null {
  if (name !== undefined) return name.kind === "str" ? name.value : null;
  const micro = microsecondsOf(offset);
  return micro === null ? null : micro === 0n ? "UTC" : `UTC${signed(micro)}`;
}

function signed(micro: bigint): string {
  const size = micro < 0n ? -micro : micro;
  const seconds = Number(size / 1_000_000n);
  const rest = size % 1_000_000n;
  const fraction = rest === 0n ? "" : `.${pad(Number(rest), 6)}`;
  const small = seconds % 60 === 0 && rest === 0n ? "" : `:${pad(seconds % 60)}${fraction}`;
  return `${micro < 0n ? "-" : "+"}${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}${small}`;
}

function microsecondsOf(value: PyValue | undefined): bigint | null {
  const delta = readTimedelta(value);
  return delta === null ? null : (delta.days * 86_400n + delta.seconds) * 1_000_000n + delta.microseconds;
}

/** `-1 day, 23:00:00.5` */
function timedeltaText(call: PyCall): string | null {
  const delta = readTimedelta(call);
  if (delta === null) return null;
  const seconds = Number(delta.seconds);
  const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const fraction = delta.microseconds === 0n ? "" : `.${pad(Number(delta.microseconds), 6)}`;
  const many = delta.days === 1n || delta.days === -1n ? "" : "s";
  return `${delta.days === 0n ? "" : `${delta.days} day${many}, `}${clock}${fraction}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}
