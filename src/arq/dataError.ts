import { pythonStr } from "../python/exceptionMessage";
import type { ReadLimits } from "../python/limits";
import { entry } from "../python/objectView";
import { pythonRepr } from "../python/repr";
import type { PyDict, PyValue } from "../python/value";
import { findTraceback, hasTraceback, joinLines } from "./storedTraceback";

/** An error that a serializer of plain data (JSON, MessagePack) made of an exception. `type` is null where none is named. */
export interface DataError {
  readonly type: string | null;
  readonly message: string;
  readonly notes: readonly string[];
  readonly traceback: { readonly text: string; readonly source: string } | null;
}

/** Reads what such serializers write in place of an exception: a dict of type, message and traceback under their many names, or a text. */
export function errorOfData(value: PyValue, limits: ReadLimits): DataError {
  if (value.kind === "dict") return fromDict(value, limits);
  if (value.kind === "list" || value.kind === "tuple") {
    const found = findTraceback(value.items, limits);
    const source = "the stored error";
    const text = pythonRepr(value, limits);
    return {
      type: null,
      message: text,
      notes: [],
      traceback: typeof found === "string" ? { text: found, source } : null,
    };
  }
  return fromText(pythonStr(value, limits));
}

const typeKeys = [
  "type",
  "exc_type",
  "error_type",
  "exception_type",
  "class",
  "exc_class",
  "__class__",
  "error_class",
  "exception",
  "name",
];
const messageKeys = [
  "message",
  "exc_message",
  "error_message",
  "msg",
  "detail",
  "error",
  "value",
  "exc_value",
  "text",
  "args",
  "exc_args",
];
const tracebackKeys = ["traceback", "tb", "exc_traceback", "stacktrace", "stack_trace", "stack", "trace"];
/** Keys under which some wrap the error once more. */
const wrapperKeys = ["error", "exception", "exc", "__exception__", "err"];

/** A dict of more entries is no error. */
const maxEntries = 100;

function fromDict(whole: PyDict, limits: ReadLimits): DataError {
  const outer: PyDict = { kind: "dict", entries: whole.entries.slice(0, maxEntries) };
  const inner = find(outer, wrapperKeys);
  // {"error": {"type": …}}; but {"type": …, "error": {…}} is the error itself.
  const dict = inner?.kind === "dict" && find(outer, typeKeys.slice(0, 7)) === null ? inner : outer;
  const pickled = fromJsonPickle(dict, limits);
  if (pickled !== null) return { ...pickled, notes: [], traceback: dictTraceback(outer, dict, limits) };
  const type = find(dict, typeKeys);
  const message = find(dict, messageKeys);
  const notes = find(dict, ["notes", "__notes__"]);
  const named =
    type?.kind === "str" ? typeText(type.value) : type?.kind === "dict" ? null : type && pythonStr(type, limits);
  return {
    type: named === null ? null : withModule(named, dict),
    message: message === null ? pythonRepr(whole, limits) : messageText(message, limits),
    notes: notes?.kind === "list" ? notes.items.map((note) => pythonStr(note, limits)) : [],
    traceback: dictTraceback(outer, dict, limits),
  };
}

function find(dict: PyDict, keys: readonly string[]): PyValue | null {
  for (const key of keys) {
    const value = entry(dict.entries, key);
    if (value !== undefined && value.kind !== "none") return value;
  }
  return null;
}

/** jsonpickle: `{"py/reduce": [{"py/type": "builtins.ValueError"}, {"py/tuple": ["bad"]}, …]}`. */
function fromJsonPickle(dict: PyDict, limits: ReadLimits): { type: string; message: string } | null {
  const reduced = entry(dict.entries, "py/reduce");
  if (reduced?.kind !== "list") return null;
  const [type, args] = reduced.items.map((item, index) =>
    item.kind === "dict" ? entry(item.entries, index === 0 ? "py/type" : "py/tuple") : undefined,
  );
  if (type?.kind !== "str") return null;
  return { type: typeText(type.value), message: args === undefined ? "" : messageText(args, limits) };
}

/** Celery's shape names the module apart from the class. */
function withModule(type: string, dict: PyDict): string {
  const module = find(dict, ["exc_module", "module", "__module__"]);
  if (module?.kind !== "str" || type.includes(".") || !/^[\w.]+$/.test(module.value)) return type;
  return typeText(`${module.value}.${type}`);
}

/** `<class 'shop.CardDeclined'>` and `builtins.ValueError` as Python prints them above a traceback. */
function typeText(text: string): string {
  const named = /^<class '([^']+)'>$/.exec(text)?.[1] ?? text;
  return named.replace(/^(?:builtins|__main__)\./, "");
}

/** A list is the `args` of the exception: one argument is its message. */
function messageText(message: PyValue, limits: ReadLimits): string {
  if (message.kind !== "list" && message.kind !== "tuple") return pythonStr(message, limits);
  const [only] = message.items;
  if (only === undefined) return "";
  return message.items.length === 1
    ? pythonStr(only, limits)
    : pythonRepr({ kind: "tuple", items: message.items }, limits);
}

function dictTraceback(outer: PyDict, dict: PyDict, limits: ReadLimits): DataError["traceback"] {
  const source = "stored with the error";
  const value = find(dict, tracebackKeys) ?? find(outer, tracebackKeys);
  if (value?.kind === "str" && value.value.trim() !== "") return { text: value.value, source };
  if (value?.kind === "list" && value.items.length > 0) return { text: joinLines(value.items, limits), source };
  const found = findTraceback([outer], limits);
  return typeof found === "string" ? { text: found, source } : null;
}

const errorName =
  /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Timeout|Refused|Cancelled|Failed|Failure|Group|Retry))(?=: |$)/;
/** `repr` of an exception with one text: `ValueError('bad')`. */
const printed = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception))\((?:'([^'\\]*)'|"([^"\\]*)")?\)$/;
/** No name of a class is longer, nor the last line of a traceback that is worth looking for. */
const maxNameLength = 500;
const maxTailLength = 16 * 1024;

function fromText(text: string): DataError {
  const traced = hasTraceback(text);
  const traceback = traced ? { text, source: "error message" } : null;
  // The last line of a stored traceback names the exception, and so does a plain `Type: message`.
  const named = traced ? lastNamed(text) : namedError(text);
  return { type: named?.type ?? null, message: named?.message ?? text, notes: [], traceback };
}

function namedError(text: string): { type: string; message: string } | null {
  const name = errorName.exec(text.slice(0, maxNameLength))?.[1];
  if (name !== undefined && (name.length === text.length || text.startsWith(": ", name.length)))
    return { type: typeText(name), message: text.slice(name.length + 2) };
  const match = text.length > maxTailLength ? null : printed.exec(text);
  return match === null ? null : { type: typeText(match[1] ?? ""), message: match[2] ?? match[3] ?? "" };
}

/** From the last line that names an exception to the end. */
function lastNamed(text: string): { type: string; message: string } | null {
  const lines = text.slice(-maxTailLength).trimEnd().split("\n");
  const index = lines.findLastIndex((line) => errorName.test(line.slice(0, maxNameLength)));
  return index < 0 ? null : namedError(lines.slice(index).join("\n"));
}
