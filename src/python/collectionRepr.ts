import type { Part, Printed } from "./reprParts";
import { callParts, dictParts, field, printed, separated } from "./reprParts";
import { attributesOf, dotted } from "./objectView";
import type { PyCall, PyValue } from "./value";
import { pyNone } from "./value";

/** Reprs of `collections` and `types.SimpleNamespace`, by the dotted name a pickle calls. */
export const collectionPrinters: Readonly<Record<string, (call: PyCall) => Printed | null>> = {
  "collections.deque": printDeque,
  "collections.OrderedDict": printOrderedDict,
  "collections.defaultdict": printDefaultDict,
  "collections.Counter": printCounter,
  "types.SimpleNamespace": printNamespace,
};

/** What a pickled collection holds, as a list or a dict; null for anything else and for arguments Python would refuse. */
export function collectionContents(
  call: PyCall,
): { readonly items: readonly PyValue[] } | { readonly entries: readonly [PyValue, PyValue][] } | null {
  const [first, second] = call.args;
  switch (call.callee.kind === "global" ? dotted(call.callee) : "") {
    case "collections.deque": {
      const given = first === undefined ? [] : itemsOf(first);
      if (given === null) return null;
      const items = [...given, ...call.items];
      return { items: second?.kind === "int" ? items.slice(Math.max(0, items.length - Number(second.value))) : items };
    }
    case "collections.OrderedDict":
    case "collections.Counter":
      return mapping(call, first);
    case "collections.defaultdict":
      return mapping(call, second);
    default:
      return null;
  }
}

function mapping(call: PyCall, initial: PyValue | undefined): { readonly entries: [PyValue, PyValue][] } | null {
  const given = initial === undefined ? [] : pairsOf(initial);
  return given === null ? null : { entries: [...given, ...call.entries] };
}

function printDeque(call: PyCall): Printed | null {
  const contents = collectionContents(call);
  if (contents === null || !("items" in contents)) return null;
  const bound = call.args[1] ?? pyNone;
  const list: Part = printed(null, "", separated("[", contents.items, "]"));
  return printed(call, "[...]", callParts("deque", bound.kind === "none" ? [list] : [list, field("maxlen", bound)]));
}

function printOrderedDict(call: PyCall): Printed | null {
  const contents = collectionContents(call);
  if (contents === null || !("entries" in contents)) return null;
  if (contents.entries.length === 0) return printed(null, "", ["OrderedDict()"]);
  return printed(call, "...", ["OrderedDict(", printed(null, "", dictParts(contents.entries)), ")"]);
}

function printDefaultDict(call: PyCall): Printed | null {
  const contents = collectionContents(call);
  if (contents === null || !("entries" in contents)) return null;
  // The dict part alone guards against itself: Python prints `defaultdict(None, {…: defaultdict(None, {...})})`.
  const body = printed(call, "{...}", dictParts(contents.entries));
  return printed(null, "", callParts("defaultdict", [call.args[0] ?? pyNone, body]));
}

function printCounter(call: PyCall): Printed | null {
  const contents = collectionContents(call);
  if (contents === null || !("entries" in contents)) return null;
  const entries = contents.entries.slice();
  if (entries.length === 0) return printed(null, "", ["Counter()"]);
  // most_common() order, where the counts can be compared; else as stored.
  if (entries.every(([, count]) => count.kind === "int")) {
    entries.sort(([, a], [, b]) => (a.kind === "int" && b.kind === "int" ? compare(b.value, a.value) : 0));
  }
  return printed(call, "...", ["Counter(", printed(null, "", dictParts(entries)), ")"]);
}

function printNamespace(call: PyCall): Printed | null {
  const fields = call.state === null ? [] : attributesOf(call.state);
  if (fields === null || call.args.length > 0) return null;
  const parts = [
    ...call.kwargs.map(([key, value]) => field(key.kind === "str" ? key.value : "?", value)),
    ...fields.map(([n, v]) => field(n, v)),
  ];
  return printed(call, "namespace(...)", callParts("namespace", parts));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function itemsOf(value: PyValue): readonly PyValue[] | null {
  return value.kind === "list" || value.kind === "tuple" ? value.items : null;
}

/** The entries of a dict, or of a list of pairs as protocols 0 and 1 of old Pythons store an OrderedDict. */
function pairsOf(value: PyValue): [PyValue, PyValue][] | null {
  if (value.kind === "dict") return value.entries.slice();
  const pairs: [PyValue, PyValue][] = [];
  for (const item of itemsOf(value) ?? []) {
    const [key, second] = itemsOf(item) ?? [];
    if (key === undefined || second === undefined) return null;
    pairs.push([key, second]);
  }
  return value.kind === "list" || value.kind === "tuple" ? pairs : null;
}
