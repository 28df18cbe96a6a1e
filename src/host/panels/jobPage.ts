import { commands, env, Uri, type Disposable, type ExtensionContext, type WebviewPanel } from "vscode";
import { tracebackRemedies } from "../../arq/explain";
import type { Redactor } from "../../arq/redact";
import type { JobDetail } from "../../monitor/model";
import type { HostChannel } from "../../protocol/channel";
import type { JobNotifications, JobRequests } from "../../protocol/messages";
import type { JobView, ValueRoot } from "../../protocol/viewModels";
import { assertNever } from "../../python/assertNever";
import { pythonRepr } from "../../python/repr";
import type { FrameTarget } from "../contributions/commands";
import type { FrameOpener } from "../editor/openFrame";
import type { Log } from "../log";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { jobTries, type NotedTry } from "../jobTries";
import { storedError } from "../storedError";
import type { FoundTraceback, Tracebacks } from "../tracebacks";
import { errorText } from "../views/jobNode";
import type { WatchedJobs } from "../watchedJobs";
import { oneLine } from "../views/texts";
import { bool, fields, index, oneOf, valuePath, valueRoot } from "./checks";
import { pageHtml, webviewOptions } from "./html";
import { framesOf, jobView, payloadValue, payloadView } from "./jobView";
import { runPageCommand, panelChannel } from "./panelChannel";
import { tabTitle } from "./tabTitle";
import { Throttle } from "../throttle";
import { expandPath } from "./valueNodes";

const updateMs = 250;
/** An instrumented worker writes down what a try raised within a moment after the try itself, and nothing announces it. */
const triesMs = 1200;
const copies = ["id", "args", "kwargs", "result", "error", "traceback", "remedy"] as const;

/** What a job page needs of the house. */
export interface JobPageParts {
  readonly session: Session;
  readonly context: ExtensionContext;
  readonly settings: Settings;
  readonly tracebacks: Tracebacks;
  readonly frames: FrameOpener;
  readonly watched: WatchedJobs;
  readonly log: Log;
}

/** One panel of one job. Reads the job again when the monitor says that it changed, and only while it can be seen. */
export class JobPage implements Disposable {
  readonly #channel: HostChannel<JobRequests, JobNotifications>;
  readonly #subscriptions: Disposable[];
  readonly #updates = new Throttle(updateMs, () => void this.#update());
  readonly #opened = new Set<ValueRoot>();
  #looked = "";
  #look: NodeJS.Timeout | null = null;
  #detail: JobDetail | null = null;
  #traceback: FoundTraceback | null = null;
  #tries: readonly NotedTry[] = [];
  /** The connection that all of this was read from, and the redactor it passed. */
  #readFrom = "";
  #redactor: Redactor;
  #watches: readonly Disposable[] = [];
  #disposed = false;

