import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobCopy } from "../../src/protocol/jobMessages";
import type { JobView } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { icon, type IconName } from "../shared/icons";
import { t } from "../shared/l10n";
import { baseStyles } from "../shared/styles";

/** What `act` carries. */
export type JobAction =
  | { readonly kind: "openFunction" }
  | { readonly kind: "debug"; readonly as: "script" | "pytest" }
  | { readonly kind: "copy"; readonly what: JobCopy }
  | { readonly kind: "watch"; readonly on: boolean }
  | { readonly kind: "openLink"; readonly index: number };

/** What can be done with a job, as buttons. Fires `act`. */
@customElement("arq-job-actions")
export class JobActions extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 10px;
      }
      button.tool {
        padding: 0 8px;
        border-color: var(--hairline);
      }
      button.on {
        background: var(--vscode-inputOption-activeBackground, transparent);
        border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
        color: var(--vscode-inputOption-activeForeground, inherit);
      }
      .cut {
        max-width: 200px;
      }
    `,
  ];

  @property({ attribute: false }) job: Extract<JobView, { kind: "job" }> | null = null;

  override render() {
    const { job } = this;
    if (job === null) return nothing;
    const { row, watched } = job;
    const isOver = row.finishedAt !== null || row.rememberedSince !== null;
    return html`${
      row.function === null
        ? nothing
        : this.#button("code", t("Open Function"), t("Open the definition of this function"), { kind: "openFunction" })
    }
    ${
      row.function === null
        ? nothing
        : html`${this.#button(
            "debug",
            t("Debug This Job"),
            t("Call the function with these arguments under the debugger; asks first"),
            { kind: "debug", as: "script" },
          )}${this.#button("copy", t("Copy as Pytest"), t("A test that calls the function with these arguments"), {
            kind: "debug",
            as: "pytest",
          })}`
    }
    ${this.#button(
      "copy",
      t("Copy as Python Call"),
      t("For a shell or a test: await the function with these arguments"),
      {
        kind: "copy",
        what: "call",
      },
    )}
    ${this.#button("copy", t("Copy Re-enqueue Snippet"), t("Python that enqueues this job again, under a new id"), {
      kind: "copy",
      what: "snippet",
    })}
    ${this.#button("copy", t("Copy Incident Summary"), t("Markdown for a ticket or a chat, without arguments"), {
      kind: "copy",
      what: "incident",
    })}
    ${
      isOver && !watched
        ? nothing
        : html`<button
            class="tool ${watched ? "on" : ""}"
            title=${t("Tells by a message when this job ends, also when this page is closed")}
            @click=${() => this.#act({ kind: "watch", on: !watched })}
          >
            ${icon(watched ? "tick" : "bell")}${watched ? t("Stop Watching") : t("Watch This Job")}
          </button>`
    }
    ${job.links.map(
      (label, index) =>
        html`<button
          class="tool"
          title=${t("Open {0} in the browser", label)}
          @click=${() => this.#act({ kind: "openLink", index })}
        >
          ${icon("external")}<span class="cut">${label}</span>
        </button>`,
    )}`;
  }

  #button(picture: IconName, label: string, title: string, action: JobAction): TemplateResult {
    return html`<button class="tool" title=${title} @click=${() => this.#act(action)}>
      ${icon(picture)}${label}
    </button>`;
  }

  #act(action: JobAction): void {
    emit(this, "act", action);
  }
}
