import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import type { PlaceView } from "../../src/protocol/codeViews";
import type { JobCopy, JobNotifications, JobRequests, RunsView } from "../../src/protocol/jobMessages";
import type { PageCommand } from "../../src/protocol/messages";
import type { ConnectionView, JobIntent, JobView } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import "../shared/connectionName";
import { failureLine } from "../shared/failureLine";
import { formatClock, formatDateTime } from "../shared/format";
import { icon } from "../shared/icons";
import { stateLooks } from "../shared/jobStates";
import "../shared/keysHelp";
import type { KeysHelp } from "../shared/keysHelp";
import { t } from "../shared/l10n";
import { openPage } from "../shared/page";
import { pageStyles } from "../shared/pageStyles";
import { RedisClock } from "../shared/redisClock";
import { stateChip } from "../shared/stateChip";
import { baseStyles, sectionStyles } from "../shared/styles";
import "./errorPanel";
import type { FrameToOpen, SourceReader } from "./frameItem";
import "./jobActions";
import type { JobAction } from "./jobActions";
import { jobBlank } from "./jobBlank";
import { jobKeys } from "./jobKeys";
import { jobPageStyles } from "./jobPage.styles";
import type { LogLineToOpen, LogReader } from "./jobLog";
import "./jobLog";
import "./jobTimes";
import "./otherRuns";
import { isTyping, moveFrame } from "./pageKeys";
import "./payloadPanel";
import type { PayloadSource, ValueToCopy } from "./payloadPanel";
import { stateSentence } from "./stateSentence";
import "../shared/codeNotes";
import "./triesList";

type ShownJob = Extract<JobView, { kind: "job" }>;

/** How long it is said that something was copied. */
const saidMs = 2500;

/** One job, as the host last read it. */
@customElement("arq-job")
export class JobPage extends LitElement {
  static override styles = [baseStyles, sectionStyles, pageStyles, jobPageStyles];

