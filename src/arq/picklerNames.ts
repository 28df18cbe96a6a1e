import type { PyCall, PyGlobal, PyValue } from "../python/value";

/**
 * The calls by which dill and cloudpickle spell builtin values and names that a plain pickle holds directly: dill's sets, slices,
 * ranges and types, cloudpickle's `SimpleNamespace`. Null where the call is anything else. Nothing is called: the value is read off.
 */
export function picklerValue(name: string, args: readonly PyValue[]): PyValue | null {
  const [first, second, third, fourth] = args;
  switch (name) {
    case "_load_type":
      return first?.kind === "str" ? dillType(first.value) : null;
    case "_builtin_type":
      return first?.kind === "str" ? { kind: "global", module: "types", qualname: first.value } : null;
    case "_eval_repr":
      return first?.kind === "str" ? plainRepr(first.value) : null;
    case "_get_attr":
      return second?.kind === "str" ? attributeOf(first, second.value) : null;
    case "_create_namedtuple":
      return first?.kind === "str" && third?.kind === "str"
        ? { kind: "global", module: third.value, qualname: first.value }
        : null;
    case "_create_ftype":
      if (first === undefined || second === undefined) return null;
      return callNode(
        first,
        [second, ...(third?.kind === "tuple" ? third.items : [])],
        fourth?.kind === "dict" ? fourth.entries : [],
      );
    case "_create_array":
      if (first === undefined || second?.kind !== "tuple" || third === undefined) return null;
      return callNode(first, second.items, [], third);
    default:
      return null;
  }
}

function callNode(
  callee: PyValue,
  args: readonly PyValue[],
  kwargs: PyCall["kwargs"] = [],
  state: PyValue | null = null,
): PyCall {
  return { kind: "call", via: "reduce", callee, args, kwargs, state, items: [], entries: [] };
}

const builtin = (qualname: string): PyGlobal => ({ kind: "global", module: "builtins", qualname });

/** Types that dill names in its own way (dill/_dill.py `_reverse_typemap`). */
const dillTypes: Readonly<Record<string, readonly [module: string, qualname: string]>> = {
  PartialType: ["functools", "partial"],
  ItemGetterType: ["operator", "itemgetter"],
  AttrGetterType: ["operator", "attrgetter"],
};

/** Values whose types have no name of their own, by the names that the module `types` has for them. */
const nameless: Readonly<Record<string, PyValue>> = {
  NoneType: { kind: "none" },
  EllipsisType: builtin("Ellipsis"),
  NotImplementedType: builtin("NotImplemented"),
};

function dillType(name: string): PyValue {
  const value = Object.hasOwn(nameless, name) ? nameless[name] : undefined;
  if (value !== undefined) return callNode(builtin("type"), [value]);
  const own = Object.hasOwn(dillTypes, name) ? dillTypes[name] : undefined;
  if (own !== undefined) return { kind: "global", module: own[0], qualname: own[1] };
  return name.endsWith("Type") ? { kind: "global", module: "types", qualname: name } : builtin(name);
}

/** `Ellipsis`, `range(0, 3)`: all that dill stores as source text. */
function plainRepr(text: string): PyValue | null {
  if (text === "None") return { kind: "none" };
  if (text === "Ellipsis" || text === "NotImplemented") return builtin(text);
  const range = /^range\((-?\d{1,1000}), (-?\d{1,1000})(?:, (-?\d{1,1000}))?\)$/.exec(text);
  if (range === null) return null;
  const [, start = "0", stop = "0", step = "1"] = range;
  return callNode(
    builtin("range"),
    [start, stop, step].map((digits) => ({ kind: "int", value: BigInt(digits) })),
  );
}

/** `_get_attr(_import_module("codecs"), "encode")`, and with the module by its name alone in older versions. */
function attributeOf(owner: PyValue | undefined, name: string): PyGlobal | null {
  if (owner?.kind === "global" && owner.qualname.length + name.length < 1000)
    return { kind: "global", module: owner.module, qualname: `${owner.qualname}.${name}` };
  if (owner?.kind === "str") return { kind: "global", module: owner.value, qualname: name };
  if (owner?.kind !== "call" || owner.callee.kind !== "global" || owner.callee.qualname !== "_import_module")
    return null;
  const [module] = owner.args;
  return module?.kind === "str" ? { kind: "global", module: module.value, qualname: name } : null;
}
