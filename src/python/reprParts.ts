import type { PyValue } from "./value";

/** What a printer yields: text, a value to be printed in its place, or something printed in its own way. */
export type Part = string | PyValue | Printed;

/** How one value prints. Its parts are pulled one by one, so a printer never recurses and stops where a limit says so. */
export interface Printed {
  /** The node that is open while its parts are printed; null for what cannot contain itself. */
  readonly node: object | null;
  /** What Python prints where the node turns up again inside itself. */
  readonly cyclic: string;
  readonly parts: Iterable<Part>;
}

export function printed(node: object | null, cyclic: string, parts: Iterable<Part>): Printed {
  return { node, cyclic, parts };
}

/** `open`, the values with commas between them, `close`. */
export function* separated(open: string, values: Iterable<Part>, close: string): Generator<Part> {
  yield open;
  let first = true;
  for (const value of values) {
    if (!first) yield ", ";
    first = false;
    yield value;
  }
  yield close;
}

/** `{key: value, …}` */
export function* dictParts(entries: Iterable<readonly [PyValue, PyValue]>): Generator<Part> {
  yield "{";
  let first = true;
  for (const [key, value] of entries) {
    if (!first) yield ", ";
    first = false;
    yield key;
    yield ": ";
    yield value;
  }
  yield "}";
}

/** `(a, b)`, and `(a,)` for one. */
export function* tupleParts(items: readonly PyValue[]): Generator<Part> {
  yield* separated("(", items, items.length === 1 ? ",)" : ")");
}

/** `name(first, second)` */
export function callParts(name: string, args: Iterable<Part>): Generator<Part> {
  return separated(`${name}(`, args, ")");
}

/** `field=value` */
export function field(name: string, value: Part): Printed {
  return printed(null, "", [`${name}=`, value]);
}
