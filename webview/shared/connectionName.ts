import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ConnectionView } from "../../src/protocol/viewModels";
import { baseStyles } from "./styles";

/** Name, environment and address of a connection. Production is named in words and coloured, wherever a connection shows. */
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

  override render() {
    if (this.connection === null) return nothing;
    const { name, environment, production, address } = this.connection;
    const shown = environment ?? (production ? "production" : null);
    return html`<span class="name foreign">${name}</span>
      ${
        shown === null
          ? nothing
          : html`<span class="environment foreign ${production ? "production" : ""}">${shown}</span>`
      }
      <span class="mono mute foreign">${address}</span>`;
  }
}
