import type { Disposable } from "vscode";
import type { ErrorGroup, Monitor } from "../monitor/model";
import type { MutedGroups } from "./mutedGroups";
import type { Session } from "./session";
import { Throttle } from "./throttle";

/** All errors are grouped for it, which among many jobs is work: notes, numbers on badges and messages have time. Ms. */
const updateMs = 2000;
/** "3 min ago" grows old, and errors become quiet, without anything happening. Ms. */
const tickMs = 20_000;
/** So long counts of the last hour may stand while nothing happens. Ms. */
const regroupMs = 60_000;
/** A group is live while a job of it failed within so long: the same hour that `ErrorGroup.lastHour` counts. Ms. */
export const liveMs = 60 * 60_000;

/** The error groups of the current connection at a moment. */
export interface GroupsNow {
  readonly monitor: Monitor;
  /** The connection's name. */
  readonly connection: string;
  /** Newest failure first, muted ones too. */
  readonly all: readonly ErrorGroup[];
  /** Without what the user has muted. */
  readonly heard: readonly ErrorGroup[];
  /** Redis' clock, unix ms. */
  readonly at: number;
}

/**
 * The error groups as they are now, for everything that tells of them while no page shows them: one grouping for the badge, the status bar, the notes in the editor and the
 * messages. Works only while somebody uses it, and by itself asks nothing of Redis.
 */
export class LiveGroups implements Disposable {
  readonly #listeners = new Set<() => void>();
  readonly #updates = new Throttle(updateMs, () => void this.#update());
  readonly #subscriptions: Disposable[];
  #users = 0;
  #tick: NodeJS.Timeout | null = null;
  #asked: AbortController | null = null;
  /** Something has changed since it was asked. */
  #again = false;
  #now: GroupsNow | null = null;
  /** On our clock, ms. */
  #groupedAt = 0;

  constructor(
    private readonly session: Pick<Session, "monitor" | "connection" | "onDidChange">,
    private readonly mutedGroups: Pick<MutedGroups, "part" | "onDidChange">,
  ) {
    this.#subscriptions = [
      session.onDidChange(({ change }) => {
        if (change === null && this.#now !== null && this.#now.monitor !== session.monitor) this.#tell(null);
        if (change === null || change.all || change.jobs.size > 0) this.#request();
      }),
      mutedGroups.onDidChange(() => {
        const now = this.#now;
        if (now !== null) this.#tell({ ...now, heard: mutedGroups.part(now.connection, now.all).heard });
      }),
    ];
  }

  /** As they were looked at last; null without a connection, and until the first look. */
  get now(): GroupsNow | null {
    return this.#now;
  }

  /** They were looked at again. Also told now and then when nothing has happened, for time passes. */
  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** They are looked at again now, and not when their time has come. */
  refresh(): void {
    if (this.#users > 0) void this.#update();
  }

  /** They are kept current until the result is disposed of. */
  use(): Disposable {
    if (this.#users++ === 0) {
      this.#tick = setInterval(() => this.#grow(), tickMs);
      this.#request();
    }
    let using = true;
    return {
      dispose: () => {
        if (!using) return;
        using = false;
        if (--this.#users === 0) this.#rest();
      },
    };
  }

  dispose(): void {
    this.#users = 0;
    this.#rest();
    this.#listeners.clear();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #rest(): void {
    if (this.#tick !== null) clearInterval(this.#tick);
    this.#tick = null;
    this.#updates.dispose();
    this.#asked?.abort();
    this.#asked = null;
    this.#now = null;
  }

  /** Where nothing was live when they were looked at last, time changes nothing. */
  #grow(): void {
    const now = this.#now;
    if (now === null || !now.all.some(({ lastAt }) => lastAt >= now.at - liveMs)) return;
    if (performance.now() - this.#groupedAt >= regroupMs) void this.#update();
    else this.#tell({ ...now, at: now.monitor.now() });
  }

  #request(): void {
    if (this.#users > 0) this.#updates.request();
  }

  async #update(): Promise<void> {
    const { monitor, connection } = this.session;
    if (monitor === null || connection === null) {
      this.#tell(null);
      return;
    }
    // Where there are so many jobs that one grouping takes longer than changes are apart, it is not begun anew for ever.
    if (this.#asked !== null) {
      this.#again = true;
      return;
    }
    const { signal } = (this.#asked = new AbortController());
    const all = await monitor.errorGroups(signal).catch(() => null);
    if (signal.aborted) return;
    this.#asked = null;
    if (this.#again) this.#request();
    this.#again = false;
    if (all === null || this.session.monitor !== monitor) return;
    this.#groupedAt = performance.now();
    const { heard } = this.mutedGroups.part(connection.name, all);
    this.#tell({ monitor, connection: connection.name, all, heard, at: monitor.now() });
  }

  #tell(now: GroupsNow | null): void {
    if (now === null && this.#now === null) return;
    this.#now = now;
    for (const listener of this.#listeners) listener();
  }
}
