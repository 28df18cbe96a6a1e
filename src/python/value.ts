/**
 * A Python value as data. Readers (pickle, JSON, msgpack) build it; `repr.ts` prints it. Nothing in it was ever imported,
 * called or evaluated: what only Python could make (a class, a call) stays an inert node.
 *
 * Nodes are mutable and may be shared or cyclic, because pickles are: build first, then treat as read-only.
 */
export type PyValue =
  | PyNone
  | PyBool
  | PyInt
  | PyFloat
  | PyStr
  | PyBytes
  | PySequence
  | PySet
  | PyDict
  | PyGlobal
  | PyCall
  | PyOpaque;

export interface PyNone {
  readonly kind: "none";
}
export interface PyBool {
  readonly kind: "bool";
  readonly value: boolean;
}
/** Exact at any size. */
export interface PyInt {
  readonly kind: "int";
  readonly value: bigint;
}
export interface PyFloat {
  readonly kind: "float";
  readonly value: number;
}
/** May hold lone surrogates, as Python strings may. */
export interface PyStr {
  readonly kind: "str";
  readonly value: string;
  /** Indexes of high surrogates that Python holds apart from the low one behind them, where JavaScript would see one character. Absent in nearly every text. */
  readonly apart?: readonly number[];
}
export interface PyBytes {
  readonly kind: "bytes" | "bytearray";
  value: Uint8Array;
}
export interface PySequence {
  readonly kind: "list" | "tuple";
  readonly items: PyValue[];
}
export interface PySet {
  readonly kind: "set" | "frozenset";
  readonly items: PyValue[];
}
/** Entries in insertion order. Keys are as stored; a later equal key has replaced the earlier one. */
export interface PyDict {
  readonly kind: "dict";
  readonly entries: [key: PyValue, value: PyValue][];
}
/** A name that Python would import: a class or a function. Never looked up. */
export interface PyGlobal {
  readonly kind: "global";
  readonly module: string;
  /** May contain dots: `Outer.Inner`. */
  readonly qualname: string;
}
/** What a pickle would call (`REDUCE`, `NEWOBJ`, `INST` …) with what it would then do to the result. Never called. */
export interface PyCall {
  readonly kind: "call";
  /** `new` is `cls.__new__(cls, *args)`: no `__init__` ran on unpickling. */
  readonly via: "reduce" | "new";
  readonly callee: PyValue;
  readonly args: readonly PyValue[];
  readonly kwargs: readonly [key: PyValue, value: PyValue][];
  /** `BUILD`: the instance state, usually a dict. */
  state: PyValue | null;
  /** `APPEND(S)` and `ADDITEMS` on the object (deque, list subclasses). */
  items: PyValue[];
  /** `SETITEM(S)` on the object (OrderedDict, defaultdict, Counter). */
  entries: [key: PyValue, value: PyValue][];
}
/** Something that is there but cannot be read, with what is known of it. */
export interface PyOpaque {
  readonly kind: "opaque";
  /** What it is, for people: `Fernet token`, `persistent id 'x'`, `hidden`. */
  readonly label: string;
}

export const pyNone: PyNone = { kind: "none" };
