import type { SyntaxNode } from "@lezer/common";
import type { ParameterSource } from "./moduleSource";
import { readExpression, type SourceText } from "./readExpression";

const maxParameters = 100;
const maxAnnotation = 120;

type Kind = ParameterSource["kind"];

/** The parameters of a `def`. */
export function readParameters(source: SourceText, list: SyntaxNode | null): ParameterSource[] {
  const found: ParameterSource[] = [];
  if (list === null) return found;
  let kind: Kind = "positional";
  let next: Kind | null = null;
  let end = list.from;
  for (let child = list.firstChild; child !== null && found.length < maxParameters; child = child.nextSibling) {
    const isSlash = source.text
      .slice(end, child.from)
      .replaceAll(/#[^\n]*/g, "")
      .includes("/");
    // The grammar has no node for the `/` that ends what can only be given by position.
    if (isSlash) for (const [index, one] of found.entries()) found[index] = { ...one, kind: "positionalOnly" };
    end = child.to;
    if (child.name === "*" || child.name === "**") next = child.name === "*" ? "args" : "kwargs";
    if (child.name === "," && next !== null) next = null;
    if (child.name === "*") kind = "keywordOnly";
    if (child.name !== "VariableName") continue;
    const name = source.text.slice(child.from, child.to);
    let annotation: string | null = null;
    let value: SyntaxNode | null = null;
    let after = child.nextSibling;
    if (after?.name === "TypeDef") {
      annotation = source.text.slice(after.from, after.to).replace(/^:\s*/, "");
      after = after.nextSibling;
    }
    if (after?.name === "AssignOp") value = after.nextSibling;
    found.push({
      name,
      kind: next ?? kind,
      default: value === null ? null : readExpression(source, value),
      annotation: annotation === null ? null : shortened(annotation),
    });
    next = null;
    const last = value ?? (after?.name === "AssignOp" ? after : null);
    if (last !== null) {
      child = last;
      end = last.to;
    } else if (annotation !== null && child.nextSibling !== null) {
      child = child.nextSibling;
      end = child.to;
    }
  }
  return found;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > maxAnnotation ? `${line.slice(0, maxAnnotation - 1)}…` : line;
}
