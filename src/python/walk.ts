import type { PyValue } from "./value";

/** The values directly inside one value, in the order they were stored. Never goes deeper, so a cycle is harmless. */
export function* partsOf(value: PyValue): Generator<PyValue> {
  switch (value.kind) {
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
      yield* value.items;
      return;
    case "dict":
      for (const entry of value.entries) yield* entry;
      return;
    case "call":
      yield value.callee;
      yield* value.args;
      for (const entry of value.kwargs) yield* entry;
      if (value.state !== null) yield value.state;
      yield* value.items;
      for (const entry of value.entries) yield* entry;
      return;
    default:
      return;
  }
}

/** Whether the value can hold others. */
export function isContainer(value: PyValue): boolean {
  switch (value.kind) {
    case "list":
    case "tuple":
    case "set":
    case "frozenset":
    case "dict":
    case "call":
      return true;
    default:
      return false;
  }
}

interface Visit {
  readonly value: PyValue;
  readonly rest: Iterator<PyValue>;
  height: number;
}

/**
 * How deep the value nests: 0 for a scalar, 1 for `[]`, 2 for `[[]]`. A reference back to a value that is still open counts
 * nothing. Linear in the size of the graph, also where values are shared, and free of recursion.
 */
export function nestingDepth(root: PyValue): number {
  if (!isContainer(root)) return 0;
  // null: still open.
  const heights = new Map<PyValue, number | null>([[root, null]]);
  const stack: Visit[] = [{ value: root, rest: partsOf(root), height: 0 }];
  let depth = 0;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.rest.next();
    if (next.done === true) {
      stack.pop();
      depth = top.height + 1;
      heights.set(top.value, depth);
      const parent = stack.at(-1);
      if (parent !== undefined) parent.height = Math.max(parent.height, depth);
    } else if (isContainer(next.value)) {
      const known = heights.get(next.value);
      if (known === undefined) {
        heights.set(next.value, null);
        stack.push({ value: next.value, rest: partsOf(next.value), height: 0 });
      } else if (known !== null) {
        top.height = Math.max(top.height, known);
      }
    }
  }
  return depth;
}
