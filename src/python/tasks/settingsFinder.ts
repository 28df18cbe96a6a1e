import { t } from "../l10n";
import type { Argument, Expression, ModuleSource, Scope, Span } from "./moduleSource";
import type { Resolver, Where } from "./resolver";
import { argument } from "./registrations";
import type { SettingsCode } from "./taskCode";

/** Arguments of `arq.worker.Worker` in any of its versions. */
const workerArguments = new Set(
  "functions queue_name cron_jobs redis_settings redis_pool burst on_startup on_shutdown on_job_start on_job_end after_job_end handle_signals job_completion_wait max_jobs job_timeout keep_result keep_result_forever poll_delay queue_read_limit max_tries health_check_interval health_check_key ctx retry_jobs allow_abort_jobs max_burst_jobs job_serializer job_deserializer expires_extra_ms timezone log_results".split(
    " ",
  ),
);
/** Names that little else than a worker's settings has. */
const telling =
  /^(?:cron_jobs|redis_settings|redis_pool|on_startup|on_shutdown|on_job_start|on_job_end|after_job_end|job_timeout|max_jobs|health_check_interval|health_check_key|keep_result|allow_abort_jobs|queue_name)$/;

/** What a worker is started with, with the expression of each of its settings. */
export interface SettingsFound {
  readonly kind: SettingsCode["kind"];
  readonly name: string;
  readonly source: ModuleSource;
  readonly at: Span;
  readonly given: ReadonlyMap<string, GivenSetting>;
  /** The class or module, whose lists may be changed after they were made. */
  readonly scope: Scope | null;
  /** Only a base class has these. */
  readonly ignored: readonly { readonly name: string; readonly file: string; readonly at: Span }[];
  /** There may be more settings than are known, as in `Worker(**options)`. */
  readonly unread: string | null;
}

export interface GivenSetting {
  readonly value: Expression;
  readonly where: Where;
  /** Set only under a condition, or several times under conditions. */
  readonly isConditional: boolean;
}

/** What a worker is started with, and the file it is in. */
export interface StartedSettings {
  readonly what: Scope | Expression;
  readonly source: ModuleSource;
}

/** Finds the settings in one file. */
export class SettingsFinder {
  constructor(private readonly resolver: Resolver) {}

  /** Classes, dicts and modules that say by themselves that they are settings, those which a worker is `started` with. */
  find(source: ModuleSource, started: ReadonlySet<Scope | Expression>): SettingsFound[] {
    const usesArq = importsArq(source);
    const found: SettingsFound[] = [];
    for (const scope of source.scopes) {
      if (scope.kind !== "class") continue;
      if (started.has(scope) || this.#isSettings(scope, source, usesArq)) found.push(this.#ofClass(scope, source));
    }
    for (const [name, bindings] of source.module.bindings) {
      const binding = bindings.at(-1);
      if (binding?.kind !== "value") continue;
      const given = dictOf(binding.value, { source, scope: source.module, locals: null });
      if (given === null) continue;
      const names = [...given.keys()];
      const isOne = (given.has("functions") || given.has("cron_jobs")) && names.some((one) => telling.test(one));
      if (isOne || started.has(binding.value))
        found.push({
          kind: isTypeCall(binding.value) ? "class" : "dict",
          name,
          source,
          at: binding.at,
          given,
          scope: null,
          ignored: [],
          unread: null,
        });
    }
    const ofModule = this.#ofModule(source, usesArq, started);
    if (ofModule !== null) found.push(ofModule);
    for (const { call, scope } of source.calls) {
      const where: Where = { source, scope, locals: null };
      const one = this.#ofCall(call, where);
      if (one !== null) found.push(one);
    }
    return found;
  }

  /** Classes, dicts and modules that `run_worker(…)` and its like are called with in this file. */
  started(source: ModuleSource): StartedSettings[] {
    const started: StartedSettings[] = [];
    for (const { call, scope } of source.calls) {
      if (!/^(?:run_worker|create_worker|get_kwargs|check_health)$/.test(lastName(call.callee))) continue;
      const given = argument(call.args, "settings_cls", 0);
      if (given === null) continue;
      const meaning = this.resolver.resolve(given, { source, scope, locals: null });
      if (meaning.kind === "class") started.push({ what: meaning.scope, source: meaning.source });
      if (meaning.kind === "value") started.push({ what: meaning.written.value, source: meaning.written.where.source });
      const module =
        meaning.kind === "module" && meaning.found.file !== null ? this.resolver.source(meaning.found.file) : null;
      if (module !== null) started.push({ what: module.module, source: module });
    }
    return started;
  }

  /** `seen`: classes that were asked already, as bases of others or of themselves. */
  #isSettings(scope: Scope, source: ModuleSource, usesArq: boolean, seen = new Set<Scope>()): boolean {
    if (seen.has(scope)) return false;
    seen.add(scope);
    const names = [...scope.bindings.keys()].filter((name) => workerArguments.has(name));
    const looksSo = /worker|arq/i.test(scope.name) && /settings|config|worker/i.test(scope.name);
    if (names.includes("functions") || names.includes("cron_jobs")) {
      // `functions = models.ManyToManyField()` is another thing.
      return looksSo || names.some((name) => telling.test(name)) || (usesArq && /settings|config/i.test(scope.name));
    }
    if (names.length === 0 && !looksSo) return false;
    return this.resolver
      .basesOf(scope, source)
      .some((base) => this.#isSettings(base.scope, base.source, importsArq(base.source), seen));
  }

  #ofClass(scope: Scope, source: ModuleSource): SettingsFound {
    const given = new Map<string, GivenSetting>();
    const where: Where = { source, scope, locals: null };
    for (const name of workerArguments) {
      const setting = this.#binding(scope, name, where) ?? this.#assigned(scope, name, source);
      if (setting !== null) given.set(name, setting);
    }
    return {
      kind: "class",
      name: scope.qualname,
      source,
      at: scope.at,
      given,
      scope,
      ignored: this.#ignored(scope, source, given),
      unread: null,
    };
  }

