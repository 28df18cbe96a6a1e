import { commands, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from "vscode";
import type { JobQuery, Monitor, MonitorChange } from "../../monitor/model";
import type { PayloadBudget, PayloadMatches, PayloadProgress } from "../../monitor/queryModel";
import { dashboardUpdate } from "../../protocol/dashboardUpdate";
import type { DashboardNotifications, DashboardRequests } from "../../protocol/messages";
import type { Handlers, HostChannel } from "../../protocol/channel";
import { newestJobs, noJobs } from "../../protocol/jobQuery";
import type { DashboardView } from "../../protocol/viewModels";
import { connectionFacts } from "../connectionFacts";
import { panelTypes } from "../contributions/views";
import type { Log } from "../log";
import type { Session } from "../session";
import { bool, fields, index, jobQuery, text } from "./checks";
import { pageHtml, webviewOptions } from "./html";
import { LatestAnswer } from "./latestAnswer";
import { OneAtATime } from "./oneAtATime";
import { runPageCommand, panelChannel } from "./panelChannel";
import { Throttle } from "../throttle";

/**
 * Four updates a second can be read; three changes in a row are shown at once. Measured from `enqueue_job` to the page: with one at once, every
 * tenth change came 150 ms later, because a beat of the monitor or the first half of the change had just been shown.
 */
const updateMs = 250;
const updateBurst = 3;

/** Where one search ends at the latest: it stands in nobody's way for half a minute, and the page says how far it came. */
const searchBudget: PayloadBudget = { jobs: 20_000, bytes: 64_000_000, ms: 30_000 };

/** What a page of jobs is asked with. */
interface Look {
  readonly monitor: Monitor | null;
  readonly query: JobQuery;
}

type Found = Pick<DashboardView, "page" | "query">;

/** The one dashboard of the window. Follows the session while it can be seen; a page that comes back asks for everything. */
export class DashboardPanel implements Disposable {
  #panel: WebviewPanel | null = null;
  #channel: HostChannel<DashboardRequests, DashboardNotifications> | null = null;
  #query = newestJobs;
  #watch: Disposable | null = null;
  /** The page's own word; a panel that is in front may still be in a window that nobody can see. */
  #hidden = false;
  /** What the page has; null until it asks. */
  #shown: DashboardView | null = null;
  /** Jobs have changed since the rows were looked for. */
  #rowsStale = true;
  #looking = false;
  readonly #suggesting = new OneAtATime();
  readonly #searching = new OneAtATime();
  readonly #updates = new Throttle(updateMs, () => this.#send(), updateBurst);
  /** A filter typed letter by letter is many questions; the page draws the last one. */
  readonly #looks = new LatestAnswer<Look, Found>(
    async ({ monitor, query }, signal) => ({ query, page: (await monitor?.query(query, signal)) ?? noJobs }),
    (a, b) => a.monitor === b.monitor && a.query === b.query,
  );
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly session: Session,
    private readonly extensionUri: Uri,
    private readonly log: Log,
  ) {
    this.#subscriptions = [
      session.onDidChange(({ change }) => this.#changed(change)),
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

  /** Opens or reveals it. A filter replaces what the job list shows. */
  show(filter?: Partial<JobQuery>): void {
    if (filter !== undefined) this.#query = { ...newestJobs, ...filter };
    if (this.#panel === null) {
      this.#adopt(
        window.createWebviewPanel(
          panelTypes.dashboard,
          "ARQ Dashboard",
          ViewColumn.Active,
          webviewOptions(this.extensionUri),
        ),
      );
    } else {
      this.#panel.reveal();
      if (filter !== undefined) this.#changed(null);
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
    panel.webview.options = webviewOptions(this.extensionUri);
    panel.iconPath = Uri.joinPath(this.extensionUri, "media", "icon.png");
    this.#channel = panelChannel(panel, this.#handlers(), this.log);
    panel.onDidChangeViewState(() => this.#follow());
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#channel = null;
      this.#query = newestJobs;
      this.#searching.stop();
      this.#updates.dispose();
      this.#follow();
    });
    panel.webview.html = pageHtml(panel.webview, this.extensionUri, "dashboard", "ARQ Dashboard");
  }

  #handlers(): Handlers<DashboardRequests> {
    return {
      ready: {
        check(params) {
          const { intent } = fields(params);
          return {
            intent: intent === null || intent === undefined ? null : { query: jobQuery(fields(intent).query) },
          };
        },
        handle: async ({ intent }) => {
          // A page knows its own filter best, unless the panel was opened with another one just now.
          if (intent !== null && this.#query === newestJobs) this.#query = intent.query;
          this.#hidden = false;
          this.#follow();
          return this.#whole(await this.#find());
        },
      },
      query: {
        check: (params) => ({ query: jobQuery(fields(params).query) }),
        handle: async ({ query }) => {
          this.#query = query;
          this.#searching.stop();
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
          const found = this.session.monitor?.suggest(written, cursor, signal) ?? [];
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
      visible: {
        check: (params) => ({ visible: bool(fields(params).visible, "visible") }),
        handle: ({ visible }) => {
          this.#hidden = !visible;
          this.#follow();
          return null;
        },
      },
      connectionFacts: { check: () => null, handle: () => connectionFacts(this.session) },
      run: runPageCommand,
    };
  }

  #search(query: JobQuery): Promise<PayloadMatches> {
    const { monitor } = this.session;
    const channel = this.#channel;
    if (monitor === null) throw new Error("Not connected yet.");
    const progress = (far: PayloadProgress): void => channel?.notify("searchProgress", far);
    return monitor.searchPayloads({ query, budget: searchBudget }, progress, this.#searching.next());
  }

  #follow(): void {
    const { visible } = this;
    if (visible === (this.#watch !== null)) return;
    this.#watch?.dispose();
    this.#watch = visible ? this.session.watch("view") : null;
    if (visible) this.#changed(null);
  }

  #changed(change: MonitorChange | null): void {
    if (change === null || change.all || change.status || change.jobs.size > 0) this.#rowsStale = true;
    if (this.visible) this.#updates.request();
  }

  /** The counts at once, and the rows when they are found: in a large index that takes longer. */
  #send(): void {
    const shown = this.#shown;
    if (shown === null || !this.visible) return;
    this.#post(this.#view(shown));
    if (this.#rowsStale && !this.#looking) void this.#sendRows();
  }

  async #sendRows(): Promise<void> {
    const query = this.#query;
    this.#looking = true;
    try {
      const found = await this.#find();
      // A page that has asked something else meanwhile gets the answer to that.
      if (this.visible && this.#query === query) this.#post(this.#view(found));
    } catch (error) {
      this.log.warn(`The dashboard could not be updated: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#looking = false;
    }
    if (this.#rowsStale && this.visible) this.#updates.request();
  }

  #find(): Promise<Found> {
    this.#rowsStale = false;
    return this.#looks.ask({ monitor: this.session.monitor, query: this.#query });
  }

  #view({ page, query }: Found): DashboardView {
    const { view: connection, asOf } = this.session;
    const revision = (this.#shown?.revision ?? 0) + 1;
    return { revision, connection, snapshot: this.session.snapshot(), asOf, page, query };
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
