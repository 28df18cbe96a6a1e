import { attributesOf, dotted, typeOf } from "./objectView";
import type { Printed } from "./reprParts";
import { callParts, printed } from "./reprParts";
import { reprComplex } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/** Reprs of single values of the standard library (and pydantic's secrets and numpy's arrays), by the dotted name a pickle calls. */
export const stdlibPrinters: Readonly<Record<string, (call: PyCall) => Printed | null>> = {
  "builtins.complex": printComplex,
  "builtins.range": printRange,
  "builtins.slice": (call) => (call.args.length === 3 ? printed(call, "...", callParts("slice", call.args)) : null),
  "decimal.Decimal": (call) => quoted(call, "Decimal"),
  "fractions.Fraction": printFraction,
  "uuid.UUID": printUuid,
  "ipaddress.IPv4Address": printIpv4,
  ...Object.fromEntries(
    ["pathlib", "pathlib._local"].flatMap((module) =>
      ["PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"].map((name) => [`${module}.${name}`, printPath]),
    ),
  ),
  ...Object.fromEntries(
    ["pydantic.types", "pydantic"].flatMap((module) =>
      ["SecretStr", "SecretBytes", "Secret"].map((name) => [`${module}.${name}`, printSecret]),
    ),
  ),
  ...Object.fromEntries(
    ["numpy.core", "numpy._core"].flatMap((module) => [
      [`${module}.multiarray._reconstruct`, printReconstructedArray],
      [`${module}.numeric._frombuffer`, printBufferArray],
      [`${module}.multiarray.scalar`, printNumpyScalar],
    ]),
  ),
};

function text(content: string): Printed {
  return printed(null, "", [content]);
}

function quoted(call: PyCall, name: string): Printed | null {
  const [first] = call.args;
  return first?.kind === "str" && call.args.length === 1 ? text(`${name}('${first.value}')`) : null;
}

function printComplex(call: PyCall): Printed | null {
  const [real, imaginary] = call.args;
  if (real?.kind !== "float" || imaginary?.kind !== "float") return null;
  return text(reprComplex(real.value, imaginary.value));
}

function printRange(call: PyCall): Printed | null {
  const [start, stop, step] = call.args;
  if (start?.kind !== "int" || stop?.kind !== "int" || step?.kind !== "int") return null;
  return printed(null, "", callParts("range", step.value === 1n ? [start, stop] : [start, stop, step]));
}

function printFraction(call: PyCall): Printed | null {
  const [numerator, denominator] = call.args;
  if (numerator?.kind === "int" && denominator?.kind === "int")
    return text(`Fraction(${numerator.value}, ${denominator.value})`);
  const parts = numerator?.kind === "str" ? /^(-?\d+)(?:\/(\d+))?$/.exec(numerator.value) : null;
  return parts === null ? null : text(`Fraction(${parts[1]}, ${parts[2] ?? "1"})`);
}

function printUuid(call: PyCall): Printed | null {
  const hex = uuidText(call);
  return hex === null ? null : text(`UUID('${hex}')`);
}

/** The dashed form of a pickled UUID. */
export function uuidText(call: PyCall): string | null {
  const fields = call.state === null ? null : attributesOf(call.state);
  const value = fields?.find(([name]) => name === "int")?.[1];
  if (value?.kind !== "int" || value.value < 0n || value.value >= 1n << 128n) return null;
  return value.value
    .toString(16)
    .padStart(32, "0")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function printIpv4(call: PyCall): Printed | null {
  const [address] = call.args;
  if (address?.kind !== "int" || address.value < 0n || address.value > 0xffff_ffffn) return null;
  const number = Number(address.value);
  return text(`IPv4Address('${[24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".")}')`);
}

/** The text of a pickled path: its parts joined (up to 3.12), or one text (3.13). */
export function pathText(call: PyCall): string | null {
  const parts: string[] = [];
  for (const arg of call.args) {
    if (arg.kind !== "str") return null;
    parts.push(arg.value);
  }
  const [first = "", ...rest] = parts;
  // A POSIX root and a Windows anchor (`C:\`) end with their own separator. repr() always shows forward slashes.
  const joined = /[\\/]$/.test(first) ? first + rest.join("/") : parts.join("/");
  return joined === "" ? "." : joined;
}

function printPath(call: PyCall): Printed | null {
  const path = pathText(call);
  const name = typeOf(call)?.qualname ?? "Path";
  if (path === null) return null;
  const shown: PyValue = { kind: "str", value: name.includes("Windows") ? path.replaceAll("\\", "/") : path };
  return printed(null, "", callParts(name, [shown]));
}

/** As pydantic prints a secret, whether or not the secret itself is still in the value. */
function printSecret(call: PyCall): Printed {
  const type = typeOf(call);
  return text(`${type === null ? "SecretStr" : dotted(type)}('**********')`);
}

/** `array(shape=(2, 3), dtype=float64)`: an array's repr needs its elements formatted as numpy does, which is not done here. */
function printReconstructedArray(call: PyCall): Printed | null {
  if (call.state?.kind !== "tuple") return null;
  const [, shape, dtype] = call.state.items;
  return shape === undefined ? null : describeArray(shape, dtype);
}

function printBufferArray(call: PyCall): Printed | null {
  const [, dtype, shape] = call.args;
  return shape === undefined ? null : describeArray(shape, dtype);
}

function describeArray(shape: PyValue, dtype: PyValue | undefined): Printed {
  return printed(null, "", ["<numpy.ndarray shape=", shape, ` dtype=${dtypeName(dtype)}>`]);
}

const dtypeNames: Readonly<Record<string, string>> = {
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
  c8: "complex64",
  c16: "complex128",
  O8: "object",
};

function dtypeCode(dtype: PyValue | undefined): string | null {
  const code = dtype?.kind === "call" ? dtype.args[0] : undefined;
  return code?.kind === "str" ? code.value : null;
}

function dtypeName(dtype: PyValue | undefined): string {
  const code = dtypeCode(dtype);
  return code === null ? "?" : (dtypeNames[code] ?? code);
}

function printNumpyScalar(call: PyCall): Printed | null {
  const [dtype, data] = call.args;
  const code = dtypeCode(dtype);
  if (code === null || data?.kind !== "bytes") return null;
  const number = readNumber(code, data.value);
  return number === null ? null : printed(null, "", [`np.${dtypeName(dtype)}(`, number, ")"]);
}

/** One little-endian number; null for other types and lengths. */
function readNumber(code: string, bytes: Uint8Array): PyValue | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String(bytes.length) !== code.slice(1)) return null;
  switch (code) {
    case "b1":
      return { kind: "bool", value: view.getUint8(0) !== 0 };
    case "i1":
      return { kind: "int", value: BigInt(view.getInt8(0)) };
    case "u1":
      return { kind: "int", value: BigInt(view.getUint8(0)) };
    case "i2":
      return { kind: "int", value: BigInt(view.getInt16(0, true)) };
    case "u2":
      return { kind: "int", value: BigInt(view.getUint16(0, true)) };
    case "i4":
      return { kind: "int", value: BigInt(view.getInt32(0, true)) };
    case "u4":
      return { kind: "int", value: BigInt(view.getUint32(0, true)) };
    case "i8":
      return { kind: "int", value: view.getBigInt64(0, true) };
    case "u8":
      return { kind: "int", value: view.getBigUint64(0, true) };
    case "f8":
      return { kind: "float", value: view.getFloat64(0, true) };
    default:
      return null;
  }
}
