import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { highlightPython } from "../../src/python/highlight";
import type { FrameAction, FramePlace, SourceView } from "../../src/protocol/jobMessages";
import type { FrameView } from "../../src/protocol/viewModels";
import { emit } from "../shared/emit";
import { icon, type IconName } from "../shared/icons";
import { t } from "../shared/l10n";
import { baseStyles } from "../shared/styles";
import { sourceStyles } from "./sourceStyles";

/** What `open-frame` carries. */
export interface FrameToOpen extends FramePlace {
  readonly toSide: boolean;
}

/** Asks the host about the file of a frame. */
export interface SourceReader {
  /** The lines around it. */
  source(place: FramePlace): Promise<SourceView | null>;
  /** Who changed the line last, and since when the error is known, in words. */
  changed(place: FramePlace): Promise<string | null>;
}

/** What `frame-action` carries. */
export interface FrameToActOn extends FramePlace {
  readonly action: FrameAction;
}

/**
 * One frame: its place as a link, whether the line has moved or was edited since, and the lines around it where the file is found. Fires `open-frame` and
 * `frame-action`. Keys on the link: Enter opens the line, with Ctrl, Cmd or Alt to the side; the right arrow shows the lines around it, the left one hides
 * them; p peeks all frames, d opens the file as it was deployed.
 */
@customElement("arq-frame")
export class FrameItem extends LitElement {
  static override styles = [baseStyles, sourceStyles, frameStyles()];

  @property({ attribute: false }) frame: FrameView | null = null;
  @property({ attribute: false }) place: FramePlace | null = null;
  @property({ attribute: false }) reader: SourceReader | null = null;
  /** As of what its file can be opened; null where that is not known. */
  @property({ attribute: false }) deployedAs: string | null = null;
  /** Where the exception was raised. */
  @property({ type: Boolean }) last = false;
  /** The deepest own frame: where people look first, so it is told who changed it last. */
  @property({ type: Boolean }) failing = false;
  /** The lines around it are shown as soon as they are there. */
  @property({ type: Boolean }) expanded = false;
  /** Null: not asked yet, or not found. */
  @state() private source: SourceView | null = null;
  @state() private changed: string | null = null;
  @query(".go") private readonly link!: HTMLButtonElement;
  #asked = "";

  override focus(): void {
    this.link.focus();
    this.scrollIntoView({ block: "nearest" });
  }

  override render() {
    const { frame, source } = this;
    if (frame === null) return nothing;
    const cut = Math.max(frame.file.lastIndexOf("/"), frame.file.lastIndexOf("\\")) + 1;
    const open = this.expanded && source !== null;
    return html`<div class="frame ${frame.own ? "own" : "library"} ${this.last ? "last" : ""}">
      <div class="head">
        <button
          class="plain go"
          title=${t("Open {0} at line {1} (with Ctrl, Cmd or Alt: to the side)", frame.file, frame.line)}
          @click=${(event: MouseEvent) => this.#open(event.ctrlKey || event.metaKey || event.altKey)}
          @keydown=${this.#onKey}
        >
          <span class="where mono"
            ><span class="path"
              ><span class="dir cut foreign">${frame.file.slice(0, cut)}</span
              ><span class="file foreign">${frame.file.slice(cut)}:${frame.line}</span></span
            ><span class="mute foreign">${t("in {0}", frame.function)}${repeated(frame.repeat)}</span
            >${stateOf(source)}</span
          >
          ${frame.source === null || open ? nothing : html`<code>${coloured(frame.source.trim())}</code>`}
        </button>
        ${this.#actions()}${source === null ? nothing : this.#toggle(open)}
      </div>
      ${this.changed === null ? nothing : html`<p class="changed mute foreign">${this.changed}</p>`}
      ${open ? sourceBlock(frame, source) : nothing}
    </div>`;
  }

