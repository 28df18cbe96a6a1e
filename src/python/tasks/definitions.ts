import type { Expression, ParameterSource, Scope, Span } from "./moduleSource";
import type { Meaning, Resolver, Where } from "./resolver";
import type { CodePlace, FunctionDefinition, Parameter } from "./taskCode";

export function placeOf(file: string, { line, column, endLine, endColumn }: Span): CodePlace {
  return { file, line, column, endLine, endColumn };
}

/** A function as ARQ gets it: after its decorators. */
export interface Decorated {
  readonly definition: FunctionDefinition;
  /** Its `__qualname__` then. Null: a decorator gives something else, known at run time only. */
  readonly qualname: string | null;
  /** What is called has the parameters that are written. */
  readonly keepsParameters: boolean;
}

type FunctionMeaning = Meaning & { kind: "function" };

/** Decorators that hand back the function itself. */
const harmless =
  /^(?:staticmethod|classmethod|(?:typing\.)?(?:overload|override|final|no_type_check)|(?:abc\.)?abstractmethod)$/;

/** Describes functions, the same one always by the same object. */
export class Definitions {
  readonly #known = new Map<Scope, FunctionDefinition>();

  constructor(private readonly resolver: Resolver) {}

  of(scope: Scope, file: string): FunctionDefinition {
    let definition = this.#known.get(scope);
    if (definition === undefined) {
      const { at, endLine, name, qualname, isAsync, decorators } = scope;
      definition = {
        file,
        line: at.line,
        column: at.column,
        endLine,
        name,
        qualname,
        isAsync,
        module: this.resolver.table.nameOf(file),
        parameters: scope.parameters.map(parameterOf),
        decorators: decorators.map(({ text }) => text),
      };
      this.#known.set(scope, definition);
    }
    return definition;
  }

  /** Goes through the decorators: those that can be seen tell whether they keep the name. Of others it is assumed, as `functools.wraps` is the habit. */
  decorated({ scope, source }: FunctionMeaning): Decorated {
    const definition = this.of(scope, source.file);
    const where: Where = { source, scope: scope.parent ?? source.module, locals: null };
    let qualname: string | null = scope.qualname;
    let keepsParameters = true;
    for (const { text, value } of scope.decorators.toReversed()) {
      if (harmless.test(text)) continue;
      const isCalled = value.kind === "call";
      const decorator = this.resolver.resolve(value.kind === "call" ? value.callee : value, where);
      if (decorator.kind !== "function") {
        keepsParameters = false;
        continue;
      }
      const returnsOf = (one: Scope): readonly Expression[] => this.resolver.returnsOf(one, decorator.source);
      const inner = isCalled ? nestedReturn(decorator.scope, returnsOf) : decorator.scope;
      // `@task(…)` may also be a decorator that looks at what it was called with.
      const wrapper = inner === null ? null : returned(inner, returnsOf);
      if (wrapper === "same") continue;
      keepsParameters = false;
      if (wrapper === null) continue;
      const wraps = wrapper.decorators.some((one) => /(?:^|\.)wraps\(/.test(one.text));
      if (!wraps) qualname = wrapper.qualname;
    }
    return { definition, qualname, keepsParameters };
  }
}

type ReturnsOf = (scope: Scope) => readonly Expression[];

/** What a decorator gives back: the function it was given, another one, or (null) something that cannot be told. */
function returned(decorator: Scope, returnsOf: ReturnsOf): "same" | Scope | null {
  const first = decorator.parameters.find(({ name }) => name !== "self" && name !== "cls")?.name;
  const [value, ...more] = returnsOf(decorator);
  if (value?.kind !== "name" || more.length > 0) return null;
  if (value.name === first) return "same";
  return scopeNamed(decorator, value.name);
}

function nestedReturn(factory: Scope, returnsOf: ReturnsOf): Scope | null {
  const value = returnsOf(factory).at(-1);
  return value?.kind === "name" ? scopeNamed(factory, value.name) : null;
}

function scopeNamed(scope: Scope, name: string): Scope | null {
  const binding = scope.bindings.get(name)?.at(-1);
  return binding?.kind === "scope" && binding.scope.kind === "function" ? binding.scope : null;
}

export function parameterOf({ name, kind, default: value, annotation }: ParameterSource): Parameter {
  return { name, kind, hasDefault: value !== null, annotation };
}

/** Without what is given before the arguments of a job: `self` of a bound method, and `ctx`. */
export function jobParameters(definition: FunctionDefinition, isBound: boolean): Parameter[] {
  let given = isBound ? 2 : 1;
  return definition.parameters.filter(({ kind }) => {
    const takes = given > 0 && (kind === "positionalOnly" || kind === "positional");
    if (takes) given--;
    return !takes;
  });
}
