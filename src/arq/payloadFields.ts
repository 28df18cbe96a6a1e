import type { PyDict, PyValue } from "../python/value";
import { DecodeError } from "./decodeError";
import { decodeUtf8 } from "./utf8";

/** The values under the keys that ARQ writes, and under those of the opt-in serializer (`tb`, `w`, `rel`). Any other key is ignored. */
export interface Fields {
  t?: PyValue;
  f?: PyValue;
  a?: PyValue;
  k?: PyValue;
  et?: PyValue;
  s?: PyValue;
  r?: PyValue;
  st?: PyValue;
  ft?: PyValue;
  q?: PyValue;
  id?: PyValue;
  tb?: PyValue;
  w?: PyValue;
  rel?: PyValue;
}
type FieldName = keyof Fields;

export const jobKeys: readonly FieldName[] = ["t", "f", "a", "k", "et"];
export const resultKeys: readonly FieldName[] = [...jobKeys, "s", "r", "st", "ft"];

/** Throws `malformed` where one of `wanted` is missing, and names it. */
export function fieldsOf(dict: PyDict, wanted: readonly FieldName[]): Fields {
  const fields: Fields = {
    t: undefined,
    f: undefined,
    a: undefined,
    k: undefined,
    et: undefined,
    s: undefined,
    r: undefined,
    st: undefined,
    ft: undefined,
    q: undefined,
    id: undefined,
    tb: undefined,
    w: undefined,
    rel: undefined,
  };
  for (const [key, value] of dict.entries) {
    if (key.kind === "str") put(fields, key.value, value);
  }
  const { t, f, a, k, et, s, r, st, ft } = fields;
  const job = t !== undefined && f !== undefined && a !== undefined && k !== undefined && et !== undefined;
  const ended = s !== undefined && r !== undefined && st !== undefined && ft !== undefined;
  if (!job || (!ended && wanted.length > jobKeys.length)) {
    const missing = wanted.filter((name) => fields[name] === undefined);
    throw new DecodeError("malformed", `not what ARQ stores: it has no ${missingText(missing, wanted)}`);
  }
  return fields;
}

/** Written out: a store under a computed name takes as long as reading the value. */
function put(fields: Fields, name: string, value: PyValue): void {
  switch (name) {
    case "t":
      fields.t = value;
      break;
    case "f":
      fields.f = value;
      break;
    case "a":
      fields.a = value;
      break;
    case "k":
      fields.k = value;
      break;
    case "et":
      fields.et = value;
      break;
    case "s":
      fields.s = value;
      break;
    case "r":
      fields.r = value;
      break;
    case "st":
      fields.st = value;
      break;
    case "ft":
      fields.ft = value;
      break;
    case "q":
      fields.q = value;
      break;
    case "id":
      fields.id = value;
      break;
    case "tb":
      fields.tb = value;
      break;
    case "w":
      fields.w = value;
      break;
    case "rel":
      fields.rel = value;
      break;
    default:
  }
}

function missingText(missing: readonly FieldName[], wanted: readonly FieldName[]): string {
  const list = missing.map((key) => `'${key}'`).join(", ");
  const onlyJob = wanted.length > jobKeys.length && jobKeys.every((key) => !missing.includes(key));
  return onlyJob && missing.length === wanted.length - jobKeys.length ? `${list}: it is a job, not a result` : list;
}

/** Why a payload that is no dict cannot be read. */
export function notADict(value: PyValue): DecodeError {
  // ARQ 0.16a1 to 0.16a5 (March 2019): (enqueue time, function, args, kwargs, …).
  if (value.kind === "tuple") {
    return new DecodeError(
      "unsupported",
      `a tuple of ${value.items.length}, as only the alpha releases of ARQ 0.16 wrote; upgrade ARQ to read it`,
    );
  }
  const what = value.kind === "opaque" ? value.label : article(value.kind);
  return new DecodeError("malformed", `not what ARQ stores: ${what} instead of a dict`);
}

export function time(key: FieldName, value: PyValue | undefined): number {
  return integer(key, value, "a time in milliseconds");
}

/** ARQ writes 0 where it could not read the job's own payload. */
export function enqueueTime(value: PyValue | undefined): number | null {
  const at = time("et", value);
  return at === 0 ? null : at;
}

export function tries(value: PyValue | undefined): number | null {
  return value?.kind === "none" ? null : integer("t", value, "an int or None");
}

/** Ints, and floats as some JSON writers make of them. Beyond 2^53 nothing here is exact, nor plausible. */
function integer(key: FieldName, value: PyValue | undefined, wanted: string): number {
  const plain = value?.kind === "int" ? Number(value.value) : value?.kind === "float" ? value.value : null;
  if (plain === null) throw wrongType(key, value, wanted);
  if (Math.abs(plain) <= Number.MAX_SAFE_INTEGER) return plain;
  throw new DecodeError("malformed", `'${key}' is out of range where ARQ stores ${wanted}`);
}

export function wrongType(key: FieldName, value: PyValue | undefined, wanted: string): DecodeError {
  const what = value === undefined ? "missing" : article(value.kind);
  return new DecodeError("malformed", `'${key}' is ${what} where ARQ stores ${wanted}`);
}

function article(kind: PyValue["kind"]): string {
  if (kind === "none") return "None";
  if (kind === "bytes") return "bytes";
  if (kind === "call") return "an object";
  if (kind === "global") return "a class or function";
  return /^[aio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** A str, or bytes as MessagePack without `use_bin_type` may give; else null. */
export function text(value: PyValue | undefined): string | null {
  if (value?.kind === "str") return value.value;
  if (value?.kind !== "bytes") return null;
  try {
    return decodeUtf8(value.value);
  } catch {
    return null;
  }
}
