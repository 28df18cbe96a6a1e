import { l10n, Uri, type Disposable, type ExtensionContext, type WebviewPanel } from "vscode";
import { ArqKeys } from "../../arq/keys";
import type { Redactor } from "../../arq/redact";
import type { JobDetail } from "../../monitor/model";
import type { HostChannel } from "../../protocol/channel";
import type { JobNotifications, JobRequests, RunsView } from "../../protocol/jobMessages";
import { newestJobs } from "../../protocol/jobQuery";
import type { JobView, ValueRoot } from "../../protocol/viewModels";
import { codeNow, type CodeSource } from "../code/codeSource";
import type { FrameOpener } from "../editor/openFrame";
import type { Log } from "../log";
import { quotedTraceback } from "../quotedTraceback";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { type JobLink, jobLinks } from "../jobLinks";
import { jobTries, type NotedTry } from "../jobTries";
import type { HiddenBy } from "../valuePrivacy";
import type { FoundTraceback, Tracebacks } from "../tracebacks";
import { unreadOutputs } from "../terminals/unreadOutputs";
import type { LineHistory } from "../blame";
import type { LiveGroups } from "../liveGroups";
import type { WatchedJobs } from "../watchedJobs";
import { oneLine } from "../views/texts";
import { pageHtml, webviewOptions } from "./html";
import { jobHandlers, type OpenedJob } from "./jobHandlers";
import { rememberedJob } from "../rememberedJob";
import { JobLogs } from "./jobLogs";
import { jobView } from "./jobView";
import { panelChannel } from "./panelChannel";
import { tabTitle } from "./tabTitle";
import { Throttle } from "../throttle";

const updateMs = 250;
/** An instrumented worker writes down what a try raised within a moment after the try itself, and nothing announces it. */
const triesMs = 1200;
/** Lines of a job that runs. */
const logMs = 500;
/** When a job has ended, its log has soon said all, ms. */
const logEndMs = 10_000;
/** Other jobs of the function come and go, on a busy queue all the time. */
const runsMs = 2000;
const runsShown = 10;

/** What a job page needs of the house. */
export interface JobPageParts {
  readonly session: Session;
  readonly context: ExtensionContext;
  readonly settings: Settings;
  readonly tracebacks: Tracebacks;
  readonly frames: FrameOpener;
  readonly lineHistory: LineHistory;
  readonly liveGroups: LiveGroups;
  readonly watched: WatchedJobs;
  readonly tasks: CodeSource;
  readonly log: Log;
}

/** One panel of one job. Reads the job again when the monitor says that it changed, and only while it can be seen. */
export class JobPage implements Disposable, OpenedJob {
  readonly #channel: HostChannel<JobRequests, JobNotifications>;
  readonly #subscriptions: Disposable[];
  readonly #updates = new Throttle(updateMs, () => void this.#update());
  readonly #runs = new Throttle(runsMs, () => void this.#sendRuns());
  readonly #grown = new Throttle(logMs, () => this.#visible && this.#channel.notify("logGrown", null));
  readonly logs: JobLogs;
  readonly opened = new Set<ValueRoot>();
  #looked = "";
  #look: NodeJS.Timeout | null = null;
  #detail: JobDetail | null = null;
  #traceback: FoundTraceback | null = null;
  #tries: readonly NotedTry[] = [];
  /** The connection that all of this was read from, and the redactor it passed. */
  #readFrom = "";
  #redactor: Redactor;
  /** As the page has them, as JSON. */
  #sentRuns = "";
  #watches: readonly Disposable[] = [];
  #linkProblems = "";
  #disposed = false;

