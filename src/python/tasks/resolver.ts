import { t } from "../l10n";
import { assertNever } from "../assertNever";
import type { Binding, Expression, ImportFrom, ModuleSource, Scope, Span } from "./moduleSource";
import type { ModuleFound, ModuleTable } from "./moduleTable";
import { tooLong, Work } from "./work";

/** Where an expression stands, so that its names have a meaning. */
export interface Where {
  readonly source: ModuleSource;
  readonly scope: Scope;
  /** Names of a loop or of parameters with what they stand for this time. */
  readonly locals: ReadonlyMap<string, Written> | null;
  /** What its own scope binds from here on is not there yet: `functions = functions + [more]`. */
  readonly until?: Span;
}

/** An expression with its place. */
export interface Written {
  readonly value: Expression;
  readonly where: Where;
}

/** A name that a list was given, where it may be changed later. */
export interface Owner {
  readonly source: ModuleSource;
  readonly scope: Scope;
  readonly name: string;
}

/** What an expression stands for, as far as the source tells without running it. */
export type Meaning =
  | { readonly kind: "function"; readonly scope: Scope; readonly source: ModuleSource; readonly isBound: boolean }
  | { readonly kind: "class"; readonly scope: Scope; readonly source: ModuleSource }
  | { readonly kind: "instance"; readonly scope: Scope; readonly source: ModuleSource }
  | { readonly kind: "module"; readonly found: ModuleFound; readonly importer: string }
  /** `field`: the object and attribute it is the default of, where an instance may have another value. */
  | { readonly kind: "value"; readonly written: Written; readonly owner: Owner | null; readonly field: string | null }
  /** Something of Python or of a package that is not in the open folders, by its dotted name. */
  | { readonly kind: "external"; readonly name: string }
  | { readonly kind: "unknown"; readonly why: string };

/** A chain of names that is longer goes in circles. */
const maxSteps = 40;

/** Follows names through scopes, modules and classes. The files it needs and has not got are noted as `wanted`, those it has in part as `wantedWhole`. */
export class Resolver {
  readonly wanted = new Set<string>();
  readonly wantedWhole = new Set<string>();
  /** Shared with those who ask several things for one answer. */
  readonly work = new Work();

  constructor(
    readonly table: ModuleTable,
    private readonly sources: ReadonlyMap<string, ModuleSource>,
  ) {}

  resolve(value: Expression, where: Where, steps = 0): Meaning {
    return this.work.within(() => this.#resolve(value, where, steps)) ?? unknown(tooLong());
  }

  #resolve(value: Expression, where: Where, steps: number): Meaning {
    if (steps > maxSteps) return unknown(t("its definition goes in circles"));
    switch (value.kind) {
      case "name":
        return this.lookup(value.name, where, steps + 1);
      case "attribute":
        return this.#attribute(value, where, steps + 1);
      case "call":
        return this.#call(value, where, steps + 1);
      case "item":
        return this.#item(value, where, steps + 1);
      default:
        return { kind: "value", written: { value, where }, owner: null, field: null };
    }
  }

  /** A name, as the code at that place sees it. */
  lookup(name: string, where: Where, steps = 0): Meaning {
    return this.work.within(() => this.#lookup(name, where, steps)) ?? unknown(tooLong());
  }

  #lookup(name: string, where: Where, steps: number): Meaning {
    if (steps > maxSteps) return unknown(t("its definition goes in circles"));
    const local = where.locals?.get(name);
    if (local !== undefined) return this.resolve(local.value, local.where, steps + 1);
    for (let scope: Scope | null = where.scope; scope !== null; scope = scope.parent) {
      // What a class binds is not seen from within its methods.
      if (scope.kind === "class" && scope !== where.scope) continue;
      const bindings = before(scope.bindings.get(name), scope === where.scope ? where.until : undefined);
      const locals = scope === where.scope ? where.locals : null;
      if (bindings.length > 0) return this.#bound(bindings, { source: where.source, scope, locals }, name, steps);
      for (const from of scope.stars) {
        const found = this.#fromModule(from, name, where.source, steps);
        if (found !== null && found.kind !== "unknown") return found;
      }
    }
    return { kind: "external", name: `builtins.${name}` };
  }

  /** A name of a module, for those who import it. Null where it has no such name. */
  member(file: string, name: string, steps = 0): Meaning | null {
    const source = this.source(file);
    if (source === null) return unknown(t("its file is still to be read"));
    const where = { source, scope: source.module, locals: null };
    if (source.module.bindings.has(name)) return this.lookup(name, where, steps + 1);
    for (const from of source.module.stars) {
      const found = this.#fromModule(from, name, source, steps + 1);
      if (found !== null) return found;
    }
    return null;
  }

  /** The method or attribute of a class or of its bases; with the class that has it. Null where none has it. */
  classMember(
    scope: Scope,
    source: ModuleSource,
    name: string,
    steps = 0,
  ): { bindings: readonly Binding[]; where: Where } | null {
    const bindings = scope.bindings.get(name);
    if (bindings !== undefined) return { bindings, where: { source, scope, locals: null } };
    if (steps > maxSteps) return null;
    for (const base of this.basesOf(scope, source, steps)) {
      const found = this.work.within(() => this.classMember(base.scope, base.source, name, steps + 1));
      if (found !== null) return found;
    }
    return null;
  }

