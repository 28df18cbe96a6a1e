import { dotted } from "./objectView";
import { reprBytes, reprComplex, reprFloat, reprStr } from "./scalarRepr";
import type { PyValue } from "./value";

/** A numpy dtype as far as it is needed to read elements. */
export interface DType {
  /** `f8`, `i4`, `b1`, `U3`, `S5`, `M8`, `O8`, `V16`. */
  readonly code: string;
  /** `float64`, `>i4`, `datetime64[ns]`, `[('a', '<i4'), …]`. */
  readonly name: string;
  /** Bytes of one element. */
  readonly size: number;
  readonly bigEndian: boolean;
  /** `ns`, `25s` of datetime64 and timedelta64. */
  readonly unit: string | null;
  /** Of a structured type. */
  readonly fields: readonly { readonly name: string; readonly type: DType; readonly offset: number }[] | null;
  /** Of a type that is itself an array. */
  readonly item: { readonly type: DType; readonly count: number } | null;
}

const names: Readonly<Record<string, string>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  f16: "longdouble",
  c8: "complex64",
  c16: "complex128",
  c32: "clongdouble",
  O8: "object",
};

/** Reads `numpy.dtype(code, False, True)` with its state (version, byte order, base, names, fields, size, alignment, …, metadata). */
export function readDtype(value: PyValue | undefined, depth = 0): DType | null {
  if (value?.kind !== "call" || value.callee.kind !== "global" || depth > 8) return null;
  const called = dotted(value.callee);
  const [first] = value.args;
  if (called !== "numpy.dtype" || first?.kind !== "str" || first.value.length > 20) return null;
  const code = first.value === "|O" ? "O8" : first.value.replace(/^[<>|=]/, "");
  const state = value.state?.kind === "tuple" ? value.state.items : [];
  const [, order, base, fieldNames, fields, , , , metadata] = state;
  const bigEndian = order?.kind === "str" && order.value === ">";
  const letter = code[0] ?? "";
  const width = Number(code.slice(1));
  if (!/^[a-zA-Z]$/.test(letter) || !Number.isSafeInteger(width)) return null;
  const unit = letter === "M" || letter === "m" ? dateUnit(metadata) : null;
  // A sign of the byte order stands before the name of a foreign one only.
  const plain =
    unit !== null || letter === "M" || letter === "m"
      ? `${letter === "M" ? "datetime64" : "timedelta64"}${unit === null ? "" : `[${unit}]`}`
      : letter === "U" || letter === "S"
        ? `${letter === "U" ? (bigEndian ? ">" : "<") : ""}${code}`
        : bigEndian
          ? `>${code}`
          : Object.hasOwn(names, code)
            ? names[code]!
            : code;
  const type: DType = {
    code,
    name: plain,
    size: letter === "U" ? width * 4 : width,
    bigEndian,
    unit,
    fields: null,
    item: null,
  };
  if (base?.kind === "tuple") return subarray(type, base.items, depth);
  if (fieldNames?.kind === "tuple" && fields?.kind === "dict")
    return structured(type, fieldNames.items, fields.entries, depth);
  return type;
}

function subarray(type: DType, [base, shape]: readonly PyValue[], depth: number): DType | null {
  const inner = readDtype(base, depth + 1);
  if (inner === null || inner.size === 0) return null;
  const sizes =
    shape?.kind === "tuple" ? shape.items.map((size) => (size.kind === "int" ? String(size.value) : "?")) : ["?"];
  return {
    ...type,
    name: `('${inner.name}', (${sizes.join(", ")}${sizes.length === 1 ? "," : ""}))`,
    item: { type: inner, count: Math.floor(type.size / inner.size) },
  };
}

