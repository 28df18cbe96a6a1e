import { exceptionArgs, isBuiltinException, isOsError } from "./exceptionRepr";
import type { ReadLimits } from "./limits";
import { attributesOf, dotted, entry, typeOf } from "./objectView";
import { pythonRepr } from "./repr";
import { pathText, uuidText } from "./stdlibRepr";
import type { PyCall, PyGlobal, PyValue } from "./value";

/** What Python's `str()` gives for a value whose class is known; its repr otherwise, which is what most classes give. */
export function pythonStr(value: PyValue, limits?: ReadLimits): string {
  if (value.kind === "str") return value.value;
  if (value.kind === "call" && value.callee.kind === "global") {
    const [first] = value.args;
    const name = dotted(value.callee);
    if (name === "decimal.Decimal" && first?.kind === "str") return first.value;
    if (name === "uuid.UUID") return uuidText(value) ?? pythonRepr(value, limits);
    if (/^pathlib(\._local)?\.\w*Path$/.test(name)) return pathText(value) ?? pythonRepr(value, limits);
    // One level only: an exception given to an exception is common, a chain of them is not worth recursion.
    if (isBuiltinException(value.callee) && first?.kind === "str" && value.args.length === 1) {
      return value.callee.qualname === "KeyError" ? pythonRepr(first, limits) : first.value;
    }
  }
  return pythonRepr(value, limits);
}

/**
 * What `str(exception)` gives by the rules of the builtin exceptions. A custom `__str__` cannot be known: for other classes this is
 * the rule of `BaseException`, and, where they were made without arguments, their `message`, `msg`, `detail` or `reason`.
 */
export function exceptionMessage(call: PyCall, limits?: ReadLimits): string {
  const type = typeOf(call);
  const builtin = type !== null && isBuiltinException(type);
  const name = type === null ? "" : builtin ? type.qualname : dotted(type);
  return (
    specialMessage(name, type, call, limits) ??
    baseMessage(type === null ? call.args : exceptionArgs(type, call.args), limits) ??
    (builtin ? "" : attributeMessage(call))
  );
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
  const [first, second, third] = args;
  if (name === "KeyError" && first !== undefined && args.length === 1) return pythonRepr(first, limits);
  if (type !== null && isOsError(type)) return osErrorMessage(args, limits);
  if (
    /^(Base)?ExceptionGroup$/.test(name) &&
    first?.kind === "str" &&
    (second?.kind === "list" || second?.kind === "tuple")
  ) {
    const count = second.items.length;
    return `${first.value} (${count} sub-exception${count === 1 ? "" : "s"})`;
  }
  if (/^(SyntaxError|IndentationError|TabError)$/.test(name) && second?.kind === "tuple")
    return syntaxMessage(first, second.items, limits);
  if (/^Unicode(De|En)codeError$|^UnicodeTranslateError$/.test(name)) return unicodeMessage(name, args, limits);
  if (
    name === "json.decoder.JSONDecodeError" &&
    first?.kind === "str" &&
    second?.kind === "str" &&
    third?.kind === "int"
  ) {
    const before = second.value.slice(0, Number(third.value));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    return `${first.value}: line ${line} column ${column} (char ${third.value})`;
  }
  if (name === "pydantic_core._pydantic_core.ValidationError") return validationMessage(first, second, limits);
  if (name === "subprocess.CalledProcessError" && first?.kind === "int" && second !== undefined) {
    const command = `'${pythonStr(second, limits)}'`;
    // A negative status is the signal that ended the command, which Python names; the number is all that is sure here.
    return first.value < 0n
      ? `Command ${command} died with signal ${-first.value}.`
      : `Command ${command} returned non-zero exit status ${first.value}.`;
  }
  return null;
}

/** `[Errno 2] No such file or directory: 'a' -> 'b'` (CPython Objects/exceptions.c `OSError_str`). */
function osErrorMessage(args: readonly PyValue[], limits: ReadLimits | undefined): string | null {
  const [errno, text, filename, , filename2] = args;
  if (errno === undefined || text === undefined || args.length > 5) return null;
  const start = `[Errno ${pythonStr(errno, limits)}] ${pythonStr(text, limits)}`;
  if (filename === undefined || filename.kind === "none") return start;
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
