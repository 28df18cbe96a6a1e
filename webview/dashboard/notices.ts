import { html, nothing, type TemplateResult } from "lit";
import type { PageCommand } from "../../src/protocol/messages";
import type { ConnectionProblem, SourceStatus, SweepProgress } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { formatClock, formatCount, formatCountdown } from "../shared/format";
import { icon, type IconName } from "../shared/icons";

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
      password ? html`<vscode-button @click=${() => run("setPassword")}>Set Password</vscode-button>` : nothing
    }
    <vscode-button appearance=${password ? "secondary" : "primary"} @click=${() => run("refresh")}
      >Try Now</vscode-button
    >
    ${more}
    <vscode-button appearance="secondary" @click=${() => run("showLog")}>Show Log</vscode-button>`;
}

export function retryText(retryAt: number | null): string {
  if (retryAt === null) return "";
  const left = retryAt - Date.now();
  return left <= 0 ? "Trying again now." : `Trying again in ${formatCountdown(left)}.`;
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
          <b>Not live${status.since === null ? "" : ` since ${formatClock(status.since)}`}</b> —
          ${status.problem.message} ${status.problem.advice} <span class="mute">${retryText(status.retryAt)}</span>
        </div>
        <div class="actions">${problemActions(status.problem, run)}</div>
      </div>`;
    case "connecting":
      return html`<div class="notice warn" role="status">
        ${icon("plug")}
        <div class="words"><b>Connecting…</b> What is shown is from before.</div>
      </div>`;
    case "closed":
      return html`<div class="notice warn" role="status">
        ${icon("plug")}
        <div class="words"><b>Closed.</b> What is shown is from before.</div>
        <div class="actions">
          <vscode-button @click=${() => run("switchConnection")}>Choose Connection</vscode-button>
        </div>
      </div>`;
    default:
      return assertNever(status);
  }
}

/** What bounds what is shown: a sample under load, and commands that the server refuses. Calm: nothing is wrong. */
export function boundsStrip(status: SourceStatus): TemplateResult | typeof nothing {
  if (status.state !== "live" || status.refused.length + status.limits.length === 0) return nothing;
  return html`<ul class="notice strip calm" aria-label="What bounds what is shown">
    ${status.limits.map((text) => html`<li class="tone-mute">${icon("filter")}<span class="foreign">${text}</span></li>`)}
    ${status.refused.map(
      ({ command, consequence }) =>
        html`<li class="tone-mute">
          ${icon("lock")}<span><span class="mono">${command}</span> is refused: ${consequence}</span>
        </li>`,
    )}
  </ul>`;
}

/** `indexing 34 %`: what stands beside counts that are not whole yet. Never 100 before the end, because keys may have come since. */
export function indexingShare(sweep: SweepProgress | null): string {
  const word = sweep?.paused === true ? "indexed" : "indexing";
  if (sweep === null || sweep.keysTotal === null || sweep.keysTotal === 0) return "indexing";
  return `${word} ${Math.min(99, Math.floor((100 * sweep.keysScanned) / sweep.keysTotal))} %`;
}

/** How far the first look at the server has come. Until it ends, numbers only grow. */
export function sweepNotice(sweep: SweepProgress | null, live: boolean, run: Run): TemplateResult {
  const { keysScanned = 0, keysTotal = null, paused = false } = sweep ?? {};
  const of = keysTotal === null ? "" : ` of about ${formatCount(keysTotal)}`;
  const far = keysScanned === 0 ? "nothing yet" : `${formatCount(keysScanned)}${of} keys`;
  const text = !live
    ? `Indexed ${far} before the connection was lost. It begins again when it is back.`
    : paused
      ? `Paused after ${far}. Finished jobs beyond that are not counted; changes are still followed.`
      : keysScanned === 0
        ? "Reading what is in Redis."
        : `Indexed ${far}. Finished jobs are still being counted.`;
  return html`<div class="sweep">
    ${live && !paused ? html`<vscode-progress-ring aria-label="Indexing"></vscode-progress-ring>` : nothing}
    <span role="status">${text}</span>
    ${
      keysTotal === null
        ? nothing
        : html`<progress
            max=${Math.max(1, keysTotal)}
            value=${Math.min(keysScanned, keysTotal)}
            aria-label="Keys indexed"
          ></progress>`
    }
    ${
      live && sweep !== null
        ? html`<button class="plain link" @click=${() => run(paused ? "resumeIndexing" : "pauseIndexing")}>
            ${paused ? "Resume" : "Pause"}
          </button>`
        : nothing
    }
  </div>`;
}
