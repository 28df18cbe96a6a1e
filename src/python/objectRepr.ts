import { callablePrinters, printPartialCall } from "./callableRepr";
import { collectionPrinters } from "./collectionRepr";
import { datetimeGroup, datetimePrinters } from "./datetimeRepr";
import { printException } from "./exceptionRepr";
import { numpyPrinters } from "./numpyRepr";
import { dotted, typeOf, viewObject } from "./objectView";
import type { Group, Part } from "./reprParts";
import { dictGroup, field, group, guarded } from "./reprParts";
import { picklerPrinters } from "./picklerRepr";
import { libraryPrinters, printWrappedUrl } from "./libraryRepr";
import { stdlibPrinters } from "./stdlibRepr";
import { printTuple } from "./tupleRepr";
import type { PyCall } from "./value";

const printers = new Map(
  Object.entries({
    ...datetimePrinters,
    ...collectionPrinters,
    ...stdlibPrinters,
    ...callablePrinters,
    ...numpyPrinters,
    ...picklerPrinters,
    ...libraryPrinters,
  }),
);

/** How a call node prints: as its own `__repr__` would where that is known, else `module.Class(field=value, …)`. */
export function printCall(call: PyCall): Group | string {
  return printKnown(call) ?? printPlainObject(call);
}

function printKnown(call: PyCall): Group | string | null {
  const name = calledName(call);
  if (name !== null) {
    const known = printers.get(name)?.(call) ?? printTuple(name, call);
    if (known !== null) return known;
  }
  const type = typeOf(call);
  if (type === null) return null;
  return printPartialCall(call) ?? printWrappedUrl(call) ?? printException(call, type);
}

/** Whether the object prints whole, by its own `__repr__` (a date, a UUID …), so that there is nothing in it to open. */
export function isKnownCall(call: PyCall): boolean {
  const name = calledName(call);
  if (name === null || opensAnyway.has(name)) return false;
  return (printers.get(name)?.(call) ?? printTuple(name, call)) !== null;
}

/** What prints by rules that are known, but holds values that a reader may want to open. */
const opensAnyway = new Set([
  "types.SimpleNamespace",
  "collections.ChainMap",
  "functools.partial",
  "subprocess.CompletedProcess",
]);

/** The dotted name that is called; for `getattr(cls, "method")(…)` with the method's name appended. */
export function calledName(call: PyCall): string | null {
  const { callee } = call;
  // Names this long are hostile, and putting them together would cost as much for each of a million calls.
  if (callee.kind === "global") return callee.module.length + callee.qualname.length > 200 ? null : dotted(callee);
  if (callee.kind !== "call" || callee.callee.kind !== "global" || dotted(callee.callee) !== "builtins.getattr")
    return null;
  const [owner, attribute] = callee.args;
  return owner?.kind === "global" && attribute?.kind === "str" ? `${dotted(owner)}.${attribute.value}` : null;
}

/** `module.Class` of the object, as far as it can be told. */
export function callName(call: PyCall): string {
  const type = typeOf(call);
  return type === null ? "<object>" : type.module === "builtins" ? type.qualname : dotted(type);
}

function printPlainObject(call: PyCall): Group {
  const view = viewObject(call);
  const name = callName(call);
  // Subclasses of datetime are made of the same packed bytes.
  const packed = call.args[0]?.kind === "bytes" && call.state === null ? datetimeGroup(name, call) : null;
  if (packed !== null) return packed;
  const parts: (Part | readonly Part[])[] = [...view.positional];
  for (const [key, value] of view.fields) parts.push(field(key, value));
  if (view.items.length > 0) parts.push(group("[", view.items, "]"));
  if (view.entries.length > 0) parts.push(dictGroup(null, view.entries));
  return guarded(call, `${name}(...)`, `${name}(`, parts, ")");
}
