import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FrameView, TracebackView } from "../../src/protocol/viewModels";
import { icon } from "../shared/icons";
import { t } from "../shared/l10n";
import { baseStyles } from "../shared/styles";
import { foldFrames, type FrameGroup } from "./frameFolds";
import "./frameItem";
import type { SourceReader } from "./frameItem";

/** A recursion that went too deep has a thousand frames; the lines around the last of them are looked for. */
const framesRead = 40;

/** A chain of tracebacks as Python prints them, own frames prominent, the others folded. Fires `open-frame` and `frame-action`. */
@customElement("arq-traceback-list")
export class TracebackList extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .heading {
        margin: 12px 0 8px;
        padding-inline-start: 8px;
        color: var(--mute);
        font-style: italic;
      }
      ol {
        list-style: none;
      }
      button.fold {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        padding: 3px 8px 3px 6px;
        color: var(--mute);
      }
      button.fold:hover {
        color: var(--vscode-foreground);
      }
      .fold .icon {
        width: 12px;
        height: 12px;
      }
      .inside {
        margin-inline-start: 11px;
        border-inline-start: 1px solid var(--vscode-tree-indentGuidesStroke, transparent);
      }
      .raised {
        padding: 4px 8px 0 10px;
      }
      .raised span {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .raised b {
        color: var(--bad-text);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) tracebacks: readonly TracebackView[] = [];
  /** Index of the try that it belongs to; null for the job's own traceback. */
  @property({ attribute: false }) attempt: number | null = null;
  @property({ attribute: false }) reader: SourceReader | null = null;
  /** As of what the frames' files can be opened; null where that is not known. */
  @property({ attribute: false }) deployedAs: string | null = null;
  /** Folds that were opened: index of the traceback and of the fold's first frame. */
  @state() private opened: ReadonlySet<string> = new Set();

  override render() {
    const last = this.tracebacks.length - 1;
    return this.tracebacks.map(
      (traceback, index) => html`
        ${traceback.heading === null ? nothing : html`<p class="heading">${traceback.heading}</p>`}
        <ol>
          ${foldFrames(traceback.frames).map((group) => html`<li>${this.#group(index, group, traceback)}</li>`)}
        </ol>
        <p class="raised mono">${raised(traceback)}</p>
        ${index === last ? nothing : traceback.notes.map((note) => html`<p class="raised mono"><span class="foreign">${note}</span></p>`)}
      `,
    );
  }

  #group(traceback: number, group: FrameGroup, { frames }: TracebackView): TemplateResult {
    const read = frames.length - framesRead;
    const newestOwn = frames.findLast((frame) => frame.own) ?? frames.at(-1);
    if (group.kind === "frame")
      return this.#frame(traceback, group.frame, read, group.frame === frames.at(-1), group.frame === newestOwn);
    const key = `${traceback}:${group.frames[0]!.index}`;
    const open = this.opened.has(key);
    const { length } = group.frames;
    return html`<button class="plain fold" aria-expanded=${open ? "true" : "false"} @click=${() => this.#toggle(key)}>
        ${icon(open ? "chevronDown" : "chevronRight")}${length === 1 ? t("1 library frame") : t("{0} library frames", length)}
      </button>
      ${
        open
          ? html`<ol class="inside">
              ${group.frames.map((frame) => html`<li>${this.#frame(traceback, frame, read, false, false)}</li>`)}
            </ol>`
          : nothing
      }`;
  }

  /** `read`: index of the first frame around which lines are looked for. */
  #frame(traceback: number, frame: FrameView, read: number, last: boolean, expanded: boolean): TemplateResult {
    const place = { ...(this.attempt === null ? {} : { attempt: this.attempt }), traceback, frame: frame.index };
    return html`<arq-frame
      .frame=${frame}
      .place=${place}
      .reader=${frame.index < read ? null : this.reader}
      .deployedAs=${this.deployedAs}
      ?last=${last}
      ?failing=${expanded}
      ?expanded=${expanded}
    ></arq-frame>`;
  }

  #toggle(key: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(key)) opened.add(key);
    this.opened = opened;
  }
}

/** `type: message` without a blank of the template around it, because blanks in a message are kept. */
function raised({ type, message }: TracebackView): TemplateResult {
  return html`<b class="foreign">${type}</b><span class="foreign">${message === "" ? "" : `: ${message}`}</span>`;
}
