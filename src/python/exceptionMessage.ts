import { signalName } from "./enumRepr";
import { exceptionArgs, exceptionName, incompleteRead, isOsError, jsonMessage } from "./exceptionRepr";
import type { ReadLimits } from "./limits";
import { attributesOf, dotted, entry, typeOf } from "./objectView";
import { pythonRepr } from "./repr";
import { isKnownException, strText } from "./strText";
import type { PyCall, PyGlobal, PyValue } from "./value";

/** What Python's `str()` gives for a value whose class is known; its repr otherwise, which is what most classes give. */
export function pythonStr(value: PyValue, limits?: ReadLimits): string {
  let inner = value;
  // An exception made of another one prints as that one.
  for (let step = 0; step < 100; step += 1) {
    if (inner.kind !== "call" || !isKnownException(inner)) break;
    const special = knownMessage(inner, limits);
    if (special !== null) return special;
    const args = knownArgs(inner);
    const [first] = args;
    if (first === undefined) return "";
    if (args.length > 1) return pythonRepr({ kind: "tuple", items: [...args] }, limits);
    inner = first;
  }
  if (inner.kind === "str") return inner.value;
  return (inner.kind === "call" ? strText(inner) : null) ?? pythonRepr(inner, limits);
}

/**
 * What `str(exception)` gives by the rules of the builtin exceptions. A custom `__str__` cannot be known: for other classes this is
 * the rule of `BaseException`, and, where they were made without arguments, their `message`, `msg`, `detail` or `reason`.
 */
export function exceptionMessage(call: PyCall, limits?: ReadLimits): string {
  if (isKnownException(call)) return pythonStr(call, limits);
  return knownMessage(call, limits) ?? baseMessage(call.args, limits) ?? attributeMessage(call);
}

/** The name under which the special rules stand, and the `args` they look at. */
function knownMessage(call: PyCall, limits: ReadLimits | undefined): string | null {
  const type = typeOf(call);
  if (type === null) return null;
  const name = exceptionName(type);
  const own = type.module === "builtins" || (name !== null && name !== type.qualname);
  return specialMessage(own && name !== null ? name : dotted(type), type, call, limits);
}

function knownArgs(call: PyCall): readonly PyValue[] {
  const type = typeOf(call);
  return type === null
    ? call.args
    : exceptionArgs({ ...type, qualname: exceptionName(type) ?? type.qualname }, call.args);
}

/** `BaseException.__str__`; null where there are no args. */
function baseMessage(args: readonly PyValue[], limits: ReadLimits | undefined): string | null {
  const [first] = args;
  if (first === undefined) return null;
  return args.length === 1 ? pythonStr(first, limits) : pythonRepr({ kind: "tuple", items: [...args] }, limits);
}

function attributeMessage(call: PyCall): string {
  const fields = call.state === null ? null : attributesOf(call.state);
  for (const wanted of ["message", "msg", "detail", "reason"]) {
    const value = fields?.find(([name]) => name === wanted)?.[1];
    if (value?.kind === "str") return value.value;
  }
  return "";
}

function specialMessage(
  name: string,
  type: PyGlobal | null,
  call: PyCall,
  limits: ReadLimits | undefined,
): string | null {
  const { args } = call;
  const [first, second] = args;
  if (name === "KeyError" && first !== undefined && args.length === 1) return pythonRepr(first, limits);
  if (name === "OSError" || (type !== null && isOsError(type))) return osErrorMessage(name, args, limits);
  if (
    /^(Base)?ExceptionGroup$/.test(name) &&
    first?.kind === "str" &&
    (second?.kind === "list" || second?.kind === "tuple")
  ) {
    const count = second.items.length;
    return `${first.value} (${count} sub-exception${count === 1 ? "" : "s"})`;
  }
  if (/^(SyntaxError|IndentationError|TabError)$/.test(name))
    return syntaxMessage(first, second?.kind === "tuple" && args.length === 2 ? second.items : [], limits);
  if (/^Unicode(De|En)codeError$|^UnicodeTranslateError$/.test(name)) return unicodeMessage(name, args, limits);
  if (name === "json.decoder.JSONDecodeError") return jsonMessage(args);
  if (name === "pydantic_core._pydantic_core.ValidationError") return validationMessage(first, second, limits);
  if (name === "subprocess.CalledProcessError" && first?.kind === "int" && second !== undefined) {
    const start = `Command '${pythonStr(second, limits)}'`;
    if (first.value >= 0n) return `${start} returned non-zero exit status ${first.value}.`;
    const signal = signalName(-first.value);
    return `${start} died with ${signal === null ? `unknown signal ${-first.value}` : `<Signals.${signal}: ${-first.value}>`}.`;
  }
  if (name === "subprocess.TimeoutExpired" && first !== undefined && second !== undefined)
    return `Command '${pythonStr(first, limits)}' timed out after ${pythonStr(second, limits)} seconds`;
  if (name === "http.client.IncompleteRead") return incompleteRead(call);
  if (name === "urllib.error.URLError" && first !== undefined) return `<urlopen error ${pythonStr(first, limits)}>`;
  if (type !== null && /^configparser\.\w*Error$/.test(dotted(type))) return attributeMessage(call) || null;
  return null;
}

