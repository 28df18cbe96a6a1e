import { type Disposable, EventEmitter, type Event } from "vscode";
import type { Monitor } from "../../monitor/model";
import type { TaskStats } from "../../monitor/queryModel";
import type { Session } from "../session";
import { Throttle } from "../throttle";
import type { SeenName } from "./taskJoin";

/** Text beside code is read, not watched: more often would only flicker. */
const refreshMs = 1500;
/** "4 min ago" goes on without anything having happened. */
const ageMs = 20_000;
/** Names come from Redis, where anybody may write. */
const seenAtMost = 2000;
/** Always the same, so that who joins numbers with code sees that nothing has changed. */
const noStats: readonly TaskStats[] = [];

/** What is known of the jobs of every function and queue of the active connection, for text beside code. Kept current only while somebody uses it. */
export class TaskNumbers implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #refresh = new Throttle(refreshMs, () => void this.#read());
  readonly #subscription: Disposable;
  readonly #seen = new Map<string, SeenName>();
  #users = 0;
  #watch: Disposable | null = null;
  #ages: NodeJS.Timeout | null = null;
  #stats = noStats;
  /** Of whom they are. */
  #monitor: Monitor | null = null;
  #reading = false;
  #again = false;

  constructor(private readonly session: Session) {
    this.#subscription = session.onDidChange(({ change }) => {
      if (this.#users === 0) return;
      if (change === null || change.all || change.status || change.jobs.size > 0) this.#refresh.request();
    });
  }

  /** The numbers, the connection or the time may have changed. Calm: at most every 1.5 s. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** None while nobody uses them, or nothing was read yet. The same array until they are others. */
  get stats(): readonly TaskStats[] {
    return this.#monitor === this.session.monitor ? this.#stats : noStats;
  }

  /** The jobs of the active connection were looked at. */
  get isRead(): boolean {
    return this.#monitor !== null && this.#monitor === this.session.monitor;
  }

  /** Every name and queue that had jobs in this session, so that what was found by them stays. */
  get seen(): Iterable<SeenName> {
    return this.#seen.values();
  }

  /**
   * Somebody looks, until the result is disposed of. As a view: in the background only counts of queues and failures are read, and what runs and
   * waits of one function would be wrong.
   */
  use(): Disposable {
    this.#users++;
    if (this.#users === 1) {
      this.#watch = this.session.watch("view");
      this.#ages = setInterval(() => this.#refresh.request(), ageMs);
      this.#refresh.request();
    }
    let used = true;
    return {
      dispose: () => {
        if (used) this.#leave();
        used = false;
      },
    };
  }

  dispose(): void {
    this.#users = 1;
    this.#leave();
    this.#refresh.dispose();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #leave(): void {
    if (--this.#users > 0) return;
    this.#watch?.dispose();
    this.#watch = null;
    if (this.#ages !== null) clearInterval(this.#ages);
    this.#ages = null;
  }

  async #read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    const { monitor } = this.session;
    try {
      this.#take(monitor, (await monitor?.tasks()) ?? noStats);
    } catch {
      // The connection was closed while it was asked: the next change asks the next one.
    } finally {
      this.#reading = false;
    }
    this.#changed.fire();
    if (this.#again && this.#users > 0) this.#refresh.request();
    this.#again = false;
  }

  #take(monitor: Monitor | null, stats: readonly TaskStats[]): void {
    // Of another connection by now.
    if (monitor !== this.session.monitor) return;
    this.#stats = stats;
    this.#monitor = monitor;
    for (const { function: name, queue } of stats) {
      if (this.#seen.size >= seenAtMost) break;
      this.#seen.set(JSON.stringify([name, queue]), { function: name, queue });
    }
  }
}
