/**
 * What one Python file says, without any other file: its names and what they are bound to, as small expressions. Plain data, so that it can be kept for
 * each file and put together again whenever one of them changes.
 */

/** A range of text. Lines from 1, columns from 0 in UTF-16 units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Node {
  readonly at: Span;
}

export type Expression = Node &
  (
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "attribute"; readonly object: Expression; readonly name: string }
    | { readonly kind: "item"; readonly object: Expression; readonly key: Expression }
    | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Argument[] }
    /** `inner`: the text within the quotes. Null where it is put together of several literals or has escapes. */
    | { readonly kind: "string"; readonly value: string; readonly inner: Span | null }
    | { readonly kind: "format"; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "constant"; readonly value: boolean | null }
    | { readonly kind: "list"; readonly of: "list" | "tuple" | "set"; readonly items: readonly Item[] }
    | { readonly kind: "dict"; readonly entries: readonly Entry[] }
    | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
    /** `a if … else b`. */
    | { readonly kind: "either"; readonly first: Expression; readonly second: Expression }
    /** `[element for name in source]` with one loop and no condition. */
    | {
        readonly kind: "each";
        readonly of: "list" | "set" | "tuple";
        readonly name: string;
        readonly source: Expression;
        readonly element: Expression;
      }
    /** `what` it is, as a noun with its article: "a comprehension", "a lambda". */
    | { readonly kind: "other"; readonly what: string }
  );

export interface Argument {
  /** Null: by position. */
  readonly name: string | null;
  readonly star: "" | "*" | "**";
  readonly value: Expression;
}

export interface Item {
  readonly isStarred: boolean;
  readonly value: Expression;
}

/** `key` is null for `**value`. */
export interface Entry {
  readonly key: Expression | null;
  readonly value: Expression;
}

/** What a name stands for in a scope, by one statement. */
export type Binding = { readonly conditional: boolean; readonly at: Span } & (
  | { readonly kind: "imported"; readonly from: ImportFrom; readonly name: string | null }
  | { readonly kind: "value"; readonly value: Expression }
  | { readonly kind: "scope"; readonly scope: Scope }
  /** A loop variable, a part of a tuple, `with … as`. */
  | { readonly kind: "other"; readonly what: string }
);

/** `from ..a.b import`: module `a.b`, level 2. Level 0 is absolute. */
export interface ImportFrom {
  readonly module: string;
  readonly level: number;
}

/** A list that is changed after it was made: `target += value`, `target.append(value)`. */
export interface ListChange {
  readonly target: Expression;
  readonly how: "extend" | "append" | "other";
  readonly value: Expression | null;
  /** In a function: when it happens is known at run time only. */
  readonly isLater: boolean;
  readonly at: Span;
}

/** A call whose callee's last name is one of those that matter. */
export interface CallFound {
  readonly call: Expression & { readonly kind: "call" };
  readonly scope: Scope;
}

export interface ParameterSource {
  readonly name: string;
  readonly kind: "positionalOnly" | "positional" | "keywordOnly" | "args" | "kwargs";
  readonly default: Expression | null;
  readonly annotation: string | null;
}

/** A module, a class or a function. */
export interface Scope {
  readonly kind: "module" | "class" | "function";
  /** Null for a module. */
  readonly parent: Scope | null;
  /** Empty for a module. */
  readonly name: string;
  readonly qualname: string;
  /** Of the name. */
  readonly at: Span;
  readonly endLine: number;
  /** In the order of the text. */
  readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  /** `from … import *`. */
  readonly stars: readonly ImportFrom[];
  readonly changes: readonly ListChange[];
  readonly decorators: readonly { readonly text: string; readonly value: Expression }[];
  /** Of a class. */
  readonly bases: readonly Expression[];
  /** Of a function. */
  readonly isAsync: boolean;
  readonly parameters: readonly ParameterSource[];
  readonly returns: readonly Expression[];
}

export interface ModuleSource {
  readonly file: string;
  readonly module: Scope;
  readonly scopes: readonly Scope[];
  readonly calls: readonly CallFound[];
  /** Null: all was read. */
  readonly problem: string | null;
  /** False: bodies of functions that say nothing about tasks were left out, so that these have no `returns`. */
  readonly isWhole: boolean;
}
