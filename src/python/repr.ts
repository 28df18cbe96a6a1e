import type { ReadLimits } from "./limits";
import { resolveLimits } from "./limits";
import { printCall } from "./objectRepr";
import type { Part, Printed } from "./reprParts";
import { callParts, dictParts, printed, separated, tupleParts } from "./reprParts";
import { reprBytes, reprFloat, reprInt, reprStr } from "./scalarRepr";
import type { PyGlobal, PyValue } from "./value";

const cut = "…";

/**
 * What CPython 3.13's `repr()` prints for the value. Objects whose `__repr__` cannot be known print as
 * `module.Class(field=value, …)`, what is hidden or unreadable as `'********'` or `<label>`. What a limit leaves out shows as
 * `…`. Never throws and never recurses: only `limits` bound it, and `Infinity` lifts each.
 */
export function pythonRepr(value: PyValue, limits?: ReadLimits): string {
  const { depth, items, bytes } = resolveLimits(limits);
  const out: string[] = [];
  const open = new Set<object>();
  const stack: { readonly node: object | null; readonly rest: Iterator<Part> }[] = [];
  let length = 0;
  let count = 0;
  let levels = 0;

  const write = (text: string): void => {
    out.push(text);
    length += text.length;
  };
  const begin = (part: Part): void => {
    if (typeof part === "string") return write(part);
    if ("kind" in part) {
      count += 1;
      const leaf = scalar(part, bytes);
      if (leaf !== null) return write(leaf);
    }
    const print = "kind" in part ? container(part) : part;
    if (print.node !== null) {
      if (open.has(print.node)) return write(print.cyclic);
      if (levels >= depth) return write(cut);
      open.add(print.node);
      levels += 1;
    }
    stack.push({ node: print.node, rest: print.parts[Symbol.iterator]() });
  };

  begin(value);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (count > items || length > bytes) break;
    const next = top.rest.next();
    if (next.done !== true) {
      begin(next.value);
      continue;
    }
    stack.pop();
    if (top.node !== null) {
      open.delete(top.node);
      levels -= 1;
    }
  }
  const text = out.join("");
  if (length > bytes) return text.slice(0, bytes) + cut;
  return stack.length > 0 ? text + cut : text;
}

/** The text of a value without parts; null for one that has parts. */
function scalar(value: PyValue, maxLength: number): string | null {
  switch (value.kind) {
    case "none":
      return "None";
    case "bool":
      return value.value ? "True" : "False";
    case "int":
      return reprInt(value.value, maxLength === Infinity);
    case "float":
      return reprFloat(value.value);
    case "str":
      // One more than can be shown, so that the cut is seen and a long text is not escaped in vain.
      return reprStr(value.value.length > maxLength ? value.value.slice(0, maxLength + 1) : value.value);
    case "bytes":
      return reprBytes(value.value.subarray(0, maxLength === Infinity ? undefined : maxLength + 1));
    case "bytearray":
      return `bytearray(${reprBytes(value.value.subarray(0, maxLength === Infinity ? undefined : maxLength + 1))})`;
    case "global":
      return reprGlobal(value);
    case "opaque":
      return value.label === "hidden" ? "'********'" : `<${value.label}>`;
    default:
      return null;
  }
}

function container(value: PyValue): Printed {
  switch (value.kind) {
    case "list":
      return printed(value, "[...]", separated("[", value.items, "]"));
    case "tuple":
      return printed(value, "(...)", tupleParts(value.items));
    case "set":
      return value.items.length === 0
        ? printed(null, "", ["set()"])
        : printed(value, "set(...)", separated("{", value.items, "}"));
    case "frozenset":
      return value.items.length === 0
        ? printed(null, "", ["frozenset()"])
        : printed(value, "frozenset(...)", separated("frozenset({", value.items, "})"));
    case "dict":
      return printed(value, "{...}", dictParts(value.entries));
    case "call":
      return printCall(value) ?? printed(value, "...", callParts("…", [value.callee, ...value.args]));
    default:
      return printed(null, "", [scalar(value, Infinity) ?? ""]);
  }
}

/** Classes as Python prints them; whether a name is a function cannot be known, except by how it is written. */
function reprGlobal(value: PyGlobal): string {
  const last = value.qualname.split(".").at(-1) ?? "";
  if (value.module === "builtins" && builtinFunctions.has(last)) return `<built-in function ${last}>`;
  const name = value.module === "builtins" ? value.qualname : `${value.module}.${value.qualname}`;
  return value.module === "builtins" || /^_*[A-Z]/.test(last) ? `<class '${name}'>` : `<function ${name}>`;
}

const builtinFunctions = new Set(
  (
    "abs aiter all anext any ascii bin breakpoint callable chr compile delattr dir divmod eval exec format getattr globals " +
    "hasattr hash hex id input isinstance issubclass iter len locals max min next oct open ord pow print repr round setattr " +
    "sorted sum vars"
  ).split(" "),
);
