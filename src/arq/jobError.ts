import { exceptionMessage, pythonStr } from "../python/exceptionMessage";
import { attributesOf, entry, typeOf } from "../python/objectView";
import { calledName } from "../python/objectRepr";
import { pythonRepr } from "../python/repr";
import type { PyCall, PyDict, PyGlobal, PyValue } from "../python/value";
import type { FailureKind, JobError } from "./jobModel";
import { isTblibException, tblibException, tblibTraceback } from "./tblib";

/** Enough for any message a person reads; a payload may hold megabytes. */
const messageLimits = { depth: 50, items: 10_000, bytes: 64 * 1024 };
const tracebackStart = "Traceback (most recent call last):";

/**
 * What went wrong, from the `r` of a result with `s` false, and the traceback text under `tb` where the opt-in serializer wrote one.
 * An exception is read off its pickle, so one whose `__init__` breaks unpickling in Python is shown all the same.
 */
export function jobError(result: PyValue, storedTraceback: string | null): JobError {
  const error = readError(result);
  if (storedTraceback === null) return error;
  return { ...error, traceback: storedTraceback, tracebackSource: "stored with the result" };
}

function readError(result: PyValue): JobError {
  if (result.kind === "call") return fromException(result);
  // A class without arguments pickles as itself where `raise ValueError` was stored by a custom serializer.
  if (result.kind === "global")
    return withTraceback({ kind: "exception", type: typeName(result), message: "", notes: [] });
  if (result.kind === "dict") return fromDict(result);
  return fromText(pythonStr(result, messageLimits));
}

function fromException(stored: PyCall): JobError {
  const outer = isTblibException(stored) ? tblibException(stored) : stored;
  // concurrent.futures wraps what came out of another process with the text of its traceback.
  const rebuilt = calledName(outer) === "concurrent.futures.process._rebuild_exc";
  const inner = rebuilt && outer.args[0]?.kind === "call" ? outer.args[0] : outer;
  const remote = rebuilt && outer.args[1]?.kind === "str" ? outer.args[1].value : null;
  const type = typeOf(inner);
  const message = retryMessage(type, inner) ?? exceptionMessage(inner, messageLimits);
  const notes = notesOf(inner);
  const error = {
    kind: failureKind(type, message, inner),
    type: type === null ? "Exception" : typeName(type),
    message,
    notes,
  };
  if (isTblibException(stored)) {
    const traceback = tblibTraceback(stored, (call) => {
      const of = typeOf(call);
      return {
        type: of === null ? "Exception" : typeName(of),
        message: exceptionMessage(call, messageLimits),
        notes: notesOf(call),
      };
    });
    if (traceback !== null) return { ...error, traceback, tracebackSource: "tblib" };
  }
  if (remote !== null) return { ...error, traceback: remote, tracebackSource: "the process that raised it" };
  return withTraceback(error, inner.args);
}

/** As Python prints it above a traceback: `builtins` and `__main__` left out. */
function typeName(type: PyGlobal): string {
  return type.module === "builtins" || type.module === "__main__" ? type.qualname : `${type.module}.${type.qualname}`;
}

function notesOf(call: PyCall): string[] {
  const fields = call.state === null ? null : attributesOf(call.state);
  const notes = fields?.find(([name]) => name === "__notes__")?.[1];
  if (notes?.kind !== "list" && notes?.kind !== "tuple") return [];
  return notes.items.map((note) => pythonStr(note, messageLimits));
}

/** `str(Retry)` is its repr: `<Retry defer 5.00s>` (arq/worker.py). */
function retryMessage(type: PyGlobal | null, call: PyCall): string | null {
  if (type?.module !== "arq.worker" || type.qualname !== "Retry") return null;
  const fields = call.state === null ? null : attributesOf(call.state);
  const score = fields?.find(([name]) => name === "defer_score")?.[1];
  return `<Retry defer ${((score?.kind === "int" ? Number(score.value) : 0) / 1000).toFixed(2)}s>`;
}

