import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ConnectionView } from "../../src/protocol/viewModels";
import { baseStyles } from "./styles";

/**
 * Name, environment and address of a connection. Production is named in words and coloured, wherever a connection shows. With `facts`, the name opens
 * a tooltip with what there is to tell of the connection; they are asked for when it opens, because what they cost to tell is paid only then.
 */
@customElement("arq-connection-name")
export class ConnectionName extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 2px 8px;
        min-width: 0;
      }
      .name {
        font-size: 1.25em;
        font-weight: 600;
      }
      :host([compact]) .name {
        font-size: 1em;
      }
      :host {
        position: relative;
      }
      button.name {
        cursor: default;
      }
      #facts {
        position: absolute;
        z-index: 7;
        inset-block-start: calc(100% + 4px);
        inset-inline-start: 0;
        display: grid;
        gap: 4px;
        width: max-content;
        max-width: min(560px, 88vw);
        padding: 8px 10px;
        border: 1px solid var(--vscode-editorHoverWidget-border, var(--hairline));
        border-radius: 5px;
        background: var(--vscode-editorHoverWidget-background, var(--surface));
        color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .environment {
        padding: 0 7px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 9px;
        background: var(--vscode-badge-background);
        color: var(--vscode-badge-foreground);
        font-size: 11px;
        line-height: 18px;
      }
      .production {
        background: var(--vscode-statusBarItem-errorBackground, var(--vscode-badge-background));
        color: var(--vscode-statusBarItem-errorForeground, var(--vscode-badge-foreground));
        font-weight: 600;
        text-transform: uppercase;
        letter-spacing: 0.04em;
      }
    `,
  ];

  @property({ attribute: false }) connection: ConnectionView | null = null;
  @property({ type: Boolean, reflect: true }) compact = false;
  @property({ attribute: false }) facts: (() => Promise<readonly string[]>) | null = null;
  /** Null: closed. */
  @state() private lines: readonly string[] | null = null;
  #asked = 0;

  override render() {
    if (this.connection === null) return nothing;
    const { name, environment, production, address } = this.connection;
    const shown = environment ?? (production ? "production" : null);
    return html`${
        this.facts === null
          ? html`<span class="name foreign">${name}</span>`
          : html`<button
              class="plain name foreign"
              aria-describedby="facts"
              @pointerenter=${this.#open}
              @focus=${this.#open}
              @pointerleave=${this.#close}
              @blur=${this.#close}
              @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#close()}
            >
              ${name}
            </button>`
      }
      <div id="facts" role="tooltip" ?hidden=${this.lines === null}>
        ${this.lines?.map((line) => html`<p class="foreign">${line}</p>`)}
      </div>
      ${
        shown === null
          ? nothing
          : html`<span class="environment foreign ${production ? "production" : ""}">${shown}</span>`
      }
      <span class="mono mute foreign">${address}</span>`;
  }

  readonly #open = async (): Promise<void> => {
    const asked = ++this.#asked;
    const lines = (await this.facts?.().catch(() => [])) ?? [];
    if (asked === this.#asked && lines.length > 0) this.lines = lines;
  };

  readonly #close = (): void => {
    this.#asked++;
    this.lines = null;
  };
}