function structured(
  type: DType,
  fieldNames: readonly PyValue[],
  entries: readonly (readonly [PyValue, PyValue])[],
  depth: number,
): DType | null {
  if (fieldNames.length > 200 || entries.length > 500) return null;
  const places = new Map(entries.map(([key, place]) => [key.kind === "str" ? key.value : "", place]));
  const fields: { name: string; type: DType; offset: number }[] = [];
  for (const name of fieldNames) {
    const place = name.kind === "str" ? places.get(name.value) : undefined;
    if (name.kind !== "str" || place?.kind !== "tuple") return null;
    const [inner, offset] = place.items;
    const field = readDtype(inner, depth + 1);
    if (field === null || offset?.kind !== "int" || offset.value < 0n || offset.value > BigInt(type.size)) return null;
    fields.push({ name: name.value, type: field, offset: Number(offset.value) });
  }
  const list = fields.map(({ name, type: { fields: inner, item, name: full, ...one } }) => {
    const plain = inner === null && item === null;
    return `(${reprStr(name)}, ${plain ? `'${shortName({ ...one, name: full })}'` : full})`;
  });
  return { ...type, name: `[${list.join(", ")}]`, fields };
}

/** As numpy writes the types of fields: with the byte order where there is one. */
function shortName({
  code,
  name,
  size,
  bigEndian,
  unit,
}: Pick<DType, "code" | "name" | "size" | "bigEndian" | "unit">): string {
  const order = bigEndian ? ">" : "<";
  if (unit !== null) return `${order}${code}[${unit}]`;
  if (code === "b1") return "?";
  if (code === "O8") return "O";
  return size === 1 || /^[USV]/.test(code) ? (code.startsWith("U") ? name : code) : `${order}${code}`;
}

/** The unit of a date: metadata is ({}, (unit, count, 1, 1)). */
function dateUnit(metadata: PyValue | undefined): string | null {
  const parts = metadata?.kind === "tuple" ? metadata.items[1] : undefined;
  const [unit, count] = parts?.kind === "tuple" ? parts.items : [];
  const text =
    unit?.kind === "str"
      ? unit.value
      : unit?.kind === "bytes"
        ? String.fromCharCode(...unit.value.subarray(0, 10))
        : null;
  if (text === null || text === "generic") return null;
  return count?.kind === "int" && count.value !== 1n ? `${count.value}${text}` : text;
}

/** One element in Python's notation; `?` for a type that is not read. */
export function elementText(type: DType, bytes: Uint8Array): string {
  const { code, bigEndian, item, fields } = type;
  if (fields !== null) {
    const parts = fields.map((one) => elementText(one.type, bytes.subarray(one.offset, one.offset + one.type.size)));
    return `(${parts.join(", ")}${parts.length === 1 ? "," : ""})`;
  }
  if (item !== null) {
    const parts = Array.from({ length: Math.min(item.count, 100) }, (_, index) =>
      elementText(item.type, bytes.subarray(index * item.type.size, (index + 1) * item.type.size)),
    );
    return `[${parts.join(", ")}${item.count > 100 ? `, … ${item.count - 100} more` : ""}]`;
  }
  if (code.startsWith("U")) return unicodeText(bytes, bigEndian);
  if (code.startsWith("S")) return reprBytes(withoutNulls(bytes));
  if (code.startsWith("V")) return reprBytes(bytes);
  return bytes.length === type.size
    ? numberText(type, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    : "?";
}

function numberText({ code, bigEndian, unit }: DType, view: DataView): string {
  const little = !bigEndian;
  switch (code) {
    case "b1":
      return view.getUint8(0) === 0 ? "False" : "True";
    case "i1":
      return String(view.getInt8(0));
    case "u1":
      return String(view.getUint8(0));
    case "i2":
      return String(view.getInt16(0, little));
    case "u2":
      return String(view.getUint16(0, little));
    case "i4":
      return String(view.getInt32(0, little));
    case "u4":
      return String(view.getUint32(0, little));
    case "i8":
      return String(view.getBigInt64(0, little));
    case "u8":
      return String(view.getBigUint64(0, little));
    case "f2":
      return reprFloat(shortest(half(view.getUint16(0, little)), 5, (one) => half(halfBits(one))));
    case "f4":
      return reprFloat(shortest(view.getFloat32(0, little), 9, Math.fround));
    case "f8":
      return reprFloat(view.getFloat64(0, little));
    case "f16":
      return `about ${reprFloat(extended(view, little))}`;
    case "c8": {
      const [real, imaginary] = [0, 4].map((at) => shortest(view.getFloat32(at, little), 9, Math.fround));
      return reprComplex(real ?? 0, imaginary ?? 0);
    }
    case "c16":
      return reprComplex(view.getFloat64(0, little), view.getFloat64(8, little));
    case "M8":
      return dateText(view.getBigInt64(0, little), unit);
    case "m8": {
      const value = view.getBigInt64(0, little);
      return value === notATime ? "'NaT'" : String(value);
    }
    default:
      return "?";
  }
}

const notATime = -(2n ** 63n);

/** The shortest decimal that reads back as the same number in the narrower type, as numpy prints it. */
function shortest(value: number, digits: number, narrow: (value: number) => number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  for (let precision = 1; precision < digits; precision += 1) {
    const short = Number(value.toPrecision(precision));
    if (narrow(short) === value) return short;
  }
  return value;
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The nearest binary16, ties to even. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const scaled = size / 2 ** (exponent - 10);
  const floor = Math.floor(scaled);
  const rounded = floor + (scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 === 1) ? 1 : 0);
  return sign + (exponent + 14) * 1024 + rounded;
}

