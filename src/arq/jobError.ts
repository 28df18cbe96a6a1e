import { exceptionMessage, pythonStr } from "../python/exceptionMessage";
import { isBuiltinException } from "../python/exceptionRepr";
import { attributesOf } from "../python/objectView";
import type { ReadLimits } from "../python/limits";
import type { PyCall, PyGlobal, PyValue } from "../python/value";
import { readEmbedded } from "./codecs";
import { errorOfData } from "./dataError";
import { failureKind, type FailureContext, isLostResult, lostFailureKind } from "./failureKind";
import type { JobError } from "./jobModel";
import { exceptionType, libraryMessage, unwrapException } from "./libraryErrors";
import { findTraceback, hasTraceback } from "./storedTraceback";
import { type Described, groupMembers, isTblibException, tblibException, tblibTraceback } from "./tblib";

/** Enough for any message a person reads; a payload may hold megabytes. */
export const messageLimits = { depth: 50, items: 10_000, bytes: 64 * 1024 };
/** For causes and members of groups, of which there may be many. */
const partLimits = { depth: 20, items: 500, bytes: 8 * 1024 };

/**
 * What went wrong, from the `r` of a result with `s` false, and the traceback text under `tb` where the opt-in serializer wrote one.
 * An exception is read off its pickle, so one whose `__init__` breaks unpickling in Python is shown all the same. With `context`,
 * failures that ARQ writes itself are told from the same exceptions raised by a task.
 */
export function jobError(
  result: PyValue,
  storedTraceback: string | null,
  context: FailureContext | null = null,
): JobError {
  if (result.kind === "call") {
    const plain = storedTraceback === null ? plainError(result, context) : null;
    return plain ?? fromException(result, storedTraceback, context);
  }
  // A class without arguments pickles as itself where `raise ValueError` was stored by a custom serializer.
  if (result.kind === "global") return fromException(bareCall(result), storedTraceback, context);
  if (result.kind === "str" && isLostResult(result.value)) {
    const lost = { kind: lostFailureKind(context), type: serializationError, message: result.value };
    return withTraceback({ ...lost, notes: [], members: [] }, storedTraceback, null);
  }
  const embedded = readEmbedded(result);
  if (embedded?.kind === "call" || embedded?.kind === "global") return jobError(embedded, storedTraceback, context);
  const { type, message, notes, traceback } = errorOfData(embedded?.kind === "dict" ? embedded : result, messageLimits);
  const named = type ?? serializationError;
  const kind =
    type === null
      ? "exception"
      : failureKind({ ...splitName(type), message, bare: message === "" }, context, storedTraceback);
  const found = storedTraceback === null ? traceback : null;
  return withTraceback({ kind, type: named, message, notes, members: [] }, storedTraceback, found);
}

/** Groups have members, and celery's stand-in for an exception names it in texts. */
const notPlain = /^(?:(?:Base)?ExceptionGroup|UnpickleableExceptionWrapper)$/;

/**
 * Most failures by far: an exception made of texts and numbers, with nothing attached. The same as `fromException` gives, several times quicker,
 * since there is nowhere in it to look for wrappers, members, notes or tracebacks. Null for any other.
 */
function plainError(call: PyCall, context: FailureContext | null): JobError | null {
  const { callee, args, state, kwargs, items, entries } = call;
  if (callee.kind !== "global" || notPlain.test(callee.qualname) || isTblibException(call)) return null;
  if (state !== null || kwargs.length + items.length + entries.length > 0 || args.length > 5) return null;
  for (const arg of args) {
    const plain = arg.kind === "none" || arg.kind === "bool" || arg.kind === "int" || arg.kind === "float";
    if (!plain && (arg.kind !== "str" || hasTraceback(arg.value))) return null;
  }
  const bare = args.length === 0;
  const isBuiltin = isBuiltinException(callee);
  const { type, message, notes } = isBuiltin
    ? { type: callee.qualname, message: exceptionMessage(call, messageLimits), notes: [] }
    : describe(call, messageLimits);
  const raised = isBuiltin ? { module: "builtins", name: type } : moduleAndName(call);
  const kind = failureKind({ ...raised, message, bare }, context, null);
  return { kind, type, message, notes, members: [], traceback: null, tracebackSource: null };
}

/** What `Job.result()` raises for a failed result that is no exception (arq/jobs.py). */
const serializationError = "arq.jobs.SerializationError";

function bareCall(type: PyGlobal): PyCall {
  return { kind: "call", via: "reduce", callee: type, args: [], kwargs: [], state: null, items: [], entries: [] };
}

function fromException(stored: PyCall, storedTraceback: string | null, context: FailureContext | null): JobError {
  const outer = isTblibException(stored) ? tblibException(stored) : stored;
  const { call, remote } = unwrapException(outer);
  const plain = isTblibException(call) ? tblibException(call) : call;
  const { type, message, notes } = describe(plain, messageLimits);
  const found = storedTraceback === null ? tracebackOf(stored, call, plain, { remote, message, notes }) : null;
  const raised = { ...moduleAndName(plain), message, bare: plain.args.length === 0 };
  const kind = failureKind(raised, context, storedTraceback ?? found?.text ?? null);
  return withTraceback({ kind, type, message, notes, members: membersOf(plain) }, storedTraceback, found);
}