/** `[Errno 2] No such file or directory: 'a' -> 'b'` (CPython Objects/exceptions.c `OSError_str`). */
function osErrorMessage(name: string, args: readonly PyValue[], limits: ReadLimits | undefined): string | null {
  const [errno, text, given, , filename2] = args;
  if (errno === undefined || text === undefined || args.length > 5) return null;
  const start = `[Errno ${pythonStr(errno, limits)}] ${pythonStr(text, limits)}`;
  // `SSLError.__str__` gives the text alone (CPython Modules/_ssl.c).
  if (/^_?ssl\./.test(name))
    return text.kind === "str" ? text.value : pythonRepr({ kind: "tuple", items: [...args] }, limits);
  // The count of a BlockingIOError is no file name: its args stay whole.
  const filename =
    exceptionArgs({ kind: "global", module: "builtins", qualname: name }, args).length === args.length
      ? undefined
      : given;
  if (filename === undefined) return start;
  const named = `${start}: ${pythonRepr(filename, limits)}`;
  return filename2 === undefined || filename2.kind === "none" ? named : `${named} -> ${pythonRepr(filename2, limits)}`;
}

function syntaxMessage(text: PyValue | undefined, place: readonly PyValue[], limits: ReadLimits | undefined): string {
  const [filename, line] = place;
  const start = text === undefined ? "None" : pythonStr(text, limits);
  const file = filename?.kind === "str" ? filename.value.slice(filename.value.lastIndexOf("/") + 1) : null;
  if (file !== null && line?.kind === "int") return `${start} (${file}, line ${line.value})`;
  if (file !== null) return `${start} (${file})`;
  return line?.kind === "int" ? `${start} (line ${line.value})` : start;
}

/** pydantic's summary as it prints with `hide_input_in_errors`: the input may be a secret, and nothing in the text would say so. */
function validationMessage(
  title: PyValue | undefined,
  errors: PyValue | undefined,
  limits: ReadLimits | undefined,
): string | null {
  if (title?.kind !== "str" || errors?.kind !== "list") return null;
  const count = errors.items.length;
  const lines = [`${count} validation error${count === 1 ? "" : "s"} for ${title.value}`];
  for (const error of errors.items.slice(0, 100)) {
    if (error.kind !== "dict") return null;
    const [loc, message, type] = ["loc", "msg", "type"].map((key) => entry(error.entries, key));
    if (loc?.kind === "tuple" && loc.items.length > 0)
      lines.push(loc.items.map((step) => pythonStr(step, limits)).join("."));
    lines.push(
      `  ${message === undefined ? "" : pythonStr(message, limits)} [type=${type === undefined ? "?" : pythonStr(type, limits)}]`,
    );
  }
  return lines.join("\n");
}

function unicodeMessage(name: string, args: readonly PyValue[], limits: ReadLimits | undefined): string | null {
  const translate = name === "UnicodeTranslateError";
  const [codec, object, start, end, reason] = translate ? [undefined, ...args] : args;
  if (start?.kind !== "int" || end?.kind !== "int" || object === undefined || reason === undefined) return null;
  const from = Number(start.value);
  const prefix =
    codec === undefined
      ? "can't translate"
      : `'${pythonStr(codec, limits)}' codec can't ${name === "UnicodeDecodeError" ? "decode" : "encode"}`;
  const why = pythonStr(reason, limits);
  if (name === "UnicodeDecodeError") {
    const byte = object.kind === "bytes" ? object.value[from] : undefined;
    if (end.value === start.value + 1n && byte !== undefined) {
      return `${prefix} byte 0x${byte.toString(16).padStart(2, "0")} in position ${start.value}: ${why}`;
    }
    return `${prefix} bytes in position ${start.value}-${end.value - 1n}: ${why}`;
  }
  const code = object.kind === "str" ? Array.from(object.value)[from]?.codePointAt(0) : undefined;
  if (end.value === start.value + 1n && code !== undefined) {
    const hex = code.toString(16);
    const shown =
      code <= 0xff
        ? `\\x${hex.padStart(2, "0")}`
        : code <= 0xffff
          ? `\\u${hex.padStart(4, "0")}`
          : `\\U${hex.padStart(8, "0")}`;
    return `${prefix} character '${shown}' in position ${start.value}: ${why}`;
  }
  return `${prefix} characters in position ${start.value}-${end.value - 1n}: ${why}`;
}
