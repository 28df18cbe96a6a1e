import { assertNever } from "../assertNever";
import { t } from "../l10n";
import type { Argument, Expression } from "./moduleSource";
import type { Meaning, Resolver, Where } from "./resolver";
import { tooLong } from "./work";

/** A value of Python, as far as settings need it: durations are seconds, lists, tuples, sets and ranges are arrays. */
export type Plain = string | number | boolean | null | readonly Plain[];

/** `fallback`: what applies where the environment says nothing. */
export type Evaluated = { readonly value: Plain } | { readonly unknown: string; readonly fallback?: Plain };

const maxSteps = 40;
/** `range(10**9)` is no list of minutes. */
const maxItems = 1000;
/** A longer text is no setting. */
const maxText = 10_000;

const unitSeconds: Readonly<Record<string, number>> = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
  milliseconds: 0.001,
  microseconds: 0.000_001,
};
const timedeltaOrder = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];

/** What an expression gives, where the source alone tells it. Runs nothing; never throws. */
export class Evaluator {
  constructor(readonly resolver: Resolver) {}

  evaluate(value: Expression, where: Where, steps = 0): Evaluated {
    return this.resolver.work.within(() => bounded(this.#evaluate(value, where, steps))) ?? { unknown: tooLong() };
  }

  #evaluate(value: Expression, where: Where, steps: number): Evaluated {
    if (steps > maxSteps) return { unknown: t("its definition goes in circles") };
    switch (value.kind) {
      case "string":
      case "number":
      case "constant":
        return { value: value.value };
      case "format":
        return this.#format(value.parts, where, steps);
      case "unary":
        return map(this.evaluate(value.operand, where, steps + 1), (of) => unary(value.operator, of));
      case "binary":
        return this.#binary(value, where, steps + 1);
      case "either": {
        const first = this.evaluate(value.first, where, steps + 1);
        const second = this.evaluate(value.second, where, steps + 1);
        if ("value" in first && "value" in second && isSame(first.value, second.value)) return first;
        return { unknown: t("it depends on a condition") };
      }
      case "list": {
        const items: Plain[] = [];
        for (const item of value.items) {
          const one = this.evaluate(item.value, where, steps + 1);
          if ("unknown" in one) return { unknown: one.unknown };
          if (!item.isStarred) items.push(one.value);
          else if (isList(one.value)) items.push(...one.value);
          else return { unknown: t("what * unpacks is no list") };
          if (items.length > maxItems) return { unknown: tooLong() };
        }
        return { value: items };
      }
      case "each": {
        const source = this.evaluate(value.source, where, steps + 1);
        if ("unknown" in source) return { unknown: source.unknown };
        // `{m for m in range(0, 60, 5)}` is its source.
        const isSource = value.element.kind === "name" && value.element.name === value.name;
        return isSource ? source : { unknown: t("a comprehension is known at run time only") };
      }
      case "other":
        return { unknown: t("{0} is known at run time only", value.what) };
      default:
        return this.#meant(this.resolver.resolve(value, where, steps + 1), steps + 1);
    }
  }

  #meant(meaning: Meaning, steps: number): Evaluated {
    switch (meaning.kind) {
      case "value": {
        const { value, where } = meaning.written;
        const found =
          value.kind === "call" || value.kind === "item"
            ? this.#call(value, where, steps + 1)
            : this.evaluate(value, where, steps + 1);
        if (meaning.field === null) return found;
        // `queue: str = Field("default")` of a settings class: an environment variable may set another.
        const fallback = "value" in found ? found.value : found.fallback;
        const why = t("it comes from {0}, which the environment may set", meaning.field);
        return fallback === undefined ? { unknown: why } : { unknown: why, fallback };
      }
      case "external":
        return constants.get(meaning.name) ?? { unknown: t("{0} is not in the open folders", plainName(meaning.name)) };
      case "unknown":
        return { unknown: meaning.why };
      case "class":
        return { unknown: t("{0} is a class", meaning.scope.qualname) };
      case "function":
        return { unknown: t("{0} is a function", meaning.scope.qualname) };
      case "instance":
        return { unknown: t("an object of {0} is known at run time only", meaning.scope.qualname) };
      case "module":
        return { unknown: t("it is a module") };
      default:
        return assertNever(meaning);
    }
  }

