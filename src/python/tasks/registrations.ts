import { t } from "../l10n";
import { type Evaluator, plainName, textOf } from "./evaluate";
import { type Definitions, jobParameters, placeOf } from "./definitions";
import type { Argument, Expression } from "./moduleSource";
import type { ListItem } from "./readList";
import type { Meaning, Resolver, Where } from "./resolver";
import { readBoolean, readNumber } from "./settingValues";
import type { CodePlace, FunctionDefinition, Parameter, Registration } from "./taskCode";

/** One item of `functions` or `cron_jobs`, before it is known which settings it belongs to. */
export interface Registered extends Omit<Registration, "settings" | "replaced"> {
  /** Null where even the name is known at run time only. */
  readonly name: string | null;
  readonly definition: FunctionDefinition | null;
  readonly why: string | null;
  readonly parameters: readonly Parameter[] | null;
  /** The call of `cron`. */
  readonly cron: { readonly call: Expression & { kind: "call" }; readonly where: Where } | null;
}

/** A coroutine that was registered. */
interface Target {
  readonly name: string | null;
  readonly definition: FunctionDefinition | null;
  readonly why: string | null;
  readonly parameters: readonly Parameter[] | null;
}

const nothing = { timeout: null, keepResult: null, keepResultForever: null, maxTries: null, cron: null } as const;

/** Reads what `functions` and `cron_jobs` hold, as `arq.worker.func` and `arq.cron.cron` take it. */
export class Registrations {
  constructor(
    private readonly resolver: Resolver,
    private readonly evaluator: Evaluator,
    private readonly definitions: Definitions,
  ) {}

  read({ value, where, file, at }: ListItem): Registered {
    const place = placeOf(file, at);
    const meaning: Meaning = value.kind === "call" ? this.#called(value, where) : this.resolver.resolve(value, where);
    if (meaning.kind === "value") {
      const { value: written, where: inside } = meaning.written;
      if (written.kind === "call") return this.#call(written, inside, place);
      if (written.kind === "string")
        return { place, how: "dotted string", ...nothing, ...this.#dotted(written.value, where) };
    }
    return { place, how: "function", ...nothing, ...this.#target(meaning, value) };
  }

  /** A call of a function in the open folders stands for what it returns; others stay calls. */
  #called(value: Expression & { kind: "call" }, where: Where): Meaning {
    if (arqCall(this.resolver, value.callee, where) !== null)
      return { kind: "value", written: { value, where }, owner: null, field: null };
    return this.resolver.resolve(value, where);
  }

  #call(call: Expression & { kind: "call" }, where: Where, place: CodePlace): Registered {
    const name = arqCall(this.resolver, call.callee, where);
    const imported = name === null ? this.#importString(call, where) : null;
    if (imported !== null) return { place, how: "function", ...nothing, ...imported };
    if (name === null) {
      const why = t("what {0}() gives is known at run time only", textOf(call.callee));
      return { place, how: "function", ...nothing, name: null, definition: null, why, parameters: null };
    }
    const isCron = name === "cron";
    const given = argument(call.args, "coroutine", 0);
    const target = this.#coroutine(given, where);
    // `func(func(task, name="a"), name="b")` is the inner one.
    if (!isCron && given !== null && target === null)
      return this.read({ value: given, where, file: place.file, at: place });
    const own = this.#ownName(call.args, where, place);
    const found = target ?? { name: null, definition: null, why: t("no function is given"), parameters: null };
    const seconds = (key: string) => this.#option(call.args, key, where, "number");
    const flag = (key: string) => this.#option(call.args, key, where, "boolean");
    return {
      place,
      how: isCron ? "cron" : "func",
      ...found,
      name: own.name ?? (own.why === null && found.name !== null ? `${isCron ? "cron:" : ""}${found.name}` : null),
      why: found.why ?? (own.name === null ? own.why : null),
      timeout: seconds(name === "Function" ? "timeout_s" : "timeout"),
      keepResult: seconds(name === "Function" ? "keep_result_s" : "keep_result"),
      keepResultForever: flag("keep_result_forever"),
      maxTries: seconds("max_tries"),
      cron: isCron ? { call, where } : null,
    };
  }

