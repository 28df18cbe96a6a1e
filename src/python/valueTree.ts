import { assertNever } from "./assertNever";
import { collectionContents, type Items } from "./collectionRepr";
import { calledName, isKnownCall } from "./objectRepr";
import { viewObject } from "./objectView";
import { pythonRepr } from "./repr";
import type { PyCall, PyValue } from "./value";

/** One line of an opened value. */
export interface ValueChild {
  /** Index, key or field name; null where there is none (set items). */
  readonly label: string | null;
  readonly value: PyValue;
}

export type ValueKind = "none" | "bool" | "number" | "string" | "bytes" | "container" | "object" | "opaque";

const labelLimits = { depth: 3, items: 20, bytes: 80 };

/** What one level of a value holds, in stored order; empty for what shows whole in one line (numbers, dates, UUIDs …). */
export function valueChildren(value: PyValue): ValueChild[] {
  switch (value.kind) {
    case "list":
    case "tuple":
      return numbered(value.items);
    case "set":
    case "frozenset":
      return value.items.map((item) => ({ label: null, value: item }));
    case "dict":
      return keyed(value.entries);
    case "call":
      return objectChildren(value);
    default:
      return [];
  }
}

/** What sort of value it is, for its colour and icon. */
export function valueKind(value: PyValue): ValueKind {
  switch (value.kind) {
    case "none":
    case "bool":
    case "bytes":
    case "opaque":
      return value.kind;
    case "int":
    case "float":
      return "number";
    case "str":
      return "string";
    case "bytearray":
      return "bytes";
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
    case "dict":
      return "container";
    case "global":
      return "object";
    case "call": {
      const name = calledName(value) ?? "";
      if (name === "decimal.Decimal" || name === "builtins.complex" || name === "fractions.Fraction") return "number";
      return name.startsWith("collections.") ? "container" : "object";
    }
    default:
      return assertNever(value);
  }
}

function objectChildren(call: PyCall): ValueChild[] {
  const contents = collectionContents(call);
  if (contents !== null) return "items" in contents ? numberedItems(contents.items) : keyed(contents.entries);
  if (isKnownCall(call)) return [];
  const view = viewObject(call);
  return [
    ...numbered(view.positional),
    ...view.fields.map(([label, value]) => ({ label, value })),
    ...numbered(view.items),
    ...keyed(view.entries),
  ];
}

function numbered(items: readonly PyValue[]): ValueChild[] {
  return items.map((value, index) => ({ label: String(index), value }));
}

function numberedItems({ length, at }: Items): ValueChild[] {
  return Array.from({ length }, (_, index) => ({ label: String(index), value: at(index) }));
}

function keyed(entries: readonly (readonly [PyValue, PyValue])[]): ValueChild[] {
  return entries.map(([key, value]) => ({ label: pythonRepr(key, labelLimits), value }));
}
