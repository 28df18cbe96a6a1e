import { addressPrinters } from "./addressRepr";
import { enumPrinters } from "./enumRepr";
import { dotted, smallState, typeOf } from "./objectView";
import { pathPrinters } from "./pathRepr";
import type { Group } from "./reprParts";
import { callGroup, field, group, guarded } from "./reprParts";
import { reprComplex, reprFloat, reprStr } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

type Printers = Readonly<Record<string, (call: PyCall) => Group | string | null>>;

/** Reprs of single values of the standard library, and of pydantic's secrets, by the dotted name a pickle calls. */
export const stdlibPrinters: Printers = {
  ...addressPrinters,
  ...enumPrinters,
  ...pathPrinters,
  "builtins.complex": printComplex,
  "builtins.range": printRange,
  "builtins.slice": (call) => (call.args.length === 3 ? callGroup("slice", call.args) : null),
  "builtins.type": printTypeOf,
  "decimal.Decimal": printDecimal,
  "decimal.Context": printContext,
  "fractions.Fraction": printFraction,
  "uuid.UUID": printUuid,
  "statistics.NormalDist": printNormal,
  "subprocess.CompletedProcess": printCompleted,
  "array.array": ({ args: [code, items] }) =>
    code?.kind === "str" && items?.kind === "list" ? arrayGroup(code.value, items.items) : null,
  "array._array_reconstructor": printArray,
  "itertools.count": printCount,
  "itertools.repeat": (call) => (call.args.length > 0 ? callGroup("repeat", call.args) : null),
  ...Object.fromEntries(
    ["pydantic.types", "pydantic"].flatMap((module) =>
      ["SecretStr", "SecretBytes", "Secret"].map((name) => [`${module}.${name}`, printSecret]),
    ),
  ),
};

function printComplex(call: PyCall): string | null {
  const [real, imaginary] = call.args;
  if (real?.kind !== "float" || imaginary?.kind !== "float") return null;
  return reprComplex(real.value, imaginary.value);
}

function printRange(call: PyCall): Group | null {
  const [start, stop, step] = call.args;
  if (start?.kind !== "int" || stop?.kind !== "int" || step?.kind !== "int") return null;
  return callGroup("range", step.value === 1n ? [start, stop] : [start, stop, step]);
}

/** `type(None)` and the like, which have no name that a pickle could refer to. */
function printTypeOf({ args: [value, ...rest] }: PyCall): string | null {
  if (value === undefined || rest.length > 0) return null;
  if (value.kind === "none") return "<class 'NoneType'>";
  if (value.kind !== "global" || value.module !== "builtins") return null;
  if (value.qualname === "Ellipsis") return "<class 'ellipsis'>";
  return value.qualname === "NotImplemented" ? "<class 'NotImplementedType'>" : null;
}

function printDecimal({ args: [first, ...rest] }: PyCall): string | null {
  return first?.kind === "str" && rest.length === 0 ? `Decimal('${first.value}')` : null;
}

/** In the order in which libmpdec prints them. */
const signals =
  "Clamped InvalidOperation DivisionByZero Inexact Overflow Rounded Subnormal Underflow FloatOperation".split(" ");

function printContext({ args }: PyCall): Group | null {
  const names = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];
  if (args.length !== names.length) return null;
  return callGroup(
    "Context",
    names.map((name, index) => {
      const value = args[index];
      if (value?.kind === "list") {
        const given = new Set(value.items.map((one) => (one.kind === "global" ? one.qualname : "")));
        return field(name, `[${signals.filter((signal) => given.has(signal)).join(", ")}]`);
      }
      return field(name, value?.kind === "str" ? value.value : (value ?? ""));
    }),
  );
}

function printFraction(call: PyCall): Group | string | null {
  const [numerator, denominator] = call.args;
  if (numerator?.kind === "int" && denominator?.kind === "int") return callGroup("Fraction", [numerator, denominator]);
  const parts = numerator?.kind === "str" ? /^(-?\d+)(?:\/(\d+))?$/.exec(numerator.value) : null;
  return parts === null ? null : `Fraction(${parts[1]}, ${parts[2] ?? "1"})`;
}

function printUuid(call: PyCall): string | null {
  const hex = uuidText(call);
  return hex === null ? null : `UUID('${hex}')`;
}

