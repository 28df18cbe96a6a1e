import { dotted, smallState } from "./objectView";
import type { Group } from "./reprParts";
import { group, guarded } from "./reprParts";
import type { PyCall, PyGlobal, PyValue } from "./value";

const osErrors =
  "OSError BlockingIOError ChildProcessError ConnectionError BrokenPipeError ConnectionAbortedError ConnectionRefusedError " +
  "ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError " +
  "PermissionError ProcessLookupError TimeoutError IOError EnvironmentError";
const others =
  "BaseException BaseExceptionGroup ExceptionGroup GeneratorExit KeyboardInterrupt SystemExit Exception ArithmeticError " +
  "FloatingPointError OverflowError ZeroDivisionError AssertionError AttributeError BufferError EOFError ImportError " +
  "ModuleNotFoundError LookupError IndexError KeyError MemoryError NameError UnboundLocalError ReferenceError RuntimeError " +
  "NotImplementedError PythonFinalizationError RecursionError StopAsyncIteration StopIteration SyntaxError IndentationError " +
  "TabError SystemError TypeError ValueError UnicodeError UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError Warning " +
  "BytesWarning DeprecationWarning EncodingWarning FutureWarning ImportWarning PendingDeprecationWarning ResourceWarning " +
  "RuntimeWarning SyntaxWarning UnicodeWarning UserWarning";

const osErrorNames = new Set(osErrors.split(" "));
const exceptionNames = new Set([...osErrorNames, ...others.split(" ")]);

export function isBuiltinException(type: PyGlobal): boolean {
  return type.module === "builtins" && exceptionNames.has(type.qualname);
}

export function isOsError(type: PyGlobal): boolean {
  return type.module === "builtins" ? osErrorNames.has(type.qualname) : libraryOsErrors.test(dotted(type));
}

const libraryOsErrors = /^(?:socket\.(?:gai|h)error|_?ssl\.SSL\w*Error|shutil\.\w*Error)$/;

/** Names under which older Pythons store what is a builtin exception in 3.13. */
const renamedExceptions = new Map([
  ["socket.timeout", "TimeoutError"],
  ["asyncio.exceptions.TimeoutError", "TimeoutError"],
  ["concurrent.futures._base.TimeoutError", "TimeoutError"],
  ["socket.error", "OSError"],
  ["select.error", "OSError"],
]);

/** Exceptions of the standard library that print as `Name(args)` like the builtin ones. Those that keep other args are left out. */
const libraryErrors = new RegExp(
  "^(?:asyncio\\.(?:exceptions|queues)|concurrent\\.futures\\.(?:_base|process|thread)|multiprocessing\\.context|sqlite3|_?ssl|socket|" +
    "struct|zlib|binascii|_?queue|decimal|smtplib|zipfile|tarfile|shutil|http\\.(?:client|cookies)|subprocess|urllib\\.error|" +
    "email\\.errors|_?pickle|ipaddress|statistics|tomllib|dataclasses|threading|tokenize|io|copy|unittest\\.case|gzip|_csv|ftplib|" +
    "locale|json\\.decoder|zoneinfo\\._common|importlib\\.metadata|graphlib|_lzma|xml\\.parsers\\.expat|xml\\.etree\\.ElementTree)" +
    "\\.(?:\\w*(?:[Ee]rror|Exception|Warning|Empty|Full|ShutDown|File)|error_\\w+|Inexact|Overflow|Underflow|Rounded|Clamped|Subnormal|" +
    "\\w*Operation|\\w*By(?:Zero)|\\w+Syntax|\\w+Impossible|\\w+Undefined|TimeoutExpired|SkipTest|CannotSend\\w+|NotConnected|" +
    "ResponseNotReady|RemoteDisconnected|BadStatusLine|InvalidURL|SMTPRecipientsRefused|SMTPSenderRefused|SMTPServerDisconnected)$",
);
const ownArgs =
  /\.(?:IncompleteRead|IncompleteReadError|LimitOverrunError|HTTPError|LineTooLong|ContentTooShortError|MaybeEncodingError)$/;

/** The name under which an exception class prints where its repr is that of `BaseException`; null elsewhere. */
export function exceptionName(type: PyGlobal): string | null {
  if (type.module === "builtins") {
    const old = type.qualname === "IOError" || type.qualname === "EnvironmentError";
    return old ? "OSError" : exceptionNames.has(type.qualname) ? type.qualname : null;
  }
  if (type.qualname.length > 60 || type.module.length > 60) return null;
  const name = dotted(type);
  return renamedExceptions.get(name) ?? (libraryErrors.test(name) && !ownArgs.test(name) ? type.qualname : null);
}

