import { html, nothing, type TemplateResult } from "lit";
import type { PayloadMatches, PayloadProgress } from "../../../src/protocol/viewModels";
import { assertNever } from "../../shared/assertNever";
import { formatBytes, formatCount, plural } from "../../shared/format";

/** Where the search for `arg:` and `result:` of the shown filter stands. */
export type SearchState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly progress: PayloadProgress | null }
  | { readonly kind: "done"; readonly matches: PayloadMatches };

/** What the search has come to, in a sentence or two. */
export function matchesText({ ended, looked, of, found, bytes, unreadable }: PayloadMatches): string {
  const far = `${formatCount(looked)} of ${plural(of, "job")} (${formatBytes(bytes)})`;
  const left = found === 1 ? "1 matches" : `${formatCount(found)} match`;
  const hidden =
    unreadable === 0 ? "" : ` ${plural(unreadable, "payload")} could not be read, and may match all the same.`;
  switch (ended) {
    case "all looked at":
      return `Looked at all ${plural(looked, "job")}: ${left}.${hidden}`;
    case "enough":
      return `The first ${formatCount(found)} that match, found in ${far}. There may be more.${hidden}`;
    case "jobs":
    case "bytes":
    case "time":
      return `Stopped after ${far}, which is as far as one search goes: ${left}. Narrow it with other filters.${hidden}`;
    case "cancelled":
      return `Cancelled after ${far}: ${left}.${hidden}`;
    default:
      return assertNever(ended);
  }
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
          >To find this, arguments and results of ${plural(candidates, "job")} have to be read from Redis. Other filters
          make that fewer.</span
        >
        <vscode-button @click=${act.start}>Search Payloads</vscode-button>
      </div>`;
    case "running": {
      const { progress } = state;
      return html`<div class="search-bar">
        <vscode-progress-ring aria-label="Searching"></vscode-progress-ring>
        <span role="status"
          >${
            progress === null
              ? "Searching…"
              : `Looked at ${formatCount(progress.looked)} of ${plural(progress.of, "job")} (${formatBytes(progress.bytes)}): ${formatCount(progress.found)} found.`
          }</span
        >
        ${
          progress === null
            ? nothing
            : html`<progress
                max=${Math.max(1, progress.of)}
                value=${progress.looked}
                aria-label="Jobs looked at"
              ></progress>`
        }
        <vscode-button appearance="secondary" @click=${act.cancel}>Cancel</vscode-button>
      </div>`;
    }
    case "done":
      return html`<div class="search-bar">
        <span role="status">${matchesText(state.matches)}</span>
        <vscode-button appearance="secondary" @click=${act.start}>Search Again</vscode-button>
      </div>`;
    default:
      return assertNever(state);
  }
}
