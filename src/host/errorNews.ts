import type { Disposable, Memento } from "vscode";
import type { ErrorGroup, Monitor } from "../monitor/model";
import type { LiveGroups } from "./liveGroups";
import type { Session } from "./session";

/** As `ErrorGroup.mark` has it: no failure for so long, and it had gone. Ms. */
export const quietMs = 6 * 60 * 60_000;
/** A worker's clock may be behind Redis'. Ms. */
const clocksApartMs = 10_000;
const memoryKey = "arq.toldErrors";
/** Of one connection; the oldest are forgotten first. */
const rememberedAtMost = 300;
/** Groups of which the newest failure is kept in mind: some 2 MB of keys. */
const seenAtMost = 10_000;

/** Newest failure that was told, by group, by connection. Unix ms on Redis' clock. */
type Told = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** An error that nobody knew of. */
export interface ErrorNewsItem {
  readonly group: ErrorGroup;
  /** It had happened before, and then not for six hours. */
  readonly back: boolean;
}

/**
 * Which error groups are news: those that begin to fail, or do so again after six quiet hours, while we are connected. What there was when the connection was made, or came back, is none,
 * nor is what is muted. What was news once is remembered in the workspace, so that a reload does not tell it again.
 */
export class ErrorNews implements Disposable {
  readonly #listeners = new Set<(news: readonly ErrorNewsItem[]) => void>();
  readonly #subscriptions: readonly Disposable[];
  #monitor: Monitor | null = null;
  /** Newest failure of each group when it was looked at last; null until everything was looked at for the first time. */
  #seen: Map<string, number> | null = null;
  /** Since when failures are news, on Redis' clock. */
  #since = 0;
  #wasLive = false;
  #lookers = 0;
  readonly #unseen = new Map<string, ErrorNewsItem>();

  constructor(
    private readonly session: Pick<Session, "snapshot" | "onDidChange" | "monitor">,
    private readonly groups: LiveGroups,
    private readonly memory: Memento,
  ) {
    this.#subscriptions = [
      groups.use(),
      groups.onDidChange(() => this.#look()),
      session.onDidChange(() => this.#meet()),
    ];
  }

  /** News, in the moment it is found; never none. Also told, with none, when what was not seen yet is seen. */
  onDidChange(listener: (news: readonly ErrorNewsItem[]) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** News that nobody has looked at since, on the current connection; what is muted since is left out. */
  get unseen(): readonly ErrorNewsItem[] {
    const now = this.groups.now;
    if (now === null || now.monitor !== this.#monitor) return [];
    const heard = new Set(now.heard.map(({ key }) => key));
    return [...this.#unseen.values()].filter(({ group }) => heard.has(group.key));
  }

  /** Somebody looks at the failures, until the result is disposed of. */
  see(): Disposable {
    this.#lookers++;
    if (this.#unseen.size > 0) {
      this.#unseen.clear();
      this.#tell([]);
    }
    let seeing = true;
    return {
      dispose: () => {
        if (seeing) this.#lookers--;
        seeing = false;
      },
    };
  }

  /** What was remembered of this connection, by its name, or of all, is removed. */
  async forget(connection: string | null): Promise<void> {
    await this.#keep(connection === null ? {} : Object.fromEntries(this.#toldOfOthers(connection)));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#listeners.clear();
  }

  /** A connection that comes back brings what failed meanwhile, which is no news of this moment. */
  #meet(): void {
    const { monitor } = this.session;
    const live = this.session.snapshot()?.status.state === "live";
    if (monitor !== this.#monitor) {
      this.#monitor = monitor;
      this.#seen = null;
      this.#unseen.clear();
    } else if (live === this.#wasLive) return;
    this.#wasLive = live;
    if (live && monitor !== null) this.#since = monitor.now();
  }

  #look(): void {
    const { now } = this.groups;
    this.#meet();
    if (now === null || now.monitor !== this.#monitor || this.session.snapshot()?.complete !== true) return;
    const before = this.#seen;
    const told = this.#toldOf(now.connection);
    const heard = new Set(now.heard.map(({ key }) => key));
    if (before === null) {
      this.#seen = new Map(now.all.map(({ key, lastAt }) => [key, lastAt]));
      return;
    }
    const news: ErrorNewsItem[] = [];
    for (const group of now.all) {
      const { key, lastAt, mark } = group;
      const seen = before.get(key);
      const known = Math.max(seen ?? 0, Object.hasOwn(told, key) ? told[key]! : 0);
      before.set(key, lastAt);
      // What Redis still holds of it, or the history remembers, tells whether it was quiet; what was told long ago and is held no more was.
      const isNews = known < lastAt - quietMs && (seen === undefined || mark === "back");
      if (!isNews || lastAt < this.#since - clocksApartMs || !heard.has(key)) continue;
      const item = { group, back: mark === "back" };
      news.push(item);
      if (this.#lookers === 0) this.#unseen.set(key, item);
    }
    for (const key of before.keys()) {
      if (before.size <= seenAtMost) break;
      before.delete(key);
    }
    if (news.length === 0) return;
    this.#remember(now.connection, news);
    this.#tell(news);
  }

  #tell(news: readonly ErrorNewsItem[]): void {
    for (const listener of this.#listeners) listener(news);
  }

  #toldOf(connection: string): Readonly<Record<string, number>> {
    const all = this.memory.get<Told>(memoryKey) ?? {};
    return Object.hasOwn(all, connection) ? all[connection]! : {};
  }

  #remember(connection: string, news: readonly ErrorNewsItem[]): void {
    const fresh = news.map(({ group }): [string, number] => [group.key, group.lastAt]);
    const keys = new Set(fresh.map(([key]) => key));
    const before = Object.entries(this.#toldOf(connection)).filter(([key]) => !keys.has(key));
    const kept = Object.fromEntries([...before, ...fresh].slice(-rememberedAtMost));
    void this.#keep(Object.fromEntries([...this.#toldOfOthers(connection), [connection, kept]]));
  }

  #toldOfOthers(connection: string): [string, Told[string]][] {
    return Object.entries(this.memory.get<Told>(memoryKey) ?? {}).filter(([name]) => name !== connection);
  }

  #keep(told: Told): Thenable<void> {
    return this.memory.update(memoryKey, told);
  }
}
