import { commands, l10n, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from "vscode";
import type { JobQuery, Monitor, MonitorChange } from "../../monitor/model";
import type { PayloadBudget, PayloadMatches, PayloadProgress } from "../../monitor/queryModel";
import { dashboardUpdate } from "../../protocol/dashboardUpdate";
import type { DashboardNotifications, DashboardRequests } from "../../protocol/messages";
import type { Handlers, HostChannel } from "../../protocol/channel";
import { lookAt, type Look, type TabName } from "../../protocol/tabs";
import type { DashboardView, TabBody } from "../../protocol/viewModels";
import { connectionFacts } from "../connectionFacts";
import { panelTypes } from "../contributions/views";
import { frameTarget } from "../groupFrames";
import type { Log } from "../log";
import type { SavedFilters } from "../savedFilters";
import { bool, fields, index, jobQuery, text } from "./checks";
import { filterHandlers } from "./filterHandlers";
import { pageHtml, webviewOptions } from "./html";
import { LatestAnswer } from "./latestAnswer";
import { OneAtATime } from "./oneAtATime";
import { openCodePlace, openFunctionByName, panelChannel, runPageCommand } from "./panelChannel";
import { allTabs, checkLook, queryOf, rememberedLook, type AllTabs } from "./tabs/allTabs";
import type { Tab, TabParts } from "./tabs/tab";
import { Throttle } from "../throttle";

/**
 * Four updates a second can be read; three changes in a row are shown at once. Measured from `enqueue_job` to the page: with one at once, every
 * tenth change came 150 ms later, because a beat of the monitor or the first half of the change had just been shown.
 */
const updateMs = 250;
const updateBurst = 3;

/** Where one search ends at the latest: it stands in nobody's way for half a minute, and the page says how far it came. */
const searchBudget: PayloadBudget = { jobs: 20_000, bytes: 64_000_000, ms: 30_000 };

/** What a tab is asked with. */
interface Question {
  readonly monitor: Monitor | null;
  readonly look: Look;
}

/** What a panel shows before anybody asked for something else. */
const firstLook = lookAt("overview");

type Found = Pick<DashboardView, "look" | "body">;

/** What the dashboard needs of the house. */
export interface DashboardParts extends Omit<TabParts, "changed"> {
  readonly extensionUri: Uri;
  readonly log: Log;
  readonly savedFilters: SavedFilters;
}

/** The one dashboard of the window. Follows the session while it can be seen; a page that comes back asks for everything. */
export class DashboardPanel implements Disposable {
  #panel: WebviewPanel | null = null;
  #channel: HostChannel<DashboardRequests, DashboardNotifications> | null = null;
  /** Null: nobody has asked for anything yet. */
  #look: Look | null = null;
  #paused = false;
  /** Whom the tab was asked of last, and past which redactor it answered. */
  #askedOf: readonly unknown[] = [];
  #moved = false;
  #watch: Disposable | null = null;
  /** The tab that is looked at, and what follows for it. */
  #followed: { readonly tab: TabName; readonly following: Disposable | undefined } | null = null;
  /** The page's own word; a panel that is in front may still be in a window that nobody can see. */
  #hidden = false;
  /** What the page has; null until it asks. */
  #shown: DashboardView | null = null;
  /** Something has changed since the tab's view was made. */
  #stale = true;
  #looking = false;
  readonly #tabs: AllTabs;
  readonly #suggesting = new OneAtATime();
  readonly #searching = new OneAtATime();
  readonly #sampling = new OneAtATime();
  readonly #updates = new Throttle(updateMs, () => this.#send(), updateBurst);
  /** A filter typed letter by letter is many questions; the page draws the last one. */
  readonly #looks = new LatestAnswer<Question, Found>(
    async ({ monitor, look }, signal) => ({
      look,
      body: monitor === null ? null : await this.#body(monitor, look, signal),
    }),
    (a, b) => a.monitor === b.monitor && a.look === b.look,
  );
  readonly #subscriptions: Disposable[];

  constructor(private readonly parts: DashboardParts) {
    const { session, savedFilters, mutedGroups, tasks, drift } = parts;
    this.#tabs = allTabs({ ...parts, changed: () => this.#changed(null) });
    this.#subscriptions = [
      tasks.onDidChange(() => this.#changed(null)),
      drift.onDidChange(() => this.#changed(null)),
      session.onDidChange(({ change }) => {
        // What stands still is of another connection, or came past another redactor.
        if (this.#askedOf.some((each, n) => each !== this.#sources[n])) this.#paused = false;
        this.#changed(change);
      }),
      savedFilters.onDidChange(() => this.#channel?.notify("savedFilters", savedFilters.all)),
      mutedGroups.onDidChange(() => void this.#sendFound()),
      window.registerWebviewPanelSerializer(panelTypes.dashboard, {
        deserializeWebviewPanel: async (panel) => {
          if (this.#panel === null) this.#adopt(panel);
          else panel.dispose();
        },
      }),
    ];
  }

  get open(): boolean {
    return this.#panel !== null;
  }

  get visible(): boolean {
    return this.#panel?.visible === true && !this.#hidden;
  }

  /** What it shows, or would show: at first the overview. */
  get look(): Look {
    return this.#shownLook;
  }

  /** Opens or reveals it, in front or beside. A look replaces what it shows; throws, naming what is wrong with it. */
  show(look?: Look, toSide = false): void {
    if (look !== undefined) this.#look = checkLook(this.#tabs, look);
    if (this.#panel === null) {
      this.#adopt(
        window.createWebviewPanel(
          panelTypes.dashboard,
          l10n.t("ARQ Dashboard"),
          toSide ? ViewColumn.Beside : ViewColumn.Active,
          webviewOptions(this.parts.extensionUri),
        ),
      );
    } else {
      this.#moved ||= toSide;
      this.#panel.reveal(toSide ? ViewColumn.Beside : undefined);
      if (look !== undefined) void this.#sendFound();
    }
  }

  /** What the page is to draw now. */
  async current(): Promise<DashboardView> {
    return this.#view(await this.#find());
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#updates.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    this.#hidden = false;
    this.#shown = null;
    // Before the page is loaded: what it is to show may have to be read first.
    this.#follow();
    // A restored panel still points at the folders of the version that made it.
    panel.webview.options = webviewOptions(this.parts.extensionUri);
    panel.iconPath = Uri.joinPath(this.parts.extensionUri, "media", "icon.png");
    this.#channel = panelChannel(panel, this.#handlers(), this.parts.log);
    panel.onDidChangeViewState(() => this.#follow());
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#channel = null;
      this.#look = null;
      this.#paused = false;
      this.#searching.stop();
      this.#sampling.stop();
      this.#updates.dispose();
      this.#follow();
    });
    panel.webview.html = pageHtml(panel.webview, this.parts.extensionUri, "dashboard", l10n.t("ARQ Dashboard"));
  }

  #handlers(): Handlers<DashboardRequests> {
    return {
      ready: {
        check: (params) => {
          const { look } = fields(params);
          return { look: rememberedLook(this.#tabs, look) };
        },
        handle: async ({ look }) => {
          // A page knows best what it showed, unless the panel was opened with something else just now.
          this.#look ??= look;
          this.#hidden = false;
          this.#paused = false;
          this.#follow();
          return this.#whole(await this.#find());
        },
      },
      look: {
        check: (params) => ({ look: checkLook(this.#tabs, fields(params).look) }),
        handle: async ({ look }) => {
          // Other columns, or a pause, end no search.
          if (JSON.stringify(queryOf(look)) !== JSON.stringify(queryOf(this.#shownLook))) this.#searching.stop();
          this.#look = look;
          this.#tabs.jobs.keep();
          const found = await this.#looks.askAlone(this.#question());
          return found === null ? null : this.#whole(found);
        },
      },
      pause: {
        check: (params) => ({ paused: bool(fields(params).paused, "paused") }),
        handle: async ({ paused }) => {
          this.#paused = paused;
          return this.#whole(await this.#find());
        },
      },
      suggest: {
        check(params) {
          const { text: written, cursor } = fields(params);
          return { text: text(written, "text"), cursor: index(cursor, "cursor") };
        },
        handle: async ({ text: written, cursor }) => {
          const signal = this.#suggesting.next();
          const found = this.parts.session.monitor?.suggest(written, cursor, signal) ?? [];
          return Promise.resolve(found).catch((error: unknown) => {
            if (signal.aborted) return [];
            throw error;
          });
        },
      },
      search: {
        check: (params) => ({ query: jobQuery(fields(params).query) }),
        handle: ({ query }) => this.#search(query),
      },
      cancelSearch: {
        check: () => null,
        handle: () => {
          this.#searching.stop();
          return null;
        },
      },
      openJob: {
        check: (params) => ({ id: text(fields(params).id, "id") }),
        handle: async ({ id }) => {
          await commands.executeCommand("arq.openJob", id);
          return null;
        },
      },
      sampleMemory: {
        check: (params) => ({ queue: text(fields(params).queue, "queue") }),
        handle: ({ queue }) => this.#connected().sampleMemory(queue, this.#sampling.next()),
      },
      openFunction: openFunctionByName,
      openCode: openCodePlace,
      openGroupFrame: {
        check: (params) => ({ key: text(fields(params).key, "key") }),
        handle: async ({ key }) => {
          await commands.executeCommand("arq.openFrame", frameTarget(this.#tabs.failed.frameOf(key)));
          return null;
        },
      },
      visible: {
        check: (params) => ({ visible: bool(fields(params).visible, "visible") }),
        handle: ({ visible }) => {
          this.#hidden = !visible;
          this.#follow();
          return null;
        },
      },
      connectionFacts: { check: () => null, handle: () => connectionFacts(this.parts.session) },
      ...filterHandlers(this.parts),
      run: runPageCommand,
    };
  }

  #search(query: JobQuery): Promise<PayloadMatches> {
    const channel = this.#channel;
    const progress = (far: PayloadProgress): void => channel?.notify("searchProgress", far);
    return this.#connected().searchPayloads({ query, budget: searchBudget }, progress, this.#searching.next());
  }

  #connected(): Monitor {
    if (this.parts.session.monitor === null) throw new Error(l10n.t("Not connected yet."));
    return this.parts.session.monitor;
  }

  /** What VS Code has moved is a preview, which the next file that is opened would replace. */
  #keep(): void {
    if (!this.#moved || this.#panel?.active !== true) return;
    this.#moved = false;
    void commands.executeCommand("workbench.action.keepEditor");
  }

  #follow(): void {
    this.#keep();
    const { visible } = this;
    if (visible === (this.#watch !== null)) return;
    this.#watch?.dispose();
    this.#watch = visible ? this.parts.session.watch("view") : null;
    if (visible) this.#changed(null);
    this.#followTab();
  }

  #followTab(): void {
    const tab = this.visible ? this.#shownLook.tab : null;
    if (tab === (this.#followed?.tab ?? null)) return;
    this.#followed?.following?.dispose();
    const shown: Tab<TabName> | null = tab === null ? null : this.#tabs[tab];
    this.#followed = tab === null ? null : { tab, following: shown?.follow?.() };
  }

  #changed(change: MonitorChange | null): void {
    if (change === null || change.all || this.#concerns(change)) this.#stale = true;
    if (this.visible && (!this.#paused || this.#goesOn)) this.#updates.request();
  }

  /** Something of the tab goes on while updates are paused. */
  get #goesOn(): boolean {
    return (this.#tabs[this.#shownLook.tab] as Tab<TabName>).whilePaused !== undefined;
  }

  #concerns(change: MonitorChange): boolean {
    const tab: Tab<TabName> = this.#tabs[this.#shownLook.tab];
    return tab.concerns?.(change) ?? (change.status || change.jobs.size > 0);
  }

  /** The counts at once, and the tab's own when it is found: in a large index that takes longer. */
  #send(): void {
    const shown = this.#shown;
    if (shown === null || !this.visible) return;
    if (this.#paused) {
      this.#postPaused(shown);
      return;
    }
    this.#post(this.#view(shown));
    if (this.#stale && !this.#looking) void this.#sendFound();
  }

  #postPaused(shown: DashboardView): void {
    const { monitor } = this.parts.session;
    const { body } = shown;
    if (monitor === null || body === null) return;
    const tab: Tab<TabName> = this.#tabs[body.tab];
    const view = tab.whilePaused?.(monitor, body.intent, body.view) ?? body.view;
    this.#post({ ...shown, revision: shown.revision + 1, body: { ...body, view } as TabBody });
  }

  async #sendFound(): Promise<void> {
    const look = this.#shownLook;
    this.#looking = true;
    try {
      const found = await this.#find();
      // A page that has asked something else meanwhile gets the answer to that.
      if (this.visible && this.#shownLook === look) this.#post(this.#view(found));
    } catch (error) {
      this.parts.log.warn(
        `The dashboard could not be updated: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      this.#looking = false;
    }
    if (this.#stale && this.visible && !this.#paused) this.#updates.request();
  }

  get #shownLook(): Look {
    return this.#look ?? firstLook;
  }

  get #sources(): readonly unknown[] {
    return [this.parts.session.monitor, this.parts.session.redactor];
  }

  #find(): Promise<Found> {
    return this.#looks.ask(this.#question());
  }

  #question(): Question {
    this.#followTab();
    this.#stale = false;
    this.#askedOf = this.#sources;
    return { monitor: this.parts.session.monitor, look: this.#shownLook };
  }

  async #body(monitor: Monitor, { tab, intent }: Look, signal: AbortSignal): Promise<TabBody> {
    // The compiler does not see that tab and intent belong together.
    const view = await (this.#tabs[tab] as Tab<typeof tab>).view(monitor, intent, signal);
    return { tab, intent, view } as TabBody;
  }

  #view({ look, body }: Found): DashboardView {
    const { view: connection, asOf } = this.parts.session;
    const revision = (this.#shown?.revision ?? 0) + 1;
    return { revision, connection, snapshot: this.parts.session.snapshot(), asOf, paused: this.#paused, look, body };
  }

  /** The whole state, as an answer. In one go with the making of it, so that no update comes in between. */
  #whole(found: Found): DashboardView {
    return (this.#shown = this.#view(found));
  }

  #post(view: DashboardView): void {
    const update = this.#shown === null ? null : dashboardUpdate(this.#shown, view);
    if (update === null) return;
    this.#shown = view;
    this.#channel?.notify("update", update);
  }
}
