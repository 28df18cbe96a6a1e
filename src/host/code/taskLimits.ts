import {
  arqDefaults,
  type CodePlace,
  type ReadValue,
  type Registration,
  type SettingsCode,
  type TaskCode,
  type TaskFunction,
} from "../../python/tasks/taskCode";
import { known, queueOf } from "./settingsQueue";

/** A setting as it applies to a function. */
export interface Applied {
  readonly value: number;
  /** As it is written there: `job_timeout`, or `timeout` of the function's own. */
  readonly setting: string;
  /** Null: not set, so that it is ARQ's default. */
  readonly place: CodePlace | null;
  /** An environment variable, or a registration that cannot be read, may set another; this is what applies without it. */
  readonly assumed: boolean;
}

/** What the source says ARQ holds the jobs of a function to. Null: not known, or two workers of one queue differ. */
export interface TaskLimits {
  readonly maxTries: Applied | null;
  /** Seconds. */
  readonly timeout: Applied | null;
  /** Seconds; 0: nothing is kept; Infinity: for ever. */
  readonly keepResult: Applied | null;
}

export interface RegisteredTask {
  readonly task: TaskFunction;
  readonly registration: Registration;
}

const byNames = new WeakMap<TaskCode, ReadonlyMap<string, readonly RegisteredTask[]>>();

/** Tasks of this name that a worker of the queue runs; where none is seen to read it, those of workers whose queue the source does not tell. Null: on any queue. */
export function registeredFor(code: TaskCode, name: string, queue: string | null): readonly RegisteredTask[] {
  const all = (namesOf(code).get(name) ?? []).filter(({ registration }) => !registration.replaced);
  if (queue === null) return all;
  const exact = all.filter(({ registration }) => queueOf(registration.settings) === queue);
  return exact.length > 0 ? exact : all.filter(({ registration }) => queueOf(registration.settings) === null);
}

/** Null where no worker in the open folders is seen to run it, or to run functions that cannot be read. */
export function limitsOf(code: TaskCode, name: string, queue: string | null): TaskLimits | null {
  const own = registeredFor(code, name, queue).map(({ registration }) => limitsOfRegistration(registration));
  const limits = own.length > 0 ? own : limitsOfWorkers(code, name, queue);
  if (limits.length === 0) return null;
  return {
    maxTries: agreed(limits.map(({ maxTries }) => maxTries)),
    timeout: agreed(limits.map(({ timeout }) => timeout)),
    keepResult: agreed(limits.map(({ keepResult }) => keepResult)),
  };
}

export function limitsOfRegistration(registration: Registration): TaskLimits {
  const { settings, how, timeout, keepResult, keepResultForever, maxTries } = registration;
  const isCron = how === "cron";
  const forever = keepResultForever === null ? (isCron ? false : null) : (known(keepResultForever)?.value ?? null);
  return {
    maxTries: applied("max_tries", maxTries, isCron ? null : settings, isCron ? 1 : arqDefaults.max_tries),
    timeout:
      timeout === null
        ? applied("job_timeout", null, settings, arqDefaults.job_timeout)
        : applied("timeout", timeout, null, arqDefaults.job_timeout),
    keepResult:
      forever === true && keepResultForever !== null
        ? { value: Infinity, setting: "keep_result_forever", place: keepResultForever.place, assumed: false }
        : keepResult === null && !isCron
          ? keptBySettings(settings)
          : applied("keep_result", keepResult, null, 0),
  };
}

/** Of a function that workers of its queue may have, such as one that a decorator registers: what they set for all. */
function limitsOfWorkers(code: TaskCode, name: string, queue: string | null): readonly TaskLimits[] {
  // A cron job has limits of its own.
  if (queue === null || name.startsWith("cron:")) return [];
  const assumed = (limit: Applied | null): Applied | null => (limit === null ? null : { ...limit, assumed: true });
  return code.settings
    .filter((settings) => settings.unread.length > 0 && queueOf(settings) === queue)
    .map((settings) => ({
      maxTries: assumed(applied("max_tries", null, settings, arqDefaults.max_tries)),
      timeout: assumed(applied("job_timeout", null, settings, arqDefaults.job_timeout)),
      keepResult: assumed(keptBySettings(settings)),
    }));
}

/** `max_jobs` of the workers of a queue: how many jobs each runs at once. Null where none is seen, or they differ. */
export function placesOf(code: TaskCode, queue: string): Applied | null {
  const settings = code.settings.filter((each) => queueOf(each) === queue);
  return agreed(settings.map((each) => applied("max_jobs", null, each, arqDefaults.max_jobs)));
}

function keptBySettings(settings: SettingsCode): Applied | null {
  const { keep_result_forever: forever } = settings.values;
  if (forever !== null) {
    const read = known(forever);
    if (read === null) return null;
    if (read.value)
      return { value: Infinity, setting: "keep_result_forever", place: forever.place, assumed: read.assumed };
  }
  return applied("keep_result", null, settings, arqDefaults.keep_result);
}

type NumberSetting = "max_tries" | "job_timeout" | "keep_result" | "max_jobs";

/** The function's own value, else that of the settings (null: they have no say), else ARQ's. */
function applied(
  setting: NumberSetting | "timeout",
  own: ReadValue<number> | null,
  settings: SettingsCode | null,
  byDefault: number,
): Applied | null {
  const read = own ?? (settings === null || setting === "timeout" ? null : settings.values[setting]);
  if (read === null) return { value: byDefault, setting, place: null, assumed: false };
  const value = known(read);
  return value === null ? null : { ...value, setting, place: read.place };
}

/** The first, where all have the same value. */
function agreed(all: readonly (Applied | null)[]): Applied | null {
  const [first] = all;
  if (first === undefined || first === null) return null;
  return all.every((each) => each?.value === first.value) ? first : null;
}

function namesOf(code: TaskCode): ReadonlyMap<string, readonly RegisteredTask[]> {
  const found = byNames.get(code);
  if (found !== undefined) return found;
  const names = new Map<string, RegisteredTask[]>();
  for (const task of code.tasks) {
    const registered = task.registrations.map((registration) => ({ task, registration }));
    names.set(task.name, [...(names.get(task.name) ?? []), ...registered]);
  }
  byNames.set(code, names);
  return names;
}
