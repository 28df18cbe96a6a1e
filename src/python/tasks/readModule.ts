import { t } from "../l10n";
import type { SyntaxNode, SyntaxNodeRef, Tree } from "@lezer/common";
import type { Binding, CallFound, Expression, ImportFrom, ListChange, ModuleSource, Scope } from "./moduleSource";
import { endOfPython, parsePython, pythonText } from "./pythonText";
import { withoutQuietBodies } from "./quietBodies";
import { readDecorators } from "./readDecorators";
import { operands, readArguments, readExpression, readItems, type SourceText } from "./readExpression";
import { readImport } from "./readImport";
import { readParameters } from "./readParameters";
import type { Turns } from "./turns";

/** Calls that matter, by the last name of what is called. */
const callsThatMatter: ReadonlySet<string> = new Set([
  "enqueue_job",
  "run_worker",
  "create_worker",
  "get_kwargs",
  "check_health",
  "Worker",
  "create_pool",
]);

/** Statements whose body may run or not. */
const branching: ReadonlySet<string> = new Set([
  "IfStatement",
  "TryStatement",
  "ForStatement",
  "WhileStatement",
  "MatchStatement",
]);

/** Code that nests deeper is refused by Python itself (100 levels), or was made to exhaust somebody. */
const maxNesting = 120;
/** One file with more is generated. */
const maxCalls = 2000;

/** A scope that is being read. */
interface OpenScope extends Scope {
  readonly bindings: Map<string, Binding[]>;
  readonly stars: ImportFrom[];
  readonly changes: ListChange[];
  readonly returns: Expression[];
}

/**
 * Reads one file; bodies of functions that say nothing about tasks only where it is to be `whole`. Never throws: a file that cannot be read wholly has a `problem`. The
 * time is linear in the text; others get a turn every few milliseconds.
 */
