import { calledName } from "../python/objectRepr";
import { attributesOf, entry } from "../python/objectView";
import type { PyCall, PyValue } from "../python/value";
import { newCall } from "./reduceBuiltin";

/**
 * tblib (`pickling_support.install()`) pickles an exception with its traceback and causes. Its calls, by version:
 * `unpickle_exception(func, args, cause, tb)` (1.3 to 2.0), with `context, suppress, notes` (from 3.0), and for classes with an
 * `__init__` of their own `unpickle_exception_with_attrs(cls, attrs, cause, tb, context, suppress, notes[, args])` (from 3.2).
 */
const helper = /^tblib\.pickling_support\.unpickle_exception(_with_attrs)?$/;

export function isTblibException(call: PyCall): boolean {
  return helper.test(calledName(call) ?? "");
}

/** The exception itself, in the shape it has without tblib: a call of its class, with notes and attributes as its state. */
export function tblibException(call: PyCall): PyCall {
  const [type, given, , , , , notes] = call.args;
  const withAttributes = calledName(call)?.endsWith("_with_attrs") === true;
  const attributes = withAttributes && given?.kind === "dict" ? given.entries : [];
  const args = withAttributes ? attributeArgs(attributes) : given;
  const state = withAttributes
    ? attributes.flatMap(stateEntries)
    : call.state?.kind === "dict"
      ? [...call.state.entries]
      : [];
  const noted = entry(state, "__notes__") !== undefined;
  if (!noted && notes !== undefined && notes.kind !== "none") state.push([{ kind: "str", value: "__notes__" }, notes]);
  const items = args?.kind === "tuple" || args?.kind === "list" ? args.items : [];
  const plain = newCall("reduce", type ?? { kind: "opaque", label: "no class" }, items);
  plain.state = state.length > 0 ? { kind: "dict", entries: state } : call.state;
  return plain;
}

/** Attributes that repeat what `args` says. */
const fromArgs = new Set(["args", "errno", "strerror", "filename", "filename2", "winerror"]);

function stateEntries([key, value]: readonly [PyValue, PyValue]): [PyValue, PyValue][] {
  if (key.kind !== "str") return [[key, value]];
  if (key.value === "__dict__") return value.kind === "dict" ? value.entries : [];
  return fromArgs.has(key.value) ? [] : [[key, value]];
}

/** `args` of an OSError has lost the file names, which tblib keeps as attributes. */
function attributeArgs(attributes: readonly (readonly [PyValue, PyValue])[]): PyValue | undefined {
  const args = entry(attributes, "args");
  const filename = entry(attributes, "filename");
  if (args?.kind !== "tuple" || args.items.length !== 2 || filename === undefined) return args;
  const second = entry(attributes, "filename2");
  const none = { kind: "none" } as const;
  return { kind: "tuple", items: [...args.items, filename, ...(second === undefined ? [] : [none, second])] };
}

/** What Python prints of one exception itself: its last line, split. */
export interface Described {
  readonly type: string;
  readonly message: string;
  readonly notes: readonly string[];
}

/** Causes, members and frames beyond these are left out: a traceback of more is no help to anybody. */
const maxExceptions = 200;
const maxFrames = 5000;
const maxGroupDepth = 10;
const maxGroupWidth = 15;

/**
 * The traceback as Python prints it (Lib/traceback.py `TracebackException.format`), without lines of source: causes and contexts
 * first, members of a group behind a margin. Null where nothing in it carries a frame.
 */
export function tblibTraceback(root: PyCall, describe: (call: PyCall) => Described): string | null {
  const printer = new TracebackPrinter(describe);
  printer.chain(root, 0);
  return printer.frames === 0 ? null : `${printer.lines.join("\n")}\n`;
}

const cause = "The above exception was the direct cause of the following exception:";
const context = "During handling of the above exception, another exception occurred:";

class TracebackPrinter {
  readonly lines: string[] = [];
  frames = 0;
  private exceptions = 0;
  private readonly seen = new Set<PyCall>();
  /** The last member of a group closes the margin, unless it is a group that did so itself. */
  private needsClose = false;

  constructor(private readonly describe: (call: PyCall) => Described) {}

  /** Recursion ends with the nesting of groups, at most `maxGroupDepth`. */
  chain(last: PyCall, depth: number): void {
    const chain: { call: PyCall; link: string | null }[] = [];
    for (let call: PyCall | null = last; call !== null && this.exceptions < maxExceptions;) {
      this.seen.add(call);
      this.exceptions += 1;
      const [, , causedBy, , raisedIn, suppress]: readonly PyValue[] = isTblibException(call) ? call.args : [];
      const direct: PyCall | null = earlier(causedBy);
      const next: PyCall | null = direct ?? (suppress?.kind === "bool" && suppress.value ? null : earlier(raisedIn));
      const follows: boolean = next !== null && !this.seen.has(next);
      chain.push({ call, link: follows ? (direct === null ? context : cause) : null });
      call = follows ? next : null;
    }
    for (const { call, link } of chain.toReversed()) {
      if (link !== null) this.emit(depth, "", link, "");
      this.exception(call, depth);
    }
  }

