import { readTimedelta } from "./datetimeRepr";
import { dotted, smallState, typeOf } from "./objectView";
import type { Group, Part } from "./reprParts";
import { callGroup, field } from "./reprParts";
import type { PyCall, PyValue } from "./value";

/** dateutil's zones and differences as they print themselves, pandas' times and pydantic's URLs under their full names. */
export const libraryPrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = {
  "dateutil.tz.tz.tzutc": () => "tzutc()",
  "dateutil.tz.tz.tzlocal": () => "tzlocal()",
  "dateutil.tz.tz.tzoffset": printOffset,
  "dateutil.tz.tz.tzfile": ({ args: [, file] }) => (file?.kind === "str" ? callGroup("tzfile", [file]) : null),
  "dateutil.relativedelta.relativedelta": printRelative,
  "pandas._libs.tslibs.timestamps._unpickle_timestamp": printTimestamp,
  "pandas._libs.tslibs.timedeltas._timedelta_unpickle": printPandasDelta,
  "pandas._libs.tslibs.nattype._nat_unpickle": () => "NaT",
};

/** `HttpUrl('https://…')` of pydantic 2, which wraps the URL of its core; null for every other object. */
export function printWrappedUrl(call: PyCall): Group | null {
  const type = typeOf(call);
  if (type === null || type.module !== "pydantic.networks" || call.args.length > 0) return null;
  const url = smallState(call)?.find(([name]) => name === "_url")?.[1];
  const [text] = url?.kind === "call" ? url.args : [];
  return text?.kind === "str" ? callGroup(dotted(type), [text]) : null;
}

function printOffset(call: PyCall): Group | null {
  const fields = new Map(smallState(call) ?? []);
  const name = fields.get("_name") ?? call.args[0];
  const offset = readTimedelta(fields.get("_offset") ?? call.args[1]);
  if (name === undefined || offset === null) return null;
  return callGroup("tzoffset", [name, String(offset.days * 86_400n + offset.seconds)]);
}

const relative = "years months days leapdays hours minutes seconds microseconds".split(" ");
const absolute = "year month day weekday hour minute second microsecond".split(" ");

function printRelative(call: PyCall): Group | null {
  const fields = call.args.length > 0 ? null : smallState(call);
  if (fields === null) return null;
  const known = new Map(fields);
  const parts: (readonly Part[])[] = [];
  for (const name of relative) {
    const value = known.get(name);
    if (value?.kind === "int" && value.value !== 0n)
      parts.push([`${name}=${value.value > 0n ? "+" : ""}${value.value}`]);
    else if (value?.kind !== "int" && value !== undefined) parts.push(field(name, value));
  }
  for (const name of absolute) {
    const value = known.get(name);
    if (value !== undefined && value.kind !== "none") parts.push(field(name, value));
  }
  return callGroup("relativedelta", parts);
}

/** Parts of a second by numpy's number of the unit: s, ms, us, ns. Before pandas 2 it was always ns, and not stored. */
const perSecond = new Map([
  [7n, 1n],
  [8n, 1000n],
  [9n, 1_000_000n],
  [10n, 1_000_000_000n],
]);

function unitOf(value: PyValue | undefined): bigint | undefined {
  return perSecond.get(value === undefined ? 10n : value.kind === "int" ? value.value : 0n);
}

/** The instant in UTC; the zone it is shown in beside it. */
function printTimestamp({ args: [value, , zone, unit] }: PyCall): Group | null {
  const each = unitOf(unit);
  if (value?.kind !== "int" || each === undefined) return null;
  const seconds = floor(value.value, each);
  if (seconds > 253_402_300_799n || seconds < -62_135_596_800n) return null;
  const clock = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const local = zone === undefined || zone.kind === "none";
  const text = `'${clock}${fraction(value.value - seconds * each, each)}${local ? "" : "+00:00"}'`;
  return callGroup("pandas.Timestamp", local ? [text] : [text, field("tz", zone)]);
}

function printPandasDelta({ args: [value, unit] }: PyCall): string | null {
  const each = unitOf(unit);
  if (value?.kind !== "int" || each === undefined) return null;
  const seconds = floor(value.value, each);
  const days = floor(seconds, 86_400n);
  const rest = Number(seconds - days * 86_400n);
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  const sign = days < 0n ? "+" : "";
  return `pandas.Timedelta('${days} days ${sign}${clock.join(":")}${fraction(value.value - seconds * each, each)}')`;
}

function fraction(rest: bigint, each: bigint): string {
  if (rest === 0n) return "";
  const digits = String(rest).padStart(String(each).length - 1, "0");
  return `.${digits.endsWith("000") && digits.length > 6 ? digits.slice(0, 6) : digits.padEnd(6, "0")}`;
}

function floor(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