export async function readModule(file: string, text: string, turns: Turns, whole = false): Promise<ModuleSource> {
  const end = endOfPython(text);
  const python = end === null ? text : text.slice(0, end);
  const source = pythonText(whole ? python : withoutQuietBodies(python));
  const reader = new ModuleReader(source);
  let problem = end === null ? null : t("its brackets nest deeper than Python allows: what follows is not read");
  try {
    const tree = await parsePython(source.text, turns);
    problem = (await reader.read(tree, turns)) ?? problem;
  } catch (error) {
    // Of hostile nesting: a RangeError of the stack.
    problem = `it could not be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { scopes, calls } = reader;
  return { file, module: scopes[0]!, scopes, calls, problem, isWhole: whole };
}

class ModuleReader {
  readonly scopes: OpenScope[] = [];
  readonly calls: CallFound[] = [];
  readonly #open: OpenScope[] = [];
  #branches = 0;
  #nesting = 0;
  #tooDeep = false;

  constructor(private readonly source: SourceText) {
    this.#begin("module", "", source.span(0, 0), source.span(source.text.length, source.text.length).endLine);
  }

  /** What was left out, or null. */
  async read(tree: Tree, turns: Turns): Promise<string | null> {
    for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
      node.cursor().iterate(
        (at) => this.#enter(at),
        (at) => this.#leave(at),
      );
      if (turns.isOver) await turns.giveNow();
    }
    if (this.#tooDeep) return t("some of it nests too deeply to be read");
    return this.calls.length >= maxCalls ? t("only its first {0} calls are read", maxCalls) : null;
  }

  get #scope(): OpenScope {
    return this.#open.at(-1)!;
  }

  #enter(at: SyntaxNodeRef): boolean {
    if (++this.#nesting > maxNesting) {
      // `leave` is not called for what is not entered.
      this.#nesting--;
      this.#tooDeep = true;
      return false;
    }
    if (branching.has(at.name)) this.#branches++;
    switch (at.name) {
      case "FunctionDefinition":
        this.#define("function", at.node);
        break;
      case "ClassDefinition":
        this.#define("class", at.node);
        break;
      case "ImportStatement":
        this.#addImport(at.node);
        break;
      case "AssignStatement":
        this.#assign(at.node);
        break;
      case "UpdateStatement":
        this.#update(at.node);
        break;
      case "CallExpression":
        this.#call(at.node);
        break;
      case "ReturnStatement":
        this.#return(at.node);
        break;
      case "ForStatement":
      case "WithStatement":
        this.#bindOthers(at.node);
        break;
      default:
    }
    return true;
  }

  #leave(at: SyntaxNodeRef): void {
    this.#nesting--;
    if (branching.has(at.name)) this.#branches--;
    if (at.name === "FunctionDefinition" || at.name === "ClassDefinition") this.#open.pop();
  }

  #begin(
    kind: Scope["kind"],
    name: string,
    at: Scope["at"],
    endLine: number,
    node: SyntaxNode | null = null,
  ): OpenScope {
    const parent = this.#open.at(-1) ?? null;
    const prefix =
      parent === null || parent.kind === "module"
        ? ""
        : `${parent.qualname}${parent.kind === "function" ? ".<locals>" : ""}.`;
    const scope: OpenScope = {
      kind,
      parent,
      name,
      qualname: `${prefix}${name}`,
      at,
      endLine,
      bindings: new Map(),
      stars: [],
      changes: [],
      returns: [],
      decorators: node === null ? [] : readDecorators(this.source, node),
      bases: kind === "class" ? this.#bases(node) : [],
      isAsync: kind === "function" && node !== null && node.getChild("async") !== null,
      parameters: kind === "function" ? readParameters(this.source, node?.getChild("ParamList") ?? null) : [],
    };
    this.scopes.push(scope);
    this.#open.push(scope);
    return scope;
  }

  #define(kind: "function" | "class", node: SyntaxNode): void {
    const name = node.getChild("VariableName");
    const text = name === null ? "" : this.#text(name);
    const outer = this.#scope;
    const conditional = this.#branches > 0;
    const at = this.#span(name ?? node);
    const scope = this.#begin(kind, text, at, this.source.span(node.from, this.#endOf(node)).endLine, node);
    if (name !== null) bind(outer, text, { kind: "scope", scope, conditional, at });
    for (const { name: parameter } of scope.parameters) {
      bind(scope, parameter, { kind: "other", what: "a parameter", conditional: false, at });
    }
  }

  #bases(node: SyntaxNode | null): Expression[] {
    const list = node?.getChild("ArgList") ?? null;
    if (list === null) return [];
    return this.#arguments(list).flatMap(({ name, star, value }) => (name === null && star === "" ? [value] : []));
  }

  #addImport(node: SyntaxNode): void {
    const conditional = this.#branches > 0;
    const { names, star } = readImport(this.source, node);
    if (star !== null) this.#scope.stars.push(star);
    for (const { as, from, name, at } of names) {
      bind(this.#scope, as, { kind: "imported", from, name, conditional, at: this.#span(at) });
    }
  }

  #assign(node: SyntaxNode): void {
    const groups: SyntaxNode[][] = [[]];
    let hasValue = false;
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child.name === "AssignOp") {
        groups.push([]);
        hasValue = true;
      } else if (child.name !== "TypeDef" && child.name !== "Comment") groups.at(-1)!.push(child);
    }
    // `queue: str` alone binds nothing.
    if (!hasValue) return;
    const last = groups.pop() ?? [];
    const isTuple = last.some(({ name }) => name === ",");
    const [first] = last;
    if (first === undefined) return;
    const at = this.#span(first);
    const value: Expression = isTuple
      ? {
          kind: "list",
          of: "tuple",
          items: last
            .filter(({ name }) => /^[A-Z]/.test(name))
            .map((item) => ({ isStarred: false, value: this.#read(item) })),
          at,
        }
      : this.#read(first);
    for (const targets of groups) this.#bindTargets(targets, value);
  }

  #bindTargets(targets: readonly SyntaxNode[], value: Expression): void {
    const conditional = this.#branches > 0;
    const [only] = targets;
    if (targets.length === 1 && only?.name === "VariableName") {
      bind(this.#scope, this.#text(only), { kind: "value", value, conditional, at: this.#span(only) });
    } else if (targets.length === 1 && only?.name === "MemberExpression") {
      this.#bindMember(only, value, conditional);
    } else {
      const names = targets.flatMap((target) =>
        target.name === "VariableName" ? [target] : target.getChildren("VariableName"),
      );
      const items =
        value.kind === "list" && value.items.length === names.length && value.items.every(({ isStarred }) => !isStarred)
          ? value.items
          : null;
      for (const [index, name] of names.entries()) {
        const item = items?.[index]?.value;
        bind(
          this.#scope,
          this.#text(name),
          item === undefined
            ? { kind: "other", what: "a part of a tuple", conditional, at: this.#span(name) }
            : { kind: "value", value: item, conditional, at: this.#span(name) },
        );
      }
    }
  }

  /** `WorkerSettings.functions = …` and `self.pool = …` are names of the scope, as they are written. */
  #bindMember(target: SyntaxNode, value: Expression, conditional: boolean): void {
    const text = this.#text(target);
    if (/^[\p{L}_][\p{L}\p{N}_]*\.[\p{L}_][\p{L}\p{N}_]*$/u.test(text)) {
      bind(this.#scope, text, { kind: "value", value, conditional, at: this.#span(target) });
    }
  }

  #update(node: SyntaxNode): void {
    const [target, value] = operands(node);
    if (target === undefined) return;
    const operator = node.getChild("UpdateOp");
    const isExtended = operator !== null && this.#text(operator) === "+=" && value !== undefined;
    this.#change(target, isExtended ? "extend" : "other", value ?? null, node);
  }

  #change(target: SyntaxNode, how: ListChange["how"], value: SyntaxNode | null, node: SyntaxNode): void {
    if (this.#scope.changes.length >= maxCalls) return;
    this.#scope.changes.push({
      target: this.#read(target),
      how,
      value: value === null ? null : this.#read(value),
      isLater: this.#open.some(({ kind }) => kind === "function"),
      at: this.#span(node),
    });
  }

  #call(node: SyntaxNode): void {
    const callee = node.firstChild;
    const last = callee?.name === "MemberExpression" ? callee.getChild("PropertyName") : callee;
    if (callee === null || last === null) return;
    const name = this.#text(last);
    if (callsThatMatter.has(name) && this.calls.length < maxCalls) {
      const call = this.#read(node);
      if (call.kind === "call") this.calls.push({ call, scope: this.#scope });
    }
    if (callee.name !== "MemberExpression" || !/^(?:append|extend|insert|remove|clear|pop)$/.test(name)) return;
    const value = node.getChild("ArgList")?.firstChild?.nextSibling ?? null;
    const list = callee.firstChild;
    if (list === null || (list.name !== "VariableName" && list.name !== "MemberExpression")) return;
    this.#change(
      list,
      name === "append" || name === "extend" ? name : "other",
      value?.name === ")" ? null : value,
      node,
    );
  }

  #return(node: SyntaxNode): void {
    const scope = this.#scope;
    const value = node.firstChild?.nextSibling ?? null;
    if (scope.kind !== "function" || value === null || scope.returns.length >= 20) return;
    const isTuple = node.getChild(",") !== null;
    const at = this.#span(node);
    scope.returns.push(
      isTuple
        ? { kind: "list", of: "tuple", items: readItems(node, (of) => this.#maybe(of, at)), at }
        : this.#read(value),
    );
  }

  /** Names that a loop or a `with` binds. */
  #bindOthers(node: SyntaxNode): void {
    const conditional = this.#branches > 0;
    let isTarget = node.name === "ForStatement";
    for (let child = node.firstChild; child !== null && child.name !== "Body"; child = child.nextSibling) {
      if (child.name === "in") isTarget = false;
      if (child.name === "as") isTarget = true;
      if (child.name === ",") isTarget &&= node.name === "ForStatement";
      if (!isTarget || child.name !== "VariableName") continue;
      const previous = child.prevSibling?.prevSibling ?? null;
      const at = this.#span(child);
      // `async with create_pool(…) as pool` says what the pool is.
      if (node.name === "WithStatement" && previous !== null)
        bind(this.#scope, this.#text(child), { kind: "value", value: this.#read(previous), conditional, at });
      else bind(this.#scope, this.#text(child), { kind: "other", what: "a loop variable", conditional, at });
    }
  }

  #arguments(list: SyntaxNode) {
    const at = this.#span(list);
    return readArguments(
      list,
      (of) => this.#text(of),
      (of) => this.#maybe(of, at),
    );
  }

  #maybe(node: SyntaxNode | null, at: Scope["at"]): Expression {
    return node === null ? { kind: "other", what: "an incomplete expression", at } : this.#read(node);
  }

  #read(node: SyntaxNode): Expression {
    return readExpression(this.source, node);
  }

  #text(node: SyntaxNode): string {
    return this.source.text.slice(node.from, Math.min(node.to, node.from + 500));
  }

  #span(node: SyntaxNode): Scope["at"] {
    return this.source.span(node.from, node.to);
  }

  /** A body reaches to the next statement in the grammar; its last line is the last that is not blank. */
  #endOf(node: SyntaxNode): number {
    let end = node.to;
    while (end > node.from && /\s/.test(this.source.text[end - 1] ?? "")) end--;
    return end;
  }
}

function bind(scope: OpenScope, name: string, binding: Binding): void {
  const known = scope.bindings.get(name);
  if (known === undefined) scope.bindings.set(name, [binding]);
  // A name bound this often is data.
  else if (known.length < 100) known.push(binding);
}
