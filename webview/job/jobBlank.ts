import { html, type TemplateResult } from "lit";
import type { PageCommand } from "../../src/protocol/messages";
import type { JobView } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { icon, type IconName } from "../shared/icons";
import { t } from "../shared/l10n";

/** The page without a job to show: why there is none, and what can be done. `view` is null until the first answer. */
export function jobBlank(
  view: Exclude<JobView, { kind: "job" }> | null,
  failure: string | null,
  run: (command: PageCommand) => void,
  again: () => void,
): TemplateResult {
  if (view === null) {
    return failure === null
      ? html`<h1 class="hush">${t("ARQ job")}</h1>
          <div class="blank" aria-busy="true">
            <vscode-progress-ring aria-label=${t("Loading")}></vscode-progress-ring>
            <p class="mute">${t("Reading the job…")}</p>
          </div>`
      : blank(
          "error",
          t("This job could not be shown"),
          html`<p>${t("The way to the extension failed. Try again; if it stays, the log says more.")}</p>`,
          html`<vscode-button @click=${again}>${t("Try Again")}</vscode-button>
            <vscode-button appearance="secondary" @click=${() => run("showLog")}>${t("Show Log")}</vscode-button>`,
        );
  }
  switch (view.kind) {
    case "gone":
      return blank(
        "inbox",
        t("This job is gone"),
        html`<p>${view.message}</p>
          <p class="mute">${t("Results are kept for an hour unless keep_result of the worker says otherwise.")}</p>
          <p class="mono foreign">${view.id}</p>`,
        html`<vscode-button @click=${() => run("showDashboard")}>${t("Show Dashboard")}</vscode-button>
          <vscode-button appearance="secondary" @click=${() => run("refresh")}>${t("Look Again")}</vscode-button>`,
      );
    case "unreachable":
      return blank(
        "plug",
        t("This job cannot be read now"),
        html`<p>${view.message}</p>
          <p class="mute">${view.advice}</p>
          <p class="mono foreign">${view.id}</p>`,
        html`<vscode-button @click=${() => run("refresh")}>${t("Try Now")}</vscode-button>
          <vscode-button appearance="secondary" @click=${() => run("showLog")}>${t("Show Log")}</vscode-button>`,
      );
    default:
      return assertNever(view);
  }
}

function blank(picture: IconName, title: string, text: TemplateResult, actions: TemplateResult): TemplateResult {
  return html`<h1 class="hush">${t("ARQ job")}</h1>
    <div class="blank">
      <div class="picture">${icon(picture)}</div>
      <h2>${title}</h2>
      ${text}
      <div class="actions">${actions}</div>
    </div>`;
}
