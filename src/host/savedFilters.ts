import { EventEmitter, l10n, type Disposable, type Event, type Memento } from "vscode";
import type { JobQuery } from "../monitor/model";
import type { SavedFilter } from "../protocol/filterMessages";
import { newestJobs } from "../protocol/jobQuery";
import { jobQuery } from "./panels/checks";

const memoryKey = "arq.savedFilters";
/** More do not fit a list that is read. */
export const filtersAtMost = 100;
export const filterNameAtMost = 100;

/** Filters of jobs that the user has named, remembered in the workspace. A name stands for one filter. */
export class SavedFilters implements Disposable {
  readonly #changed = new EventEmitter<void>();

  constructor(private readonly memory: Memento) {}

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** By name. What an older version wrote and cannot be asked any more is left out. */
  get all(): readonly SavedFilter[] {
    const kept = this.memory.get<readonly SavedFilter[]>(memoryKey) ?? [];
    return kept.flatMap(({ name, query }) => {
      try {
        return [{ name, query: jobQuery({ ...newestJobs, ...query }) }];
      } catch {
        return [];
      }
    });
  }

  get(name: string): SavedFilter | null {
    return this.all.find((filter) => filter.name === name) ?? null;
  }

  /** Replaces the one of this name. Of its pages, the first is kept. Throws when there are too many. */
  async save(name: string, query: JobQuery): Promise<void> {
    const others = this.all.filter((filter) => filter.name !== name);
    if (others.length >= filtersAtMost)
      throw new Error(l10n.t("There is room for {0} saved filters: delete one first.", filtersAtMost));
    const filter = { name, query: { ...query, offset: 0, anchor: null, limit: newestJobs.limit } };
    await this.#keep([...others, filter]);
  }

  /** Replaces the one that has the new name. Nothing happens when there is none of the old. */
  async rename(from: string, to: string): Promise<void> {
    const filter = this.get(from);
    if (filter === null || from === to) return;
    await this.#keep([...this.all.filter(({ name }) => name !== from && name !== to), { ...filter, name: to }]);
  }

  async delete(name: string): Promise<void> {
    await this.#keep(this.all.filter((filter) => filter.name !== name));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #keep(filters: readonly SavedFilter[]): Promise<void> {
    await this.memory.update(
      memoryKey,
      filters.toSorted((a, b) => a.name.localeCompare(b.name)),
    );
    this.#changed.fire();
  }
}