/** x87's 80 bits in 16 bytes, cut to a double; other machines keep other formats under this name. */
function extended(view: DataView, little: boolean): number {
  const mantissa = view.getBigUint64(little ? 0 : 8, little);
  const head = view.getUint16(little ? 8 : 6, little);
  const exponent = head & 0x7fff;
  const sign = head & 0x8000 ? -1 : 1;
  if (exponent === 0x7fff) return mantissa << 1n === 0n || mantissa === 1n << 63n ? sign * Infinity : Number.NaN;
  const scale = exponent - 16_383 - 63;
  // In two steps: the power alone may be below the smallest double.
  return sign * Number(mantissa) * 2 ** Math.ceil(scale / 2) * 2 ** Math.floor(scale / 2);
}

const perUnit: Readonly<Record<string, readonly [each: bigint, digits: number]>> = {
  h: [3600n, 0],
  m: [60n, 0],
  s: [1n, 0],
  ms: [1000n, 3],
  us: [1_000_000n, 6],
  ns: [1_000_000_000n, 9],
};

/** `'2024-01-02T03:04:05.678'`, as precise as the unit. */
function dateText(value: bigint, unit: string | null): string {
  if (value === notATime) return "'NaT'";
  const [, countText = "", name = ""] = /^(\d*)(\w+)$/.exec(unit ?? "") ?? [];
  const count = value * BigInt(countText === "" ? 1 : countText);
  if (name === "Y") return `'${yearText(Number(count) + 1970)}'`;
  if (name === "M") {
    const months = Number(count) + 1970 * 12;
    return `'${yearText(Math.floor(months / 12))}-${two((((months % 12) + 12) % 12) + 1)}'`;
  }
  if (name === "W" || name === "D") return dayText(count * (name === "W" ? 7n : 1n), "");
  const scale = Object.hasOwn(perUnit, name) ? perUnit[name] : undefined;
  if (scale === undefined) return `${value}${unit === null ? "" : ` ${unit} since 1970`}`;
  const [each, digits] = scale;
  const seconds = name === "h" || name === "m" ? count * each : floorDivide(count, each);
  const rest = name === "h" || name === "m" ? 0n : count - seconds * each;
  const days = floorDivide(seconds, 86_400n);
  const clock = Number(seconds - days * 86_400n);
  const minutes = `T${two(Math.floor(clock / 3600))}${name === "h" ? "" : `:${two(Math.floor(clock / 60) % 60)}`}`;
  const second = name === "h" || name === "m" ? "" : `:${two(clock % 60)}`;
  return dayText(days, minutes + second + (digits === 0 ? "" : `.${String(rest).padStart(digits, "0")}`));
}

function dayText(days: bigint, clock: string): string {
  if (days > 100_000_000n || days < -100_000_000n) return `${days} days since 1970`;
  const date = new Date(Number(days) * 86_400_000);
  return `'${yearText(date.getUTCFullYear())}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}${clock}'`;
}

function yearText(year: number): string {
  return year < 0 ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** UCS-4 without the zeros that fill it up. */
function unicodeText(bytes: Uint8Array, bigEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) codes.push(view.getUint32(at, !bigEndian));
  const end = codes.findLastIndex((code) => code !== 0) + 1;
  return reprStr(
    codes
      .slice(0, end)
      .map((code) => String.fromCodePoint(Math.min(code, 0x10ffff)))
      .join(""),
  );
}

function withoutNulls(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
}
