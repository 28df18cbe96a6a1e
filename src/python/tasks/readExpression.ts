import type { SyntaxNode } from "@lezer/common";
import type { Argument, Entry, Expression, Item, Span } from "./moduleSource";
import { readString } from "./stringLiteral";

/** Deeper ones are generated, or meant to exhaust the stack. */
const maxDepth = 60;
/** Longer lists are data. */
const maxItems = 5000;

/** Text with the lines it has: from an offset to a place. */
export interface SourceText {
  readonly text: string;
  span(from: number, to: number): Span;
}

/** An expression of the grammar as plain data. What says nothing about tasks becomes `other`. */
export function readExpression(source: SourceText, node: SyntaxNode, depth = 0): Expression {
  const at = source.span(node.from, node.to);
  if (depth > maxDepth) return { kind: "other", what: "an expression that nests too deeply", at };
  const textOf = (of: SyntaxNode): string => source.text.slice(of.from, of.to);
  const read = (of: SyntaxNode | null): Expression =>
    of === null ? { kind: "other", what: "an incomplete expression", at } : readExpression(source, of, depth + 1);
  switch (node.name) {
    case "VariableName":
      return { kind: "name", name: textOf(node), at };
    case "None":
      return { kind: "constant", value: null, at };
    case "Boolean":
      return { kind: "constant", value: textOf(node) === "True", at };
    case "Number":
      return readNumber(textOf(node), at);
    case "String":
    case "FormatString":
    case "ContinuedString":
      return readString(source, node, (of) => read(of));
    case "ParenthesizedExpression":
      return read(operands(node)[0] ?? null);
    case "AwaitExpression":
      return read(operands(node)[0] ?? null);
    case "NamedExpression":
      return read(operands(node)[1] ?? null);
    case "MemberExpression":
      return readMember(node, at, textOf, read);
    case "CallExpression": {
      const list = node.getChild("ArgList");
      const callee = node.firstChild;
      // `sum(x for x in y)` has its comprehension where the arguments would be.
      return { kind: "call", callee: read(callee), args: list === null ? [] : readArguments(list, textOf, read), at };
    }
    case "ArrayExpression":
    case "TupleExpression":
    case "SetExpression":
      return { kind: "list", of: listKinds[node.name], items: readItems(node, read), at };
    case "ArrayComprehensionExpression":
    case "SetComprehensionExpression":
    case "ComprehensionExpression":
      return readComprehension(node, at, textOf, read);
    case "DictionaryExpression":
      return { kind: "dict", entries: readEntries(node, read), at };
    case "BinaryExpression": {
      const [left, right] = operands(node);
      const operator = left?.nextSibling;
      return {
        kind: "binary",
        operator: operator === undefined || operator === null ? "" : textOf(operator),
        left: read(left ?? null),
        right: read(right ?? null),
        at,
      };
    }
    case "UnaryExpression":
      return {
        kind: "unary",
        operator: node.firstChild === null ? "" : textOf(node.firstChild),
        operand: read(node.lastChild),
        at,
      };
    case "ConditionalExpression": {
      const [first, , second] = operands(node);
      return { kind: "either", first: read(first ?? null), second: read(second ?? null), at };
    }
    case "LambdaExpression":
      return { kind: "other", what: "a lambda", at };
    case "DictionaryComprehensionExpression":
      return { kind: "other", what: "a comprehension", at };
    default:
      return { kind: "other", what: "an expression that is not read", at };
  }
}

const listKinds = { ArrayExpression: "list", TupleExpression: "tuple", SetExpression: "set" } as const;

/** Words and signs of the grammar that stand between operands. */
const isSign = ({ name }: SyntaxNode): boolean => !/^[A-Z]/.test(name) || name.endsWith("Op");

/** The children that are expressions, in order. */
export function operands(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null && found.length < maxItems; child = child.nextSibling) {
    if (!isSign(child) && child.name !== "Comment") found.push(child);
  }
  return found;
}

function readNumber(text: string, at: Span): Expression {
  const plain = text.replaceAll("_", "").toLowerCase();
  const value = plain.endsWith("j") ? Number.NaN : Number(plain);
  return Number.isNaN(value) ? { kind: "other", what: "a number that is not read", at } : { kind: "number", value, at };
}

type TextOf = (node: SyntaxNode) => string;
type Read = (node: SyntaxNode | null) => Expression;

function readMember(node: SyntaxNode, at: Span, textOf: TextOf, read: Read): Expression {
  const property = node.getChild("PropertyName");
  const object = read(node.firstChild);
  if (property !== null) return { kind: "attribute", object, name: textOf(property), at };
  const [, key, more] = operands(node);
  if (key === undefined || more !== undefined || node.getChild(":") !== null)
    return { kind: "other", what: "a slice", at };
  return { kind: "item", object, key: read(key), at };
}

/** The arguments of a call, or the bases of a class. */
export function readArguments(list: SyntaxNode, textOf: TextOf, read: Read): Argument[] {
  const found: Argument[] = [];
  let star: Argument["star"] = "";
  for (let child = list.firstChild; child !== null && found.length < maxItems; child = child.nextSibling) {
    if (child.name === "*" || child.name === "**") star = child.name;
    if (isSign(child) || child.name === "Comment") continue;
    const sign = child.nextSibling;
    if (sign?.name === "AssignOp" && child.name === "VariableName" && sign.nextSibling !== null) {
      found.push({ name: textOf(child), star: "", value: read(sign.nextSibling) });
      child = sign.nextSibling;
    } else {
      found.push({ name: null, star, value: read(child) });
    }
    star = "";
  }
  return found;
}

/** The items of a list, or of the right side of an assignment without parentheses. */
export function readItems(node: SyntaxNode, read: Read): Item[] {
  const found: Item[] = [];
  let isStarred = false;
  for (let child = node.firstChild; child !== null && found.length < maxItems; child = child.nextSibling) {
    if (child.name === "*") isStarred = true;
    if (isSign(child) || child.name === "Comment") continue;
    found.push({ isStarred, value: read(child) });
    isStarred = false;
  }
  return found;
}

function readEntries(node: SyntaxNode, read: Read): Entry[] {
  const found: Entry[] = [];
  let isUnpacked = false;
  for (let child = node.firstChild; child !== null && found.length < maxItems; child = child.nextSibling) {
    if (child.name === "**") isUnpacked = true;
    if (isSign(child) || child.name === "Comment") continue;
    const value = child.nextSibling?.name === ":" ? child.nextSibling.nextSibling : null;
    if (isUnpacked || value === null) found.push({ key: null, value: read(child) });
    else {
      found.push({ key: read(child), value: read(value) });
      child = value;
    }
    isUnpacked = false;
  }
  return found;
}

function readComprehension(node: SyntaxNode, at: Span, textOf: TextOf, read: Read): Expression {
  const other: Expression = { kind: "other", what: "a comprehension", at };
  const [element, name, source, more] = operands(node);
  if (element === undefined || name?.name !== "VariableName" || source === undefined || more !== undefined)
    return other;
  if (node.getChildren("for").length !== 1 || node.getChild("if") !== null || node.getChild("async") !== null)
    return other;
  const of = node.name.startsWith("Array") ? "list" : node.name.startsWith("Set") ? "set" : "tuple";
  return { kind: "each", of, name: textOf(name), source: read(source), element: read(element), at };
}