  constructor(
    readonly id: string,
    readonly panel: WebviewPanel,
    private readonly parts: JobPageParts,
  ) {
    const { session, tracebacks, context, log } = parts;
    const { extensionUri } = context;
    this.#redactor = session.redactor;
    panel.title = oneLine(`Job ${id}`, 40);
    // A restored panel still points at the folders of the version that made it.
    panel.webview.options = webviewOptions(extensionUri);
    panel.iconPath = Uri.joinPath(extensionUri, "media", "icon.png");
    this.#channel = panelChannel<JobRequests, JobNotifications>(panel, this.#handlers(), log);
    this.#subscriptions = [
      panel.onDidChangeViewState(() => this.#follow()),
      session.onDidChange(({ change }) => {
        if (change === null || change.all || change.status || change.jobs.has(id)) this.#request();
      }),
      tracebacks.onDidChange(() => this.#detail?.row.error && this.#traceback === null && this.#request()),
    ];
    panel.webview.html = pageHtml(panel.webview, extensionUri, "job", "ARQ Job");
    this.#follow();
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
      this.#opened.clear();
    }
    try {
      if (connection === null) return unreachable("No connection is configured.", "Connect to Redis first.");
      if (monitor === null) throw new Error("Not connected yet.");
      const detail = await monitor.open(id);
      if (detail === null) {
        this.#detail = null;
        return {
          kind: "gone",
          connection,
          id,
          message: "Redis holds no key of this job: it is forgotten by now, or its id is another one.",
        };
      }
      this.#detail = detail;
      this.#traceback = tracebacks.find(detail);
      this.#tries = jobTries(detail);
      this.#lookForTries(detail);
      if (!this.#disposed) this.panel.title = tabTitle(detail.row.function, id);
      return this.#draw(detail, session.snapshot()?.status.state === "live");
    } catch (error) {
      if (this.#detail !== null && connection !== null) return this.#draw(this.#detail, false);
      const { problem, state } = session;
      if (problem !== null) return unreachable(problem.message, problem.advice);
      if (state === "connecting")
        return unreachable(`Connecting to ${connection?.name ?? "Redis"}…`, "It shows as soon as Redis answers.");
      const message = error instanceof Error ? error.message : String(error);
      this.parts.log.warn(`Job ${id} could not be read: ${message}`);
      return unreachable("The job could not be read.", message);
    }

    function unreachable(message: string, advice: string): JobView {
      return { kind: "unreachable", connection, id, message, advice };
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#updates.dispose();
    if (this.#look !== null) clearTimeout(this.#look);
    // First, so that nothing else that goes wrong leaves somebody looking.
    for (const watch of this.#watches) watch.dispose();
    this.#watches = [];
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #draw(detail: JobDetail, live: boolean): JobView {
    const { session } = this.parts;
    return jobView({
      connection: session.view ?? { name: "", environment: null, production: false, address: "" },
      detail,
      traceback: this.#traceback,
      hidesValues: session.hiddenBy !== null,
      opened: this.#opened,
      now: session.monitor?.now() ?? detail.facts.readAt,
      live,
    });
  }

  #follow(): void {
    const visible = this.#visible && !this.#disposed;
    if (visible === this.#watches.length > 0) return;
    for (const watch of this.#watches) watch.dispose();
    this.#watches = visible ? [this.parts.session.watch("view"), this.parts.tracebacks.use()] : [];
    if (visible) this.#request();
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
      const view = { kind: "unreachable", connection, id: this.id, message: "Reading again…", advice: "" } as const;
      if (!this.#disposed) this.#channel.notify("update", view);
    }
    const view = await this.current();
    if (this.#visible) this.#channel.notify("update", view);
  }

  #known(): JobDetail {
    if (this.#detail === null) throw new Error("The job is not read yet.");
    return this.#detail;
  }

  #handlers(): ConstructorParameters<typeof HostChannel<JobRequests, JobNotifications>>[1] {
    return {
      ready: { check: () => ({ id: this.id }), handle: () => this.current() },
      loadPayload: {
        check: (params) => ({ root: valueRoot(fields(params).root) }),
        handle: ({ root }) => {
          this.#opened.add(root);
          return payloadView({ detail: this.#known(), hidesValues: false, opened: this.#opened }, root);
        },
      },
      expandValue: {
        check: (params) => ({ root: valueRoot(fields(params).root), path: valuePath(fields(params).path) }),
        handle: ({ root, path }) => expandPath(this.#shownValue(root), path),
      },
      openFrame: {
        check(params) {
          const { attempt, traceback, frame, toSide } = fields(params);
          return {
            ...(attempt === undefined ? {} : { attempt: index(attempt, "attempt") }),
            traceback: index(traceback, "traceback"),
            frame: index(frame, "frame"),
            toSide: bool(toSide, "toSide"),
          };
        },
        handle: ({ attempt, traceback, frame, toSide }) => {
          const shown = attempt === undefined ? this.#traceback : this.#tries[attempt]?.traceback;
          const entry = shown?.chain[traceback];
          const place = entry === undefined ? undefined : framesOf(entry.traceback)[frame];
          if (place === undefined) throw new Error("This traceback has no such frame.");
          const target: FrameTarget = { file: place.file, line: place.line };
          // Not awaited: it may ask the user which of several files is meant.
          void commands.executeCommand(toSide ? "arq.openFrameToSide" : "arq.openFrame", target);
          return null;
        },
      },
      copy: {
        check(params) {
          const { what, index: at } = fields(params);
          return { what: oneOf(what, copies, "what"), index: index(at, "index") };
        },
        handle: async ({ what, index: at }) => {
          await env.clipboard.writeText(this.#copyText(what, at));
          return null;
        },
      },
      run: runPageCommand,
    };
  }

  #copyText(what: (typeof copies)[number], at: number): string {
    const error = this.#detail === null ? null : storedError(this.#detail);
    switch (what) {
      case "id":
        return this.id;
      case "args":
      case "kwargs":
      case "result":
        return pythonRepr(this.#shownValue(what));
      case "error":
        return error === null ? "" : [errorText(error), ...error.notes].join("\n");
      case "traceback":
        return this.#traceback?.text ?? "";
      case "remedy": {
        const remedy = error === null ? undefined : tracebackRemedies(error).remedies[at];
        if (remedy === undefined) throw new Error("There is no such advice.");
        return remedy.snippet ?? remedy.detail;
      }
      default:
        return assertNever(what);
    }
  }

  /** Only what the page was allowed to show can be opened further or copied. */
  #shownValue(root: ValueRoot) {
    const detail = this.#known();
    const view = payloadView({ detail, hidesValues: this.parts.session.hiddenBy !== null, opened: this.#opened }, root);
    if (view.state === "hidden" || view.state === "large") throw new Error("Show the value first.");
    return payloadValue(detail, root);
  }
}
