import { patternFlags } from "./enumRepr";
import { globalRepr, isClass } from "./globalRepr";
import { dotted } from "./objectView";
import type { Group, Part } from "./reprParts";
import { callGroup, field, group, guarded } from "./reprParts";
import { reprBytes, reprStr } from "./scalarRepr";
import type { PyCall, PyValue } from "./value";

/** Reprs of what can be called, of patterns and of type expressions, by the dotted name a pickle calls. */
export const callablePrinters: Readonly<Record<string, (call: PyCall) => Group | string | null>> = {
  "functools.partial": printPartial,
  "operator.itemgetter": ({ args }) => (args.length > 0 ? callGroup("operator.itemgetter", args) : null),
  "operator.attrgetter": ({ args }) => (args.length > 0 ? callGroup("operator.attrgetter", args) : null),
  "operator.methodcaller": (call) => printMethodCaller(call.args, call.kwargs),
  "re._compile": printPattern,
  "re.compile": printPattern,
  "types.GenericAlias": ({ args: [origin, args] }) => subscript(origin, args),
  "collections.abc._CallableGenericAlias": ({ args: [origin, args] }) => subscript(origin, args),
  // How `typing.List[int]` and a generic class of one's own are stored.
  "_operator.getitem": ({ args: [origin, args] }) => (isGeneric(origin) ? subscript(origin, args) : null),
  // A flag of several members, in some releases of 3.11.
  "_operator.or_": ({ args }) => (args.length === 2 ? joined(args) : null),
  "functools.reduce": printUnion,
  "_functools.reduce": printUnion,
};

function printPartial(call: PyCall): Group | null {
  const parts = partialParts(call);
  if (parts === null) return null;
  const { callee, args, kwargs } = parts;
  return guarded(
    call,
    "...",
    "functools.partial(",
    [callee, ...args, ...kwargs.map(([key, value]) => keyword(key, value))],
    ")",
  );
}

/** What a `functools.partial` was made of: first with the function alone, the rest as state (function, args, kwargs, attributes). */
export function partialParts(call: PyCall): {
  readonly callee: PyValue;
  readonly args: readonly PyValue[];
  readonly kwargs: readonly (readonly [PyValue, PyValue])[];
} | null {
  const state = call.state?.kind === "tuple" ? call.state.items : null;
  const [callee, args, kwargs] = state ?? call.args.slice(0, 1);
  if (callee === undefined) return null;
  return {
    callee,
    args: args?.kind === "tuple" ? args.items : call.args.slice(1),
    kwargs: kwargs?.kind === "dict" ? kwargs.entries : call.kwargs,
  };
}

/** Keywords print by `str()`, as they are. */
function keyword(key: PyValue, value: PyValue): readonly Part[] {
  return key.kind === "str" ? field(key.value, value) : [key, "=", value];
}

/** `functools.partial(operator.methodcaller, "name", **kwargs)(…)` is how one with keywords is stored; null for other calls. */
export function printPartialCall({ callee, args }: PyCall): Group | null {
  if (callee.kind !== "call" || callee.callee.kind !== "global" || dotted(callee.callee) !== "functools.partial")
    return null;
  const parts = partialParts(callee);
  if (parts?.callee.kind !== "global" || dotted(parts.callee) !== "operator.methodcaller") return null;
  return printMethodCaller([...parts.args, ...args], parts.kwargs);
}

function printMethodCaller(args: readonly PyValue[], kwargs: readonly (readonly [PyValue, PyValue])[]): Group | null {
  if (args.length === 0) return null;
  return callGroup("operator.methodcaller", [...args, ...kwargs.map(([key, value]) => keyword(key, value))]);
}

function printPattern({ args: [pattern, flags, ...rest] }: PyCall): string | null {
  if (flags?.kind !== "int" || rest.length > 0 || flags.value < 0n || flags.value > 0xffff_ffffn) return null;
  if (pattern?.kind !== "str" && pattern?.kind !== "bytes") return null;
  // CPython cuts the pattern's repr at 200 characters (Modules/_sre/sre.c).
  const shown =
    pattern.kind === "str"
      ? Array.from(reprStr(pattern.value.slice(0, 500), Infinity, pattern.value))
          .slice(0, 200)
          .join("")
      : reprBytes(pattern.value.subarray(0, 500), Infinity, pattern.value).slice(0, 200);
  const names = patternFlags(Number(flags.value), pattern.kind === "str");
  return `re.compile(${[shown, ...(names.length > 0 ? [names.join("|")] : [])].join(", ")})`;
}

function isGeneric(value: PyValue | undefined): boolean {
  return value?.kind === "global" && (value.module === "typing" || isClass(value));
}

/** `list[int]`; a class prints in brackets by its name alone. */
function subscript(origin: PyValue | undefined, args: PyValue | undefined): Group | string | null {
  if (origin === undefined || args === undefined) return null;
  const isOptional = origin.kind === "global" && dotted(origin) === "typing.Union";
  let items = args.kind === "tuple" ? args.items : [args];
  let open = typeName(origin);
  if (open === null) return null;
  const [first, second] = items;
  if (
    isOptional &&
    items.length === 2 &&
    first !== undefined &&
    second !== undefined &&
    isNoneType(first) !== isNoneType(second)
  ) {
    open = "typing.Optional";
    items = [isNoneType(first) ? second : first];
  }
  if (items.length === 0) return `${open}[()]`;
  return group(
    `${open}[`,
    items.map((item) => (open === "typing.Literal" ? item : typePart(item))),
    "]",
  );
}

/** `functools.reduce(operator.or_, (int, str))` is how `int | str` is stored. */
function printUnion({ args: [operator, members] }: PyCall): Group | null {
  if (operator?.kind !== "global" || operator.qualname !== "or_" || members?.kind !== "tuple") return null;
  return joined(members.items);
}

/** `a | b` */
function joined(members: readonly PyValue[]): Group {
  const parts = members.flatMap((item, index): Part[] => [...(index > 0 ? [" | "] : []), typeName(item) ?? item]);
  return group("", [parts], "");
}

/** One argument of a type: a class by its name, a list of them in brackets, `NoneType` by that name. */
function typePart(item: PyValue): Part {
  if (item.kind === "list") return guarded(item, "[...]", "[", item.items.map(typePart), "]");
  if (item.kind === "call" && isNoneType(item)) return "NoneType";
  return typeName(item) ?? item;
}

/** The name of a class as it stands inside a type expression; null for what prints as any other value. */
function typeName(value: PyValue): string | null {
  if (isNoneType(value)) return "None";
  if (value.kind !== "global") return null;
  if (value.module === "builtins" && value.qualname === "Ellipsis") return "...";
  if (value.module === "typing") return globalRepr(value);
  if (!isClass(value)) return null;
  return value.module === "builtins" ? value.qualname : dotted(value);
}

function isNoneType(value: PyValue): boolean {
  if (value.kind !== "call" || value.callee.kind !== "global") return value.kind === "none";
  return dotted(value.callee) === "builtins.type" && value.args.length === 1 && value.args[0]?.kind === "none";
}
