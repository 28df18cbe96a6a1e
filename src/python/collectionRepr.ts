import { attributesOf, dotted, smallState } from "./objectView";
import { compareCounts } from "./compare";
import type { Group, Part } from "./reprParts";
import { callGroup, dictGroup, field, group, guarded } from "./reprParts";
import type { PyCall, PyValue } from "./value";
import { pyNone } from "./value";

/** Reprs of `collections` and `types.SimpleNamespace`, by the dotted name a pickle calls. */
export const collectionPrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = {
  "collections.deque": printDeque,
  "collections.OrderedDict": printOrderedDict,
  "collections.defaultdict": printDefaultDict,
  "collections.Counter": printCounter,
  "collections.ChainMap": printChainMap,
  "collections.UserDict": printUserData,
  "collections.UserList": printUserData,
  "collections.UserString": printUserData,
  "types.SimpleNamespace": printNamespace,
};

/** Items by position, without a list of their own: a deque may share and bound what it was made of. */
export interface Items {
  readonly length: number;
  readonly at: (index: number) => PyValue;
}

/** What a pickled collection holds, as a list or a dict; null for anything else and for arguments Python would refuse. */
export function collectionContents(
  call: PyCall,
): { readonly items: Items } | { readonly entries: readonly (readonly [PyValue, PyValue])[] } | null {
  const [first, second] = call.args;
  switch (call.callee.kind === "global" ? dotted(call.callee) : "") {
    case "collections.deque":
      return dequeItems(call);
    case "collections.OrderedDict":
    case "collections.Counter":
      return mapping(call, first);
    case "collections.defaultdict":
      return mapping(call, second);
    case "collections.UserDict": {
      const data = userData(call);
      return data?.kind === "dict" ? { entries: data.entries } : null;
    }
    case "collections.UserList": {
      const data = userData(call);
      return data?.kind === "list"
        ? { items: { length: data.items.length, at: (index) => data.items[index] ?? pyNone } }
        : null;
    }
    default:
      return null;
  }
}

function dequeItems(call: PyCall): { readonly items: Items } | null {
  const [first, second] = call.args;
  const given = first === undefined ? [] : itemsOf(first);
  if (given === null) return null;
  const all = given.length + call.items.length;
  // A deque with a bound keeps the last ones.
  const length =
    second?.kind === "int" && second.value >= 0n && second.value < BigInt(all) ? Number(second.value) : all;
  const skipped = all - length;
  const at = (index: number): PyValue => {
    const place = skipped + index;
    return (place < given.length ? given[place] : call.items[place - given.length]) ?? pyNone;
  };
  return { items: { length, at } };
}

function mapping(
  call: PyCall,
  initial: PyValue | undefined,
): { readonly entries: readonly (readonly [PyValue, PyValue])[] } | null {
  const given = initial === undefined ? [] : pairsOf(initial);
  if (given === null) return null;
  if (call.entries.length === 0) return { entries: given };
  return { entries: given.length === 0 ? call.entries : [...given, ...call.entries] };
}

function printDeque(call: PyCall): Group | null {
  const contents = dequeItems(call);
  if (contents === null) return null;
  const { length, at } = contents.items;
  const list: Group = { node: null, cyclic: "", open: "[", close: "]", count: length, at };
  const bound = call.args[1] ?? pyNone;
  const args = bound.kind === "none" ? [list] : [list, field("maxlen", bound)];
  return guarded(call, "[...]", "deque(", args, ")");
}

function printOrderedDict(call: PyCall): Group | string | null {
  const contents = mapping(call, call.args[0]);
  if (contents === null) return null;
  if (contents.entries.length === 0) return "OrderedDict()";
  return guarded(call, "...", "OrderedDict(", [dictGroup(null, contents.entries)], ")");
}

function printDefaultDict(call: PyCall): Group | null {
  const contents = mapping(call, call.args[1]);
  if (contents === null) return null;
  // The dict part alone guards against itself: Python prints `defaultdict(None, {…: defaultdict(None, {...})})`.
  const factory = call.args[0] ?? pyNone;
  // It has the factory open before it asks for its repr, so a `functools.partial` there always prints as `...`.
  const shown = factory.kind === "call" ? guarded(factory, "...", "", [factory], "") : factory;
  return callGroup("defaultdict", [shown, dictGroup(call, contents.entries)]);
}

function printCounter(call: PyCall): Group | string | null {
  const contents = mapping(call, call.args[0]);
  if (contents === null) return null;
  if (contents.entries.length === 0) return "Counter()";
  return guarded(call, "...", "Counter(", [dictGroup(null, byCount(contents.entries))], ")");
}

/** The order of `most_common()` where the counts can be compared; else as stored, which is what Python does too. */
function byCount(entries: readonly (readonly [PyValue, PyValue])[]): readonly (readonly [PyValue, PyValue])[] {
  const incomparable = new Error("incomparable");
  try {
    return entries.toSorted(([, a], [, b]) => {
      const order = compareCounts(b, a);
      if (order === null) throw incomparable;
      return order;
    });
  } catch (error) {
    if (error === incomparable) return entries;
    throw error;
  }
}

function printChainMap(call: PyCall): Group | null {
  const maps = stateField(call, "maps");
  return maps?.kind === "list" ? guarded(call, "...", "ChainMap(", maps.items, ")") : null;
}

/** The wrappers of dict, list and str print as what they wrap. */
function printUserData(call: PyCall): Group | null {
  const data = userData(call);
  return data === null || data.kind === "call" ? null : group("", [data], "");
}

function userData(call: PyCall): PyValue | null {
  return stateField(call, "data") ?? null;
}

function stateField(call: PyCall, name: string): PyValue | undefined {
  return smallState(call)?.find(([key]) => key === name)?.[1];
}

function printNamespace(call: PyCall): Group | null {
  const fields = call.state === null ? [] : attributesOf(call.state);
  if (fields === null || call.args.length > 0) return null;
  const parts: (readonly Part[])[] = [
    ...call.kwargs.map(([key, value]) => field(key.kind === "str" ? key.value : "?", value)),
    ...fields.filter(([name]) => name !== "").map(([name, value]) => field(name, value)),
  ];
  return guarded(call, "namespace(...)", "namespace(", parts, ")");
}

function itemsOf(value: PyValue): readonly PyValue[] | null {
  return value.kind === "list" || value.kind === "tuple" ? value.items : null;
}

/** The entries of a dict, or of a list of pairs as protocols 0 and 1 of old Pythons store an OrderedDict. */
function pairsOf(value: PyValue): readonly (readonly [PyValue, PyValue])[] | null {
  if (value.kind === "dict") return value.entries;
  const items = itemsOf(value);
  if (items === null) return null;
  const pairs: [PyValue, PyValue][] = [];
  for (const item of items) {
    const [key, second] = itemsOf(item) ?? [];
    if (key === undefined || second === undefined) return null;
    pairs.push([key, second]);
  }
  return pairs;
}
