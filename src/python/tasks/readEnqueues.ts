import { placeOf } from "./definitions";
import type { Evaluator } from "./evaluate";
import type { Expression, ModuleSource, Scope } from "./moduleSource";
import { argument } from "./registrations";
import type { Resolver, Where } from "./resolver";
import { lastName } from "./settingsFinder";
import { readText } from "./settingValues";
import { arqDefaults, type EnqueueCode, type ReadValue } from "./taskCode";

/** Arguments of `enqueue_job` itself. */
const own = /^_(?:job_id|queue_name|defer_until|defer_by|expires|job_try)$/;

/** An enqueue call, and the function it stands in, so that `ctx["redis"]` can be known as that of its worker. */
export interface EnqueueRead {
  readonly enqueue: EnqueueCode;
  readonly isByContext: boolean;
  readonly where: Where;
}

/** Pools that a module is given from elsewhere, by `poolKey`: `queue.pool = await create_pool(…)`. */
export type GivenPools = ReadonlyMap<string, Making>;

function poolKey(file: string, name: string): string {
  return `${file}\0${name}`;
}

/** The pools that these files give to modules. One that is given several times is none that can be told. */
export function givenPools(sources: readonly ModuleSource[], resolver: Resolver): GivenPools {
  const pools = new Map<string, Making>();
  const several = new Set<string>();
  for (const source of sources) {
    for (const { object, name, value, scope } of assignedAttributes(source)) {
      const where: Where = { source, scope, locals: null };
      const making = isPool(value, where, resolver);
      const module = making === null ? null : resolver.lookup(object, where);
      if (making === null || module?.kind !== "module" || module.found.file === null) continue;
      const key = poolKey(module.found.file, name);
      if (pools.has(key)) several.add(key);
      pools.set(key, making);
    }
  }
  for (const key of several) pools.delete(key);
  return pools;
}

interface AssignedAttribute {
  readonly object: string;
  readonly name: string;
  readonly value: Expression;
  readonly scope: Scope;
}

const attributes = new WeakMap<ModuleSource, readonly AssignedAttribute[]>();

/** `object.name = call(…)` in a file; looked for once, as few names of many have a dot. */
function assignedAttributes(source: ModuleSource): readonly AssignedAttribute[] {
  let found = attributes.get(source);
  if (found === undefined) {
    found = source.scopes.flatMap((scope) =>
      [...scope.bindings].flatMap(([written, bindings]) => {
        const [object = "", name, more] = written.includes(".") ? written.split(".") : [];
        const binding = bindings.at(-1);
        if (name === undefined || more !== undefined || object === "self" || binding?.kind !== "value") return [];
        return binding.value.kind === "call" ? [{ object, name, value: binding.value, scope }] : [];
      }),
    );
    attributes.set(source, found);
  }
  return found;
}

/** The calls of `enqueue_job` in one file, on whatever object. */
export function readEnqueues(source: ModuleSource, evaluator: Evaluator, pools: GivenPools): EnqueueRead[] {
  return source.calls.flatMap(({ call, scope }) => {
    if (lastName(call.callee) !== "enqueue_job") return [];
    const where: Where = { source, scope, locals: null };
    const given = argument(call.args, "function", 0);
    if (given === null) return [];
    const isLiteral = given.kind === "string" && given.inner !== null;
    const name = readText(
      evaluator.evaluate(given, where),
      placeOf(source.file, given.kind === "string" ? (given.inner ?? given.at) : given.at),
    );
    const byName = call.args.some((arg) => arg.name === "function");
    const positional = call.args.filter((arg) => arg.name === null && arg.star === "").length - (byName ? 0 : 1);
    const keywords = call.args.flatMap((arg) =>
      arg.name !== null && arg.name !== "function" && !own.test(arg.name) ? [arg.name] : [],
    );
    const object = call.callee.kind === "attribute" ? call.callee.object : null;
    const enqueue: EnqueueCode = {
      name,
      isLiteral,
      place: placeOf(source.file, call.at),
      queue: queueOf(call, object, where, evaluator, pools),
      positional,
      keywords,
      hasMorePositional: call.args.some(({ star }) => star === "*"),
      hasMoreKeywords: call.args.some(({ star }) => star === "**"),
    };
    return [{ enqueue, isByContext: enqueue.queue === null && isContext(object), where }];
  });
}

