import { dotted } from "./objectView";
import type { DType } from "./numpyTypes";
import { elementText, readDtype } from "./numpyTypes";
import type { Group, Part } from "./reprParts";
import { field, group, guarded } from "./reprParts";
import { grouped } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/**
 * numpy arrays as `numpy.ndarray(shape=(2, 3), dtype=float64, values=[[0.0, 1.0, 2.0], …])`, scalars as numpy 2 prints them
 * (`np.int64(5)`), by the dotted names of numpy 1 (`numpy.core`) and 2 (`numpy._core`).
 */
export const numpyPrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = {
  ...Object.fromEntries(
    ["numpy.core", "numpy._core"].flatMap((module) => [
      [`${module}.multiarray._reconstruct`, printReconstructed],
      [`${module}.numeric._frombuffer`, printFromBuffer],
      [`${module}.multiarray.scalar`, printScalar],
    ]),
  ),
  "numpy.ma.core._mareconstruct": printMasked,
  "numpy.dtype": (call) => {
    const type = readDtype(call);
    return type === null ? null : `dtype(${type.fields === null ? `'${type.name}'` : type.name})`;
  },
};

/** Arrays of more elements show the first of them in one row. */
const wholeUpTo = 1000;
const firstElements = 100;

/** Protocols up to 4, and all arrays of objects: state is (version, shape, dtype, is Fortran order, bytes or list). */
function printReconstructed(call: PyCall): Group | null {
  if (call.state?.kind !== "tuple") return null;
  const [, shape, dtype, fortran, data] = call.state.items;
  const [type] = call.args;
  const name = type?.kind === "global" ? dotted(type) : "numpy.ndarray";
  return printArray(call, name, { shape, dtype, data, fortran: fortran?.kind === "bool" && fortran.value });
}

/** `numpy.ma`: state is (version, shape, dtype, is Fortran order, bytes, bytes of the mask, fill value). */
function printMasked(call: PyCall): Group | null {
  if (call.state?.kind !== "tuple") return null;
  const [, shape, dtype, fortran, data, mask] = call.state.items;
  return printArray(call, "numpy.ma.MaskedArray", {
    shape,
    dtype,
    data,
    fortran: fortran?.kind === "bool" && fortran.value,
    mask,
  });
}

/** Protocol 5: `_frombuffer(buffer, dtype, shape, order)`. */
function printFromBuffer(call: PyCall): Group | null {
  const [data, dtype, shape, order] = call.args;
  return printArray(call, "numpy.ndarray", {
    shape,
    dtype,
    data,
    fortran: order?.kind === "str" && order.value === "F",
  });
}

interface Stored {
  readonly shape: PyValue | undefined;
  readonly dtype: PyValue | undefined;
  readonly data: PyValue | undefined;
  /** Whether the first index changes fastest. */
  readonly fortran: boolean;
  /** Of a masked array: a bool for each element. */
  readonly mask?: PyValue | undefined;
}

const maskType: DType = { code: "b1", name: "bool", size: 1, bigEndian: false, unit: null, fields: null, item: null };

function printArray(call: PyCall, name: string, stored: Stored): Group | null {
  const { shape, data } = stored;
  const dtype = readDtype(stored.dtype);
  const sizes = readShape(shape);
  if (sizes === null || dtype === null || shape === undefined) return null;
  const element = elements(dtype, data);
  const total = sizes.reduce((product, size) => product * size, 1);
  const parts: (readonly Part[])[] = [field("shape", shape), field("dtype", dtype.name)];
  if (total > 0 && (element === null || element.count < total)) parts.push(["values unreadable"]);
  else parts.push(field("values", values(sizes, total, stored.fortran, element?.at ?? (() => ""))));
  if (stored.mask !== undefined) {
    const mask = elements(maskType, stored.mask);
    if (mask !== null && mask.count >= total) parts.push(field("mask", values(sizes, total, stored.fortran, mask.at)));
  }
  return guarded(call, `${name}(...)`, `${name}(`, parts, ")");
}

function readShape(shape: PyValue | undefined): number[] | null {
  if (shape?.kind !== "tuple" || shape.items.length > 64) return null;
  const sizes: number[] = [];
  for (const size of shape.items) {
    if (size.kind !== "int" || size.value < 0n || size.value > 2n ** 40n) return null;
    sizes.push(Number(size.value));
  }
  return sizes;
}

/** The elements as they are stored. */
function elements(
  dtype: DType,
  data: PyValue | undefined,
): { readonly count: number; readonly at: (index: number) => Part } | null {
  if (data?.kind === "list") {
    const { items } = data;
    return { count: items.length, at: (index) => items[index] ?? "" };
  }
  if (data?.kind !== "bytes" && data?.kind !== "bytearray") return null;
  const { value } = data;
  const { size } = dtype;
  if (size === 0) return null;
  return {
    count: Math.floor(value.length / size),
    at: (index) => elementText(dtype, value.subarray(index * size, (index + 1) * size)),
  };
}

/** Nested by the shape; only the first elements in a row where there are many. */
function values(sizes: readonly number[], total: number, fortran: boolean, at: (index: number) => Part): Part {
  if (sizes.length === 0) return group("", [at(0)], "");
  // How far apart in store two neighbours along each axis are.
  const strides: number[] = [];
  let stride = 1;
  for (const axis of fortran ? sizes.keys() : [...sizes.keys()].toReversed()) {
    strides[axis] = stride;
    stride *= sizes[axis] ?? 1;
  }
  if (total > wholeUpTo) {
    const first = Array.from({ length: firstElements }, (_, index) => at(placeOf(index, sizes, strides)));
    return group("[", [...first, `… ${grouped(total - firstElements)} more`], "]");
  }
  const axis = (depth: number, start: number): Part => {
    const nested = (index: number): Part => {
      const place = start + index * (strides[depth] ?? 0);
      return depth + 1 === sizes.length ? at(place) : axis(depth + 1, place);
    };
    return { node: null, cyclic: "", open: "[", close: "]", count: sizes[depth] ?? 0, at: nested };
  };
  return axis(0, 0);
}

/** Where the element that comes at `index` in reading order (last index fastest) is stored. */
function placeOf(index: number, sizes: readonly number[], strides: readonly number[]): number {
  let rest = index;
  let place = 0;
  for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
    const size = sizes[axis] ?? 1;
    place += (rest % size) * (strides[axis] ?? 0);
    rest = Math.floor(rest / size);
  }
  return place;
}

function printScalar(call: PyCall): Group | string | null {
  const [stored, data] = call.args;
  const dtype = readDtype(stored);
  if (dtype === null || data === undefined) return null;
  if (data.kind !== "bytes") return null;
  if (dtype.size !== data.value.length) return null;
  const text = elementText(dtype, data.value);
  if (dtype.code === "b1") return `np.${text}_`;
  const name =
    { U: "str_", S: "bytes_", V: "void", M: "datetime64", m: "timedelta64" }[dtype.code[0] ?? ""] ?? dtype.name;
  const unit = dtype.unit === null || dtype.code[0] === "M" ? [] : [`'${dtype.unit}'`];
  // numpy prints a complex without the brackets of its own repr.
  return group(`np.${name}(`, [text.replace(/^\((.*)\)$/, dtype.code[0] === "c" ? "$1" : "$&"), ...unit], ")");
}