  /** The bases of a class that are in the open folders. */
  basesOf(scope: Scope, source: ModuleSource, steps = 0): { scope: Scope; source: ModuleSource }[] {
    const outer: Where = { source, scope: scope.parent ?? source.module, locals: null };
    return scope.bases.flatMap((base) => {
      const meaning = this.resolve(base, outer, steps + 1);
      return meaning.kind === "class" && meaning.scope !== scope
        ? [{ scope: meaning.scope, source: meaning.source }]
        : [];
    });
  }

  /** Null where it was not read yet: then it is wanted. */
  source(file: string): ModuleSource | null {
    const source = this.sources.get(file);
    if (source === undefined) this.wanted.add(file);
    return source ?? null;
  }

  /** What a function returns, as written. Empty where its body was left out so far: then its file is wanted whole. */
  returnsOf({ returns }: Scope, { file, isWhole }: ModuleSource): readonly Expression[] {
    if (returns.length === 0 && !isWhole) this.wantedWhole.add(file);
    return returns;
  }

  #bound(bindings: readonly Binding[], where: Where, name: string, steps: number): Meaning {
    const from = bindings.findLastIndex(({ conditional }) => !conditional);
    const candidates = bindings.slice(Math.max(0, from));
    const meanings = candidates.map((binding) => this.#binding(binding, where, name, steps + 1));
    if (meanings.length === 1) return meanings[0]!;
    // `try: from a import b` with `except ImportError: b = None`: the one that is something.
    const real = meanings.filter((meaning) => !isNothing(meaning));
    const values = real.filter(({ kind }) => kind === "value");
    if (real.length > 1 && values.length === real.length)
      return unknown(t("{0} is set in several places, by conditions", name));
    return (
      real.find(({ kind }) => kind !== "external") ?? real[0] ?? meanings[0] ?? unknown(t("{0} is not defined", name))
    );
  }

