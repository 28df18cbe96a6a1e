import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { updatedDashboard, type DashboardUpdate } from "../../src/protocol/dashboardUpdate";
import { newestJobs } from "../../src/protocol/jobQuery";
import type { DashboardNotifications, DashboardRequests, PageCommand } from "../../src/protocol/messages";
import type {
  DashboardIntent,
  DashboardView,
  JobQuery,
  JobState,
  MonitorSnapshot,
} from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import "../shared/connectionName";
import { formatClock, formatRelative } from "../shared/format";
import { icon } from "../shared/icons";
import { openPage } from "../shared/page";
import { RedisClock } from "../shared/redisClock";
import { pageStyles } from "../shared/pageStyles";
import { baseStyles, progressStyles, sectionStyles } from "../shared/styles";
import { dashboardStyles } from "./dashboardPage.styles";
import type { Suggest } from "./filterBox";
import "./jobList";
import type { JobList } from "./jobList";
import "./liveIndicator";
import {
  blank,
  boundsStrip,
  healthChip,
  healthStrip,
  indexingShare,
  notLiveNotice,
  problemActions,
  retryText,
  sweepNotice,
} from "./notices";
import type { SearchState } from "./payloadSearch";
import { dashboardPhase, type Phase } from "./phase";
import { lastOffset, onlyState, refine } from "./queries";
import "./queueDepth";
import "./rates";
import "./statCards";
import "./throughput";
import "./workerList";

/** The dashboard of one connection. Holds the query; everything it shows came from the host. */
@customElement("arq-dashboard")
export class DashboardPage extends LitElement {
  static override styles = [baseStyles, sectionStyles, progressStyles, pageStyles, dashboardStyles];

