import { commands, Disposable, l10n, window, workspace } from "vscode";
import type { ToldOnce } from "../files/toldOnce";
import type { LocatedFrame } from "../python/locatedFrame";
import { historyText, type LineHistory } from "./blame";
import type { Connection } from "./connectionList";
import type { DashboardArgument } from "./contributions/commands";
import { connectionText } from "./editor/failingLine";
import { locateOwn } from "./editor/locateOwn";
import type { FrameOpener } from "./editor/openFrame";
import type { ErrorNews, ErrorNewsItem } from "./errorNews";
import { manyNewsMessage, newsMessage } from "./errorNewsText";
import { type FailingFrame, frameTarget, type GroupFrames } from "./groupFrames";
import type { MutedGroups } from "./mutedGroups";
import type { Session } from "./session";
import type { Settings } from "./settings";

/** Between two messages: what comes meanwhile is told together. Ms. */
const gapMs = 60_000;
/** A window that nobody looks at leaves it to the others for so long: they may look at their errors so much later (`LiveGroups`). Ms. */
const behindMs = 2500;
/** So long a log, or the history of a line, may take to tell more of it. Ms. */
const patienceMs = 1500;

export interface NewErrorNoticeParts {
  readonly session: Session;
  readonly settings: Settings;
  readonly errorNews: ErrorNews;
  readonly mutedGroups: Pick<MutedGroups, "has">;
  readonly groupFrames: GroupFrames;
  readonly frames: Pick<FrameOpener, "locateOne">;
  readonly lineHistory: LineHistory;
  /** Of all windows. */
  readonly toldOnce: Pick<ToldOnce, "claim">;
}

/**
 * Tells of new errors by a message that goes away by itself: the first at once, what follows within a minute together. Of several windows on one Redis one tells, the one that
 * is looked at if there is one. Where worker logs are followed anyway, it waits a moment for the
 * line; it has none followed for its own sake.
 */
export class NewErrorNotice implements Disposable {
  readonly #listening: Disposable;
  #waiting: readonly ErrorNewsItem[] = [];
  /** Of which connection they are: the current one. */
  #connection: string | null = null;
  #telling = false;
  #isDisposed = false;
  #pause: NodeJS.Timeout | null = null;

  constructor(
    private readonly parts: NewErrorNoticeParts,
    private readonly paces = { gapMs, behindMs },
  ) {
    this.#listening = Disposable.from(
      parts.errorNews.onDidChange((news) => this.#hear(news)),
      parts.session.onDidChange(() => {
        if (parts.session.connection?.name !== this.#connection) this.#waiting = [];
      }),
    );
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listening.dispose();
    if (this.#pause !== null) clearTimeout(this.#pause);
  }

  #hear(news: readonly ErrorNewsItem[]): void {
    const { connection } = this.parts.session;
    if (news.length === 0 || connection === null || !this.#isWanted(connection)) return;
    this.#connection = connection.name;
    this.#waiting = [...this.#waiting, ...news];
    if (this.#pause === null && !this.#telling) void this.#tell();
  }

  /** What waits for a while may be muted by then, or not wanted any more, or told by another window. */
  async #tell(): Promise<void> {
    this.#pause = null;
    this.#telling = true;
    const behind = window.state.focused ? 0 : this.paces.behindMs;
    if (behind > 0) await new Promise((resolve) => setTimeout(resolve, behind));
    const { session, mutedGroups } = this.parts;
    const { connection } = session;
    const waiting = this.#waiting.filter(({ group }) => !mutedGroups.has(this.#connection, group.key));
    this.#waiting = [];
    const isWanted = !this.#isDisposed && connection !== null && this.#isWanted(connection);
    const news = isWanted ? await this.#ownOf(waiting, connection) : [];
    this.#telling = false;
    const [first, ...others] = news;
    if (this.#isDisposed) return;
    if (waiting.length === 0 || !isWanted || session.connection?.name !== connection.name) {
      if (this.#waiting.length > 0) void this.#tell();
      return;
    }
    // Also where another window told of them, so that all of them wait, and the next is told where somebody looks.
    this.#pause = setTimeout(() => void this.#tell(), this.paces.gapMs);
    if (first === undefined) return;
    if (others.length === 0) void this.#tellOne(first, connection);
    else void tellMany(news, connection);
  }

  /** Those that no other window tells. */
  async #ownOf(news: readonly ErrorNewsItem[], { address, prefix }: Connection): Promise<readonly ErrorNewsItem[]> {
    const claims = news.map(({ group }) => this.parts.toldOnce.claim(JSON.stringify([address, prefix, group.key])));
    const own = await Promise.all(claims);
    return news.filter((_, index) => own[index]);
  }

  #isWanted({ production }: Connection): boolean {
    const wanted = this.parts.settings.get("arq.notifications.newErrors");
    return wanted === "on" || (wanted === "production" && production);
  }

  async #tellOne(item: ErrorNewsItem, of: Connection): Promise<void> {
    const { group } = item;
    const frame = await this.#frameOf(item);
    const place = frame === null ? null : await locateOwn(this.parts.frames, frame);
    const details = place === null ? [] : await this.#details(item, place);
    const openLine = l10n.t("Open Line");
    const openJob = l10n.t("Open Job");
    const mute = l10n.t("Mute");
    const actions = [...(place === null ? [] : [openLine]), ...(group.latest === null ? [] : [openJob]), mute];
    const choice = await window.showWarningMessage(newsMessage(item, connectionText(of), details), ...actions);
    if (choice === openLine && frame !== null) await commands.executeCommand("arq.openFrame", frameTarget(frame));
    // The message stays until somebody clicks; another connection may be current by then.
    const connection = of.name;
    if (choice === openJob) await commands.executeCommand("arq.openJob", { jobId: group.latest?.id, connection });
    if (choice === mute) await commands.executeCommand("arq.muteErrorGroup", { groupKey: group.key, connection });
  }

  /** What is known of where it failed, as soon as it is, or not at all. */
  async #frameOf({ group }: ErrorNewsItem): Promise<FailingFrame | null> {
    const { groupFrames } = this.parts;
    const who = {};
    groupFrames.want(who, [group]);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, patienceMs);
      const listening = groupFrames.onDidFind(() => groupFrames.of(group.key) !== null && done());
      function done(): void {
        clearTimeout(timer);
        listening.dispose();
        resolve();
      }
      if (groupFrames.of(group.key) !== null) done();
    });
    groupFrames.want(who, []);
    return groupFrames.of(group.key);
  }

  async #details({ group }: ErrorNewsItem, { path, line, text }: LocatedFrame): Promise<string[]> {
    const place = `${workspace.asRelativePath(path)}:${line}`;
    // What stands there now says nothing about who wrote what failed.
    if (text === "edited") return [place];
    const blame = await Promise.race([
      this.parts.lineHistory.of(path, line),
      new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null)),
    ]);
    const now = this.parts.session.monitor?.now() ?? Date.now();
    return blame === null ? [place] : [place, historyText(blame, Date.now(), now - group.firstAt)];
  }
}

async function tellMany(news: readonly ErrorNewsItem[], of: Connection): Promise<void> {
  const show = l10n.t("Show Errors");
  const look: DashboardArgument = { tab: "failed", connection: of.name };
  if ((await window.showWarningMessage(manyNewsMessage(news, connectionText(of)), show)) === show)
    await commands.executeCommand("arq.showDashboard", look);
}
