import { t } from "../l10n";
import { DefinitionFinder } from "./definitionFinder";
import { Definitions } from "./definitions";
import { Evaluator } from "./evaluate";
import type { ModuleSource, Scope } from "./moduleSource";
import type { ModuleTable } from "./moduleTable";
import { queueOf } from "./queueOf";
import { readCron } from "./readCron";
import { givenPools, readEnqueues, type EnqueueRead } from "./readEnqueues";
import { ListReader } from "./readList";
import { type SettingsRead, SettingsReader } from "./readSettings";
import { type Registered, Registrations } from "./registrations";
import { Resolver } from "./resolver";
import { SettingsFinder, type StartedSettings } from "./settingsFinder";
import type { CronCode, EnqueueCode, ReadValue, Registration, TaskCode, TaskFunction } from "./taskCode";
import type { Turns } from "./turns";

/** All that is known of the open folders' Python files. */
export interface TaskSources {
  readonly table: ModuleTable;
  /** Open folders. */
  readonly roots: readonly string[];
  /** Files that were read, by path. */
  readonly sources: ReadonlyMap<string, ModuleSource>;
  /** Files that may register or enqueue; each is in `sources`. */
  readonly mattering: readonly string[];
  /** `async def`s by file, see `FileScan`. */
  readonly functions: ReadonlyMap<string, string>;
  readonly isComplete: boolean;
  readonly problems: TaskCode["problems"];
}

export interface Linked {
  readonly code: TaskCode;
  /** Files that names lead to and that are not in `sources`: with them, more is known. */
  readonly wanted: ReadonlySet<string>;
  /** Files in `sources` whose bodies are needed, and were left out. */
  readonly wantedWhole: ReadonlySet<string>;
}

/** Puts the files together: a pure function of them, so that what was updated and what was read anew are the same. With turns for others. */
export async function linkTasks(from: TaskSources, turns: Turns): Promise<Linked> {
  const resolver = new Resolver(from.table, from.sources);
  const evaluator = new Evaluator(resolver);
  const definitions = new Definitions(resolver);
  const registrations = new Registrations(resolver, evaluator, definitions);
  const finder = new SettingsFinder(resolver);
  const reader = new SettingsReader(resolver, evaluator, new ListReader(resolver), registrations, definitions);

  const mattering = from.mattering.toSorted().flatMap((file) => from.sources.get(file) ?? []);
  const started = await eachInTurns(mattering, turns, (source) => finder.started(source));
  const places = placesOfSettings(mattering, started).filter(({ file }) => !isTest(file, from.roots));
  const asked = new Set(started.map(({ what }) => what));
  const settings = await eachInTurns(places, turns, (source) => finder.find(source, asked));
  const read = await eachInTurns(settings, turns, (found) => [reader.read(found)]);

  const tasks = new TaskList();
  const crons: CronCode[] = [];
  for (const { settings, registered } of read) {
    for (const one of registered) {
      const replaced = registered.findLast(({ name }) => name === one.name) !== one;
      const task = tasks.add(one, settings, replaced);
      if (task !== null && one.cron !== null)
        crons.push({ name: task.name, task, settings, place: one.place, ...readCron(one.cron, evaluator) });
    }
  }
  const pools = givenPools(mattering, resolver);
  const calls = await eachInTurns(mattering, turns, (source) => readEnqueues(source, evaluator, pools));
  const enqueues = await eachInTurns(calls, turns, (call) => [withContext(call, tasks.all, definitions)]);
  const definitionFinder = new DefinitionFinder(
    tasks.all,
    read.map(({ settings }) => settings),
    from,
  );
  const code: TaskCode = {
    tasks: tasks.all,
    settings: read.map(({ settings }) => settings),
    crons,
    enqueues,
    files: from.functions.size,
    isComplete: from.isComplete,
    problems: from.problems,
    definitionsOf: (name, queue) => definitionFinder.find(name, queue),
  };
  return { code, wanted: resolver.wanted, wantedWhole: resolver.wantedWhole };
}

async function eachInTurns<T, R>(all: readonly T[], turns: Turns, read: (one: T) => readonly R[]): Promise<R[]> {
  const found: R[] = [];
  for (const one of all) {
    found.push(...read(one));
    if (turns.isOver) await turns.giveNow();
  }
  return found;
}

/** Files that matter, and those of settings that workers are started with elsewhere. */
function placesOfSettings(mattering: readonly ModuleSource[], started: readonly StartedSettings[]): ModuleSource[] {
  return [...new Set([...mattering, ...started.map(({ source }) => source)])].sort((one, other) =>
    one.file < other.file ? -1 : 1,
  );
}

/** Workers of tests run in tests only. */
function isTest(file: string, roots: readonly string[]): boolean {
  const root = roots.find((one) => file.startsWith(one)) ?? "";
  return /(?:^|[\\/])(?:tests?[\\/]|test_[^\\/]*$|[^\\/]*_test\.py$|conftest\.py$)/.test(file.slice(root.length));
}

/** Tasks by name and definition. */
class TaskList {
  readonly all: TaskFunction[] = [];
  readonly #byKey = new Map<string, { task: TaskFunction; registrations: Registration[] }>();

  /** Null where the name is not known. */
  add(one: Registered, settings: SettingsRead["settings"], replaced: boolean): TaskFunction | null {
    const { name, definition, why, parameters } = one;
    if (name === null) return null;
    const key = JSON.stringify([
      name,
      definition === null ? why : [definition.file, definition.line, definition.column],
    ]);
    const registration: Registration = {
      place: one.place,
      settings,
      how: one.how,
      timeout: one.timeout,
      keepResult: one.keepResult,
      keepResultForever: one.keepResultForever,
      maxTries: one.maxTries,
      replaced,
    };
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.registrations.push(registration);
      return known.task;
    }
    const registrations = [registration];
    const task: TaskFunction = {
      name,
      definition,
      why: definition === null ? (why ?? t("it is known at run time only")) : null,
      parameters,
      registrations,
    };
    this.#byKey.set(key, { task, registrations });
    this.all.push(task);
    return task;
  }
}

/** What a task enqueues by its `ctx["redis"]` goes to the queue of its own worker. */
function withContext(
  { enqueue, isByContext, where }: EnqueueRead,
  tasks: readonly TaskFunction[],
  definitions: Definitions,
): EnqueueCode {
  if (!isByContext) return enqueue;
  for (let scope: Scope | null = where.scope; scope !== null; scope = scope.parent) {
    if (scope.kind !== "function") continue;
    const definition = definitions.of(scope, where.source.file);
    const workers = tasks
      .filter((task) => task.definition === definition)
      .flatMap(({ registrations }) => registrations);
    const queues = new Map<string, ReadValue<string>>();
    for (const { settings } of workers) {
      const { name, isCertain } = queueOf(settings);
      if (name === null || !isCertain) return enqueue;
      queues.set(name, { value: name, place: settings.place });
    }
    if (queues.size === 1) return { ...enqueue, queue: [...queues.values()][0]! };
  }
  return enqueue;
}