  @state() private view: JobView | null = null;
  @state() private runs: RunsView | null = null;
  /** Counts up when the logs may say more of the job. */
  @state() private logNews = 0;
  @state() private failure: string | null = null;
  /** What was just done, for a moment. */
  @state() private said = "";
  @query("arq-keys-help") private readonly keys!: KeysHelp;
  #saying: ReturnType<typeof setTimeout> | null = null;
  readonly #page = openPage<JobRequests, JobNotifications, JobIntent>();
  readonly #clock = new RedisClock(this);
  readonly #payloads: PayloadSource = {
    load: (root) => this.#page.channel.request("loadPayload", { root }),
    expand: (root, path) => this.#page.channel.request("expandValue", { root, path }),
  };
  readonly #log: LogReader = (ask) => this.#page.channel.request("log", ask);
  readonly #reader: SourceReader = {
    source: (place) => this.#page.channel.request("source", place),
    changed: (place) => this.#page.channel.request("changed", place),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKey);
    this.#page.channel.on("update", (view) => this.#take(view));
    this.#page.channel.on("runs", (runs) => (this.runs = runs));
    this.#page.channel.on("logGrown", () => this.logNews++);
    this.#ready();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#onKey);
  }

  override render() {
    const connection = this.view?.connection ?? null;
    return html`${connection?.production === true ? html`<div class="production-line"></div>` : nothing}
      <main
        class="page"
        @open-frame=${(event: CustomEvent<FrameToOpen>) => this.#ask("openFrame", event.detail)}
        @frame-action=${(event: CustomEvent<JobRequests["frameAction"]["params"]>) => this.#ask("frameAction", event.detail)}
        @copy-value=${(event: CustomEvent<ValueToCopy>) => this.#copyValue(event.detail)}
        @copy-part=${(event: CustomEvent<JobRequests["copy"]["params"]>) => this.#copy(event.detail)}
        @act=${(event: CustomEvent<JobAction>) => this.#act(event.detail)}
        @open-job=${(event: CustomEvent<string>) => this.#ask("openJob", { id: event.detail })}
        @show-runs=${() => this.#ask("showRuns", null)}
        @open-log-line=${(event: CustomEvent<LogLineToOpen>) => this.#ask("openLogLine", event.detail)}
        @open-traceback-log=${() => this.#ask("openTracebackLog", null)}
        @run-command=${(event: CustomEvent<PageCommand>) => this.#run(event.detail)}
      >
        ${connection === null ? nothing : this.#above(connection)} ${this.#body()}
        <div class="said">
          <span role="status">${this.said === "" ? nothing : html`${icon("tick")}${this.said}`}</span>
          ${failureLine(this.failure, () => (this.failure = null))}
        </div>
      </main>
      <arq-keys-help .keys=${jobKeys}></arq-keys-help>`;
  }

  #above(connection: ConnectionView): TemplateResult {
    const hidden = this.view?.kind === "job" && this.view.valuesHidden;
    const help = t("Keys (?)");
    return html`<div class="above">
      <arq-connection-name compact .connection=${connection}></arq-connection-name>
      <span class="end tools">
        <button
          class="tool ${hidden ? "on" : ""}"
          title=${
            hidden
              ? t("Arguments and results are hidden in every panel. Show them again, as far as the setting says (h)")
              : t("Hide arguments and results in every panel, as for a shared screen (h)")
          }
          @click=${() => this.#hide()}
        >
          ${icon(hidden ? "eyeClosed" : "eye")}${hidden ? t("Show Values") : t("Hide Values")}
        </button>
        <button class="tool" aria-label=${help} title=${help} @click=${() => this.keys.show()}>
          ${icon("question")}
        </button>
        <button class="plain link" @click=${() => this.#run("showDashboard")}>${t("Dashboard")}</button>
      </span>
    </div>`;
  }

  #body(): TemplateResult {
    const { view } = this;
    const run = (command: PageCommand) => this.#run(command);
    if (view === null || view.kind !== "job") return jobBlank(view, this.failure, run, () => this.#ready());
    // Another job in the same page starts afresh: what was opened or loaded belongs to the one before.
    return html`${keyed(view.row.id, this.#job(view))}`;
  }

  #job(view: ShownJob): TemplateResult {
    const now = view.live ? this.#clock.now() : view.at;
    const payloads = html`<section class="payloads" aria-label=${t("Values")}>
      <arq-payload what="args" .payload=${view.args} .source=${this.#payloads}></arq-payload>
      <arq-payload what="kwargs" .payload=${view.kwargs} .source=${this.#payloads}></arq-payload>
      <arq-payload what="result" .payload=${view.result} .source=${this.#payloads}></arq-payload>
    </section>`;
    const times = html`<section aria-label=${t("Times")}>
      <arq-job-times .job=${view} .now=${now} @open-code=${this.#openCode}></arq-job-times>
      <arq-code-notes .notes=${view.notes} @open-code=${this.#openCode}></arq-code-notes>
    </section>`;
    const tries =
      view.tries.length === 0
        ? nothing
        : html`<arq-tries .tries=${view.tries} .reader=${this.#reader} .deployedAs=${view.deployedAs}></arq-tries>`;
    const runs = html`<arq-other-runs .runs=${this.runs} .now=${now}></arq-other-runs>`;
    const log = html`<section class="log" aria-label=${t("Log of this job")}>
      <arq-job-log .reader=${this.#log} .news=${this.logNews} ?running=${view.row.state === "running"}></arq-job-log>
    </section>`;
    return html`${this.#head(view, now)} ${this.#notices(view)}
    ${
      view.error === null
        ? html`<div class="columns plain">
            <div class="side">${payloads}${tries}</div>
            <div class="side">${times}${runs}</div>
            ${log}
          </div>`
        : html`<div class="columns">
            <section aria-label=${t("Error")}>
              <arq-error
                .error=${view.error}
                .reader=${this.#reader}
                .deployedAs=${view.deployedAs}
                ?aborted=${view.row.state === "aborted" || view.error.advice === ""}
              ></arq-error>
              ${tries}
            </section>
            <div class="side">${times}${payloads}${runs}</div>
            ${log}
          </div>`
    }`;
  }

  readonly #openCode = ({ detail: { file, line } }: CustomEvent<PlaceView>): void =>
    this.#ask("openCode", { file, line });

  #head(view: ShownJob, now: number): TemplateResult {
    const { row } = view;
    return html`<div class="title">
        <h1 class="foreign">${row.function ?? t("Unknown function")}</h1>
        ${stateChip(row.state)}
      </div>
      <div class="facts">
        <span
          ><span class="mono foreign">${row.id}</span>
          <button
            class="tool"
            aria-label=${t("Copy job id")}
            title=${t("Copy job id")}
            @click=${() => this.#copy({ what: "id", index: 0 })}
          >
            ${icon("copy")}
          </button></span
        >
        ${
          row.queue === null
            ? nothing
            : html`<span
                >${icon("inbox")}<span class="hush">${t("Queue")} </span
                ><span class="mono foreign">${row.queue}</span></span
              >`
        }
      </div>
      <p class="sentence">${stateSentence(row, now, view.abortRequestedAt)}</p>
      ${view.retried === null ? nothing : html`<p class="sentence mute">${view.retried}</p>`}
      <arq-job-actions .job=${view}></arq-job-actions>
      <span class="hush" role="status">${t("State: {0}", stateLooks[row.state].label)}</span>`;
  }

  #notices(view: ShownJob): TemplateResult {
    const { row } = view;
    return html`${
      view.live
        ? nothing
        : html`<div class="notice" role="status">
            ${icon("plug")}<span>${t("Not live. What is shown is as of {0}.", formatClock(view.at))}</span>
            <vscode-button appearance="secondary" @click=${() => this.#run("refresh")}>${t("Try Now")}</vscode-button>
          </div>`
    }
    ${
      row.rememberedSince === null
        ? nothing
        : html`<div class="notice" role="status">
            ${icon("clock")}<span
              >${
                row.rememberedSince === row.finishedAt
                  ? t(
                      "Redis has forgotten this job; shown is what was remembered when it failed, {0}.",
                      formatDateTime(row.rememberedSince),
                    )
                  : t(
                      "Redis has forgotten this job; shown as last seen. Noticed at {0}.",
                      formatClock(row.rememberedSince),
                    )
              }</span
            >
          </div>`
    }
    ${
      row.undecodable === null
        ? nothing
        : html`<div class="notice">${icon("warning")}<span class="foreign">${row.undecodable}</span></div>`
    }`;
  }

  #ready(): void {
    this.failure = null;
    this.#page.channel.request("ready", { id: this.#page.remembered?.id ?? null }).then(
      (view) => this.#take(view),
      (error: unknown) => this.#fail(error),
    );
  }

  #take(view: JobView): void {
    // A failure to open a frame or to copy outlives an update; one to show anything does not.
    if (this.view === null) this.failure = null;
    if (view.kind === "job") this.#clock.set(view.at);
    const id = view.kind === "job" ? view.row.id : view.id;
    this.#page.remember({ id });
    this.view = view;
  }

  #act(action: JobAction): void {
    switch (action.kind) {
      case "openFunction":
        return this.#ask("openFunction", null);
      case "copy":
        return this.#copy({ what: action.what, index: 0 });
      case "debug":
        return this.#ask("debug", { as: action.as });
      case "watch":
        return this.#ask("watch", { on: action.on });
      case "openLink":
        return this.#ask("openLink", { index: action.index });
      default:
        return assertNever(action);
    }
  }

  #hide(): void {
    if (this.view?.kind === "job") this.#ask("hideValues", { hidden: !this.view.valuesHidden });
  }

  #copy(copy: JobRequests["copy"]["params"]): void {
    this.#ask("copy", copy, copiedText(copy.what));
  }

  #copyValue(value: ValueToCopy): void {
    this.#ask("copyValue", value, value.as === "python" ? t("Copied as Python") : t("Copied as JSON"));
  }

  #run(command: PageCommand): void {
    this.#ask("run", { command });
  }

  /** Asks for something whose answer is nothing to show, besides that it was done. */
  #ask<K extends keyof JobRequests>(name: K, params: JobRequests[K]["params"], done = ""): void {
    this.said = "";
    this.#page.channel.request(name, params).then(
      () => {
        this.failure = null;
        if (done !== "") this.#say(done);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #say(text: string): void {
    if (this.#saying !== null) clearTimeout(this.#saying);
    this.said = text;
    this.#saying = setTimeout(() => (this.said = ""), saidMs);
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
    if (this.keys.open || this.view?.kind !== "job") return;
    const { row, watched } = this.view;
    if (event.key === "j" || event.key === "k") moveFrame(this.renderRoot, event.key === "j" ? 1 : -1);
    else if (event.key === "f" && row.function !== null) this.#act({ kind: "openFunction" });
    else if (event.key === "b" && row.function !== null) this.#act({ kind: "debug", as: "script" });
    else if (event.key === "w" && (watched || row.finishedAt === null)) this.#act({ kind: "watch", on: !watched });
    else if (event.key === "h") this.#hide();
    else if (event.key === "?") this.keys.show();
    else return;
    event.preventDefault();
  };
}

function copiedText(what: JobCopy): string {
  switch (what) {
    case "call":
      return t("Copied as a Python call");
    case "snippet":
      return t("Copied the re-enqueue snippet");
    case "incident":
      return t("Copied the incident summary");
    case "id":
    case "error":
    case "traceback":
    case "remedy":
      return t("Copied");
    default:
      return assertNever(what);
  }
}