  #ownName(args: readonly Argument[], where: Where, place: CodePlace): { name: string | null; why: string | null } {
    const given = args.find((arg) => arg.name === "name");
    if (given === undefined) return { name: null, why: null };
    const found = this.evaluator.evaluate(given.value, where);
    if ("unknown" in found) return { name: null, why: t("its name is not known: {0}", found.unknown) };
    // ARQ takes the function's own name for an empty one.
    if (found.value === null || found.value === "") return { name: null, why: null };
    return typeof found.value === "string"
      ? { name: found.value, why: null }
      : { name: null, why: t("its name at line {0} is no text", place.line) };
  }

  /** Null for what is a `func(…)` itself. */
  #coroutine(given: Expression | null, where: Where): Target | null {
    if (given === null) return { name: null, definition: null, why: t("no function is given"), parameters: null };
    const meaning = given.kind === "call" ? this.#called(given, where) : this.resolver.resolve(given, where);
    if (meaning.kind !== "value") return this.#target(meaning, given);
    const { value, where: inside } = meaning.written;
    if (value.kind === "string") return this.#dotted(value.value, where);
    if (value.kind === "call") {
      if (arqCall(this.resolver, value.callee, inside) !== null) return null;
      const callee = this.resolver.resolve(value.callee, inside);
      if (callee.kind === "external" && callee.name === "functools.partial") return this.#partial(value, inside);
      return this.#importString(value, inside) ?? this.#target(meaning, given);
    }
    return this.#target(meaning, given);
  }

  /** ARQ runs a partial, but it has no `__qualname__`: only a name of its own makes it a task. */
  #partial(value: Expression & { kind: "call" }, where: Where): Target {
    const [first] = value.args;
    const inner = first === undefined ? null : this.#coroutine(first.value, where);
    return {
      name: null,
      definition: inner?.definition ?? null,
      why: inner?.why ?? t("functools.partial has no name, so ARQ refuses it without name="),
      parameters: null,
    };
  }

  #target(meaning: Meaning, value: Expression): Target {
    const none = { name: null, definition: null, parameters: null } as const;
    switch (meaning.kind) {
      case "function": {
        const { definition, qualname, keepsParameters } = this.definitions.decorated(meaning);
        const parameters = keepsParameters ? jobParameters(definition, meaning.isBound) : null;
        return { name: qualname, definition, why: null, parameters };
      }
      case "external":
        // A package's function has, as good as always, the name it is imported by.
        return {
          ...none,
          name: meaning.name.split(".").at(-1) ?? null,
          why: t("{0} is not in the open folders", plainName(meaning.name)),
        };
      case "unknown":
        return { ...none, why: meaning.why };
      case "class":
      case "instance":
        return { ...none, why: t("{0} is a class, not a function", meaning.scope.qualname) };
      default:
        return { ...none, why: t("{0} is no function that can be seen without running it", textOf(value)) };
    }
  }

  /** `"app.tasks.send"`: ARQ imports it, and the whole text is the task's name. */
  #dotted(text: string, where: Where): Target {
    return { ...this.#imported(text, where), name: text };
  }

  /** `import_string("app.tasks.send")`, of ARQ, pydantic, Django or Werkzeug: the function itself. Null for another call. */
  #importString({ callee, args }: Expression & { kind: "call" }, where: Where): Target | null {
    const meaning = this.resolver.resolve(callee, where);
    const [only, ...more] = args;
    if (
      meaning.kind !== "external" ||
      !meaning.name.endsWith(".import_string") ||
      only === undefined ||
      more.length > 0
    )
      return null;
    const found = this.evaluator.evaluate(only.value, where);
    return "value" in found && typeof found.value === "string" ? this.#imported(found.value, where) : null;
  }

  #imported(text: string, where: Where): Target {
    const path = text.replaceAll(/^ +|(?<! ) +$/g, "");
    const cut = path.lastIndexOf(".");
    const none = { name: path.slice(cut + 1), definition: null, parameters: null } as const;
    if (cut <= 0) return { ...none, why: t('"{0}" is no path of a module and a function', text) };
    const found = this.resolver.table.find({ module: path.slice(0, cut), level: 0 }, where.source.file);
    if (found === null || found.file === null)
      return { ...none, why: t("the module {0} is not in the open folders", path.slice(0, cut)) };
    const member = this.resolver.member(found.file, path.slice(cut + 1));
    if (member === null) return { ...none, why: t("{0} has no {1}", path.slice(0, cut), path.slice(cut + 1)) };
    return this.#target(member, { kind: "string", value: text, inner: null, at: where.scope.at });
  }

  #option(args: readonly Argument[], name: string, where: Where, type: "number"): Registration["timeout"];
  #option(args: readonly Argument[], name: string, where: Where, type: "boolean"): Registration["keepResultForever"];
  #option(args: readonly Argument[], name: string, where: Where, type: "number" | "boolean") {
    const given = args.find((arg) => arg.name === name);
    if (given === undefined || (given.value.kind === "constant" && given.value.value === null)) return null;
    const found = this.evaluator.evaluate(given.value, where);
    const at = placeOf(where.source.file, given.value.at);
    return type === "number" ? readNumber(found, at) : readBoolean(found, at);
  }
}

/** Which of ARQ's makers of functions a callee is; also where a file re-exports it. Null: another. */
export function arqCall(resolver: Resolver, callee: Expression, where: Where): "func" | "cron" | "Function" | null {
  const meaning = resolver.resolve(callee, where);
  const name =
    meaning.kind === "external"
      ? meaning.name
      : meaning.kind === "function" || meaning.kind === "class"
        ? `${resolver.table.nameOf(meaning.source.file) ?? ""}.${meaning.scope.qualname}`
        : "";
  const [, found] = /^arq(?:\.\w+)*\.(func|cron|Function)$/.exec(name) ?? [];
  return found === "func" || found === "cron" || found === "Function" ? found : null;
}

export function argument(args: readonly Argument[], name: string, position: number | null): Expression | null {
  const named = args.find((arg) => arg.name === name);
  if (named !== undefined) return named.value;
  const at = position === null ? undefined : args.filter((arg) => arg.name === null && arg.star !== "**")[position];
  return at?.star === "" ? at.value : null;
}
