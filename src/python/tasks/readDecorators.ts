import type { SyntaxNode } from "@lezer/common";
import type { Expression, Scope } from "./moduleSource";
import { readArguments, readExpression, type SourceText } from "./readExpression";

const maxText = 120;

/** The decorators of a function or class, as they are written and as expressions, nearest to it last. */
export function readDecorators(source: SourceText, definition: SyntaxNode): Scope["decorators"] {
  const around = definition.parent?.name === "DecoratedStatement" ? definition.parent : null;
  return (around?.getChildren("Decorator") ?? []).flatMap((decorator) => {
    const start = decorator.firstChild?.nextSibling ?? null;
    if (start === null) return [];
    const text = source.text.slice(start.from, decorator.to).trim().replaceAll(/\s+/g, " ");
    return [
      {
        text: text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text,
        value: readDecorator(source, decorator),
      },
    ];
  });
}

/** The grammar leaves a decorator's expression in pieces: `@`, `a`, `.`, `b`, `(…)`. */
function readDecorator(source: SourceText, decorator: SyntaxNode): Expression {
  const textOf = (of: SyntaxNode): string => source.text.slice(of.from, of.to);
  const whole = source.span(decorator.from, decorator.to);
  const read = (of: SyntaxNode | null): Expression =>
    of === null ? { kind: "other", what: "an incomplete expression", at: whole } : readExpression(source, of);
  let value: Expression | null = null;
  for (let child = decorator.firstChild?.nextSibling ?? null; child !== null; child = child.nextSibling) {
    const at = source.span(child.from, child.to);
    if (value !== null && (child.name === "PropertyName" || child.name === "VariableName"))
      value = { kind: "attribute", object: value, name: textOf(child), at };
    else if (value !== null && child.name === "ArgList")
      value = { kind: "call", callee: value, args: readArguments(child, textOf, read), at };
    else if (/^[A-Z]/.test(child.name) && child.name !== "Comment") value = read(child);
  }
  return value ?? { kind: "other", what: "a decorator", at: whole };
}
