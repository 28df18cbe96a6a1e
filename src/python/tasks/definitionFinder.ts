import { t } from "../l10n";
import { functionsNamed, type ScannedFunction, scannedDefinition } from "./fileScan";
import type { ModuleTable } from "./moduleTable";
import { queueOf } from "./queueOf";
import type { DefinitionMatch, DefinitionsFound, SettingsCode, TaskFunction } from "./taskCode";

/** Where the functions of names that no settings are seen to register may be. */
interface Elsewhere {
  readonly table: ModuleTable;
  readonly functions: ReadonlyMap<string, string>;
  readonly isComplete: boolean;
}

/** How well a registration fits a queue. `maybe`: its queue is known at run time only. */
const fit = { no: 0, maybe: 1, yes: 2 } as const;

/** Finds definitions by the name that ARQ has; see `TaskCode.definitionsOf`. */
export class DefinitionFinder {
  readonly #byName = new Map<string, TaskFunction[]>();
  readonly #found = new Map<string, DefinitionsFound>();

  constructor(
    tasks: readonly TaskFunction[],
    private readonly settings: readonly SettingsCode[],
    private readonly elsewhere: Elsewhere,
  ) {
    for (const task of tasks) {
      const known = this.#byName.get(task.name);
      if (known === undefined) this.#byName.set(task.name, [task]);
      else known.push(task);
    }
  }

  find(name: string, queue: string | undefined): DefinitionsFound {
    const key = JSON.stringify([name, queue]);
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#search(name, queue);
      // Names come from Redis: as many as somebody likes.
      if (this.#found.size < 5000) this.#found.set(key, found);
    }
    return found;
  }

  #search(name: string, queue: string | undefined): DefinitionsFound {
    const tasks = this.#byName.get(name) ?? [];
    const fits = tasks.map((task) => ({ task, how: queue === undefined ? fit.yes : fitOf(task, queue) }));
    const best = Math.max(...fits.map(({ how }) => how));
    const here = fits.filter(({ how }) => how === best && how !== fit.no);
    const registered = matches(here, "registered");
    if (registered.length > 0) return { found: registered, why: null };
    const unread = here.find(({ task }) => task.why !== null);
    if (unread !== undefined) {
      // A package's function is where the package is, not where another has its name.
      return {
        found: [],
        why: t("It is registered, but where it is defined is not known: {0}.", unread.task.why ?? ""),
      };
    }
    const other = matches(fits, "otherQueue");
    // What another service registers is this queue's function only where its own workers cannot have one of their own by this name.
    const scanned = other.length === 0 || this.#mayHaveMore(queue) ? this.#scanned(name, other) : [];
    if (other.length > 0 && scanned.length === 0) return { found: other, why: null };
    if (scanned.length > 0) return { found: scanned, why: null };
    const files = this.elsewhere.functions.size;
    const why = [t("No async def {0} is in the {1} Python files of the open folders.", plainOf(name), files)];
    if (!this.settings.some(({ unread: parts }) => parts.length > 0)) why.push(t("No settings register it."));
    if (!this.elsewhere.isComplete) why.push(t("There are more files than were looked at."));
    return { found: [], why: why.join(" ") };
  }

  /**
   * The coroutines that the name may mean: those that a decorator registers under it before those that have it, of the class it tells, with `ctx` first where some
   * have it. Beside those of `known`: only such that take `ctx` and are decorated, as a registry's are; a stand-in of the tests has the name, too.
   */
  #scanned(name: string, known: readonly DefinitionMatch[]): DefinitionMatch[] {
    const plain = name.replace(/^cron:/, "");
    const last = plainOf(plain);
    if (last === "") return [];
    const candidates: { one: ScannedFunction; module: string | null; score: number }[] = [];
    for (const [file, functions] of this.elsewhere.functions) {
      for (const one of functionsNamed(functions, file, last, plain)) {
        const module = this.elsewhere.table.nameOf(file);
        const takes = takesContext(one);
        // A decorator is called with texts for other reasons too; only a task takes `ctx`.
        const isRegistered = takes && one.registeredAs === plain;
        const isIt =
          isRegistered || one.qualname === plain || (module !== null && `${module}.${one.qualname}` === plain);
        const isOther =
          known.length === 0 ||
          (takes &&
            one.isDecorated &&
            !known.some(({ definition }) => definition.file === file && definition.line === one.line));
        if (isIt && isOther) candidates.push({ one, module, score: isRegistered ? 2 : takes ? 1 : 0 });
      }
    }
    const best = Math.max(...candidates.map(({ score }) => score));
    const likely = candidates.filter(({ score }) => score === best);
    const how = likely.length === 1 ? "unique" : "sameName";
    return likely.map(({ one, module }) => ({ definition: scannedDefinition(one, module), task: null, how }));
  }

  /** A worker of this queue has functions that cannot be read. */
  #mayHaveMore(queue: string | undefined): boolean {
    return this.settings.some((settings) => settings.unread.length > 0 && queueOf(settings).name === queue);
  }
}

function fitOf({ registrations }: TaskFunction, queue: string): number {
  let best: number = fit.no;
  for (const { settings, replaced } of registrations) {
    if (replaced) continue;
    const { name, isCertain } = queueOf(settings);
    if (name === queue) return fit.yes;
    if (!isCertain) best = fit.maybe;
  }
  return best;
}

function matches(tasks: readonly { task: TaskFunction }[], how: DefinitionMatch["how"]): DefinitionMatch[] {
  return tasks.flatMap(({ task }) => (task.definition === null ? [] : [{ definition: task.definition, task, how }]));
}

function plainOf(name: string): string {
  return (
    name
      .replace(/^cron:/, "")
      .split(".")
      .at(-1) ?? ""
  );
}

/** `ctx` as people call it, after `self`. */
function takesContext({ parameters }: ScannedFunction): boolean {
  return /^\(\s*(?:self\s*,\s*|cls\s*,\s*)?_?(?:ctx|context|_)\b/.test(parameters);
}
