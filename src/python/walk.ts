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
  /** Its parts that may hold others. */
  readonly parts: readonly PyValue[];
  next: number;
  height: number;
}

/**
 * Whether the value nests more than `limit` levels deep: a scalar 0, `[]` 1, `[[]]` 2. A reference back to a value that is still open
 * counts nothing. Linear in the size of the graph, also where values are shared, free of recursion, and done at the first place too deep.
 */
export function nestsDeeper(root: PyValue, limit: number): boolean {
  if (!isContainer(root)) return limit < 0;
  /** How many levels each value has; 0 while it is open. */
  const heights = new Map<PyValue, number>([[root, 0]]);
  const stack: Visit[] = [{ value: root, parts: containersIn(root), next: 0, height: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (stack.length > limit) return true;
    const part = top.parts[top.next];
    if (part === undefined) {
      stack.pop();
      heights.set(top.value, top.height + 1);
      const parent = stack.at(-1);
      if (parent !== undefined) parent.height = Math.max(parent.height, top.height + 1);
      continue;
    }
    top.next += 1;
    const known = heights.get(part);
    if (known === undefined) {
      heights.set(part, 0);
      stack.push({ value: part, parts: containersIn(part), next: 0, height: 0 });
    } else {
      if (stack.length + known > limit) return true;
      top.height = Math.max(top.height, known);
    }
  }
  return false;
}

const none: readonly PyValue[] = [];

/** The parts that may hold others. Most values have none, and then nothing is made. */
function containersIn(value: PyValue): readonly PyValue[] {
  switch (value.kind) {
    case "list":
    case "tuple":
    case "set":
    case "frozenset": {
      const first = value.items.findIndex(isContainer);
      return first < 0 ? none : value.items.filter(isContainer);
    }
    default: {
      let found: PyValue[] | null = null;
      for (const part of partsOf(value)) if (isContainer(part)) (found ??= []).push(part);
      return found ?? none;
    }
  }
}
