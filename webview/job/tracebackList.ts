import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { highlightPython } from "../../src/python/highlight";
import type { FrameView, TracebackView } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { plural } from "../shared/format";
import { icon } from "../shared/icons";
import { baseStyles } from "../shared/styles";
import { foldFrames, type FrameGroup } from "./frameFolds";

/** What `open-frame` carries; indexes as in `JobRequests.openFrame`. */
export interface FrameToOpen {
  readonly attempt?: number;
  readonly traceback: number;
  readonly frame: number;
  readonly toSide: boolean;
}

/** A chain of tracebacks as Python prints them, own frames prominent, the others folded. Fires `open-frame`. */
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
      button.frame {
        display: block;
        width: 100%;
        padding: 4px 8px;
        border-inline-start: 2px solid transparent;
        border-radius: 0 3px 3px 0;
      }
      button.frame:hover {
        background: var(--hover);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      button.frame:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
      }
      button.own {
        border-inline-start-color: var(--busy);
      }
      button.own:is(.last) {
        border-inline-start-color: var(--bad);
      }
      .where {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        align-items: baseline;
      }
      .path {
        display: inline-flex;
        min-width: 0;
        max-width: 100%;
      }
      .dir {
        color: var(--mute);
        flex: 0 1 auto;
      }
      .file {
        flex: 0 1 auto;
        overflow-wrap: anywhere;
      }
      button.frame:hover .file {
        text-decoration: underline;
      }
      .library .file {
        color: var(--mute);
      }
      .own .file {
        color: var(--vscode-textLink-foreground);
      }
      code {
        display: block;
        margin-top: 2px;
        padding-inline-start: 14px;
        font-family: var(--mono);
        font-size: var(--mono-size);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        color: var(--vscode-editor-foreground, var(--vscode-foreground));
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
      .keyword {
        color: var(--vscode-debugTokenExpression-name, inherit);
      }
      .string {
        color: var(--vscode-debugTokenExpression-string, inherit);
      }
      .number {
        color: var(--vscode-debugTokenExpression-number, inherit);
      }
      .builtin {
        color: var(--vscode-debugTokenExpression-boolean, inherit);
      }
      .comment {
        color: var(--mute);
        font-style: italic;
      }
      .call {
        color: var(--vscode-symbolIcon-functionForeground, inherit);
      }
    `,
  ];

  @property({ attribute: false }) tracebacks: readonly TracebackView[] = [];
  /** Index of the try that it belongs to; null for the job's own traceback. */
  @property({ attribute: false }) attempt: number | null = null;
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
    if (group.kind === "frame") return this.#frame(traceback, group.frame, group.frame === frames.at(-1));
    const key = `${traceback}:${group.frames[0]!.index}`;
    const open = this.opened.has(key);
    return html`<button class="plain fold" aria-expanded=${open ? "true" : "false"} @click=${() => this.#toggle(key)}>
        ${icon(open ? "chevronDown" : "chevronRight")}${plural(group.frames.length, "library frame")}
      </button>
      ${
        open
          ? html`<ol class="inside">
              ${group.frames.map((frame) => html`<li>${this.#frame(traceback, frame, false)}</li>`)}
            </ol>`
          : nothing
      }`;
  }

  #frame(traceback: number, frame: FrameView, last: boolean): TemplateResult {
    const cut = Math.max(frame.file.lastIndexOf("/"), frame.file.lastIndexOf("\\")) + 1;
    return html`<button
      class="plain frame ${frame.own ? "own" : "library"} ${last ? "last" : ""}"
      title="Open ${frame.file} at line ${frame.line} (Ctrl, Cmd or Alt and click: to the side)"
      @click=${(event: MouseEvent) =>
        emit(this, "open-frame", {
          ...(this.attempt === null ? {} : { attempt: this.attempt }),
          traceback,
          frame: frame.index,
          toSide: event.ctrlKey || event.metaKey || event.altKey,
        } satisfies FrameToOpen)}
    >
      <span class="where mono"
        ><span class="path"
          ><span class="dir cut foreign">${frame.file.slice(0, cut)}</span
          ><span class="file foreign">${frame.file.slice(cut)}:${frame.line}</span></span
        ><span class="mute foreign"
          >in ${frame.function}${frame.repeat > 0 ? `, and ${plural(frame.repeat, "more time")}` : ""}</span
        ></span
      >
      ${frame.source === null ? nothing : html`<code>${sourceLine(frame.source)}</code>`}
    </button>`;
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

function sourceLine(source: string): TemplateResult[] {
  return highlightPython(source.trim()).map((token) => html`<span class=${token.kind}>${token.text}</span>`);
}
