import { type Disposable, l10n, type Memento, type TreeView, type ViewBadge } from "vscode";
import type { ErrorGroup } from "../../monitor/model";
import type { ErrorNews } from "../errorNews";
import type { LiveGroups } from "../liveGroups";
import type { Session } from "../session";
import { count, plural } from "./texts";

const seenKey = "arq.failuresSeenAt";

/**
 * The badge of Failed Jobs: failures since the view was last looked at, and how many new errors are among them. Counted from the times in the results and not by
 * listening, so a reload, a reconnect or a second window counts each failure once and the same.
 */
export class FailureBadge implements Disposable {
  readonly #subscriptions: Disposable[];
  /** Up to when the view was last seen, on Redis' clock, until the errors were looked at after that. */
  #lookedAt: number | null = null;
  /** What there was to see then. */
  #shown: readonly ErrorGroup[] | null = null;
  #seeing: Disposable | null = null;

  constructor(
    private readonly view: Pick<TreeView<unknown>, "visible" | "badge" | "onDidChangeVisibility">,
    private readonly session: Pick<Session, "monitor" | "onDidChange">,
    private readonly groups: LiveGroups,
    private readonly news: Pick<ErrorNews, "unseen" | "see" | "onDidChange">,
    private readonly memory: Memento,
  ) {
    this.#subscriptions = [
      groups.use(),
      groups.onDidChange(() => this.#update()),
      news.onDidChange(() => this.#update()),
      view.onDidChangeVisibility(() => {
        // Seen until now, also when it has just been left.
        this.#look();
        this.#update();
        // At once: what fails later is told from what was seen by the clocks of workers, which may be a little off Redis'.
        groups.refresh();
      }),
      session.onDidChange(({ change }) => {
        // Of another connection nothing was seen.
        if (change === null) this.#lookedAt = null;
      }),
    ];
    this.#update();
  }

  dispose(): void {
    this.#seeing?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #look(): void {
    this.#lookedAt = this.session.monitor?.now() ?? null;
    this.#shown = this.groups.now?.all ?? null;
  }

  #update(): void {
    const { visible } = this.view;
    if (visible) this.#seeing ??= this.news.see();
    else {
      this.#seeing?.dispose();
      this.#seeing = null;
    }
    if (visible) this.#look();
    const { now } = this.groups;
    if (now === null) {
      this.#show(undefined);
      return;
    }
    const key = `${seenKey}:${now.connection}`;
    // Redis' own times, so that a wrong clock here hides no failure.
    const newest = now.all.reduce((latest, { lastAt }) => Math.max(latest, lastAt), 0);
    const before = this.memory.get<number>(key) ?? 0;
    const seen = Math.max(before, visible ? newest : Math.min(newest, this.#lookedAt ?? 0));
    if (now.all !== this.#shown) this.#lookedAt = null;
    if (seen > before) void this.memory.update(key, seen);
    this.#show(visible ? undefined : badge(failuresSince(now.heard, seen), this.news.unseen.length));
  }

  #show(shown: ViewBadge | undefined): void {
    const { badge: before } = this.view;
    if (before?.value !== shown?.value || before?.tooltip !== shown?.tooltip) this.view.badge = shown;
  }
}

function badge(fresh: number, errors: number): ViewBadge | undefined {
  if (fresh === 0) return undefined;
  const jobs = plural(
    fresh,
    l10n.t("1 job failed since you last looked"),
    l10n.t("{0} jobs failed since you last looked", count(fresh)),
  );
  const tooltip = errors === 0 ? jobs : l10n.t("{0}, {1}", jobs, newErrorsText(errors));
  return { value: fresh, tooltip };
}

/** `2 new errors`. */
export function newErrorsText(errors: number): string {
  return plural(errors, l10n.t("1 new error"), l10n.t("{0} new errors", count(errors)));
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
