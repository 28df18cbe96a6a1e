import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { cache } from "lit/directives/cache.js";
import { keyed } from "lit/directives/keyed.js";
import { updatedDashboard, type DashboardUpdate } from "../../src/protocol/dashboardUpdate";
import type { DashboardNotifications, DashboardRequests, PageCommand } from "../../src/protocol/messages";
import { lookAt, tabNames, type Look, type TabName } from "../../src/protocol/tabs";
import type { DashboardIntent, DashboardView, MonitorSnapshot } from "../../src/protocol/viewModels";
import { afterPaint } from "../shared/afterPaint";
import { assertNever } from "../shared/assertNever";
import "../shared/connectionName";
import { failureLine } from "../shared/failureLine";
import { formatClock, formatCount, formatRelative } from "../shared/format";
import { icon } from "../shared/icons";
import "../shared/keysHelp";
import type { KeysHelp } from "../shared/keysHelp";
import { t } from "../shared/l10n";
import { openPage } from "../shared/page";
import { pageStyles } from "../shared/pageStyles";
import { RedisClock } from "../shared/redisClock";
import { baseStyles, progressStyles, sectionStyles } from "../shared/styles";
import { dashboardKeys } from "./dashboardKeys";
import { DashboardLooks } from "./dashboardLooks";
import { healthChip, healthStrip } from "./healthStrip";
import { dashboardStyles } from "./dashboardPage.styles";
import "./liveIndicator";
import { blank, boundsStrip, notLiveNotice, problemActions, retryText, sweepNotice } from "./notices";
import { dashboardPhase, type Phase } from "./phase";
import { tabContent } from "./tabs/tabContent";
import { tabTitles } from "./tabs/tabBar";
import { TabElement } from "./tabs/tabElement";

/** Whoever waits longer than this is told so. */
const slowMs = 500;
/** These need no answer to have something to show. */
const showsSnapshot: readonly TabName[] = ["overview", "workers"];

/** The dashboard of one connection: what all tabs share, and the tab that is picked. Everything it shows came from the host. */
@customElement("arq-dashboard")
export class DashboardPage extends LitElement {
  static override styles = [baseStyles, sectionStyles, progressStyles, pageStyles, dashboardStyles];