  private exception(call: PyCall, depth: number): void {
    const frames = isTblibException(call) ? this.stack(call.args[3]) : [];
    const plain = isTblibException(call) ? tblibException(call) : call;
    const { type, message, notes } = this.describe(plain);
    const raised = [message === "" ? type : `${type}: ${message}`, ...notes].flatMap((text) => text.split("\n"));
    const members = groupMembers(plain);
    if (members === null) {
      if (frames.length > 0) this.emit(depth, "Traceback (most recent call last):", ...frames);
      this.emit(depth, ...raised);
      return;
    }
    if (depth > maxGroupDepth) {
      this.emit(depth, `... (max_group_depth is ${maxGroupDepth})`);
      return;
    }
    const inner = Math.max(1, depth);
    if (frames.length > 0) {
      const header = "Exception Group Traceback (most recent call last):";
      this.lines.push(`${margin(inner, depth === 0 ? "+" : "|")}${header}`);
      this.emit(inner, ...frames);
    }
    this.emit(inner, ...raised);
    this.members(members, inner);
  }

  private members(members: readonly PyCall[], depth: number): void {
    const indent = " ".repeat(2 * depth);
    this.needsClose = false;
    for (const [index, member] of members.slice(0, maxGroupWidth + 1).entries()) {
      const last = index === Math.min(members.length - 1, maxGroupWidth);
      if (last) this.needsClose = true;
      const title = index < maxGroupWidth ? String(index + 1) : "...";
      this.lines.push(`${indent}${index === 0 ? "+-" : "  "}+---------------- ${title} ----------------`);
      const left = members.length - maxGroupWidth;
      if (index === maxGroupWidth) this.emit(depth + 1, `and ${left} more exception${left === 1 ? "" : "s"}`);
      else if (!this.seen.has(member)) this.chain(member, depth + 1);
      if (last && this.needsClose) {
        this.lines.push(`${" ".repeat(2 * (depth + 1))}+------------------------------------`);
        this.needsClose = false;
      }
    }
  }

  private emit(depth: number, ...lines: readonly string[]): void {
    const prefix = margin(depth, "|");
    for (const line of lines) this.lines.push(`${prefix}${line}`);
  }

  /** Frames oldest first; a frame that stands there more than three times in a row is counted (Lib/traceback.py `_RECURSIVE_CUTOFF`). */
  private stack(traceback: PyValue | undefined): string[] {
    const lines: string[] = [];
    let repeats = 0;
    let before: string | null = null;
    const close = (): void => {
      if (repeats > 3) lines.push(`  [Previous line repeated ${repeats - 3} more time${repeats === 4 ? "" : "s"}]`);
    };
    for (const line of frameLines(traceback, maxFrames - this.frames)) {
      this.frames += 1;
      if (line !== before) {
        close();
        repeats = 0;
        before = line;
      }
      repeats += 1;
      if (repeats <= 3) lines.push(line);
    }
    close();
    return lines;
  }
}

function margin(depth: number, character: string): string {
  return depth === 0 ? "" : `${" ".repeat(2 * depth)}${character} `;
}

/** An exception as a cause, a context or a member: pickled by tblib, or plainly, as one that tblib was not installed for. */
function earlier(value: PyValue | undefined): PyCall | null {
  return value?.kind === "call" ? value : null;
}

const groups = /^(?:builtins|exceptiongroup)\.(?:Base)?ExceptionGroup$/;

/** The members of an exception group; null for any other exception. */
export function groupMembers(call: PyCall): readonly PyCall[] | null {
  const [, members] = call.args;
  if (!groups.test(calledName(call) ?? "") || (members?.kind !== "list" && members?.kind !== "tuple")) return null;
  return members.items.flatMap((member) => (member.kind === "call" ? [member] : []));
}

/** `unpickle_traceback(frame, lineno, next)`, outermost frame first; the next ones are plain `Traceback` objects. */
function* frameLines(traceback: PyValue | undefined, limit: number): Generator<string> {
  let at = traceback;
  for (let count = 0; at?.kind === "call" && count < limit; count += 1) {
    const byCall = calledName(at) === "tblib.pickling_support.unpickle_traceback";
    const [frame, lineno, next]: readonly (PyValue | undefined)[] = byCall
      ? at.args
      : [attribute(at, "tb_frame"), attribute(at, "tb_lineno"), attribute(at, "tb_next")];
    const code = frame === undefined ? undefined : attribute(frame, "f_code");
    const file = code === undefined ? undefined : attribute(code, "co_filename");
    const name = code === undefined ? undefined : attribute(code, "co_name");
    if (file?.kind !== "str" || lineno?.kind !== "int") return;
    yield `  File "${file.value}", line ${lineno.value}, in ${name?.kind === "str" ? name.value : "?"}`;
    at = next;
  }
}

/** An attribute of a pickled object, or an entry of a dict. */
function attribute(value: PyValue, name: string): PyValue | undefined {
  if (value.kind === "dict") return entry(value.entries, name);
  if (value.kind !== "call" || value.state === null) return undefined;
  return attributesOf(value.state)?.find(([field]) => field === name)?.[1];
}
