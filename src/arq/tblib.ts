import { calledName } from "../python/objectRepr";
import { attributesOf, entry } from "../python/objectView";
import type { PyCall, PyValue } from "../python/value";

/**
 * tblib (`pickling_support.install()`) pickles an exception with its traceback and causes. Its calls are
 * `unpickle_exception_with_attrs(cls, attrs, cause, tb, context, suppress, notes)` (since 3.0) and
 * `unpickle_exception(func, args, cause, tb, context, suppress, notes)` (before).
 */
const helper = /^tblib\.pickling_support\.unpickle_exception(_with_attrs)?$/;

export function isTblibException(call: PyCall): boolean {
  return helper.test(calledName(call) ?? "");
}

/** The exception itself, in the shape it has without tblib. */
export function tblibException(call: PyCall): PyCall {
  const [type, given, , , , , notes] = call.args;
  const withAttributes = calledName(call)?.endsWith("_with_attrs") === true;
  const attributes = withAttributes && given?.kind === "dict" ? given.entries : [];
  const args = withAttributes ? entry(attributes, "args") : given;
  const state: [PyValue, PyValue][] = attributes.flatMap(([key, value]): [PyValue, PyValue][] => {
    if (key.kind === "str" && key.value === "__dict__") return value.kind === "dict" ? value.entries : [];
    return key.kind === "str" && key.value === "args" ? [] : [[key, value]];
  });
  if (notes !== undefined && notes.kind !== "none") state.push([{ kind: "str", value: "__notes__" }, notes]);
  return {
    kind: "call",
    via: "reduce",
    callee: type ?? { kind: "opaque", label: "no class" },
    args: args?.kind === "tuple" || args?.kind === "list" ? args.items : [],
    kwargs: [],
    state: state.length > 0 ? { kind: "dict", entries: state } : call.state,
    items: [],
    entries: [],
  };
}

interface Described {
  readonly type: string;
  readonly message: string;
  readonly notes: readonly string[];
}

const maxChain = 100;
const maxFrames = 2000;

/** The traceback as Python prints it, causes and contexts first; null where the exception carries no frames. */
export function tblibTraceback(root: PyCall, describe: (call: PyCall) => Described): string | null {
  const blocks: string[] = [];
  const seen = new Set<PyCall>();
  let frames = 0;
  for (let call: PyCall | null = root; call !== null && seen.size < maxChain;) {
    seen.add(call);
    const [, , cause, traceback, context, suppress]: readonly PyValue[] = call.args;
    const lines = frameLines(traceback);
    frames += lines.length;
    const { type, message, notes } = describe(tblibException(call));
    const block = [
      ...(lines.length > 0 ? ["Traceback (most recent call last):", ...lines] : []),
      message === "" ? type : `${type}: ${message}`,
      ...notes,
    ];
    blocks.unshift(block.join("\n"));
    const next: PyCall | null =
      earlier(cause) ?? (suppress?.kind === "bool" && suppress.value ? null : earlier(context));
    if (next === null || seen.has(next)) break;
    const caused = next === cause;
    blocks.unshift(
      caused
        ? "\nThe above exception was the direct cause of the following exception:\n"
        : "\nDuring handling of the above exception, another exception occurred:\n",
    );
    call = next;
  }
  return frames === 0 ? null : `${blocks.join("\n")}\n`;
}

function earlier(value: PyValue | undefined): PyCall | null {
  return value?.kind === "call" && isTblibException(value) ? value : null;
}

/** `unpickle_traceback(frame, lineno, next)`, outermost frame first; since 3.2 the next ones are plain `Traceback` objects. */
function frameLines(traceback: PyValue | undefined): string[] {
  const lines: string[] = [];
  let at = traceback;
  while (at?.kind === "call" && lines.length < maxFrames) {
    const byCall = calledName(at) === "tblib.pickling_support.unpickle_traceback";
    const [frame, lineno, next]: readonly (PyValue | undefined)[] = byCall
      ? at.args
      : [attribute(at, "tb_frame"), attribute(at, "tb_lineno"), attribute(at, "tb_next")];
    const code = frame === undefined ? undefined : attribute(frame, "f_code");
    const file = code === undefined ? undefined : attribute(code, "co_filename");
    const name = code === undefined ? undefined : attribute(code, "co_name");
    if (file?.kind !== "str" || lineno?.kind !== "int") break;
    lines.push(`  File "${file.value}", line ${lineno.value}, in ${name?.kind === "str" ? name.value : "?"}`);
    at = next;
  }
  return lines;
}

/** An attribute of a pickled object, or an entry of a dict. */
function attribute(value: PyValue, name: string): PyValue | undefined {
  if (value.kind === "dict") return entry(value.entries, name);
  if (value.kind !== "call" || value.state === null) return undefined;
  return attributesOf(value.state)?.find(([field]) => field === name)?.[1];
}
