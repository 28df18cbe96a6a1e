import { dotted } from "./objectView";
import type { Printed } from "./reprParts";
import { printed, separated } from "./reprParts";
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
  return (type.module === "builtins" && osErrorNames.has(type.qualname)) || dotted(type) === "socket.gaierror";
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

/** The `args` a builtin exception has once made: an OSError keeps errno and text only, and moves the file names out. */
export function exceptionArgs(type: PyGlobal, args: readonly PyValue[]): readonly PyValue[] {
  const filename = args[2];
  const moved = isOsError(type) && args.length >= 3 && args.length <= 5 && filename?.kind !== "none";
  return moved ? args.slice(0, 2) : args;
}

/** `ValueError('bad')`: the class name without its module, then `args` as Python prints them. */
export function printException(call: PyCall, qualname: string): Printed {
  const type: PyGlobal = { kind: "global", module: "builtins", qualname };
  const args = exceptionArgs(type, call.args);
  const [errno] = args;
  const renamed =
    (qualname === "OSError" && args.length === 2 && errno?.kind === "int" ? byErrno[String(errno.value)] : undefined) ??
    (qualname === "IOError" || qualname === "EnvironmentError" ? "OSError" : qualname);
  return printed(call, `${renamed}(...)`, separated(`${renamed}(`, args, ")"));
}
