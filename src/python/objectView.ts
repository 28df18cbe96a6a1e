import type { PyCall, PyGlobal, PyValue } from "./value";

/** An object as far as its pickle tells: what it is an instance of, and what it holds. */
export interface ObjectView {
  /** The class or function called; null where it is itself the outcome of something unreadable. */
  readonly type: PyGlobal | null;
  readonly positional: readonly PyValue[];
  /** Keyword arguments and attributes, in stored order. */
  readonly fields: readonly (readonly [name: string, value: PyValue])[];
  /** Items of a list-like object. */
  readonly items: readonly PyValue[];
  /** Entries of a dict-like object. */
  readonly entries: readonly (readonly [PyValue, PyValue])[];
}

const seeThrough = new Set([
  "builtins.getattr",
  "functools.partial",
  "copyreg._reconstructor",
  "copyreg.__newobj__",
  "copyreg.__newobj_ex__",
  "operator.methodcaller",
]);

/** `module.qualname` of a global. */
export function dotted(type: PyGlobal): string {
  return `${type.module}.${type.qualname}`;
}

/**
 * The class-like name at the bottom of a callee: looks through `getattr(cls, "method")`, `functools.partial(cls, …)` and the
 * like, and through calls that make the callee. At most 32 steps.
 */
export function typeOf(call: PyCall): PyGlobal | null {
  let callee: PyValue = call.callee;
  let args = call.args;
  for (let step = 0; step < 32; step += 1) {
    if (callee.kind === "global") {
      const first = args[0];
      if (!seeThrough.has(dotted(callee)) || first === undefined) return call.via === "new" ? callee : ownerOf(callee);
      if (first.kind === "global") return ownerOf(first);
      if (first.kind !== "call") return callee;
      callee = first.callee;
      args = first.args;
    } else if (callee.kind === "call") {
      const made = madeClass(callee);
      if (made !== null) return made;
      args = callee.args;
      callee = callee.callee;
    } else {
      return null;
    }
  }
  return null;
}

/** The class that cloudpickle or dill makes where nobody could import it; null for every other call. */
export function madeClass({ callee, args }: PyCall): PyGlobal | null {
  if (callee.kind !== "global") return null;
  const [first, second, third, fourth, fifth] = args;
  let module: PyValue | undefined;
  let name: PyValue | undefined;
  switch (callee.qualname) {
    // (bases, name, qualname, members, module, …)
    case "_make_skeleton_enum":
      if (first?.kind === "tuple" && fourth?.kind === "dict") [name, module] = [third, fifth];
      break;
    // (metaclass, name, bases, namespace, …)
    case "_make_skeleton_class":
    case "_create_type":
      if (fourth?.kind !== "dict" || fourth.entries.length > 1000) return null;
      [name, module] = [entry(fourth.entries, "__qualname__") ?? second, entry(fourth.entries, "__module__")];
      break;
    default:
  }
  if (name?.kind !== "str") return null;
  return { kind: "global", module: module?.kind === "str" ? module.value : "__main__", qualname: name.value };
}

/** The class of an alternative constructor: `ValidationError` for `ValidationError.from_exception_data`. */
function ownerOf(type: PyGlobal): PyGlobal {
  if (!type.qualname.includes(".")) return type;
  const owner = /^(.*\b_*[A-Z]\w*)\.[_a-z]\w*$/.exec(type.qualname)?.[1];
  return owner === undefined ? type : { ...type, qualname: owner };
}

export function viewObject(call: PyCall): ObjectView {
  const fields: [string, PyValue][] = [];
  for (const [key, value] of call.kwargs) fields.push([key.kind === "str" ? key.value : "?", value]);
  if (call.state !== null) {
    const attributes = attributesOf(call.state);
    if (attributes === null) fields.push(["state", call.state]);
    else for (const attribute of attributes) fields.push(attribute);
  }
  return { type: typeOf(call), positional: call.args, fields, items: call.items, entries: call.entries };
}

/** What pydantic keeps beside the fields themselves. */
const pydanticMarks = ["__pydantic_fields_set__", "__fields_set__"];

/** The attributes that a BUILD state sets: a dict, `(dict | None, slots dict)`, or pydantic's dict around `__dict__`. Else null. */
export function attributesOf(state: PyValue): [string, PyValue][] | null {
  if (state.kind === "none") return [];
  if (state.kind === "dict") {
    const entries = named(state.entries);
    if (entries === null) return null;
    const inner = entries.find(([name]) => name === "__dict__")?.[1];
    if (inner?.kind !== "dict" || !entries.some(([name]) => pydanticMarks.includes(name))) return entries;
    const extra = entries.find(([name]) => name === "__pydantic_extra__")?.[1];
    const privates = entries.find(
      ([name]) => name.endsWith("private__") || name === "__private_attribute_values__",
    )?.[1];
    const both = [inner, extra, privates].flatMap((part) => (part?.kind === "dict" ? (named(part.entries) ?? []) : []));
    return both;
  }
  if (state.kind === "tuple" && state.items.length === 2) {
    const [attributes, slots] = state.items;
    if (slots?.kind !== "dict" || (attributes?.kind !== "none" && attributes?.kind !== "dict")) return null;
    const own = attributes.kind === "dict" ? named(attributes.entries) : [];
    const slotted = named(slots.entries);
    return own === null || slotted === null ? null : [...own, ...slotted];
  }
  return null;
}

/** As `attributesOf` the state, for classes that have few: null above 64, so that a long state is not searched for a short text. */
export function smallState({ state }: PyCall): [string, PyValue][] | null {
  if (state === null || (state.kind === "dict" && state.entries.length > 64)) return null;
  const slots = state.kind === "tuple" ? state.items[1] : undefined;
  return slots?.kind === "dict" && slots.entries.length > 64 ? null : attributesOf(state);
}

function named(entries: readonly (readonly [PyValue, PyValue])[]): [string, PyValue][] | null {
  const result: [string, PyValue][] = [];
  for (const [key, value] of entries) {
    if (key.kind !== "str") return null;
    result.push([key.value, value]);
  }
  return result;
}

/** The value under a text key, or undefined. */
export function entry(entries: readonly (readonly [PyValue, PyValue])[], name: string): PyValue | undefined {
  return entries.find(([key]) => key.kind === "str" && key.value === name)?.[1];
}