function queueOf(
  call: Expression & { kind: "call" },
  object: Expression | null,
  where: Where,
  evaluator: Evaluator,
  pools: GivenPools,
): ReadValue<string> | null {
  const given = argument(call.args, "_queue_name", null);
  if (given !== null && !(given.kind === "constant" && given.value === null)) {
    return readText(evaluator.evaluate(given, where), placeOf(where.source.file, given.at));
  }
  return object === null ? null : poolQueue(object, where, evaluator, pools);
}

/** The queue of a pool whose making can be seen. */
function poolQueue(
  object: Expression,
  where: Where,
  evaluator: Evaluator,
  pools: GivenPools,
): ReadValue<string> | null {
  const { resolver } = evaluator;
  const making = poolMaking(object, where, resolver) ?? givenPool(object, where, resolver, pools);
  if (making === null) return null;
  const { value, where: inside } = making;
  const given = value.args.find((arg) => arg.name === "default_queue_name");
  if (given !== undefined)
    return readText(evaluator.evaluate(given.value, inside), placeOf(inside.source.file, given.value.at));
  if (value.args.some(({ star }) => star === "**")) return null;
  return { value: arqDefaults.queue_name, place: placeOf(inside.source.file, value.at) };
}

/** A call that makes a pool. */
export interface Making {
  readonly value: Expression & { kind: "call" };
  readonly where: Where;
}

function poolMaking(object: Expression, where: Where, resolver: Resolver): Making | null {
  const meaning = resolver.resolve(object, where);
  if (meaning.kind === "value") return isPool(meaning.written.value, meaning.written.where, resolver);
  if (object.kind !== "attribute" || object.object.kind !== "name") return null;
  // `self.pool = await create_pool(…)` in another method of the class.
  const written = `${object.object.name}.${object.name}`;
  const owner = enclosingClass(where);
  for (const scope of where.source.scopes) {
    const isNear =
      object.object.name === "self"
        ? scope.parent === owner && owner !== null
        : scope === where.scope || scope.kind === "module";
    const binding = isNear ? scope.bindings.get(written)?.at(-1) : undefined;
    if (binding?.kind !== "value") continue;
    const making = isPool(binding.value, { source: where.source, scope, locals: null }, resolver);
    if (making !== null) return making;
  }
  return null;
}

/** The pool of an attribute that another file sets. */
function givenPool(object: Expression, where: Where, resolver: Resolver, pools: GivenPools): Making | null {
  if (pools.size === 0 || object.kind !== "attribute") return null;
  const module = resolver.resolve(object.object, where);
  if (module.kind !== "module" || module.found.file === null) return null;
  return pools.get(poolKey(module.found.file, object.name)) ?? null;
}

function isPool(value: Expression, where: Where, resolver: Resolver): Making | null {
  if (value.kind !== "call") return null;
  const callee = resolver.resolve(value.callee, where);
  const isMaker = callee.kind === "external" && /^arq(?:\.connections)?\.(?:create_pool|ArqRedis)$/.test(callee.name);
  return isMaker ? { value, where } : null;
}

function enclosingClass({ scope }: Where) {
  for (let at = scope.parent; at !== null; at = at.parent) if (at.kind === "class") return at;
  return null;
}

/** `ctx["redis"]`: the worker's own pool. */
function isContext(object: Expression | null): boolean {
  return (
    object?.kind === "item" &&
    object.key.kind === "string" &&
    object.key.value === "redis" &&
    object.object.kind === "name"
  );
}
