import type { SyntaxNode } from "@lezer/common";
import type { Expression } from "./moduleSource";
import type { SourceText } from "./readExpression";

/** Longer ones are no names. */
const maxLength = 10_000;

const simpleEscapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
  "\r\n": "",
};

/** A string, several that stand side by side, or an f-string with its parts. Bytes are `other`. */
export function readString(source: SourceText, node: SyntaxNode, read: (node: SyntaxNode) => Expression): Expression {
  const at = source.span(node.from, node.to);
  if (node.to - node.from > maxLength) return { kind: "other", what: "a long text", at };
  const pieces =
    node.name === "ContinuedString" ? [...node.getChildren("String"), ...node.getChildren("FormatString")] : [node];
  pieces.sort((one, other) => one.from - other.from);
  const parts: (string | Expression)[] = [];
  let inner: { from: number; to: number } | null = null;
  for (const piece of pieces) {
    const text = source.text.slice(piece.from, piece.to);
    const opening = /^([A-Za-z]*)("""|'''|"|')/.exec(text);
    if (opening === null) return { kind: "other", what: "an incomplete text", at };
    const [start, prefix = "", quote = ""] = opening;
    if (/b/i.test(prefix)) return { kind: "other", what: "bytes", at };
    const from = piece.from + start.length;
    const to = text.length >= start.length + quote.length && text.endsWith(quote) ? piece.to - quote.length : piece.to;
    const plain = (some: string): string => (/r/i.test(prefix) ? some : unescape(some));
    if (!/[ft]/i.test(prefix)) {
      const written = source.text.slice(from, to);
      parts.push(plain(written));
      if (pieces.length === 1 && plain(written) === written) inner = { from, to };
      continue;
    }
    let done = from;
    for (const hole of piece.getChildren("FormatReplacement")) {
      parts.push(plain(braces(source.text.slice(done, hole.from))));
      const value = hole.firstChild?.nextSibling ?? null;
      // `{x!r}` and `{x:>10}` are not the value as it is.
      const isPlain = value !== null && source.text.slice(value.to, hole.to).trim() === "}";
      parts.push(
        isPlain ? read(value) : { kind: "other", what: "a formatted value", at: source.span(hole.from, hole.to) },
      );
      done = hole.to;
    }
    parts.push(plain(braces(source.text.slice(done, to))));
  }
  if (parts.every((part) => typeof part === "string")) {
    return {
      kind: "string",
      value: parts.join(""),
      inner: inner === null ? null : source.span(inner.from, inner.to),
      at,
    };
  }
  return { kind: "format", parts, at };
}

const braces = (text: string): string => text.replaceAll("{{", "{").replaceAll("}}", "}");

function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replaceAll(
    /\\(?:x([\dA-Fa-f]{2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([0-7]{1,3})|(\r\n|[^]))/g,
    (all, ...found) => {
      const [x, u, U, octal, simple] = found as (string | undefined)[];
      const hex = x ?? u ?? U;
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), all);
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8), all);
      return simpleEscapes[simple ?? ""] ?? all;
    },
  );
}

const codePoint = (code: number, otherwise: string): string =>
  code > 0x10_ff_ff ? otherwise : String.fromCodePoint(code);
