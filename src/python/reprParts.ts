import type { PyValue } from "./value";

/** What is printed in one place: text as it stands, a value, or something with parts of its own. */
export type Part = string | PyValue | Group;

/**
 * Something with parts, printed as `open`, the items with commas between them, `close`. Items are asked for one by one and only
 * as far as the limits let them be printed, so that nothing recurses and nothing is prepared in vain.
 */
export interface Group {
  readonly open: string;
  readonly close: string;
  readonly count: number;
  /** One item; several parts are printed without anything between them. */
  readonly at: (index: number) => Part | readonly Part[];
  /** The node that is open while the items are printed; null for what cannot contain itself. */
  readonly node: object | null;
  /** What Python prints where the node turns up again inside itself. */
  readonly cyclic: string;
}

type Items = readonly (Part | readonly Part[])[];

/** `open`, the items, `close`; for what cannot contain itself, or whose parts guard themselves. */
export function group(open: string, items: Items, close: string): Group {
  return guarded(null, "", open, items, close);
}

/** As `group`, with `cyclic` in place of the node where it turns up inside itself. */
export function guarded(node: object | null, cyclic: string, open: string, items: Items, close: string): Group {
  return { node, cyclic, open, close, count: items.length, at: (index) => items[index] ?? "" };
}

/** `[a, b]` */
export function listGroup(node: object | null, items: readonly PyValue[]): Group {
  return guarded(node, "[...]", "[", items, "]");
}

/** `(a, b)`, and `(a,)` for one. */
export function tupleGroup(node: object | null, items: readonly PyValue[]): Group {
  return guarded(node, "(...)", "(", items, items.length === 1 ? ",)" : ")");
}

/** `{key: value, …}` */
export function dictGroup(node: object | null, entries: readonly (readonly [PyValue, PyValue])[]): Group {
  const at = (index: number): readonly Part[] => {
    const pair = entries[index];
    return pair === undefined ? [] : [pair[0], ": ", pair[1]];
  };
  return { node, cyclic: "{...}", open: "{", close: "}", count: entries.length, at };
}

/** `name(first, second)` */
export function callGroup(name: string, args: Items): Group {
  return group(`${name}(`, args, ")");
}

/** `name=value` */
export function field(name: string, value: Part): readonly Part[] {
  return [`${name}=`, value];
}
