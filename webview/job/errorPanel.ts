import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { PageCommand } from "../../src/protocol/messages";
import type { ErrorView } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { formatCount } from "../shared/format";
import { icon } from "../shared/icons";
import { t } from "../shared/l10n";
import { baseStyles, sectionStyles } from "../shared/styles";
import type { SourceReader } from "./frameItem";
import "./tracebackList";

/** A message longer than this is cut behind a button: some exceptions carry whole documents. */
const messageLimit = 1200;

/**
 * Why the job failed: type, message, what ARQ did about it, and the way to the code; without a traceback, why there is none and what would give
 * one next time. Fires `copy-part` with `what` and `index`, and `run-command`.
 */
@customElement("arq-error")
export class ErrorPanel extends LitElement {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .what {
        padding: 8px 12px;
        border: 1px solid var(--hairline);
        border-inline-start: 3px solid var(--bad);
        border-radius: 4px;
      }
      :host([aborted]) .what {
        border-inline-start-color: var(--warn);
      }
      :host([aborted]) .type {
        color: inherit;
      }
      .raised {
        display: flex;
        align-items: flex-start;
        gap: 8px;
      }
      .raised > p {
        flex: 1;
        min-width: 0;
        font-size: var(--mono-size);
      }
      .message {
        white-space: pre-wrap;
      }
      .type {
        color: var(--bad-text);
        font-weight: 600;
      }
      .note {
        white-space: pre-wrap;
        margin-top: 4px;
      }
      .explanation {
        margin-top: 6px;
        color: var(--mute);
      }
      .traceback {
        margin-top: 16px;
      }
      .traceback .section-head,
      .missing .section-head {
        align-items: center;
        min-height: 24px;
        margin-bottom: 4px;
      }
      .section-head {
        flex-wrap: nowrap;
      }
      .section-head h2 {
        flex: none;
      }
      .section-head .mute {
        min-width: 0;
        font-size: 12px;
      }
      .missing {
        margin-top: 16px;
      }
      .missing > p {
        margin-bottom: 10px;
      }
      .missing > p.unread {
        margin: 8px 0 0;
        color: var(--mute);
        overflow-wrap: anywhere;
      }
      details {
        border-top: 1px solid var(--hairline);
        padding: 7px 0;
      }
      details:last-of-type {
        border-bottom: 1px solid var(--hairline);
      }
      summary {
        cursor: pointer;
        border-radius: 2px;
      }
      details > p {
        margin: 6px 0 0;
        color: var(--mute);
        overflow-wrap: anywhere;
      }
      .action {
        margin-top: 8px;
      }
      .snippet {
        position: relative;
        margin-top: 8px;
        border: 1px solid var(--hairline);
        border-radius: 4px;
      }
      .snippet pre {
        margin: 0;
        padding: 8px 40px 8px 12px;
        overflow-x: auto;
        font-family: var(--mono);
        font-size: var(--mono-size);
      }
      .snippet button {
        position: absolute;
        inset-block-start: 4px;
        inset-inline-end: 4px;
        background: var(--surface);
      }
    `,
  ];

  @property({ attribute: false }) error: ErrorView | null = null;
  /** Somebody asked for this end, or it is another job's: no failure to be alarmed by. */
  @property({ type: Boolean, reflect: true }) aborted = false;
  @property({ attribute: false }) reader: SourceReader | null = null;
  /** As of what the frames' files can be opened; null where that is not known. */
  @property({ attribute: false }) deployedAs: string | null = null;
  @state() private wholeMessage = false;

  override render() {
    const { error } = this;
    if (error === null) return nothing;
    return html`<div class="what">
        <div class="raised">
          <p class="mono">${this.#raised(error)}</p>
          <button
            class="tool"
            aria-label=${t("Copy error")}
            title=${t("Copy error")}
            @click=${() => this.#copy("error", 0)}
          >
            ${icon("copy")}
          </button>
        </div>
        ${error.notes.map((note) => html`<p class="note mono foreign">${note}</p>`)}
        ${error.members.map((member) => html`<p class="note mono foreign">${member}</p>`)}
        <p class="explanation">${error.explanation}</p>
        ${error.advice === "" ? nothing : html`<p class="explanation">${error.advice}</p>`}
      </div>
      ${error.tracebacks.length === 0 ? nothing : this.#tracebacks(error)}
      ${error.missing === null ? nothing : this.#missing(error.missing)}`;
  }

  #raised({ type, message }: ErrorView): TemplateResult {
    const cut = message.length > messageLimit && !this.wholeMessage;
    const text = message === "" ? "" : `: ${cut ? `${message.slice(0, messageLimit)}…` : message}`;
    return html`<span class="type foreign">${type}</span><span class="message foreign">${text}</span> ${
        cut
          ? html`<button class="plain link" @click=${() => (this.wholeMessage = true)}>
              ${t("Show all {0} characters", formatCount(message.length))}
            </button>`
          : nothing
      }`;
  }

  #tracebacks(error: ErrorView): TemplateResult {
    return html`<section class="traceback">
      <div class="section-head">
        <h2>${t("Traceback")}</h2>
        <span class="mute"
          >${
            error.tracebackSource === null
              ? t("most recent call last")
              : t("most recent call last · {0}", error.tracebackSource)
          }
          ${
            error.tracebackLogged
              ? html`<button class="plain link" @click=${() => emit(this, "open-traceback-log", null)}>
                  ${t("Open in the log")}
                </button>`
              : nothing
          }</span
        >
        <button
          class="tool end"
          aria-label=${t("Copy traceback")}
          title=${t("Copy traceback")}
          @click=${() => this.#copy("traceback", 0)}
        >
          ${icon("copy")}
        </button>
      </div>
      <arq-traceback-list
        .tracebacks=${error.tracebacks}
        .reader=${this.reader}
        .deployedAs=${this.deployedAs}
      ></arq-traceback-list>
    </section>`;
  }

  #missing({ why, remedies, unread }: NonNullable<ErrorView["missing"]>): TemplateResult {
    return html`<section class="missing">
      <div class="section-head"><h2>${t("No traceback")}</h2></div>
      <p>${why}</p>
      ${remedies.map(
        (remedy, index) =>
          html`<details ?open=${index === 0}>
            <summary>${remedy.title}</summary>
            <p>${remedy.detail}</p>
            ${
              remedy.action === null
                ? nothing
                : html`<vscode-button
                    class="action"
                    @click=${() => emit(this, "run-command", remedy.action satisfies PageCommand | null)}
                    >${t("Add Worker Instrumentation…")}</vscode-button
                  >`
            }
            ${
              remedy.snippet === null
                ? nothing
                : html`<div class="snippet">
                    <pre tabindex="0" role="group" aria-label=${t("Code to copy")}>${remedy.snippet}</pre>
                    <button
                      class="tool"
                      aria-label=${t("Copy code")}
                      title=${t("Copy code")}
                      @click=${() => this.#copy("remedy", index)}
                    >
                      ${icon("copy")}
                    </button>
                  </div>`
            }
          </details>`,
      )}
      ${unread.map((sentence) => html`<p class="unread">${icon("eyeClosed")} ${sentence}</p>`)}
    </section>`;
  }

  #copy(what: "error" | "traceback" | "remedy", index: number): void {
    emit(this, "copy-part", { what, index });
  }
}