  /** What stands in the class or module itself. */
  #binding(scope: Scope, name: string, where: Where): GivenSetting | null {
    const bindings = scope.bindings.get(name);
    const binding = bindings?.at(-1);
    if (bindings === undefined || binding === undefined) return null;
    const isConditional = bindings.length > 1 && binding.conditional;
    if (binding.kind === "value")
      return { value: binding.value, where: { ...where, until: binding.at }, isConditional };
    return { value: { kind: "name", name, at: binding.at }, where, isConditional };
  }

  /** `WorkerSettings.queue_name = …` after the class. */
  #assigned(scope: Scope, name: string, source: ModuleSource): GivenSetting | null {
    const binding = source.module.bindings.get(`${scope.qualname}.${name}`)?.at(-1);
    if (binding?.kind !== "value") return null;
    return {
      value: binding.value,
      where: { source, scope: source.module, locals: null, until: binding.at },
      isConditional: binding.conditional,
    };
  }

  /** ARQ reads `settings_cls.__dict__`: what a base class has is not in it. */
  #ignored(scope: Scope, source: ModuleSource, given: ReadonlyMap<string, GivenSetting>): SettingsFound["ignored"] {
    const ignored: { name: string; file: string; at: Span }[] = [];
    for (const base of this.resolver.basesOf(scope, source)) {
      for (const name of workerArguments) {
        if (given.has(name) || ignored.some((one) => one.name === name)) continue;
        const member = this.resolver.classMember(base.scope, base.source, name);
        const at = member?.bindings.at(-1)?.at;
        if (member !== null && at !== undefined) ignored.push({ name, file: member.where.source.file, at });
      }
    }
    return ignored;
  }

  /** `arq app.worker`, where the module itself has `functions`. */
  #ofModule(source: ModuleSource, usesArq: boolean, started: ReadonlySet<Scope | Expression>): SettingsFound | null {
    const { module } = source;
    const names = [...module.bindings.keys()].filter(
      (name) => workerArguments.has(name) && module.bindings.get(name)?.at(-1)?.kind === "value",
    );
    const isOne =
      usesArq && (names.includes("functions") || names.includes("cron_jobs")) && names.includes("redis_settings");
    // The same names are often made at the top and handed on to a class.
    const isHandedOn = source.scopes.some(
      ({ kind, bindings }) => kind === "class" && (bindings.has("functions") || bindings.has("cron_jobs")),
    );
    if (!started.has(module) && (!isOne || isHandedOn)) return null;
    const where: Where = { source, scope: module, locals: null };
    const given = new Map<string, GivenSetting>();
    for (const name of workerArguments) {
      const setting = this.#binding(module, name, where);
      if (setting !== null) given.set(name, setting);
    }
    const name = this.resolver.table.nameOf(source.file) ?? source.file;
    return { kind: "module", name, source, at: module.at, given, scope: module, ignored: [], unread: null };
  }

  /** `Worker(functions=[…])`, and `run_worker(WorkerSettings, queue_name=…)`, which is another worker than the settings alone. */
  #ofCall(call: Expression & { kind: "call" }, where: Where): SettingsFound | null {
    const name = lastName(call.callee);
    const isWorker = name === "Worker";
    if (!isWorker && name !== "run_worker" && name !== "create_worker") return null;
    if (!this.#isArq(call.callee, where, name)) return null;
    const given = new Map<string, GivenSetting>();
    let unread: string | null = null;
    const base = isWorker ? null : argument(call.args, "settings_cls", 0);
    if (base !== null && !this.#addAll(base, where, given))
      unread = t("what it is called with is known at run time only");
    const own = new Map<string, GivenSetting>();
    for (const { name: key, star, value } of call.args) {
      if (star === "**" && !this.#addAll(value, where, own)) unread = t("what ** unpacks is known at run time only");
      if (key !== null && workerArguments.has(key)) own.set(key, { value, where, isConditional: false });
    }
    const functions = isWorker ? argument(call.args, "functions", 0) : null;
    if (functions !== null) own.set("functions", { value: functions, where, isConditional: false });
    // `Worker(**get_kwargs(Settings), burst=True)` is the settings themselves.
    const isOther = [...own.keys()].some(
      (key) => key !== "burst" && key !== "ctx" && key !== "redis_pool" && key !== "handle_signals",
    );
    if ((!isOther && !this.#isMade(base, where)) || isGetKwargs(call.args)) return null;
    for (const [key, value] of own) given.set(key, value);
    return {
      kind: "call",
      name: `${name}(…)`,
      source: where.source,
      at: call.callee.at,
      given,
      scope: null,
      ignored: [],
      unread,
    };
  }

  /** A dict that has no name in its module, so that it is found nowhere else: made by a function, or in one. */
  #isMade(base: Expression | null, where: Where): boolean {
    const meaning = base === null ? null : this.resolver.resolve(base, where);
    if (meaning?.kind !== "value" || meaning.owner?.scope.kind === "module") return false;
    return dictOf(meaning.written.value, meaning.written.where) !== null;
  }

  #addAll(value: Expression, where: Where, into: Map<string, GivenSetting>): boolean {
    const meaning = this.resolver.resolve(value, where);
    if (meaning.kind === "class") {
      for (const [name, setting] of this.#ofClass(meaning.scope, meaning.source).given) into.set(name, setting);
      return true;
    }
    const given = meaning.kind === "value" ? dictOf(meaning.written.value, meaning.written.where) : null;
    if (given === null) return false;
    for (const [name, setting] of given) into.set(name, setting);
    return true;
  }

  #isArq(callee: Expression, where: Where, name: string): boolean {
    const meaning = this.resolver.resolve(callee, where);
    if (meaning.kind === "external") return meaning.name.startsWith("arq.");
    if (meaning.kind !== "class" && meaning.kind !== "function") return false;
    return (this.resolver.table.nameOf(meaning.source.file) ?? "").startsWith("arq.") && meaning.scope.name === name;
  }
}

function dictOf(value: Expression, where: Where): Map<string, GivenSetting> | null {
  const given = new Map<string, GivenSetting>();
  const set = (name: string, of: Expression): void => {
    if (workerArguments.has(name)) given.set(name, { value: of, where, isConditional: false });
  };
  if (value.kind === "dict") {
    for (const { key, value: of } of value.entries) if (key?.kind === "string") set(key.value, of);
    return given;
  }
  if (isTypeCall(value)) return dictOf(value.args[2].value, where);
  if (value.kind !== "call" || value.callee.kind !== "name" || value.callee.name !== "dict") return null;
  for (const { name, value: of } of value.args) if (name !== null) set(name, of);
  return given;
}

/** `type("Settings", (), {…})`. */
function isTypeCall(
  value: Expression,
): value is Expression & { kind: "call"; args: readonly [Argument, Argument, Argument] } {
  if (value.kind !== "call" || value.callee.kind !== "name" || value.callee.name !== "type") return false;
  return value.args.length === 3 && value.args.every(({ star }) => star === "");
}

const isGetKwargs = (args: readonly Argument[]): boolean =>
  args.some(({ star, value }) => star === "**" && value.kind === "call" && lastName(value.callee) === "get_kwargs");

export function lastName(callee: Expression): string {
  return callee.kind === "attribute" || callee.kind === "name" ? callee.name : "";
}

function importsArq({ module }: ModuleSource): boolean {
  const isArq = (name: string): boolean => name === "arq" || name.startsWith("arq.");
  if (module.stars.some((from) => isArq(from.module))) return true;
  for (const bindings of module.bindings.values())
    for (const binding of bindings)
      if (binding.kind === "imported" && binding.from.level === 0 && isArq(binding.from.module)) return true;
  return false;
}
