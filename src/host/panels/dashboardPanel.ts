import { commands, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from "vscode";
import type { JobPage, JobQuery, Monitor } from "../../monitor/model";
import type { DashboardNotifications, DashboardRequests } from "../../protocol/messages";
import type { HostChannel } from "../../protocol/channel";
import { newestJobs } from "../../protocol/jobQuery";
import type { DashboardView } from "../../protocol/viewModels";
import { panelTypes } from "../contributions/views";
import type { Log } from "../log";
import type { Session } from "../session";
import { fields, jobQuery, text } from "./checks";
import { pageHtml, webviewOptions } from "./html";
import { LatestAnswer } from "./latestAnswer";
import { runPageCommand, panelChannel } from "./panelChannel";
import { Throttle } from "../throttle";

/** The contract with the page: at most four updates a second. */
const updateMs = 250;

/** What one drawing of the page is made from. */
interface Look {
  readonly monitor: Monitor | null;
  readonly query: JobQuery;
}

const noJobs: JobPage = { rows: [], total: 0, indexed: 0, notes: [] };

/** The one dashboard of the window. Follows the session while it can be seen; a page that comes back asks for everything. */
export class DashboardPanel implements Disposable {
  #panel: WebviewPanel | null = null;
  #channel: HostChannel<DashboardRequests, DashboardNotifications> | null = null;
  #query = newestJobs;
  #watch: Disposable | null = null;
  readonly #updates = new Throttle(updateMs, () => void this.#send());
  /** A filter typed letter by letter is many questions; the page draws the last one. */
  readonly #looks = new LatestAnswer<Look, DashboardView>(
    (look, signal) => this.#view(look, signal),
    (a, b) => a.monitor === b.monitor && a.query === b.query,
  );
  readonly #subscriptions: Disposable[];

  constructor(
    private readonly session: Session,
    private readonly extensionUri: Uri,
    private readonly log: Log,
  ) {
    this.#subscriptions = [
      session.onDidChange(() => this.#panel?.visible === true && this.#updates.request()),
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
    return this.#panel?.visible === true;
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
      if (filter !== undefined) this.#updates.request();
    }
  }

  /** What the page draws now. */
  current(): Promise<DashboardView> {
    return this.#looks.ask({ monitor: this.session.monitor, query: this.#query });
  }

  dispose(): void {
    this.#panel?.dispose();
    this.#updates.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #adopt(panel: WebviewPanel): void {
    this.#panel = panel;
    // A restored panel still points at the folders of the version that made it.
    panel.webview.options = webviewOptions(this.extensionUri);
    panel.iconPath = Uri.joinPath(this.extensionUri, "media", "icon.png");
    this.#channel = panelChannel<DashboardRequests, DashboardNotifications>(
      panel,
      {
        ready: {
          check(params) {
            const { intent } = fields(params);
            return {
              intent: intent === null || intent === undefined ? null : { query: jobQuery(fields(intent).query) },
            };
          },
          handle: ({ intent }) => {
            // A page knows its own filter best, unless the panel was opened with another one just now.
            if (intent !== null && this.#query === newestJobs) this.#query = intent.query;
            return this.current();
          },
        },
        query: {
          check: (params) => ({ query: jobQuery(fields(params).query) }),
          handle: ({ query }) => {
            this.#query = query;
            return this.current();
          },
        },
        openJob: {
          check: (params) => ({ id: text(fields(params).id, "id") }),
          handle: async ({ id }) => {
            await commands.executeCommand("arq.openJob", id);
            return null;
          },
        },
        run: runPageCommand,
      },
      this.log,
    );
    panel.onDidChangeViewState(() => this.#follow());
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#channel = null;
      this.#query = newestJobs;
      this.#updates.dispose();
      this.#follow();
    });
    panel.webview.html = pageHtml(panel.webview, this.extensionUri, "dashboard", "ARQ Dashboard");
    this.#follow();
  }

  #follow(): void {
    const visible = this.#panel?.visible === true;
    if (visible === (this.#watch !== null)) return;
    this.#watch?.dispose();
    this.#watch = visible ? this.session.watch("view") : null;
    if (visible) this.#updates.request();
  }

  async #view({ monitor, query }: Look, signal: AbortSignal): Promise<DashboardView> {
    const page = (await monitor?.query(query, signal)) ?? noJobs;
    return { connection: this.session.view, snapshot: this.session.snapshot(), page, query };
  }

  async #send(): Promise<void> {
    const channel = this.#channel;
    if (channel === null || this.#panel?.visible !== true) return;
    try {
      const view = await this.current();
      // The panel may have closed meanwhile.
      if (this.#channel === channel) channel.notify("update", view);
    } catch (error) {
      this.log.warn(`The dashboard could not be updated: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