  constructor(
    readonly id: string,
    readonly panel: WebviewPanel,
    readonly parts: JobPageParts,
  ) {
    const { session, tracebacks, watched, context, log } = parts;
    const { extensionUri } = context;
    this.#redactor = session.redactor;
    this.logs = new JobLogs(tracebacks);
    panel.title = oneLine(l10n.t("Job {0}", id), 40);
    // A restored panel still points at the folders of the version that made it.
    panel.webview.options = webviewOptions(extensionUri);
    panel.iconPath = Uri.joinPath(extensionUri, "media", "icon.png");
    this.#channel = panelChannel<JobRequests, JobNotifications>(panel, jobHandlers(this), log);
    this.#subscriptions = [
      parts.tasks.onDidChange(() => this.#request()),
      panel.onDidChangeViewState(() => this.#follow()),
      session.onDidChange(({ change }) => {
        if (change === null || change.all || change.status || change.jobs.has(id)) this.#request();
        const jobs = change === null || change.all || change.jobs.size > 0;
        if (jobs && this.#detail !== null && this.#visible) this.#runs.request();
      }),
      session.privacy.onDidChange(() => this.#hide()),
      watched.onDidChange((other) => other === id && this.#request()),
      tracebacks.onDidGrow(() => this.#visible && this.#mayBeLogged() && this.#grown.request()),
      tracebacks.onDidChange(
        () => this.#detail?.row.error && (this.#traceback === null || this.#traceback.quoted) && this.#request(),
      ),
    ];
    panel.webview.html = pageHtml(panel.webview, extensionUri, "job", l10n.t("ARQ Job"));
    this.#follow();
  }

  /** A page that (re)appears has nothing yet. */
  ready(): Promise<JobView> {
    this.#sentRuns = "";
    return this.current();
  }

  /** Reads the job and tells what the page draws now. Never rejects. */
  async current(): Promise<JobView> {
    const { session, tracebacks } = this.parts;
    const { monitor, view: connection } = session;
    const { id } = this;
    const from = JSON.stringify(connection);
    if (from !== this.#readFrom || session.redactor !== this.#redactor) {
      this.#redactor = session.redactor;
      // Another Redis may have a job of the same id; nothing that was shown or allowed there holds here.
      this.#readFrom = from;
      this.#detail = null;
      this.#traceback = null;
      this.#tries = [];
      this.opened.clear();
    }
    try {
      if (connection === null)
        return unreachable(l10n.t("No connection is configured."), l10n.t("Connect to Redis first."));
      if (monitor === null) throw new Error(l10n.t("Not connected yet."));
      const detail = await monitor.open(id);
      // The connection was switched meanwhile: that is another job.
      if (monitor !== session.monitor) return await this.current();
      if (detail === null) {
        const kept = rememberedJob(monitor, id);
        this.#detail = kept;
        this.#traceback = kept === null ? null : (tracebacks.find(kept) ?? quotedTraceback(kept));
        this.#tries = [];
        if (kept !== null) return this.#draw(kept, session.snapshot()?.status.state === "live");
        return {
          kind: "gone",
          connection,
          id,
          message: l10n.t("Redis holds no key of this job: it is forgotten by now, or its id is another one."),
        };
      }
      this.#detail = detail;
      this.#traceback = tracebacks.find(detail) ?? quotedTraceback(detail);
      this.#tries = jobTries(detail);
      this.#lookForTries(detail);
      if (!this.#disposed) this.panel.title = tabTitle(detail.row.function, id);
      this.#runs.request();
      return this.#draw(detail, session.snapshot()?.status.state === "live");
    } catch (error) {
      if (this.#detail !== null && connection !== null) return this.#draw(this.#detail, false);
      const { problem, state } = session;
      if (problem !== null) return unreachable(problem.message, problem.advice);
      if (state === "connecting") {
        const text = l10n.t("Connecting to {0}…", connection?.name ?? "Redis");
        return unreachable(text, l10n.t("It shows as soon as Redis answers."));
      }
      const message = error instanceof Error ? error.message : String(error);
      this.parts.log.warn(`Job ${id} could not be read: ${message}`);
      return unreachable(l10n.t("The job could not be read."), message);
    }

    function unreachable(message: string, advice: string): JobView {
      return { kind: "unreachable", connection, id, message, advice };
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#updates.dispose();
    this.#runs.dispose();
    this.#grown.dispose();
    if (this.#look !== null) clearTimeout(this.#look);
    // First, so that nothing else that goes wrong leaves somebody looking.
    for (const watch of this.#watches) watch.dispose();
    this.#watches = [];
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get detail(): JobDetail | null {
    return this.#detail;
  }

  get known(): JobDetail {
    if (this.#detail === null) throw new Error(l10n.t("The job is not read yet."));
    return this.#detail;
  }

  /** What a value quotes is hidden with the values. */
  get traceback(): FoundTraceback | null {
    return this.#traceback?.quoted && this.hiddenBy !== null ? null : this.#traceback;
  }

  get tries(): readonly NotedTry[] {
    return this.#tries;
  }

  get hiddenBy(): HiddenBy | null {
    return this.parts.session.hiddenBy;
  }

  get keys(): ArqKeys {
    return new ArqKeys(this.parts.session.connection?.prefix);
  }

  links(): readonly JobLink[] {
    const { settings, log } = this.parts;
    const { id, function: name, queue } = this.known.row;
    const { links, problems } = jobLinks(settings.get("arq.links"), { id, function: name, queue });
    if (problems.join() !== this.#linkProblems) for (const problem of problems) log.warn(problem);
    this.#linkProblems = problems.join();
    return links;
  }

  view(): Extract<JobView, { kind: "job" }> {
    return this.#draw(this.known, this.parts.session.snapshot()?.status.state === "live");
  }

  #draw(detail: JobDetail, live: boolean): Extract<JobView, { kind: "job" }> {
    const { session, watched, settings } = this.parts;
    return jobView({
      connection: session.view ?? { name: "", environment: null, production: false, address: "" },
      detail,
      traceback: this.traceback,
      hiddenBy: session.hiddenBy,
      opened: this.opened,
      now: session.monitor?.now() ?? detail.facts.readAt,
      live,
      keys: this.keys,
      unread: unreadOutputs(settings, session.redactor),
      links: this.links().map(({ label }) => label),
      watched: watched.has(this.id),
      code: codeNow(this.parts.tasks),
      commit: settings.get("arq.source.commit").trim(),
    });
  }

  /** At once, of what is known: the reading that follows takes a moment, in which everybody could see. */
  #hide(): void {
    if (this.hiddenBy === "switch") this.opened.clear();
    if (this.#visible && this.#detail !== null) this.#channel.notify("update", this.view());
  }

  async #sendRuns(): Promise<void> {
    const { monitor } = this.parts.session;
    const name = this.#detail?.row.function ?? null;
    if (monitor === null || name === null) return;
    // One more than is shown: the job itself may be among them.
    const query = { ...newestJobs, function: name, limit: runsShown + 1 };
    const page = await monitor.query(query).catch(() => null);
    if (page === null || !this.#visible || monitor !== this.parts.session.monitor) return;
    const own = monitor.row(this.id);
    const counted = own?.function === name && own.rememberedSince === null;
    const rows = page.rows.filter(({ id }) => id !== this.id).slice(0, runsShown);
    const runs: RunsView = { rows, total: page.total - (counted ? 1 : 0) };
    const text = JSON.stringify(runs);
    if (text === this.#sentRuns) return;
    this.#sentRuns = text;
    this.#channel.notify("runs", runs);
  }

  #follow(): void {
    const visible = this.#visible && !this.#disposed;
    if (visible === this.#watches.length > 0) return;
    for (const watch of this.#watches) watch.dispose();
    this.#watches = visible ? [this.parts.session.watch("view"), this.parts.tracebacks.use()] : [];
    if (!visible) return;
    this.#request();
    this.#grown.request();
  }

  #mayBeLogged(): boolean {
    const endedAt = this.#detail?.row.finishedAt ?? null;
    return endedAt === null || Math.abs((this.parts.session.monitor?.now() ?? Date.now()) - endedAt) < logEndMs;
  }

  /** Reads the job once more, soon after a try of it went wrong. */
  #lookForTries({ row }: JobDetail): void {
    const ended = row.error !== null || row.state === "retrying";
    const what = `${row.state} ${row.tries} ${row.finishedAt}`;
    if (!ended || what === this.#looked || this.#disposed) return;
    this.#looked = what;
    if (this.#look !== null) clearTimeout(this.#look);
    this.#look = setTimeout(() => this.#request(), triesMs);
  }

  #request(): void {
    if (this.#visible) this.#updates.request();
  }

  /** A panel that VS Code has let go of throws when it is asked, and a timer may ask before its end is heard. */
  get #visible(): boolean {
    try {
      return !this.#disposed && this.panel.visible;
    } catch {
      return false;
    }
  }

  async #update(): Promise<void> {
    if (this.parts.session.redactor !== this.#redactor) {
      // A page keeps the parts of values that were opened: it lets go of what was read before other things were secret.
      const connection = this.parts.session.view;
      const view = {
        kind: "unreachable",
        connection,
        id: this.id,
        message: l10n.t("Reading again…"),
        advice: "",
      } as const;
      if (!this.#disposed) this.#channel.notify("update", view);
    }
    const view = await this.current();
    if (this.#visible) this.#channel.notify("update", view);
  }
}