/** The subclass that `OSError(errno, …)` makes of itself, by Linux' numbers (CPython Objects/exceptions.c `errnomap`). */
const byErrno: Readonly<Record<string, string>> = {
  1: "PermissionError",
  2: "FileNotFoundError",
  3: "ProcessLookupError",
  4: "InterruptedError",
  10: "ChildProcessError",
  11: "BlockingIOError",
  13: "PermissionError",
  17: "FileExistsError",
  20: "NotADirectoryError",
  21: "IsADirectoryError",
  32: "BrokenPipeError",
  103: "ConnectionAbortedError",
  104: "ConnectionResetError",
  108: "BrokenPipeError",
  110: "TimeoutError",
  111: "ConnectionRefusedError",
  114: "BlockingIOError",
  115: "BlockingIOError",
};

/**
 * The `args` a builtin exception has once made: an OSError keeps errno and text only, and moves the file names out
 * (CPython Objects/exceptions.c `oserror_init`).
 */
export function exceptionArgs(type: PyGlobal, args: readonly PyValue[]): readonly PyValue[] {
  const [, , filename] = args;
  if (filename === undefined || filename.kind === "none" || args.length > 5 || !isOsError(type)) return args;
  // The third argument of a BlockingIOError may be a count, which stays.
  const isCount = filename.kind === "int" || filename.kind === "float" || filename.kind === "bool";
  return isCount && osErrorName(type.qualname, args) === "BlockingIOError" ? args : args.slice(0, 2);
}

/** The class that `OSError(errno, …)` makes, which depends on the number. */
function osErrorName(qualname: string, args: readonly PyValue[]): string {
  const [errno] = args;
  if (qualname !== "OSError" || args.length < 2 || args.length > 5) return qualname;
  if (errno?.kind === "bool") return errno.value ? "PermissionError" : qualname;
  return (errno?.kind === "int" && errno.value < 200n ? byErrno[String(errno.value)] : undefined) ?? qualname;
}

/** `ValueError('bad')`: the class name without its module, then `args` as Python prints them; null for other classes. */
export function printException(call: PyCall, type: PyGlobal): Group | string | null {
  // These print their message, and nothing around it.
  if (type.module === "configparser") {
    const message = smallState(call)?.find(([key]) => key === "message")?.[1];
    return message?.kind === "str" ? message.value : null;
  }
  if (type.module === "http.client" && type.qualname === "IncompleteRead") return incompleteRead(call);
  const name = exceptionName(type);
  if (name === null) return null;
  // It keeps the whole message where it was made of its parts.
  const message = type.module === "json.decoder" ? jsonMessage(call.args) : null;
  if (message !== null) return group("JSONDecodeError(", [{ kind: "str", value: message }], ")");
  const args = exceptionArgs({ kind: "global", module: "builtins", qualname: name }, call.args);
  const open = `${osErrorName(name, call.args)}(`;
  const [only] = args;
  // One argument prints without its tuple; a tuple that holds itself prints `(...)` there.
  if (args.length === 1 && only !== undefined) return group(open, [only], ")");
  return guarded(call.args, `${open}...)`, open, args, ")");
}

/** `Expecting value: line 2 column 3 (char 7)` of a JSONDecodeError's message, document and position; null for other args. */
export function jsonMessage([message, document, position]: readonly PyValue[]): string | null {
  if (message?.kind !== "str" || document?.kind !== "str" || position?.kind !== "int") return null;
  const before = document.value.slice(0, Number(position.value));
  const line = before.split("\n").length;
  return `${message.value}: line ${line} column ${before.length - before.lastIndexOf("\n")} (char ${position.value})`;
}

/** `IncompleteRead(3 bytes read, 5 more expected)` */
export function incompleteRead(call: PyCall): string | null {
  const [read] = call.args;
  const expected = smallState(call)?.find(([key]) => key === "expected")?.[1] ?? call.args[1];
  if (read?.kind !== "bytes") return null;
  const more = expected?.kind === "int" ? `, ${expected.value} more expected` : "";
  return `IncompleteRead(${read.value.length} bytes read${more})`;
}
