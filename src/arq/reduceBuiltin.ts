import type { PyCall, PyGlobal, PyValue } from "../python/value";
import { pyNone } from "../python/value";
import { picklerValue } from "./picklerNames";
import { encodeLatin1 } from "./utf8";

/** Longest name of a module or in it. Nested `getattr` would make names of any length from a few bytes. */
export const maxName = 400;

/**
 * The few calls that only spell a builtin value in a protocol without an opcode for it: bytes before protocol 3, sets before
 * 4, nested names before 4, bytearray before 5, instances before 2. Null where the call is anything else. Nothing is called: the value is read off.
 */
export function reduceBuiltin(callee: PyGlobal, args: readonly PyValue[]): PyValue | null {
  // By module first: a name is compared, never put together, since it may be megabytes long and called a million times.
  switch (callee.module) {
    case "builtins":
      return builtinValue(callee.qualname, args);
    case "_codecs":
      return callee.qualname === "encode" ? encoded("bytes", args) : null;
    case "copyreg":
      return copyregInstance(callee.qualname, args);
    case "dill._dill":
    case "cloudpickle.cloudpickle":
    case "cloudpickle.cloudpickle_fast":
      return picklerValue(callee.qualname, args);
    default:
      return null;
  }
}

function builtinValue(name: string, args: readonly PyValue[]): PyValue | null {
  const [first, second] = args;
  switch (name) {
    case "bytes":
      return args.length === 0 ? { kind: "bytes", value: new Uint8Array() } : null;
    case "bytearray":
      if (first === undefined) return { kind: "bytearray", value: new Uint8Array() };
      if (first.kind === "bytes" && second === undefined) return { kind: "bytearray", value: first.value };
      return encoded("bytearray", args);
    case "set":
    case "frozenset":
      if (first === undefined) return { kind: name, items: [] };
      return args.length === 1 && (first.kind === "list" || first.kind === "tuple")
        ? { kind: name, items: first.items.slice() }
        : null;
    case "getattr":
      // Names with dots before protocol 4, and methods of classes.
      return first?.kind === "global" && second?.kind === "str" && first.qualname.length + second.value.length < maxName
        ? { kind: "global", module: first.module, qualname: `${first.qualname}.${second.value}` }
        : null;
    case "list":
      return args.length === 0 ? { kind: "list", items: [] } : null;
    case "dict":
      return args.length === 0 ? { kind: "dict", entries: [] } : null;
    case "NoneType":
      return pyNone;
    default:
      return null;
  }
}

/** `codecs.encode(text, "latin1")`, which is how protocols 0 to 2 spell bytes. */
function encoded(kind: "bytes" | "bytearray", [first, second]: readonly PyValue[]): PyValue | null {
  if (first?.kind !== "str" || second?.kind !== "str" || !isLatin1(second.value)) return null;
  const value = encodeLatin1(first.value);
  return value === null ? null : { kind, value };
}

function copyregInstance(name: string, args: readonly PyValue[]): PyValue | null {
  const [first, second, third] = args;
  if (first === undefined) return null;
  switch (name) {
    case "_reconstructor":
      if (second?.kind !== "global" || third === undefined) return null;
      return newCall("new", first, third.kind === "none" ? [] : [third]);
    case "__newobj__":
      return newCall("new", first, args.slice(1));
    case "__newobj_ex__":
      return second?.kind === "tuple" && third?.kind === "dict"
        ? newCall("new", first, second.items, third.entries)
        : null;
    default:
      return null;
  }
}

/** What a call node holds before anything is added to it: shared by all, so that a call of two bytes does not cost 200. */
export const noItems: PyValue[] = [];
export const noEntries: [PyValue, PyValue][] = [];
Object.freeze(noItems);
Object.freeze(noEntries);

export function newCall(
  via: PyCall["via"],
  callee: PyValue,
  args: readonly PyValue[],
  kwargs: PyCall["kwargs"] = noEntries,
): PyCall {
  return { kind: "call", via, callee, args, kwargs, state: null, items: noItems, entries: noEntries };
}

function isLatin1(codec: string): boolean {
  return /^(latin[-_]?1|iso-?8859-1)$/i.test(codec);
}