  #actions(): TemplateResult {
    const { deployedAs } = this;
    return html`<span class="actions"
      >${this.#action("peek", "peek", t("Peek all frames"))}${
        deployedAs === null ? nothing : this.#action("deployed", "commit", t("Open as deployed ({0})", deployedAs))
      }</span
    >`;
  }

  #action(action: FrameAction, picture: IconName, label: string): TemplateResult {
    return html`<button class="tool" aria-label=${label} title=${label} @click=${() => this.#act(action)}>
      ${icon(picture)}
    </button>`;
  }

  #toggle(open: boolean): TemplateResult {
    const label = open ? t("Hide the lines around it") : t("Show the lines around it");
    return html`<button
      class="tool twist"
      aria-expanded=${open ? "true" : "false"}
      aria-label=${label}
      title=${label}
      @click=${() => (this.expanded = !open)}
    >
      ${icon(open ? "chevronDown" : "chevronRight")}
    </button>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("place") && !changed.has("frame")) return;
    const { frame, place, reader } = this;
    if (frame === null || place === null || reader === null) return;
    const asked = JSON.stringify([place, frame.file, frame.line, frame.source]);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.source = null;
    this.changed = null;
    // The frame stands without them as well.
    const unknown = (): null => null;
    void reader.source(place).then((source) => asked === this.#asked && (this.source = source), unknown);
    if (!this.failing) return;
    void reader.changed(place).then((text) => asked === this.#asked && (this.changed = text), unknown);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Enter" && modified) this.#open(true);
    else if (event.key === "ArrowRight" && !modified && this.source !== null) this.expanded = true;
    else if (event.key === "ArrowLeft" && !modified) this.expanded = false;
    else if (event.key === "p" && !modified) this.#act("peek");
    else if (event.key === "d" && !modified && this.deployedAs !== null) this.#act("deployed");
    else return;
    event.preventDefault();
  };

  #act(action: FrameAction): void {
    if (this.place !== null) emit(this, "frame-action", { ...this.place, action } satisfies FrameToActOn);
  }

  #open(toSide: boolean): void {
    if (this.place !== null) emit(this, "open-frame", { ...this.place, toSide } satisfies FrameToOpen);
  }
}

function repeated(times: number): string {
  if (times === 0) return "";
  return times === 1 ? t(", and once more") : t(", and {0} more times", times);
}

/** In words, beside the place: whether the line is still the one that ran. */
function stateOf(source: SourceView | null): TemplateResult | typeof nothing {
  switch (source?.text) {
    case "moved":
      return html`<span class="state">${t("now line {0}", source.line)}</span>`;
    case "edited":
      return html`<span class="state">${t("edited since")}</span>`;
    default:
      return nothing;
  }
}

function sourceBlock(frame: FrameView, { place, first, lines, line: at, text }: SourceView): TemplateResult {
  return html`${
      text === "edited"
        ? html`<p class="edited">
            ${icon("warning")}<span
              >${t("Edited since: this is {0} as it is now. The traceback printed:", place)}
              <code class="foreign">${coloured((frame.source ?? "").trim())}</code></span
            >
          </p>`
        : nothing
    }
    <pre class="source" tabindex="0" role="group" aria-label=${t("Lines around line {0} of {1}", at, place)}>
${lines.map((line, index) => {
  const number = first + index;
  const here = number === at;
  return html`<span class="line ${here ? "here" : ""}"
    ><span class="number" aria-hidden="true"
      >${here ? "▸" : " "}${String(number).padStart(String(first + lines.length).length)}</span
    >${here ? html`<span class="hush">${t("Line {0}, the one that failed:", number)} </span>` : nothing}<span
      class="text foreign"
      >${coloured(line)}</span
    ></span
  >`;
})}</pre>`;
}

function coloured(line: string): TemplateResult[] {
  return highlightPython(line).map((token) => html`<span class=${token.kind}>${token.text}</span>`);
}

function frameStyles() {
  return css`
    :host {
      display: block;
    }
    .frame {
      border-inline-start: 2px solid transparent;
      border-radius: 0 3px 3px 0;
    }
    .own {
      border-inline-start-color: var(--busy);
    }
    .own.last {
      border-inline-start-color: var(--bad);
    }
    .head {
      position: relative;
      display: flex;
      align-items: flex-start;
    }
    button.go {
      flex: 1 1 auto;
      min-width: 0;
      padding: 4px 8px;
    }
    button.go:hover {
      background: var(--hover);
      outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
      outline-offset: -1px;
    }
    button.go:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
    }
    .changed {
      margin: 0;
      padding: 0 8px 2px;
    }
    .state {
      font-family: var(--vscode-font-family);
      font-size: 11px;
      padding: 0 5px;
      border: 1px solid var(--warn);
      border-radius: 3px;
      white-space: nowrap;
    }
    /* Over the end of the line while they are wanted: a narrow page has no room to keep for them. */
    .actions {
      position: absolute;
      inset-inline-end: 26px;
      display: flex;
      padding: 2px 2px 2px 6px;
      background: var(--vscode-editor-background);
      opacity: 0;
    }
    .frame:hover .actions,
    .frame:focus-within .actions {
      opacity: 1;
    }
    .actions .tool {
      color: var(--mute);
    }
    @media (hover: none), (forced-colors: active) {
      .actions {
        position: static;
        opacity: 1;
      }
    }
    .twist {
      margin: 2px 2px 0;
      color: var(--mute);
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
      flex: 0 1000 auto;
    }
    .file {
      flex: 0 1 auto;
      overflow-wrap: anywhere;
    }
    .go:hover .file {
      text-decoration: underline;
    }
    .library .file {
      color: var(--mute);
    }
    .own .file {
      color: var(--vscode-textLink-foreground);
    }
  `;
}
