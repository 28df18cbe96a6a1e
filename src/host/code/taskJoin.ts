import type { TaskStats } from "../../monitor/queryModel";
import type { FunctionDefinition, Registration, TaskCode } from "../../python/tasks/taskCode";
import { likelyQueueOf, queueOf } from "./settingsQueue";

/** A function of the source with what is known of its jobs. */
export interface JoinedTask {
  readonly definition: FunctionDefinition;
  /** By name and queue: where workers run it, and where jobs of it are known. At least one. */
  readonly parts: readonly JoinedPart[];
}

export interface JoinedPart {
  /** As ARQ knows it. */
  readonly name: string;
  /** Null where the source does not tell it, and no job does. */
  readonly queue: string | null;
  /** Null: no job is known. */
  readonly stats: TaskStats | null;
  /** Where a worker of this queue is given it. None: no settings are seen to, but a job is known. */
  readonly registrations: readonly Registration[];
}

/** A name with the queue on which jobs of it were seen; the queue is null where no job tells it. */
export type SeenName = Pick<TaskStats, "function" | "queue">;

/**
 * Every function that is known as a task, by `definitionKey`: those that worker settings name, and those that a name seen in Redis leads to without doubt. Jobs belong
 * to the function that a worker of their queue has by this name, so two services' functions of one name stay apart. `seen`: names that were seen before, without
 * jobs now: a function that was found stays found.
 */
export function joinTasks(
  code: TaskCode,
  stats: readonly TaskStats[],
  seen: Iterable<SeenName> = [],
): ReadonlyMap<string, JoinedTask> {
  const all = new Map<string, { definition: FunctionDefinition; parts: Map<string, JoinedPart> }>();
  const partsOf = (definition: FunctionDefinition): Map<string, JoinedPart> => {
    const key = definitionKey(definition);
    let found = all.get(key);
    if (found === undefined) all.set(key, (found = { definition, parts: new Map() }));
    return found.parts;
  };
  for (const { name, definition, registrations } of code.tasks) {
    if (definition === null) continue;
    const parts = partsOf(definition);
    for (const registration of registrations) {
      const queue = likelyQueueOf(registration.settings);
      const part = parts.get(partKey(name, queue));
      parts.set(partKey(name, queue), {
        name,
        queue,
        stats: null,
        registrations: [...(part?.registrations ?? []), registration],
      });
    }
  }
  for (const each of [...seen, ...stats]) {
    const own = "count" in each ? (each as TaskStats) : null;
    for (const definition of definitionsFor(code, each.function, each.queue)) {
      const parts = partsOf(definition);
      const part = parts.get(partKey(each.function, each.queue));
      // A registration whose queue the source does not tell is told it by the jobs.
      const open = part === undefined ? parts.get(partKey(each.function, null)) : undefined;
      if (open !== undefined && open.stats === null) parts.delete(partKey(each.function, null));
      parts.set(partKey(each.function, each.queue), {
        name: each.function,
        queue: each.queue,
        stats: own ?? part?.stats ?? null,
        registrations: part?.registrations ?? open?.registrations ?? [],
      });
    }
  }
  return new Map(
    Array.from(all, ([key, { definition, parts }]) => [key, { definition, parts: [...parts.values()] }] as const),
  );
}

/** The same function also when lines above it come and go. */
export function definitionKey({ file, qualname }: Pick<FunctionDefinition, "file" | "qualname">): string {
  return `${file}\0${qualname}`;
}

const known = new WeakMap<TaskCode, Map<string, readonly FunctionDefinition[]>>();
/** Names come from Redis, where anybody may write. */
const namesAtMost = 5000;

/** The functions that jobs of this name in this queue run; none where that is in doubt. */
export function definitionsFor(code: TaskCode, name: string, queue: string | null): readonly FunctionDefinition[] {
  let cache = known.get(code);
  if (cache === undefined) known.set(code, (cache = new Map()));
  const key = partKey(name, queue);
  const before = cache.get(key);
  if (before !== undefined) return before;
  const { found } = code.definitionsOf(name, queue ?? undefined);
  const readers = queue === null ? [] : code.settings.filter((settings) => queueOf(settings) === queue);
  // Workers of this queue whose functions are all known have not got it: its jobs are no other worker's.
  const isRefused = readers.length > 0 && readers.every(({ unread }) => unread.length === 0);
  const sure = found.filter(
    ({ how }) =>
      how === "registered" || (!isRefused && found.length === 1 && (how === "otherQueue" || how === "unique")),
  );
  const definitions = sure.map(({ definition }) => definition);
  if (cache.size < namesAtMost) cache.set(key, definitions);
  return definitions;
}

function partKey(name: string, queue: string | null): string {
  return JSON.stringify([name, queue]);
}
