import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import type { JobNotifications, JobRequests } from "../../src/protocol/jobMessages";
import type { PageCommand } from "../../src/protocol/messages";
import type { JobIntent, JobView, ValueRoot } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import "../shared/connectionName";
import { failureLine } from "../shared/failureLine";
import { formatClock } from "../shared/format";
import { icon } from "../shared/icons";
import { openPage } from "../shared/page";
import { RedisClock } from "../shared/redisClock";
import "../shared/stateChip";
import { pageStyles } from "../shared/pageStyles";
import { baseStyles, sectionStyles } from "../shared/styles";
import "./errorPanel";
import { jobPageStyles } from "./jobPage.styles";
import "./jobTimes";
import "./payloadPanel";
import type { PayloadSource } from "./payloadPanel";
import { stateSentence } from "./stateSentence";
import type { FrameToOpen } from "./tracebackList";
import "./triesList";

type ShownJob = Extract<JobView, { kind: "job" }>;
type Copy = JobRequests["copy"]["params"];

/** One job, as the host last read it. */
@customElement("arq-job")
export class JobPage extends LitElement {
  static override styles = [baseStyles, sectionStyles, pageStyles, jobPageStyles];

  @state() private view: JobView | null = null;
  @state() private failure: string | null = null;
  @state() private copied = "";
  readonly #page = openPage<JobRequests, JobNotifications, JobIntent>();
  readonly #clock = new RedisClock(this);
  readonly #payloads: PayloadSource = {
    load: (root) => this.#page.channel.request("loadPayload", { root }),
    expand: (root, path) => this.#page.channel.request("expandValue", { root, path }),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#page.channel.on("update", (view) => this.#take(view));
    this.#page.channel.request("ready", { id: this.#page.remembered?.id ?? null }).then(
      (view) => this.#take(view),
      (error: unknown) => this.#fail(error),
    );
  }

  override render() {
    const connection = this.view?.connection ?? null;
    return html`${connection?.production === true ? html`<div class="production-line"></div>` : nothing}
      <main
        class="page"
        @open-frame=${(event: CustomEvent<FrameToOpen>) => this.#openFrame(event.detail)}
        @copy-value=${(event: CustomEvent<ValueRoot>) => this.#copyValue({ root: event.detail, path: [], as: "python" })}
        @copy-part=${(event: CustomEvent<Copy>) => this.#copy(event.detail)}
        @run-command=${(event: CustomEvent<PageCommand>) => this.#run(event.detail)}
      >
        ${
          connection === null
            ? nothing
            : html`<div class="above">
                <arq-connection-name compact .connection=${connection}></arq-connection-name>
                <button class="plain link end" @click=${() => this.#run("showDashboard")}>Dashboard</button>
              </div>`
        }
        ${this.#body()} ${failureLine(this.failure, () => (this.failure = null))}
        <span class="hush" role="status">${this.copied}</span>
      </main>`;
  }

  #body(): TemplateResult {
    const { view } = this;
    if (view === null) {
      return html`<h1 class="hush">ARQ job</h1>
        ${
          this.failure === null
            ? html`<div class="blank"><vscode-progress-ring aria-label="Loading"></vscode-progress-ring></div>`
            : nothing
        }`;
    }
    switch (view.kind) {
      case "gone":
        return html`<h1 class="hush">ARQ job</h1>
          <div class="blank">
            <div class="picture">${icon("inbox")}</div>
            <h2>This job is gone</h2>
            <p>${view.message}</p>
            <p class="mono foreign">${view.id}</p>
            <div class="actions">
              <vscode-button @click=${() => this.#run("showDashboard")}>Show Dashboard</vscode-button>
              <vscode-button appearance="secondary" @click=${() => this.#run("refresh")}>Look Again</vscode-button>
            </div>
          </div>`;
      case "unreachable":
        return html`<h1 class="hush">ARQ job</h1>
          <div class="blank">
            <div class="picture">${icon("plug")}</div>
            <h2>This job cannot be read now</h2>
            <p>${view.message}</p>
            <p class="mute">${view.advice}</p>
            <p class="mono foreign">${view.id}</p>
            <div class="actions">
              <vscode-button @click=${() => this.#run("refresh")}>Try Now</vscode-button>
              <vscode-button appearance="secondary" @click=${() => this.#run("showLog")}>Show Log</vscode-button>
            </div>
          </div>`;
      case "job":
        // Another job in the same page starts afresh: what was opened or loaded belongs to the one before.
        return html`${keyed(view.row.id, this.#job(view))}`;
      default:
        return assertNever(view);
    }
  }

  #job(view: ShownJob): TemplateResult {
    const { row } = view;
    const payloads = html`<section class="payloads" aria-label="Values">
      <arq-payload label="Arguments" what="args" .payload=${view.args} .source=${this.#payloads}></arq-payload>
      <arq-payload
        label="Keyword arguments"
        what="kwargs"
        .payload=${view.kwargs}
        .source=${this.#payloads}
      ></arq-payload>
      <arq-payload label="Result" what="result" .payload=${view.result} .source=${this.#payloads}></arq-payload>
    </section>`;
    const times = html`<section aria-label="Times">
      <div class="section-head"><h2>Times</h2></div>
      <arq-job-times
        .row=${row}
        .now=${view.live ? this.#clock.now() : view.at}
        .forgottenAt=${view.forgottenAt}
        .release=${view.release}
        .stale=${!view.live}
      ></arq-job-times>
    </section>`;
    const tries = html`<arq-tries .tries=${view.tries}></arq-tries>`;
    return html`<div class="title">
        <h1 class="foreign">${row.function ?? "Unknown function"}</h1>
        <arq-state-chip .state=${row.state}></arq-state-chip>
      </div>
      <div class="facts">
        <span
          ><span class="mono foreign">${row.id}</span>
          <button
            class="tool"
            aria-label="Copy job id"
            title="Copy job id"
            @click=${() => this.#copy({ what: "id", index: 0 })}
          >
            ${icon("copy")}
          </button></span
        >
        ${row.queue === null ? nothing : html`<span>in <span class="mono foreign">${row.queue}</span></span>`}
      </div>
      <p class="sentence">${stateSentence(row, view.live ? this.#clock.now() : view.at, view.abortRequestedAt)}</p>
      ${
        view.live
          ? nothing
          : html`<div class="notice" role="status">
              ${icon("plug")}<span>Not live. What is shown is as of ${formatClock(view.at)}.</span>
              <vscode-button appearance="secondary" @click=${() => this.#run("refresh")}>Try Now</vscode-button>
            </div>`
      }
      ${
        row.rememberedSince === null
          ? nothing
          : html`<div class="notice" role="status">
              ${icon("clock")}<span
                >Redis has forgotten this job; shown as last seen. Noticed at ${formatClock(row.rememberedSince)}.</span
              >
            </div>`
      }
      ${
        row.undecodable === null
          ? nothing
          : html`<div class="notice">${icon("warning")}<span class="foreign">${row.undecodable}</span></div>`
      }
      ${
        view.error === null
          ? html`<div class="columns plain">
              ${view.tries.length === 0 ? payloads : html`<div class="side">${payloads}${tries}</div>`}
              <div class="side">${times}</div>
            </div>`
          : html`<div class="columns">
              <section aria-label="Error">
                <arq-error .error=${view.error} ?aborted=${row.state === "aborted"}></arq-error>
                ${view.tries.length === 0 ? nothing : tries}
              </section>
              <div class="side">${times}${payloads}</div>
            </div>`
      }`;
  }

  #take(view: JobView): void {
    // A failure to open a frame or to copy outlives an update; one to show anything does not.
    if (this.view === null) this.failure = null;
    if (view.kind === "job") this.#clock.set(view.at);
    const id = view.kind === "job" ? view.row.id : view.id;
    this.#page.remember({ id });
    this.view = view;
  }

  #openFrame(target: FrameToOpen): void {
    this.#page.channel.request("openFrame", target).catch((error: unknown) => this.#fail(error));
  }

  #copy(copy: Copy): void {
    this.copied = "";
    this.#page.channel.request("copy", copy).then(
      () => (this.copied = "Copied."),
      (error: unknown) => this.#fail(error),
    );
  }

  #copyValue(value: JobRequests["copyValue"]["params"]): void {
    this.copied = "";
    this.#page.channel.request("copyValue", value).then(
      () => (this.copied = "Copied."),
      (error: unknown) => this.#fail(error),
    );
  }

  #run(command: PageCommand): void {
    this.#page.channel.request("run", { command }).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }
}