/** The dashed form of a pickled UUID. */
export function uuidText(call: PyCall): string | null {
  const value = smallState(call)?.find(([name]) => name === "int")?.[1];
  if (value?.kind !== "int" || value.value < 0n || value.value >= 1n << 128n) return null;
  return value.value
    .toString(16)
    .padStart(32, "0")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function printNormal(call: PyCall): Group | null {
  const pair = call.state?.kind === "tuple" && call.state.items[1]?.kind === "float" ? call.state.items : null;
  const fields = smallState(call);
  const [mu, sigma] = pair ?? ["_mu", "_sigma"].map((wanted) => fields?.find(([name]) => name === wanted)?.[1]);
  if (mu === undefined || sigma === undefined) return null;
  return callGroup("NormalDist", [field("mu", mu), field("sigma", sigma)]);
}

function printCompleted(call: PyCall): Group | null {
  const fields = call.args.length > 0 ? null : smallState(call);
  const shown = ["args", "returncode", "stdout", "stderr"].flatMap((wanted) => {
    const value = fields?.find(([name]) => name === wanted)?.[1];
    return value === undefined || value.kind === "none" ? [] : [field(wanted, value)];
  });
  return fields === null ? null : guarded(call, "...", "CompletedProcess(", shown, ")");
}

function printCount({ args }: PyCall): Group | null {
  const [start, step] = args;
  if (start === undefined) return null;
  return callGroup("count", step?.kind === "int" && step.value === 1n ? [start] : args);
}

type Getter =
  `get${"Uint8" | "Int8" | "Uint16" | "Int16" | "Uint32" | "Int32" | "BigUint64" | "BigInt64" | "Float32" | "Float64"}`;

/** Sizes and readers of the machine formats that `array` stores (CPython Modules/arraymodule.c `machine_format_code`). */
const arrayFormats: readonly (readonly [size: number, get: Getter, little: boolean])[] = [
  [1, "getUint8", true],
  [1, "getInt8", true],
  [2, "getUint16", true],
  [2, "getUint16", false],
  [2, "getInt16", true],
  [2, "getInt16", false],
  [4, "getUint32", true],
  [4, "getUint32", false],
  [4, "getInt32", true],
  [4, "getInt32", false],
  [8, "getBigUint64", true],
  [8, "getBigUint64", false],
  [8, "getBigInt64", true],
  [8, "getBigInt64", false],
  [4, "getFloat32", true],
  [4, "getFloat32", false],
  [8, "getFloat64", true],
  [8, "getFloat64", false],
];

function printArray({ args: [, code, format, data] }: PyCall): Group | string | null {
  if (code?.kind !== "str" || format?.kind !== "int" || data?.kind !== "bytes") return null;
  if (format.value >= 18n && format.value <= 21n) return textArray(code.value, Number(format.value), data.value);
  const [size, get, little] = arrayFormats[Number(format.value)] ?? [];
  if (size === undefined || get === undefined || data.value.length % size !== 0) return null;
  // A `long` of four bytes (Windows, WebAssembly) becomes an `int` where longs have eight.
  const name = size === 4 ? code.value.replace("l", "i").replace("L", "I") : code.value;
  const view = new DataView(data.value.buffer, data.value.byteOffset, data.value.byteLength);
  const at = (index: number): string => {
    const number = view[get](index * size, little);
    return get.startsWith("getFloat") ? reprFloat(Number(number)) : String(number);
  };
  const count = data.value.length / size;
  if (count === 0) return `array(${reprStr(name)})`;
  const list: Group = { node: null, cyclic: "", open: "[", close: "]", count, at };
  return callGroup("array", [reprStr(name), list]);
}

/** Formats 18 to 21: UTF-16 and UTF-32, little and big. */
function textArray(code: string, format: number, bytes: Uint8Array): Group | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = format >= 20;
  const parts: string[] = [];
  for (let at = 0; at + (wide ? 4 : 2) <= bytes.length; at += wide ? 4 : 2) {
    const unit = wide ? view.getUint32(at, format === 20) : view.getUint16(at, format === 18);
    parts.push(unit > 0x10ffff ? "\ufffd" : String.fromCodePoint(unit));
  }
  return arrayGroup(code, [{ kind: "str", value: parts.join("") }]);
}

function arrayGroup(code: string, items: readonly PyValue[]): Group | string {
  const text =
    code === "u" || code === "w" ? items.map((item) => (item.kind === "str" ? item.value : "")).join("") : null;
  if (text === "" || items.length === 0) return `array(${reprStr(code)})`;
  return callGroup("array", [reprStr(code), text === null ? group("[", items, "]") : { kind: "str", value: text }]);
}

/** As pydantic prints a secret, whether or not the secret itself is still in the value. */
function printSecret(call: PyCall): string {
  const type = typeOf(call);
  return `${type === null ? "SecretStr" : dotted(type)}('**********')`;
}