/** What Python prints below a traceback of this exception. */
function describe(call: PyCall, limits: ReadLimits): Described {
  const type = exceptionType(call);
  return {
    type: type === null ? "Exception" : typeName(type),
    message: libraryMessage(type, call, limits) ?? exceptionMessage(call, limits),
    notes: notesOf(call, limits),
  };
}

function describePart(call: PyCall): Described {
  return describe(call, partLimits);
}

/** As Python prints it above a traceback: `builtins` and `__main__` left out. */
function typeName(type: PyGlobal): string {
  return type.module === "builtins" || type.module === "__main__" ? type.qualname : `${type.module}.${type.qualname}`;
}

function moduleAndName(call: PyCall): { module: string; name: string } {
  const type = exceptionType(call);
  return { module: type?.module ?? "?", name: type?.qualname ?? "" };
}

function splitName(type: string): { module: string; name: string } {
  const dot = type.lastIndexOf(".");
  return { module: dot < 0 ? "" : type.slice(0, dot), name: type.slice(dot + 1) };
}

function notesOf(call: PyCall, limits: ReadLimits): string[] {
  const fields = call.state === null ? null : attributesOf(call.state);
  const notes = fields?.find(([name]) => name === "__notes__")?.[1];
  if (notes?.kind !== "list" && notes?.kind !== "tuple") return [];
  const texts: string[] = [];
  let left = maxNoteLength;
  for (const note of notes.items.slice(0, maxNotes)) {
    if (left <= 0) break;
    const text = pythonStr(note, limits).slice(0, left);
    left -= text.length;
    texts.push(text);
  }
  return texts;
}

const maxNotes = 100;
/** Characters of all notes together: one long text may be note after note. */
const maxNoteLength = 200_000;
/** Members shown of a group in all, and nested levels of it. */
const maxMembers = 100;
const maxGroupDepth = 10;

/** The members of an exception group, one line each, indented by two spaces a level; empty for any other exception. */
function membersOf(group: PyCall): string[] {
  const lines: string[] = [];
  addMembers(lines, group, 0);
  return lines;
}

/** Recursion ends with the nesting, work with the number of lines. */
function addMembers(lines: string[], group: PyCall, depth: number): void {
  const members = depth > maxGroupDepth ? null : groupMembers(group);
  for (const member of members ?? []) {
    if (lines.length >= maxMembers) return;
    const plain = isTblibException(member) ? tblibException(member) : member;
    const { type, message, notes } = describePart(plain);
    const text = [message === "" ? type : `${type}: ${message}`, ...notes].join("\n");
    lines.push(`${"  ".repeat(depth)}${text}`);
    addMembers(lines, plain, depth + 1);
  }
}

interface FoundText {
  readonly text: string;
  readonly source: string;
}

/** Where an exception itself may carry its traceback, the surest first. */
function tracebackOf(
  stored: PyCall,
  call: PyCall,
  plain: PyCall,
  { remote, message, notes }: { remote: string | null; message: string; notes: readonly string[] },
): FoundText | null {
  for (const pickled of [stored, call]) {
    const text = isTblibException(pickled) ? tblibTraceback(pickled, describePart) : null;
    if (text !== null) return { text, source: "tblib" };
  }
  if (remote !== null && hasTraceback(remote)) return { text: unquoted(remote), source: "the process that raised it" };
  const note = notes.find(hasTraceback);
  if (note !== undefined) return { text: note, source: "exception notes" };
  const members = tblibTraceback(plain, describePart);
  if (members !== null) return { text: members, source: "tblib" };
  const argument = textIn(findTraceback(plain.args, messageLimits));
  if (argument !== null) return { text: argument, source: "exception arguments" };
  const attributes =
    plain.state === null ? [] : (attributesOf(plain.state)?.map(([, value]) => value) ?? [plain.state]);
  const attribute = textIn(findTraceback(attributes, messageLimits));
  if (attribute !== null) return { text: attribute, source: "exception attributes" };
  return hasTraceback(message) ? { text: message, source: "error message" } : null;
}

function textIn(found: string | PyCall | null): string | null {
  return found === null || typeof found === "string" ? found : tblibTraceback(found, describePart);
}

/** `RemoteTraceback` puts its text between lines of three quotes. */
function unquoted(text: string): string {
  return /^\n"""\n([\s\S]*)"""$/.exec(text)?.[1] ?? text;
}

type Bare = Omit<JobError, "traceback" | "tracebackSource">;

function withTraceback(error: Bare, stored: string | null, found: FoundText | null): JobError {
  if (stored !== null) return { ...error, traceback: stored, tracebackSource: "stored with the result" };
  return { ...error, traceback: found?.text ?? null, tracebackSource: found?.source ?? null };
}
