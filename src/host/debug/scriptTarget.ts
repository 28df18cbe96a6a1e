import { basename, dirname } from "node:path";
import {
  hookNames,
  type HookName,
  type ImportedSettings,
  isImportable,
  type ScriptFunction,
  type ScriptHook,
} from "../../python/debugScript";
import { isIdentifier } from "../../python/identifier";
import type { DefinitionMatch, Reference, Registration, SettingsCode } from "../../python/tasks/taskCode";
import { known, likelyQueueOf } from "../code/settingsQueue";

/** What a script needs to know of the code: how to get hold of the function and of what its worker runs around it. */
export interface ScriptTarget {
  readonly function: ScriptFunction;
  /** Hooks that its worker has, and where from. */
  readonly hooks: Readonly<Partial<Record<HookName, ScriptHook>>>;
  readonly settings: ImportedSettings | null;
  /** Seconds. */
  readonly timeout: number | null;
  /** Folders that modules are imported from, the function's own first. */
  readonly roots: readonly string[];
  /** Where a worker would be started. */
  readonly cwd: string;
}

/** Null where neither an import nor the worker's settings lead to the function. */
export function scriptTarget({ definition, task }: DefinitionMatch, queue: string | null): ScriptTarget | null {
  const registration = registrationFor(task?.registrations ?? [], queue);
  const code = registration?.settings ?? null;
  const settings = code === null ? null : importedSettings(code);
  const { module, qualname, file } = definition;
  const name = module === null ? null : { module, qualname };
  const isMethod = qualname.includes(".") && definition.parameters[0]?.name === "self";
  const byWorker =
    settings === null || registration === null
      ? null
      : ({ how: "worker", settings, list: registration.how === "cron" ? "cron_jobs" : "functions" } as const);
  const byName = name !== null && isImportable(name) ? ({ how: "name", name, isBound: isMethod } as const) : null;
  const found = byName === null || isMethod ? (byWorker ?? byName) : byName;
  if (found === null) return null;
  const roots = [importRoot(file, module), ...(code === null ? [] : [importRoot(code.place.file, code.module)])];
  const [first = dirname(file)] = roots;
  return {
    function: found,
    hooks: code === null ? {} : hooksOf(code, settings),
    settings,
    timeout: timeoutOf(registration),
    roots: [...new Set(roots)],
    // Beside the folder of the sources, where a project keeps its configuration.
    cwd: ["src", "lib"].includes(basename(first)) ? dirname(first) : first,
  };
}

/** The worker of the job's queue; where none is known to be, any that runs the function. */
function registrationFor(registrations: readonly Registration[], queue: string | null): Registration | null {
  const used = registrations.filter(({ replaced }) => !replaced);
  return used.find(({ settings }) => queue !== null && likelyQueueOf(settings) === queue) ?? used[0] ?? null;
}

function importedSettings({ kind, name, module }: SettingsCode): ImportedSettings | null {
  if (kind === "call" || module === null || !module.split(".").every(isIdentifier)) return null;
  if (kind === "module") return { kind, module, name: null };
  return isIdentifier(name) ? { kind, module, name } : null;
}

function hooksOf({ values }: SettingsCode, settings: ImportedSettings | null): ScriptTarget["hooks"] {
  const hooks: Partial<Record<HookName, ScriptHook>> = {};
  for (const name of hookNames) {
    const read = values[name];
    if (read === null) continue;
    const hook = ("value" in read ? importedReference(read.value) : null) ?? settings;
    if (hook !== null) hooks[name] = hook;
  }
  return hooks;
}

function importedReference({ definition }: Reference): ScriptHook | null {
  if (definition === null || definition.module === null || definition.parameters[0]?.name === "self") return null;
  const name = { module: definition.module, qualname: definition.qualname };
  return isImportable(name) ? name : null;
}

function timeoutOf(registration: Registration | null): number | null {
  if (registration === null) return null;
  const read = registration.timeout ?? registration.settings.values.job_timeout;
  return read === null ? null : (known(read)?.value ?? null);
}

/** The folder in which Python finds the module that is this file: `/a` for `shop.tasks` in `/a/shop/tasks.py`. */
function importRoot(file: string, module: string | null): string {
  let steps = module === null ? 0 : module.split(".").length - 1;
  if (module !== null && basename(file) === "__init__.py") steps += 1;
  let folder = dirname(file);
  for (; steps > 0; steps--) folder = dirname(folder);
  return folder;
}
