import { html, nothing, type TemplateResult } from "lit";
import type { PageCommand } from "../../src/protocol/messages";
import type { ConnectionProblem, SourceStatus, SweepProgress } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { formatClock, formatCount, formatCountdown } from "../shared/format";
import { icon, type IconName } from "../shared/icons";
import { t } from "../shared/l10n";

export type Run = (command: PageCommand) => void;

/** A whole-page message: what is so, why, and what can be done about it. */
export function blank(picture: IconName, title: string, text: unknown, actions: unknown): TemplateResult {
  return html`<div class="blank">
    <div class="picture">${icon(picture)}</div>
    <h2>${title}</h2>
    ${text}
    <div class="actions">${actions}</div>
  </div>`;
}

/** Buttons that fit a connection problem; the first is the likeliest way out. */
export function problemActions(
  problem: ConnectionProblem,
  run: Run,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const password = problem.reason === "passwordNeeded" || problem.reason === "passwordWrong";
  return html`${
      password ? html`<vscode-button @click=${() => run("setPassword")}>${t("Set Password")}</vscode-button>` : nothing
    }
    <vscode-button appearance=${password ? "secondary" : "primary"} @click=${() => run("refresh")}
      >${t("Try Now")}</vscode-button
    >
    ${more}
    <vscode-button appearance="secondary" @click=${() => run("showLog")}>${t("Show Log")}</vscode-button>`;
}

export function retryText(retryAt: number | null): string {
  if (retryAt === null) return "";
  const left = retryAt - Date.now();
  return left <= 0 ? t("Trying again now.") : t("Trying again in {0}.", formatCountdown(left));
}

/** Why the numbers on the board are not current. */
export function notLiveNotice(status: SourceStatus, run: Run): TemplateResult | typeof nothing {
  switch (status.state) {
    case "live":
      return nothing;
    case "down":
      return html`<div class="notice bad" role="alert">
        ${icon("plug")}
        <div class="words">
          <b>${status.since === null ? t("Not live") : t("Not live since {0}", formatClock(status.since))}</b> —
          ${status.problem.message} ${status.problem.advice} <span class="mute">${retryText(status.retryAt)}</span>
        </div>
        <div class="actions">${problemActions(status.problem, run)}</div>
      </div>`;
    case "connecting":
      return html`<div class="notice warn" role="status">
        ${icon("plug")}
        <div class="words"><b>${t("Connecting…")}</b> ${t("What is shown is from before.")}</div>
      </div>`;
    case "closed":
      return html`<div class="notice warn" role="status">
        ${icon("plug")}
        <div class="words"><b>${t("Closed.")}</b> ${t("What is shown is from before.")}</div>
        <div class="actions">
          <vscode-button @click=${() => run("switchConnection")}>${t("Choose Connection")}</vscode-button>
        </div>
      </div>`;
    default:
      return assertNever(status);
  }
}

/** What bounds what is shown: a sample under load, and commands that the server refuses. Calm: nothing is wrong. */
export function boundsStrip(status: SourceStatus): TemplateResult | typeof nothing {
  if (status.state !== "live" || status.refused.length + status.limits.length === 0) return nothing;
  return html`<ul class="notice strip calm" aria-label=${t("What bounds what is shown")}>
    ${status.limits.map((text) => html`<li class="tone-mute">${icon("filter")}<span class="foreign">${text}</span></li>`)}
    ${status.refused.map(
      ({ command, consequence }) =>
        html`<li class="tone-mute">
          ${icon("lock")}<span><span class="mono">${command}</span> ${t("is refused: {0}", consequence)}</span>
        </li>`,
    )}
  </ul>`;
}

/** `indexing 34 %`: what stands beside counts that are not whole yet. Never 100 before the end, because keys may have come since. */
export function indexingShare(sweep: SweepProgress | null): string {
  if (sweep === null || sweep.keysTotal === null || sweep.keysTotal === 0) return t("indexing");
  const percent = Math.min(99, Math.floor((100 * sweep.keysScanned) / sweep.keysTotal));
  return sweep.paused ? t("indexed {0} %", percent) : t("indexing {0} %", percent);
}

/** How far the first look at the server has come. Until it ends, numbers only grow. */
export function sweepNotice(sweep: SweepProgress | null, live: boolean, run: Run): TemplateResult {
  const { keysScanned = 0, keysTotal = null, paused = false } = sweep ?? {};
  const far =
    keysScanned === 0
      ? t("nothing yet")
      : keysTotal === null
        ? t("{0} keys", formatCount(keysScanned))
        : t("{0} of about {1} keys", formatCount(keysScanned), formatCount(keysTotal));
  const text = !live
    ? t("Indexed {0} before the connection was lost. It begins again when it is back.", far)
    : paused
      ? t("Paused after {0}. Finished jobs beyond that are not counted; changes are still followed.", far)
      : keysScanned === 0
        ? t("Reading what is in Redis.")
        : t("Indexed {0}. Finished jobs are still being counted.", far);
  return html`<div class="sweep">
    ${live && !paused ? html`<vscode-progress-ring aria-label=${t("Indexing")}></vscode-progress-ring>` : nothing}
    <span role="status">${text}</span>
    ${
      keysTotal === null
        ? nothing
        : html`<progress
            max=${Math.max(1, keysTotal)}
            value=${Math.min(keysScanned, keysTotal)}
            aria-label=${t("Keys indexed")}
          ></progress>`
    }
    ${
      live && sweep !== null
        ? html`<button class="plain link" @click=${() => run(paused ? "resumeIndexing" : "pauseIndexing")}>
            ${paused ? t("Resume") : t("Pause")}
          </button>`
        : nothing
    }
  </div>`;
}
