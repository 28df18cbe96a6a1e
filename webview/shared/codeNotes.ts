import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { CodeNote } from "../../src/protocol/codeViews";
import { newestJobs } from "../../src/protocol/jobQuery";
import { emit } from "./emit";
import { formatCount } from "./format";
import { icon } from "./icons";
import { t } from "./l10n";
import { baseStyles } from "./styles";

/**
 * What the source in the open folders tells about what is shown: folded, and no more than a line until somebody wants to know. Differences come first. Fires
 * `open-code` (PlaceView) and `jobs` (JobQuery). Takes no room where there is nothing to tell.
 */
@customElement("arq-code-notes")
export class CodeNotes extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      details {
        margin-top: 12px;
        padding: 6px 10px;
        border: 1px solid var(--hairline);
        border-radius: 6px;
      }
      summary {
        width: fit-content;
        max-width: 100%;
        cursor: pointer;
        border-radius: 2px;
      }
      summary .icon {
        display: inline-block;
        margin-inline: 2px 6px;
        vertical-align: -3px;
      }
      ul {
        display: grid;
        gap: 8px;
        margin: 8px 0 4px;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 8px;
        overflow-wrap: anywhere;
      }
      li .icon {
        margin-top: 1px;
      }
      .text {
        color: var(--mute);
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
    `,
  ];

  @property({ attribute: false }) notes: readonly CodeNote[] = [];

  override render() {
    const { notes } = this;
    if (notes.length === 0) return nothing;
    return html`<details>
      <summary>${icon("code")}${headingOf(notes)}</summary>
      <ul>
        ${repeat(
          notes,
          ({ id }) => id,
          (note) => noteItem(this, note),
        )}
      </ul>
    </details>`;
  }
}

function noteItem(from: EventTarget, { kind, title, text, queue, place, jobs }: CodeNote) {
  return html`<li class=${kind === "drift" ? "tone-warn" : "tone-mute"}>
    ${icon(kind === "drift" ? "warning" : kind === "unseen" ? "circle" : "question")}
    <div>
      <span class="foreign">${title}</span>
      ${queue === null || kind === "advice" ? nothing : html`<span class="text foreign">${queue}</span>`}
      <div class="text foreign">${text}</div>
      <div class="ways">
        ${
          place === null
            ? nothing
            : html`<button
                class="plain link mono foreign"
                title=${t("Open {0} at line {1}", place.file, place.line)}
                @click=${() => emit(from, "open-code", place)}
              >
                ${place.text}
              </button>`
        }
        ${
          jobs === null
            ? nothing
            : html`<button class="plain link" @click=${() => emit(from, "jobs", { ...newestJobs, ...jobs })}>
                ${t("List the jobs")}
              </button>`
        }
      </div>
    </div>
  </li>`;
}

function headingOf(notes: readonly CodeNote[]): string {
  const advice = notes.filter(({ kind }) => kind === "advice").length;
  const drift = notes.length - advice;
  const parts = [
    ...(drift === 0
      ? []
      : [
          drift === 1
            ? t("1 difference from the code in this workspace")
            : t("{0} differences from the code in this workspace", formatCount(drift)),
        ]),
    ...(advice === 0
      ? []
      : [advice === 1 ? t("1 setting to look at") : t("{0} settings to look at", formatCount(advice))]),
  ];
  return parts.join(" · ");
}
