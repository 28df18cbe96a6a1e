import { pythonStr } from "../python/exceptionMessage";
import type { ReadLimits } from "../python/limits";
import type { PyCall, PyValue } from "../python/value";
import { partsOf } from "../python/walk";
import { isTblibException } from "./tblib";

const header = /Traceback \(most recent call last\):/;

/** Values looked at while searching an exception for traceback text. */
const maxVisited = 2000;
/** Characters of a traceback put together from lines: the same line may stand there any number of times. */
const maxLength = 1_000_000;

export function hasTraceback(text: string): boolean {
  return header.test(text);
}

/** Text that holds a traceback: a str, or a list of its lines as `traceback.format_exception` gives them. Else null. */
export function tracebackText(value: PyValue, limits: ReadLimits): string | null {
  if (value.kind === "str") return hasTraceback(value.value) ? value.value : null;
  if (value.kind !== "list" && value.kind !== "tuple") return null;
  const start = value.items.slice(0, 3).some((line) => line.kind === "str" && hasTraceback(line.value));
  return start ? joinLines(value.items, limits) : null;
}

/** Lines of a traceback, each with its line break or without. */
export function joinLines(lines: readonly PyValue[], limits: ReadLimits): string {
  const texts: string[] = [];
  let length = 0;
  for (const line of lines.slice(0, maxVisited)) {
    const text = pythonStr(line, limits);
    length += text.length;
    if (length > maxLength) break;
    texts.push(text);
  }
  return texts.join(texts.every((text) => text.endsWith("\n") || text === texts.at(-1)) ? "" : "\n");
}

/**
 * The first traceback anywhere inside the values, nearest first: text, lines of text, or an exception that tblib pickled.
 * Bounded, so that a large exception costs no more than a small one.
 */
export function findTraceback(roots: readonly PyValue[], limits: ReadLimits): string | PyCall | null {
  const queue: PyValue[] = [...roots];
  const seen = new Set<PyValue>(roots);
  for (let at = 0; at < queue.length && at < maxVisited; at += 1) {
    const value = queue[at];
    if (value === undefined) break;
    if (value.kind === "call" && isTblibException(value)) return value;
    const text = tracebackText(value, limits);
    if (text !== null) return text;
    for (const part of partsOf(value)) {
      if (queue.length >= maxVisited) break;
      if (!seen.has(part)) {
        seen.add(part);
        queue.push(part);
      }
    }
  }
  return null;
}
