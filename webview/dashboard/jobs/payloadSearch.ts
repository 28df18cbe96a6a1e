import { html, nothing, type TemplateResult } from "lit";
import type { PayloadMatches, PayloadProgress } from "../../../src/protocol/viewModels";
import { assertNever } from "../../shared/assertNever";
import { formatBytes, formatCount } from "../../shared/format";
import { t } from "../../shared/l10n";

/** Where the search for `arg:` and `result:` of the shown filter stands. */
export type SearchState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly progress: PayloadProgress | null }
  | { readonly kind: "done"; readonly matches: PayloadMatches };

/** What the search has come to, in a sentence or two. */
export function matchesText({ ended, looked, of, found, bytes, unreadable }: PayloadMatches): string {
  const sentence = endText(ended, looked, farText(looked, of, bytes), found);
  if (unreadable === 0) return sentence;
  const hidden =
    unreadable === 1
      ? t("1 payload could not be read, and may match all the same.")
      : t("{0} payloads could not be read, and may match all the same.", formatCount(unreadable));
  return `${sentence} ${hidden}`;
}

function endText(ended: PayloadMatches["ended"], looked: number, far: string, found: number): string {
  const left = found === 1 ? t("1 matches") : t("{0} match", formatCount(found));
  switch (ended) {
    case "all looked at":
      return looked === 1
        ? t("Looked at all 1 job: {0}.", left)
        : t("Looked at all {0} jobs: {1}.", formatCount(looked), left);
    case "enough":
      return t("The first {0} that match, found in {1}. There may be more.", formatCount(found), far);
    case "jobs":
    case "bytes":
    case "time":
      return t("Stopped after {0}, which is as far as one search goes: {1}. Narrow it with other filters.", far, left);
    case "cancelled":
      return t("Cancelled after {0}: {1}.", far, left);
    default:
      return assertNever(ended);
  }
}

function farText(looked: number, of: number, bytes: number): string {
  return of === 1
    ? t("{0} of 1 job ({1})", formatCount(looked), formatBytes(bytes))
    : t("{0} of {1} jobs ({2})", formatCount(looked), formatCount(of), formatBytes(bytes));
}

/** Above the rows of a filter that asks what payloads hold: they are not kept, so they are read from Redis when asked for. */
export function payloadSearchBar(
  state: SearchState,
  candidates: number,
  act: { readonly start: () => void; readonly cancel: () => void },
): TemplateResult {
  switch (state.kind) {
    case "idle":
      return html`<div class="search-bar" role="status">
        <span
          >${
            candidates === 1
              ? t(
                  "To find this, arguments and results of 1 job have to be read from Redis. Other filters make that fewer.",
                )
              : t(
                  "To find this, arguments and results of {0} jobs have to be read from Redis. Other filters make that fewer.",
                  formatCount(candidates),
                )
          }</span
        >
        <vscode-button @click=${act.start}>${t("Search Payloads")}</vscode-button>
      </div>`;
    case "running": {
      const { progress } = state;
      return html`<div class="search-bar">
        <vscode-progress-ring aria-label=${t("Searching")}></vscode-progress-ring>
        <span role="status"
          >${
            progress === null
              ? t("Searching…")
              : t(
                  "Looked at {0}: {1} found.",
                  farText(progress.looked, progress.of, progress.bytes),
                  formatCount(progress.found),
                )
          }</span
        >
        ${
          progress === null
            ? nothing
            : html`<progress
                max=${Math.max(1, progress.of)}
                value=${progress.looked}
                aria-label=${t("Jobs looked at")}
              ></progress>`
        }
        <vscode-button appearance="secondary" @click=${act.cancel}>${t("Cancel")}</vscode-button>
      </div>`;
    }
    case "done":
      return html`<div class="search-bar">
        <span role="status">${matchesText(state.matches)}</span>
        <vscode-button appearance="secondary" @click=${act.start}>${t("Search Again")}</vscode-button>
      </div>`;
    default:
      return assertNever(state);
  }
}
