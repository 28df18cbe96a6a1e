import { l10n } from "vscode";
import { pythonRepr } from "../../python/repr";
import type { PyBytes, PyStr, PyValue } from "../../python/value";
import { valueChildren, valueKind } from "../../python/valueTree";
import type { ValueNode } from "../../protocol/viewModels";
import { numberText } from "../../python/l10n";

/** A row is one line, cut here. */
const rowWidth = 200;
/** Part of it that is kept for saying how much was cut. */
const cutNote = 30;
/** Children sent at once; the rest stand behind a "more" row. */
const pageSize = 200;
/** Longest text (characters or bytes) that is shown whole in its row; a longer one opens into pieces of this length. */
const pieceLength = 160;
/** Room for such a piece whatever it holds: the longest escape is `\\U0010ffff`. */
const pieceWidth = 10 * pieceLength + 20;

type Part = { readonly label: string | null; readonly value: PyValue };

/** The root of a value with its first children. */
export function rootNodes(value: PyValue): { root: ValueNode; children: readonly ValueNode[] } {
  return { root: valueNode([], null, value), children: childNodes([], value, 0) };
}

/** The value at `path`. Throws when there is none: a "more" row stands for many. */
export function valueAt(root: PyValue, path: readonly number[]): PyValue {
  let value = root;
  for (const step of path) {
    const part = partsOf(value)[step];
    if (part === undefined) throw new Error(l10n.t("There is no such part in this value."));
    value = part.value;
  }
  return value;
}

/**
 * The children of the node at `path`. A step from 0 up is the index of a child; a last step below 0 is a "more" row and
 * stands for the children from its number on. Throws when there is no such node.
 */
export function expandPath(root: PyValue, path: readonly number[]): readonly ValueNode[] {
  const last = path.at(-1);
  const more = last !== undefined && last < 0;
  const steps = more ? path.slice(0, -1) : path;
  return childNodes(steps, valueAt(root, steps), more ? -last : 0);
}

function childNodes(path: readonly number[], value: PyValue, from: number): readonly ValueNode[] {
  const parts = partsOf(value);
  const end = Math.min(parts.length, from + pageSize);
  const nodes = parts.slice(from, end).map((part, index) => valueNode([...path, from + index], part.label, part.value));
  const left = parts.length - end;
  if (left > 0) {
    nodes.push({
      path: [...path, -end],
      label: null,
      text: l10n.t("… {0} more", numberText(left)),
      kind: "opaque",
      childCount: rowCount(left),
    });
  }
  return nodes;
}

function valueNode(path: readonly number[], label: string | null, value: PyValue): ValueNode {
  const whole = isText(value) && value.value.length <= pieceLength;
  const text = pythonRepr(value, { bytes: whole ? pieceWidth : rowWidth - cutNote, items: rowWidth, depth: 20 });
  return { path, label, text, kind: valueKind(value), childCount: rowCount(partsOf(value).length) };
}

/** Rows that come when a node with this many children is opened: a page of them and the "more" row. */
function rowCount(children: number): number {
  return children > pageSize ? pageSize + 1 : children;
}

/** Children as Python has them; of a text too long for its row, the pieces. */
function partsOf(value: PyValue): readonly Part[] {
  if (!isText(value)) return valueChildren(value);
  const parts: Part[] = [];
  if (value.value.length <= pieceLength) return parts;
  for (let start = 0; start < value.value.length;) {
    const end = pieceEnd(value.value, start);
    const piece: PyValue =
      value.kind === "str"
        ? { kind: "str", value: value.value.slice(start, end) }
        : { kind: value.kind, value: value.value.subarray(start, end) };
    parts.push({ label: `[${start}:${end}]`, value: piece });
    start = end;
  }
  return parts;
}

function isText(value: PyValue): value is PyStr | PyBytes {
  return value.kind === "str" || value.kind === "bytes" || value.kind === "bytearray";
}

/** Never between the halves of a surrogate pair. */
function pieceEnd(text: string | Uint8Array, start: number): number {
  const end = Math.min(text.length, start + pieceLength);
  if (typeof text !== "string" || end === text.length) return end;
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? end - 1 : end;
}
