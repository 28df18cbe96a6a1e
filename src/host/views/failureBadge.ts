import { type Disposable, l10n, type Memento, type TreeView, type ViewBadge } from "vscode";
import type { ErrorGroup } from "../../monitor/model";
import type { MutedGroups } from "../mutedGroups";
import type { Session } from "../session";
import { Throttle } from "../throttle";
import { count, plural } from "./texts";

/** All errors are grouped for it, which among many jobs is work: a number on a badge has time. */
const updateMs = 2000;
const seenKey = "arq.failuresSeenAt";

/**
 * The badge of Failed Jobs: failures since the view was last looked at. Counted from the times in the results and not by
 * listening, so a reload, a reconnect or a second window counts each failure once and the same.
 */
export class FailureBadge implements Disposable {
  readonly #subscriptions: Disposable[];
  #asked: AbortController | null = null;
  /** Up to when the view was last seen, on Redis' clock, until that is remembered: grouping takes longer than a glance may last. */
  #lookedAt: number | null = null;
  readonly #updates = new Throttle(updateMs, () => void this.#update());

  constructor(
    private readonly view: Pick<TreeView<unknown>, "visible" | "badge" | "onDidChangeVisibility">,
    private readonly session: Session,
    private readonly mutedGroups: MutedGroups,
    private readonly memory: Memento,
  ) {
    this.#subscriptions = [
      view.onDidChangeVisibility(() => {
        // Seen until now, also when it has just been left.
        this.#look();
        void this.#update();
      }),
      mutedGroups.onDidChange(() => void this.#update()),
      session.onDidChange(({ change }) => {
        // Of another connection nothing was seen.
        if (change === null) this.#lookedAt = null;
        if (change === null || change.all || change.jobs.size > 0) this.#updates.request();
      }),
    ];
  }

  dispose(): void {
    this.#asked?.abort();
    this.#updates.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #look(): void {
    this.#lookedAt = this.session.monitor?.now() ?? null;
  }

  async #update(): Promise<void> {
    if (this.view.visible) this.#look();
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const { monitor, connection } = this.session;
    if (monitor === null || connection === null) {
      this.#show(undefined);
      return;
    }
    const key = `${seenKey}:${connection.name}`;
    const groups = await monitor.errorGroups(signal).catch(() => null);
    if (groups === null || signal.aborted) return;
    // Redis' own times, so that a wrong clock here hides no failure.
    const newest = groups.reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0);
    const before = this.memory.get<number>(key) ?? 0;
    const seen = Math.max(before, this.view.visible ? newest : Math.min(newest, this.#lookedAt ?? 0));
    this.#lookedAt = null;
    if (seen > before) void this.memory.update(key, seen);
    if (this.view.visible) {
      this.#show(undefined);
      return;
    }
    const fresh = failuresSince(this.mutedGroups.part(connection.name, groups).heard, seen);
    this.#show(
      fresh === 0
        ? undefined
        : {
            value: fresh,
            tooltip: plural(
              fresh,
              l10n.t("1 job failed since you last looked"),
              l10n.t("{0} jobs failed since you last looked", count(fresh)),
            ),
          },
    );
  }

  #show(badge: ViewBadge | undefined): void {
    if (this.view.badge?.value !== badge?.value) this.view.badge = badge;
  }
}

/** A group lists at most its 200 newest jobs: when all of them are new but older ones exist, this is the least it can be. */
export function failuresSince(groups: readonly ErrorGroup[], seen: number): number {
  let total = 0;
  for (const { firstAt, lastAt, count, jobs } of groups) {
    if (lastAt <= seen) continue;
    total += firstAt > seen ? count : jobs.filter(({ finishedAt }) => finishedAt !== null && finishedAt > seen).length;
  }
  return total;
}
