import { EventEmitter, type Disposable, type Event, type Memento } from "vscode";

const memoryKey = "arq.mutedGroups";
/** Of one connection; of more, the oldest are heard again. */
const mutedAtMost = 1000;

/** Keys of error groups by the name of their connection, each in the order they were muted. */
type Muted = Readonly<Record<string, readonly string[]>>;

/**
 * Error groups that the user does not want to hear of, remembered in the workspace for each connection by its name. They stay in every count; badge
 * and lists leave them out or fold them.
 */
export class MutedGroups implements Disposable {
  readonly #changed = new EventEmitter<void>();

  constructor(private readonly memory: Memento) {}

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Whether the group of this key (`ErrorGroup.key`) is muted. None is where there is no connection. */
  has(connection: string | null | undefined, key: string): boolean {
    return this.#of(connection).includes(key);
  }

  /** Parts a list in what is to be heard and what is muted, each in its order. */
  part<T extends { readonly key: string }>(
    connection: string | null | undefined,
    groups: readonly T[],
  ): { readonly heard: readonly T[]; readonly muted: readonly T[] } {
    const keys = new Set(this.#of(connection));
    if (keys.size === 0) return { heard: groups, muted: [] };
    return { heard: groups.filter(({ key }) => !keys.has(key)), muted: groups.filter(({ key }) => keys.has(key)) };
  }

  async mute(connection: string, key: string, muted: boolean): Promise<void> {
    const others = this.#of(connection).filter((known) => known !== key);
    const keys = muted ? [...others, key].slice(-mutedAtMost) : others;
    const all = Object.entries(this.#all).filter(([name]) => name !== connection);
    await this.memory.update(memoryKey, Object.fromEntries(keys.length === 0 ? all : [...all, [connection, keys]]));
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  get #all(): Muted {
    return this.memory.get<Muted>(memoryKey) ?? {};
  }

  #of(connection: string | null | undefined): readonly string[] {
    const all = this.#all;
    // A connection may have any name, also one that every object has.
    return connection !== null && connection !== undefined && Object.hasOwn(all, connection) ? all[connection]! : [];
  }
}