  /** Calls of Python's own and of well-known packages, and what is read from the environment. */
  #call(value: Expression, where: Where, steps: number): Evaluated {
    if (value.kind === "item") {
      const object = this.resolver.resolve(value.object, where, steps);
      const isEnvironment = object.kind === "external" && object.name === "os.environ";
      return {
        unknown: isEnvironment ? this.#environment(value.key, where) : t("what [ ] gives is known at run time only"),
      };
    }
    if (value.kind !== "call") return this.evaluate(value, where, steps);
    const { callee, args } = value;
    if (callee.kind === "attribute" && callee.name === "total_seconds" && args.length === 0)
      return this.evaluate(callee.object, where, steps);
    const meaning = this.resolver.resolve(callee, where, steps);
    const name = meaning.kind === "external" ? meaning.name : null;
    const first = args.find((arg) => arg.name === null && arg.star === "");
    const one = (): Evaluated =>
      first === undefined ? { unknown: t("it has no argument") } : this.evaluate(first.value, where, steps + 1);
    switch (name) {
      case "datetime.timedelta":
        return this.#timedelta(args, where, steps);
      case "builtins.int":
      case "builtins.float":
      case "builtins.str":
      case "builtins.bool":
        return map(one(), (of) => convert(name, of));
      case "builtins.set":
      case "builtins.frozenset":
      case "builtins.list":
      case "builtins.tuple":
      case "builtins.sorted":
        return first === undefined ? { value: [] } : one();
      case "builtins.range":
        return this.#range(args, where, steps);
      case "zoneinfo.ZoneInfo":
      case "pytz.timezone":
      case "dateutil.tz.gettz":
        return one();
      case "datetime.timezone":
        return map(one(), (of) => (typeof of === "number" ? offset(of) : null));
      case "pydantic.Field":
        return this.#default(args, where, steps, "default", 0);
      default:
    }
    const isEnvironment =
      name === "os.getenv" ||
      name === "os.environ.get" ||
      /^(?:decouple\.config|environs\.|environ\.)/.test(name ?? "");
    if (isEnvironment || (callee.kind === "attribute" && isEnvironmentReader(callee))) {
      const otherwise = this.#default(args, where, steps, "default", 1);
      const why = first === undefined ? t("it is read from the environment") : this.#environment(first.value, where);
      return "value" in otherwise ? { unknown: why, fallback: otherwise.value } : { unknown: why };
    }
    return { unknown: t("what {0}() gives is known at run time only", textOf(callee)) };
  }

  #environment(key: Expression, where: Where): string {
    const name = this.evaluate(key, where, maxSteps - 5);
    return "value" in name && typeof name.value === "string"
      ? t("it is read from the environment variable {0}", name.value.slice(0, 60))
      : t("it is read from the environment");
  }

  #default(args: readonly Argument[], where: Where, steps: number, name: string, position: number): Evaluated {
    const given =
      args.find((arg) => arg.name === name) ?? args.filter((arg) => arg.name === null && arg.star === "")[position];
    return given === undefined ? { unknown: t("it has no default") } : this.evaluate(given.value, where, steps + 1);
  }

  #timedelta(args: readonly Argument[], where: Where, steps: number): Evaluated {
    let seconds = 0;
    for (const [index, arg] of args.entries()) {
      const unit = unitSeconds[arg.name ?? timedeltaOrder[index] ?? ""];
      const amount = this.evaluate(arg.value, where, steps + 1);
      if ("unknown" in amount) return amount;
      if (unit === undefined || arg.star !== "" || typeof amount.value !== "number")
        return { unknown: t("its timedelta is not read") };
      seconds += unit * amount.value;
    }
    return { value: seconds };
  }

  #range(args: readonly Argument[], where: Where, steps: number): Evaluated {
    const numbers: number[] = [];
    for (const arg of args) {
      const one = this.evaluate(arg.value, where, steps + 1);
      if ("unknown" in one) return { unknown: one.unknown };
      if (typeof one.value !== "number" || !Number.isInteger(one.value)) return { unknown: t("its range is not read") };
      numbers.push(one.value);
    }
    const [start, stop, step] =
      numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1];
    if (step === 0 || (stop - start) / step >= maxItems) return { unknown: t("its range is not read") };
    const found: number[] = [];
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) found.push(at);
    return { value: found };
  }

  #format(parts: readonly (string | Expression)[], where: Where, steps: number): Evaluated {
    const found = parts.map((part): Evaluated =>
      typeof part === "string" ? { value: part } : this.evaluate(part, where, steps + 1),
    );
    return join(found, (values) => values.map(textOfPlain).join(""));
  }

  #binary({ operator, left, right }: Expression & { kind: "binary" }, where: Where, steps: number): Evaluated {
    const one = this.evaluate(left, where, steps);
    if (operator === "or" || operator === "and") {
      const other = this.evaluate(right, where, steps);
      if ("value" in one) return isTrue(one.value) === (operator === "or") ? one : other;
      const fallback =
        one.fallback !== undefined && isTrue(one.fallback)
          ? one.fallback
          : "value" in other
            ? other.value
            : other.fallback;
      return operator === "and" || fallback === undefined
        ? { unknown: one.unknown }
        : { unknown: one.unknown, fallback };
    }
    return join([one, this.evaluate(right, where, steps)], ([a, b]) => arithmetic(operator, a!, b!));
  }
}