  /** What the host knows this page to have. */
  @state() private view: DashboardView | null = null;
  @state() private tab: TabName = "overview";
  @state() private failure: string | null = null;
  @state() private pending = 0;
  /** An answer is under way for longer than people wait without a word. */
  @state() private slow = false;
  @query("[role=tabpanel] > *") private readonly shown!: Element | null;
  @query("arq-keys-help") private readonly keys!: KeysHelp;
  readonly #page = openPage<DashboardRequests, DashboardNotifications, DashboardIntent>();
  readonly #looks = new DashboardLooks(this.#page.remembered);
  readonly #clock = new RedisClock(this);
  /** Counts questions: only the newest one's answer is shown. */
  #asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKey);
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#page.channel.on("update", (update) => this.#hear(update));
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
        ${phase.kind === "board" && phase.current ? healthChip(phase.snapshot.health, (command) => this.#run(command)) : nothing}
        <arq-live-indicator
          .status=${snapshot?.status ?? null}
          .sweptAt=${snapshot?.complete === true ? snapshot.sweptAt : null}
          .updatedAt=${snapshot?.at ?? null}
          .paused=${this.view?.paused ?? false}
          .now=${this.#clock.now()}
        ></arq-live-indicator>
        ${this.#tools()}
      </div>
    </header>`;
  }

  /** Pause, refresh and help, the same on every tab. */
  #tools(): TemplateResult {
    const paused = this.view?.paused ?? false;
    const pause = paused ? t("Go on with updates (r)") : t("Pause updates (r)");
    const refresh = t("Read everything again");
    const help = t("Keys (?)");
    return html`<span class="tools">
      <button class="tool" aria-label=${pause} title=${pause} aria-pressed=${paused} @click=${() => this.#pause()}>
        ${icon(paused ? "play" : "pause")}
      </button>
      <button class="tool" aria-label=${refresh} title=${refresh} @click=${() => this.#run("refresh")}>
        ${icon("refresh")}
      </button>
      <button class="tool" aria-label=${help} title=${help} @click=${() => this.keys.show()}>
        ${icon("question")}
      </button>
    </span>`;
  }

  #body(phase: Phase): TemplateResult {
    const run = (command: PageCommand) => this.#run(command);
    switch (phase.kind) {
      case "loading":
        return this.failure === null
          ? html`<div class="blank"><vscode-progress-ring aria-label=${t("Loading")}></vscode-progress-ring></div>`
          : blank(
              "error",
              t("The dashboard could not be shown"),
              html`<p class="strong">${this.failure}</p>`,
              html`<vscode-button @click=${() => run("showLog")}>${t("Show Log")}</vscode-button>`,
            );
      case "unconfigured":
        return blank(
          "plug",
          t("No Redis connection yet"),
          html`<p>${t("Name the Redis that your ARQ workers use. ARQ Monitor only reads from it.")}</p>`,
          html`<vscode-button @click=${() => run("connect")}>${t("Connect to Redis…")}</vscode-button>`,
        );
      case "connecting":
        return html`<div class="blank">
          <vscode-progress-ring aria-label=${t("Connecting")}></vscode-progress-ring>
          <h2>${t("Connecting…")}</h2>
          <p class="mono">${phase.connection.address}</p>
        </div>`;
      case "cannotConnect":
        return blank(
          "plug",
          t("Cannot connect to {0}", phase.connection.name),
          html`<p class="strong">${phase.problem.message}</p>
            <p>${phase.problem.advice}</p>
            <p>${retryText(phase.retryAt)}</p>`,
          problemActions(
            phase.problem,
            run,
            html`<vscode-button appearance="secondary" @click=${() => run("connect")}
              >${t("Connect to Another Redis…")}</vscode-button
            >`,
          ),
        );
      case "empty":
        return blank(
          "inbox",
          t("No ARQ jobs here"),
          html`<p>
            ${t("Connected, and every key is looked at: none of them is ARQ's. They appear by themselves as soon as a job is enqueued or a worker starts. If your workers use another database number or Redis, choose that one.")}
          </p>`,
          html`<vscode-button @click=${() => run("refresh")}>${t("Look Again")}</vscode-button>
            <vscode-button appearance="secondary" @click=${() => run("connect")}
              >${t("Connect to Another Redis…")}</vscode-button
            >`,
        );
      case "board":
        return this.#board(phase.snapshot, phase.current);
      default:
        return assertNever(phase);
    }
  }

  #board(snapshot: MonitorSnapshot, current: boolean): TemplateResult {
    const { tab } = this;
    const paused = this.view?.paused === true;
    const asOf = current && !paused ? "" : this.#asOf(snapshot);
    const shown = this.#looks.body(tab);
    const { failed } = snapshot.counts;
    return html`${notLiveNotice(snapshot.status, (command) => this.#run(command))}
      ${
        current
          ? healthStrip(
              snapshot.health,
              (look) => void this.#look(look),
              (command) => this.#run(command),
            )
          : nothing
      }
      ${boundsStrip(snapshot.status)}
      ${snapshot.complete ? nothing : sweepNotice(snapshot.sweep, current, (command) => this.#run(command))}
      <arq-tab-bar
        .picked=${tab}
        .counts=${{ failed: failed === 0 ? "" : formatCount(failed) }}
        @pick-tab=${(event: CustomEvent<TabName>) => void this.#look(this.#looks.look(event.detail))}
      ></arq-tab-bar>
      ${failureLine(this.failure, () => (this.failure = null))}
      ${asOf === "" ? nothing : html`<p class="section-head"><span class="as-of">${asOf}</span></p>`}
      ${this.slow ? this.#slowNotice() : nothing}
      <div
        role="tabpanel"
        aria-label=${tabTitles[tab]}
        @look=${(event: CustomEvent<Look>) => void this.#look(event.detail)}
        @open-job=${(event: CustomEvent<string>) => this.#tell("openJob", { id: event.detail })}
        @run=${(event: CustomEvent<PageCommand>) => this.#run(event.detail)}
        @failed=${(event: CustomEvent<string>) => (this.failure = event.detail)}
      >
        ${keyed(
          this.view?.connection?.name,
          html`${cache(
            shown === null && !showsSnapshot.includes(tab)
              ? skeleton()
              : tabContent(tab, {
                  view: shown?.view ?? null,
                  intent: this.#looks.intent(tab),
                  answered: shown?.intent ?? this.#looks.intent(tab),
                  snapshot,
                  now: this.#clock.now(),
                  stale: asOf !== "",
                  asOf,
                  pending: this.pending > 0,
                  host: this.#page.channel,
                }),
          )}`,
        )}
      </div>
      <arq-keys-help .keys=${dashboardKeys}></arq-keys-help>`;
  }

  /** A large index takes its time; whoever does not want to wait gets back what was there. */
  #slowNotice(): TemplateResult {
    return html`<div class="slow" role="status">
      <vscode-progress-ring aria-label=${t("Looking")}></vscode-progress-ring>
      <span>${t("Still looking…")}</span>
      ${
        this.#looks.body(this.tab) === null
          ? nothing
          : html`<button class="plain link" @click=${() => this.#back()}>${t("Cancel")}</button>`
      }
    </div>`;
  }

  /** Asks again what was answered last, which ends what is under way. */
  #back(): void {
    const shown = this.#looks.body(this.tab);
    if (shown !== null) void this.#look(lookAt(this.tab, shown.intent));
  }

  /** `as of 14:04:04, 2 min ago`. */
  #asOf(snapshot: MonitorSnapshot): string {
    const at = this.view?.asOf ?? snapshot.at;
    return t("as of {0}, {1}", formatClock(at), formatRelative(at, this.#clock.now()));
  }

  /** Shows a tab with this question: at once with what is known of it, then with the answer, when it resolves. */
  async #look(look: Look): Promise<void> {
    this.tab = look.tab;
    this.#looks.asks(look);
    this.#page.remember(this.#looks.toRemember(look.tab));
    await this.#ask(() => this.#page.channel.request("look", { look }));
  }

  /** Where there is nothing to search in, to the search for jobs. */
  async #search(): Promise<void> {
    if (this.tab === "overview") {
      await this.#look(this.#looks.look("jobs"));
      await afterPaint();
    }
    if (this.shown instanceof TabElement) this.shown.focusSearch();
  }

  #pause(): void {
    const paused = this.view?.paused !== true;
    void this.#ask(() => this.#page.channel.request("pause", { paused }));
  }

  async #ask(request: () => Promise<DashboardView | null>): Promise<void> {
    const asked = ++this.#asked;
    this.pending++;
    const slow = setTimeout(() => (this.slow = true), slowMs);
    try {
      const view = await request();
      this.pending--;
      if (asked === this.#asked) this.failure = null;
      if (view !== null) this.#show(this.#looks.keep(this.view, view));
    } catch (error) {
      this.pending--;
      if (asked === this.#asked) this.#fail(error);
    } finally {
      clearTimeout(slow);
      if (this.pending === 0) this.slow = false;
    }
  }

  #askAll(): void {
    const { remembered } = this.#page;
    const look =
      remembered === null && this.view === null
        ? null
        : this.#looks.look(this.view === null ? remembered!.tab : this.tab);
    void this.#ask(() => this.#page.channel.request("ready", { look }));
  }

  /** What has changed, from the host. */
  #hear(update: DashboardUpdate): void {
    // Before the first answer, which is whole, there is nothing to change.
    if (this.view === null) return;
    const next = updatedDashboard(this.view, update);
    // A message was lost on the way: the answer to a question that is under way is whole as well.
    if (next === null) {
      if (this.pending === 0) this.#askAll();
      return;
    }
    this.#show(next);
  }

  #show(view: DashboardView): void {
    if (view.snapshot !== null && view.snapshot !== this.view?.snapshot) this.#clock.set(view.snapshot.at);
    if (view.connection?.name !== this.view?.connection?.name) this.#looks.forget();
    this.view = view;
    // While another question is under way, what is asked here is not what was answered.
    if (this.pending > 0) return;
    this.#looks.shows(view.body);
    this.tab = view.look.tab;
    this.#looks.asks(view.look);
    this.#page.remember(this.#looks.toRemember(view.look.tab));
  }

  #run(command: PageCommand): void {
    this.#tell("run", { command });
  }

  /** Asks for something whose answer is nothing, or is shown elsewhere. */
  #tell<K extends "openJob" | "run" | "visible">(name: K, params: DashboardRequests[K]["params"]): void {
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
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
    if (this.shown === null || this.keys.open) return;
    // In the place of a tab that waits for its first answer there is none.
    const shown = this.shown instanceof TabElement ? this.shown : null;
    const digit = /^[1-9]$/.test(event.key) ? tabNames[Number(event.key) - 1] : undefined;
    if (digit !== undefined) void this.#look(this.#looks.look(digit));
    else if (event.key === "/") void this.#search();
    else if (event.key === "j") shown?.moveRow(1);
    else if (event.key === "k") shown?.moveRow(-1);
    else if (event.key === "r") this.#pause();
    else if (event.key === "?") this.keys.show();
    else if (shown?.pressed(event.key) !== true) return;
    event.preventDefault();
  };
}

/** In the place of a tab that has nothing to show yet; it is seen only where that takes a moment. */
function skeleton(): TemplateResult {
  return html`<div class="skeleton" aria-busy="true" aria-label=${t("Loading")}>
    ${[70, 95, 88, 92, 60].map((width) => html`<div class="w${width}"></div>`)}
  </div>`;
}

/** Letters belong to whatever takes text. */
function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (target) =>
        target instanceof HTMLInputElement ||
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement ||
        (target instanceof HTMLElement && target.matches("vscode-dropdown, [role=listbox], [role=combobox]")),
    );
}