  #binding(binding: Binding, where: Where, name: string, steps: number): Meaning {
    switch (binding.kind) {
      case "scope": {
        const { scope } = binding;
        return scope.kind === "class"
          ? { kind: "class", scope, source: where.source }
          : { kind: "function", scope, source: where.source, isBound: false };
      }
      case "value": {
        const { value, at } = binding;
        const meaning = this.resolve(value, { ...where, until: at }, steps + 1);
        if (meaning.kind !== "value" || meaning.owner !== null) return meaning;
        return { ...meaning, owner: { source: where.source, scope: where.scope, name } };
      }
      case "imported": {
        const { from, name: member } = binding;
        if (member === null) return this.#module(from, where.source);
        return (
          this.#fromModule(from, member, where.source, steps) ?? unknown(t("{0} has no {1}", dotted(from), member))
        );
      }
      case "other":
        return unknown(t("{0} is {1}, known at run time only", name, binding.what));
      default:
        return assertNever(binding);
    }
  }

  #module(from: ImportFrom, importer: ModuleSource): Meaning {
    const found = this.table.find(from, importer.file);
    return found === null
      ? { kind: "external", name: dotted(from) }
      : { kind: "module", found, importer: importer.file };
  }

  #fromModule(from: ImportFrom, name: string, importer: ModuleSource, steps: number): Meaning | null {
    if (steps > maxSteps) return unknown(t("its import goes in circles"));
    const found = this.table.find(from, importer.file);
    if (found === null) return { kind: "external", name: `${dotted(from)}.${name}` };
    // A module that imports from itself means its submodule.
    return this.#ofModule(found, name, importer.file, steps);
  }

  #ofModule(found: ModuleFound, name: string, importer: string, steps: number): Meaning | null {
    const own = found.file === null || found.file === importer ? null : this.member(found.file, name, steps + 1);
    if (own !== null) return own;
    const child = found.folder === null ? null : this.table.child(found.folder, name);
    return child === null ? null : { kind: "module", found: child, importer };
  }

  #attribute(value: Expression & { kind: "attribute" }, where: Where, steps: number): Meaning {
    const object = this.resolve(value.object, where, steps);
    const { name } = value;
    switch (object.kind) {
      case "module":
        return this.#ofModule(object.found, name, "", steps) ?? unknown(t("the module has no {0}", name));
      case "external":
        return { kind: "external", name: `${object.name}.${name}` };
      case "class":
      case "instance":
        return this.#memberOf(object, name, steps);
      case "function":
        if (name === "__name__" || name === "__qualname__") {
          const text = name === "__name__" ? object.scope.name : object.scope.qualname;
          const string: Expression = { kind: "string", value: text, inner: null, at: value.at };
          return { kind: "value", written: { value: string, where }, owner: null, field: null };
        }
        return unknown(t("what .{0} of a function is, is known at run time only", name));
      case "value":
        // Of a member of an Enum.
        if (name === "value") return object;
        return unknown(t("what .{0} is, is known at run time only", name));
      case "unknown":
        return object;
      default:
        return assertNever(object);
    }
  }

  #memberOf(object: Meaning & { kind: "class" | "instance" }, name: string, steps: number): Meaning {
    const found = this.classMember(object.scope, object.source, name, steps);
    if (found === null)
      return unknown(t("{0} has no {1} that can be seen without running it", object.scope.name, name));
    const meaning = this.#bound(found.bindings, found.where, name, steps);
    if (meaning.kind === "function" && meaning.scope.parent?.kind === "class") {
      const decorators = meaning.scope.decorators.map(({ text }) => text);
      if (decorators.some((text) => /\b(?:cached_)?property\b/.test(text))) return this.#returned(meaning, null, steps);
      const isStatic = decorators.includes("staticmethod");
      return { ...meaning, isBound: !isStatic && (object.kind === "instance" || decorators.includes("classmethod")) };
    }
    if (meaning.kind === "value" && object.kind === "instance")
      return { ...meaning, field: `${object.scope.name}.${name}` };
    return this.#autoValue(meaning, object, name, steps) ?? meaning;
  }

  /** `auto()` in a StrEnum is the member's name in lower case. */
  #autoValue(
    meaning: Meaning,
    { scope, source }: Meaning & { kind: "class" | "instance" },
    name: string,
    steps: number,
  ): Meaning | null {
    const written = meaning.kind === "value" ? meaning.written : null;
    if (written?.value.kind !== "call") return null;
    const { callee } = written.value;
    // Python wants the Enum as the last base. Of the others, and of what else is called, nothing is asked: it may ask for this one again.
    const base = scope.bases.at(-1);
    if ((callee.kind !== "name" && callee.kind !== "attribute") || callee.name !== "auto") return null;
    if (base?.kind !== "name" && (base?.kind !== "attribute" || base.name !== "StrEnum")) return null;
    const found = this.resolve(base, { source, scope: scope.parent ?? source.module, locals: null }, steps + 1);
    if (found.kind !== "external" || found.name !== "enum.StrEnum") return null;
    const value: Expression = { kind: "string", value: name.toLowerCase(), inner: null, at: written.value.at };
    return { kind: "value", written: { value, where: written.where }, owner: null, field: null };
  }

  #call(value: Expression & { kind: "call" }, where: Where, steps: number): Meaning {
    const callee = this.resolve(value.callee, where, steps);
    if (callee.kind === "class") return { kind: "instance", scope: callee.scope, source: callee.source };
    if (callee.kind === "function") return this.#returned(callee, { value, where }, steps);
    return { kind: "value", written: { value, where }, owner: null, field: null };
  }

  /** What a function returns, where it has one `return`. */
  #returned(
    { scope, source }: Meaning & { kind: "function" },
    call: { value: Expression & { kind: "call" }; where: Where } | null,
    steps: number,
  ): Meaning {
    const [only, ...more] = this.returnsOf(scope, source);
    if (only === undefined || more.length > 0)
      return unknown(t("what {0}() returns is known at run time only", scope.qualname));
    const locals = new Map<string, Written>();
    for (const [index, { name, default: otherwise }] of scope.parameters.entries()) {
      const { value, where } = call ?? { value: null, where: { source, scope, locals: null } };
      const given =
        value?.args.find((arg) => arg.name === name) ?? value?.args.filter((arg) => arg.name === null)[index];
      if (given?.star === "") locals.set(name, { value: given.value, where });
      else if (otherwise !== null)
        locals.set(name, { value: otherwise, where: { source, scope: scope.parent ?? source.module, locals: null } });
    }
    return this.resolve(only, { source, scope, locals }, steps + 1);
  }

  #item(value: Expression & { kind: "item" }, where: Where, steps: number): Meaning {
    const object = this.resolve(value.object, where, steps);
    const unread = unknown(t("what [ ] gives is known at run time only"));
    if (object.kind === "external") return { kind: "value", written: { value, where }, owner: null, field: null };
    if (object.kind !== "value" || value.key.kind !== "string") return unread;
    const { value: dict, where: inside } = object.written;
    if (dict.kind !== "dict") return unread;
    const wanted = value.key.value;
    const entry = dict.entries.findLast(({ key }) => key?.kind === "string" && key.value === wanted);
    return entry === undefined ? unread : this.resolve(entry.value, inside, steps + 1);
  }
}

export function unknown(why: string): Meaning & { kind: "unknown" } {
  return { kind: "unknown", why };
}

function before(bindings: readonly Binding[] | undefined, until: Span | undefined): readonly Binding[] {
  if (bindings === undefined || until === undefined) return bindings ?? [];
  return bindings.filter(({ at }) => at.line < until.line || (at.line === until.line && at.column < until.column));
}

function isNothing(meaning: Meaning): boolean {
  return (
    meaning.kind === "unknown" ||
    (meaning.kind === "value" && meaning.written.value.kind === "constant" && meaning.written.value.value === null)
  );
}

function dotted({ module, level }: ImportFrom): string {
  return ".".repeat(level) + module;
}
