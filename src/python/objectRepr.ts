import { isBuiltinException, printException } from "./exceptionRepr";
import { collectionPrinters } from "./collectionRepr";
import { datetimePrinters } from "./datetimeRepr";
import { dotted, typeOf, viewObject } from "./objectView";
import type { Part, Printed } from "./reprParts";
import { dictParts, field, printed, separated } from "./reprParts";
import { stdlibPrinters } from "./stdlibRepr";
import type { PyCall } from "./value";

const printers = new Map(Object.entries({ ...datetimePrinters, ...collectionPrinters, ...stdlibPrinters }));

/** How a call node prints: as its own `__repr__` would where that is known, else `module.Class(field=value, …)`. */
export function printCall(call: PyCall): Printed {
  const name = calledName(call);
  const known = name === null ? undefined : printers.get(name);
  const exact = known?.(call) ?? null;
  if (exact !== null) return exact;
  const type = typeOf(call);
  if (type !== null && isBuiltinException(type)) return printException(call, type.qualname);
  return printPlainObject(call);
}

/** Whether the object prints whole, by its own `__repr__` (a date, a UUID …), so that there is nothing in it to open. */
export function isKnownCall(call: PyCall): boolean {
  const name = calledName(call);
  return name !== "types.SimpleNamespace" && name !== null && (printers.get(name)?.(call) ?? null) !== null;
}

/** The dotted name that is called; for `getattr(cls, "method")(…)` with the method's name appended. */
export function calledName(call: PyCall): string | null {
  const { callee } = call;
  if (callee.kind === "global") return dotted(callee);
  if (callee.kind !== "call" || callee.callee.kind !== "global" || dotted(callee.callee) !== "builtins.getattr")
    return null;
  const [owner, attribute] = callee.args;
  return owner?.kind === "global" && attribute?.kind === "str" ? `${dotted(owner)}.${attribute.value}` : null;
}

function printPlainObject(call: PyCall): Printed {
  const view = viewObject(call);
  const name =
    view.type === null ? "<object>" : view.type.module === "builtins" ? view.type.qualname : dotted(view.type);
  return printed(call, `${name}(...)`, separated(`${name}(`, objectParts(view), ")"));
}

function* objectParts(view: ReturnType<typeof viewObject>): Generator<Part> {
  yield* view.positional;
  for (const [name, value] of view.fields) yield field(name, value);
  if (view.items.length > 0) yield printed(null, "", separated("[", view.items, "]"));
  if (view.entries.length > 0) yield printed(null, "", dictParts(view.entries));
}