  @state() private view: DashboardView | null = null;
  /** What the host knows this page to have. `view` is the same, but for the rows while others are asked for. */
  #known: DashboardView | null = null;
  @state() private wanted: JobQuery = newestJobs;
  @state() private failure: string | null = null;
  @state() private workersOpen = false;
  @state() private search: SearchState = { kind: "idle" };
  @query("arq-job-list") private readonly jobs!: JobList | null;
  readonly #page = openPage<DashboardRequests, DashboardNotifications, DashboardIntent>();
  readonly #clock = new RedisClock(this);
  /** Counts queries: only the newest one's answer is shown, and updates for an older one bring no rows. */
  #asked = 0;
  #pending = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKey);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#page.channel.on("update", (update) => this.#hear(update));
    this.#page.channel.on("searchProgress", (progress) => {
      if (this.search.kind === "running") this.search = { kind: "running", progress };
    });
    this.#askAll();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#onKey);
    document.removeEventListener("visibilitychange", this.#onVisibility);
  }

  override render() {
    const phase = dashboardPhase(this.view);
    const production = phase.kind !== "loading" && phase.kind !== "unconfigured" && phase.connection.production;
    return html`${production ? html`<div class="production-line"></div>` : nothing}
      <main class="page">${this.#header(phase)}${this.#body(phase)}</main>`;
  }

  #header(phase: Phase): TemplateResult | typeof nothing {
    if (phase.kind === "loading" || phase.kind === "unconfigured") return html`<h1 class="hush">ARQ</h1>`;
    const snapshot = this.view?.snapshot ?? null;
    return html`<header>
      <h1 class="hush">ARQ: ${phase.connection.name}</h1>
      <arq-connection-name
        .connection=${phase.connection}
        .facts=${() => this.#page.channel.request("connectionFacts", null)}
      ></arq-connection-name>
      <div class="end">
        ${phase.kind === "board" && phase.current ? healthChip(phase.snapshot.health) : nothing}
        <arq-live-indicator
          .status=${snapshot?.status ?? null}
          .sweptAt=${snapshot?.complete === true ? snapshot.sweptAt : null}
          .now=${this.#clock.now()}
        ></arq-live-indicator>
        <button
          class="tool"
          aria-label="Read everything again"
          title="Read everything again"
          @click=${() => this.#run("refresh")}
        >
          ${icon("refresh")}
        </button>
      </div>
    </header>`;
  }

  #body(phase: Phase): TemplateResult {
    const run = (command: PageCommand) => this.#run(command);
    switch (phase.kind) {
      case "loading":
        return this.failure === null
          ? html`<div class="blank"><vscode-progress-ring aria-label="Loading"></vscode-progress-ring></div>`
          : blank(
              "error",
              "The dashboard could not be shown",
              html`<p class="strong">${this.failure}</p>`,
              html`<vscode-button @click=${() => run("showLog")}>Show Log</vscode-button>`,
            );
      case "unconfigured":
        return blank(
          "plug",
          "No Redis connection yet",
          html`<p>Name the Redis that your ARQ workers use. ARQ Monitor only reads from it.</p>`,
          html`<vscode-button @click=${() => run("connect")}>Connect to Redis…</vscode-button>`,
        );
      case "connecting":
        return html`<div class="blank">
          <vscode-progress-ring aria-label="Connecting"></vscode-progress-ring>
          <h2>Connecting…</h2>
          <p class="mono">${phase.connection.address}</p>
        </div>`;
      case "cannotConnect":
        return blank(
          "plug",
          `Cannot connect to ${phase.connection.name}`,
          html`<p class="strong">${phase.problem.message}</p>
            <p>${phase.problem.advice}</p>
            <p>${retryText(phase.retryAt)}</p>`,
          problemActions(
            phase.problem,
            run,
            html`<vscode-button appearance="secondary" @click=${() => run("connect")}
              >Connect to Another Redis…</vscode-button
            >`,
          ),
        );
      case "empty":
        return blank(
          "inbox",
          "No ARQ jobs here",
          html`<p>
            Connected, and every key is looked at: none of them is ARQ's. They appear by themselves as soon as a job is
            enqueued or a worker starts. If your workers use another database number or Redis, choose that one.
          </p>`,
          html`<vscode-button @click=${() => run("refresh")}>Look Again</vscode-button>
            <vscode-button appearance="secondary" @click=${() => run("connect")}
              >Connect to Another Redis…</vscode-button
            >`,
        );
      case "board":
        return this.#board(phase.snapshot, phase.current);
      default:
        return assertNever(phase);
    }
  }

  #board(snapshot: MonitorSnapshot, current: boolean): TemplateResult {
    const stale = !current;
    const asOfText = stale ? this.#asOf(snapshot) : "";
    const asOf = stale ? html`<span class="as-of">${asOfText}</span>` : nothing;
    return html`${notLiveNotice(snapshot.status, (command) => this.#run(command))}
      ${current ? healthStrip(snapshot.health) : nothing} ${boundsStrip(snapshot.status)}
      ${snapshot.complete ? nothing : sweepNotice(snapshot.sweep, current, (command) => this.#run(command))}
      ${stale ? html`<p class="section-head">${asOf}</p>` : nothing}
      <arq-stat-cards
        .snapshot=${snapshot}
        .picked=${this.wanted.states}
        .workersOpen=${this.workersOpen}
        .indexing=${snapshot.complete ? "" : indexingShare(snapshot.sweep)}
        .stale=${stale}
        @pick-state=${(event: CustomEvent<JobState>) =>
          this.#refine({ states: onlyState(this.wanted.states, event.detail) })}
        @toggle-workers=${() => (this.workersOpen = !this.workersOpen)}
      ></arq-stat-cards>
      ${
        this.workersOpen
          ? html`<section class="workers" aria-label="Workers">
              <arq-worker-list
                .snapshot=${snapshot}
                .now=${this.#clock.now()}
                @open-job=${(event: CustomEvent<string>) => this.#open(event.detail)}
              ></arq-worker-list>
            </section>`
          : nothing
      }
      <div class="overview">
        <section class="queues">
          <div class="section-head">
            <h2>Queues</h2>
            ${asOf}
          </div>
          <arq-queue-depth
            .queues=${snapshot.queues}
            .picked=${this.wanted.queue}
            .elapsedMs=${stale ? 0 : Math.max(0, this.#clock.now() - snapshot.at)}
            .stale=${stale}
            @pick-queue=${(event: CustomEvent<string>) =>
              this.#refine({ queue: this.wanted.queue === event.detail ? null : event.detail })}
          ></arq-queue-depth>
        </section>
        <section>
          <div class="section-head">
            <h2>Throughput</h2>
            <span class="legend end"
              ><span><i class="complete"></i>complete</span><span><i class="failed"></i>failed</span
              ><span><i class="open"></i>minute not over</span>${
                snapshot.throughput.every((bucket) => bucket.covered)
                  ? nothing
                  : html`<span><i class="gap"></i>not seen</span>`
              }</span
            >
            ${asOf}
          </div>
          <arq-throughput .buckets=${snapshot.throughput} .stale=${stale}></arq-throughput>
        </section>
        <section>
          <div class="section-head">
            <h2>Success</h2>
            ${asOf}
          </div>
          <div class="rates">
            <arq-rate label="Last hour" .rate=${snapshot.lastHour} .stale=${stale}></arq-rate>
            <arq-rate label="Last 24 h" .rate=${snapshot.lastDay} .stale=${stale}></arq-rate>
            <arq-rate label="Last 7 d" .rate=${snapshot.lastWeek} .stale=${stale}></arq-rate>
            ${snapshot.history.state === "on" ? nothing : html`<p class="mute">${snapshot.history.why}</p>`}
          </div>
        </section>
      </div>
      ${this.#jobs(snapshot, asOfText)}`;
  }

  /** `as of 14:04:04, 2 min ago`. */
  #asOf(snapshot: MonitorSnapshot): string {
    const at = this.view?.asOf ?? snapshot.at;
    return `as of ${formatClock(at)}, ${formatRelative(at, this.#clock.now())}`;
  }

  #jobs(snapshot: MonitorSnapshot, asOf: string): TemplateResult {
    const { page, query } = this.view!;
    return html`<arq-job-list
      .snapshot=${snapshot}
      .page=${page}
      .query=${this.#pending > 0 ? this.wanted : query}
      .wanted=${this.wanted}
      .pending=${this.#pending > 0}
      .search=${this.search}
      .suggest=${this.#suggest}
      .failure=${this.failure}
      .now=${this.#clock.now()}
      .asOf=${asOf}
      @query=${(event: CustomEvent<JobQuery>) => this.#query(event.detail)}
      @search=${() => void this.#search()}
      @cancel-search=${() => this.#tell("cancelSearch", null)}
      @open-job=${(event: CustomEvent<string>) => this.#open(event.detail)}
      @dismiss=${() => (this.failure = null)}
    ></arq-job-list>`;
  }

  #refine(change: Partial<JobQuery>): void {
    this.#query(refine(this.wanted, change));
  }

  #query(query: JobQuery): void {
    this.wanted = query;
    this.search = { kind: "idle" };
    this.#page.remember({ query });
    void this.#ask(() => this.#page.channel.request("query", { query }));
  }

  async #ask(request: () => Promise<DashboardView>): Promise<void> {
    const asked = ++this.#asked;
    this.#pending++;
    try {
      const view = await request();
      this.#pending--;
      this.#known = view;
      if (asked !== this.#asked) return;
      this.failure = null;
      this.#show(view);
    } catch (error) {
      this.#pending--;
      if (asked !== this.#asked) return;
      this.failure = error instanceof Error ? error.message : String(error);
      if (this.#known !== null) this.#show(this.#known);
    }
  }

  #askAll(): void {
    void this.#ask(() => this.#page.channel.request("ready", { intent: this.#page.remembered }));
  }

  /** What has changed, from the host. */
  #hear(update: DashboardUpdate): void {
    // Before the first answer, which is whole, there is nothing to change.
    if (this.#known === null) return;
    const next = updatedDashboard(this.#known, update);
    // A message was lost on the way: the answer to a question that is under way is whole as well.
    if (next === null) {
      if (this.#pending === 0) this.#askAll();
      return;
    }
    this.#known = next;
    this.#show(next);
  }

  /** While a query is under way, rows of an older one stay away. */
  #show(view: DashboardView): void {
    if (view.snapshot !== null && view.snapshot !== this.view?.snapshot) this.#clock.set(view.snapshot.at);
    if (this.#pending > 0 && this.view !== null) {
      this.view = { ...view, page: this.view.page, query: this.view.query };
      return;
    }
    this.view = view;
    this.wanted = view.query;
    const last = lastOffset(view.query, view.page.total);
    // The page that was shown is gone because jobs are.
    if (view.page.rows.length === 0 && view.query.offset > last)
      this.#query({ ...view.query, offset: last, anchor: null });
  }

  readonly #suggest: Suggest = (text, cursor) => this.#page.channel.request("suggest", { text, cursor });

  async #search(): Promise<void> {
    const query = this.wanted;
    this.search = { kind: "running", progress: null };
    try {
      const matches = await this.#page.channel.request("search", { query });
      if (this.wanted === query) this.search = { kind: "done", matches };
    } catch (error) {
      if (this.wanted !== query) return;
      this.search = { kind: "idle" };
      this.#fail(error);
    }
  }

  #open(id: string): void {
    this.#tell("openJob", { id });
  }

  #run(command: PageCommand): void {
    this.#tell("run", { command });
  }

  /** Asks for something whose answer is nothing, or is shown elsewhere. */
  #tell<K extends "openJob" | "run" | "visible" | "cancelSearch">(
    name: K,
    params: DashboardRequests[K]["params"],
  ): void {
    this.#page.channel.request(name, params).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }

  readonly #onVisibility = (): void => {
    const visible = document.visibilityState === "visible";
    this.#tell("visible", { visible });
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const typing = event.composedPath().some((target) => target instanceof HTMLInputElement);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || this.jobs === null) return;
    event.preventDefault();
    this.jobs.focusFilter();
  };
}