/** What attributes of packages are. */
const constants: ReadonlyMap<string, Evaluated> = new Map<string, Evaluated>([
  ["datetime.timezone.utc", { value: "UTC" }],
  ["datetime.UTC", { value: "UTC" }],
  ["pytz.utc", { value: "UTC" }],
  ["pytz.UTC", { value: "UTC" }],
  ["arq.constants.default_queue_name", { value: "arq:queue" }],
  ["arq.connections.default_queue_name", { value: "arq:queue" }],
]);

/** `env.int("X", 5)`, `env("X", default=5)` of environs and django-environ. */
function isEnvironmentReader({ object }: Expression & { kind: "attribute" }): boolean {
  return object.kind === "name" && /^(?:env|environ|config)$/i.test(object.name);
}

/** Whatever is put together of it again, stays within what can be kept. */
function bounded(found: Evaluated): Evaluated {
  const value = "value" in found ? found.value : (found.fallback ?? null);
  if (typeof value === "string" ? value.length <= maxText : !isList(value) || value.length <= maxItems) return found;
  return { unknown: tooLong() };
}

/** Applies to what is known, and to what holds without the environment. `undefined`: not possible. */
function map(found: Evaluated, apply: (value: Plain) => Plain | undefined): Evaluated {
  return join([found], ([value]) => apply(value!));
}

function join(found: readonly Evaluated[], apply: (values: readonly Plain[]) => Plain | undefined): Evaluated {
  const values = found.map((one) => ("value" in one ? one.value : one.fallback));
  const why = found.flatMap((one) => ("unknown" in one ? [one.unknown] : []))[0];
  const isWhole = values.every((value) => value !== undefined);
  const result = isWhole ? apply(values) : undefined;
  if (why !== undefined) return result === undefined ? { unknown: why } : { unknown: why, fallback: result };
  return result === undefined ? { unknown: t("its calculation is not read") } : { value: result };
}

function unary(operator: string, value: Plain): Plain | undefined {
  if (operator === "not") return !isTrue(value);
  if (typeof value !== "number") return undefined;
  return operator === "-" ? -value : operator === "+" ? value : undefined;
}

function arithmetic(operator: string, left: Plain, right: Plain): Plain | undefined {
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if ((operator === "+" || operator === "|") && isList(left) && isList(right)) return [...left, ...right];
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const result = calculate(operator, left, right);
  return result !== undefined && Number.isFinite(result) ? result : undefined;
}

function calculate(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "//":
      return Math.floor(left / right);
    case "%":
      return left - right * Math.floor(left / right);
    case "**":
      return left ** right;
    default:
      return undefined;
  }
}

function convert(type: string, value: Plain): Plain | undefined {
  if (type === "builtins.str")
    return typeof value === "string" || typeof value === "number" ? textOfPlain(value) : undefined;
  if (type === "builtins.bool") return isTrue(value);
  if (typeof value === "boolean") return Number(value);
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) return undefined;
  return type === "builtins.int" ? Math.trunc(number) : number;
}

function isTrue(value: Plain): boolean {
  return isList(value) ? value.length > 0 : Boolean(value);
}

export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function isSame(one: Plain, other: Plain): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function textOfPlain(value: Plain): string {
  return value === null ? "None" : typeof value === "boolean" ? (value ? "True" : "False") : String(value);
}

function offset(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** As written, for a reason: `a.b.c`. */
export function textOf(value: Expression): string {
  switch (value.kind) {
    case "name":
      return value.name;
    case "attribute":
      return `${textOf(value.object)}.${value.name}`;
    case "call":
      return `${textOf(value.callee)}(…)`;
    case "item":
      return `${textOf(value.object)}[…]`;
    case "string":
      return `"${value.value.slice(0, 40)}"`;
    default:
      return "…";
  }
}

export function plainName(name: string): string {
  return name.replace(/^builtins\./, "");
}