function failureKind(type: PyGlobal | null, message: string, call: PyCall): FailureKind {
  const name = type?.qualname ?? "";
  const module = type?.module ?? "";
  if (/^(arq|darq|arq2|akq)\./.test(module)) {
    if (name === "Retry" || name === "RetryJob") return "retryRefused";
    if (name === "JobExecutionFailed") {
      if (message === "job expired") return "expired";
      if (/^function .* not found$/s.test(message)) return "notFound";
      if (/^max \d+ retries exceeded$/.test(message)) return "maxRetries";
    }
    if (/^unable to (de|un)(serialize|pickle) job$/.test(message)) return "badPayload";
    if (/^unable to (serialize|pickle) result$/.test(message)) return "resultLost";
  }
  if (name === "CancelledError" && /^(asyncio|concurrent\.futures)(\.|$)/.test(module)) return "aborted";
  // ARQ's own timeout has no arguments: asyncio.wait_for raises it bare.
  const bare = call.args.length === 0;
  if (name === "TimeoutError" && bare && /^(builtins|asyncio\.exceptions|concurrent\.futures\._base)$/.test(module))
    return "timeout";
  return "exception";
}

type Bare = Omit<JobError, "traceback" | "tracebackSource">;

/** Looks for traceback text where people put it: notes, arguments, the message. */
function withTraceback(error: Bare, args: readonly PyValue[] = []): JobError {
  const note = error.notes.find((text) => text.includes(tracebackStart));
  if (note !== undefined) return { ...error, traceback: note, tracebackSource: "exception notes" };
  const arg = args.find((value) => value.kind === "str" && value.value.includes(tracebackStart));
  if (arg?.kind === "str") return { ...error, traceback: arg.value, tracebackSource: "exception arguments" };
  if (error.message.includes(tracebackStart))
    return { ...error, traceback: error.message, tracebackSource: "error message" };
  return { ...error, traceback: null, tracebackSource: null };
}

const typeKeys = ["type", "exc_type", "error_type", "exception_type", "class", "exception", "name"];
const messageKeys = ["message", "exc_message", "error_message", "msg", "detail", "error", "value", "args"];
const tracebackKeys = ["traceback", "tb", "exc_traceback", "stacktrace", "stack_trace", "stack"];

/** What JSON and MessagePack serializers make of an exception. */
function fromDict(dict: PyDict): JobError {
  const find = (keys: readonly string[]): PyValue | null => {
    for (const key of keys) {
      const value = entry(dict.entries, key);
      if (value !== undefined && value.kind !== "none") return value;
    }
    return null;
  };
  const type = find(typeKeys);
  const message = find(messageKeys);
  const traceback = find(tracebackKeys);
  const notes = find(["notes", "__notes__"]);
  const error = {
    kind: "exception" as const,
    type: type?.kind === "str" ? type.value.replace(/^builtins\./, "") : unreadable,
    message: message === null ? pythonRepr(dict, messageLimits) : pythonStr(message, messageLimits),
    notes: notes?.kind === "list" ? notes.items.map((note) => pythonStr(note, messageLimits)) : [],
  };
  const text = tracebackText(traceback);
  return text === null ? withTraceback(error) : { ...error, traceback: text, tracebackSource: "stored with the error" };
}

function tracebackText(value: PyValue | null): string | null {
  if (value?.kind === "str") return value.value;
  if (value?.kind !== "list") return null;
  return value.items.map((line) => pythonStr(line, messageLimits)).join("");
}

/** What `Job.result()` raises for a failed result that is no exception (arq/jobs.py). */
const unreadable = "arq.jobs.SerializationError";
const typed =
  /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Timeout|Refused|Cancelled|Failed|Failure))(?:: ([\s\S]*))?$/;

function fromText(text: string): JobError {
  if (/^unable to (serialize|pickle) result$/.test(text)) {
    return { kind: "resultLost", type: unreadable, message: text, notes: [], traceback: null, tracebackSource: null };
  }
  // The last line of a stored traceback names the exception, and so does a plain `Type: message`.
  const tail = text.includes(tracebackStart) ? (text.trimEnd().split("\n").at(-1) ?? "") : text;
  const match = typed.exec(tail);
  if (match === null) return withTraceback({ kind: "exception", type: unreadable, message: text, notes: [] });
  const error = { kind: "exception" as const, type: match[1] ?? unreadable, message: match[2] ?? "", notes: [] };
  if (tail === text) return withTraceback(error);
  return { ...error, traceback: text, tracebackSource: "error message" };
}
