import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { t } from "./l10n";
import { baseStyles } from "./styles";

/** Keys that do something, and what. */
export type PageKeys = readonly (readonly [keys: readonly string[], does: string])[];

/** The keys of a page, in a dialog that gives the focus back. */
@customElement("arq-keys-help")
export class KeysHelp extends LitElement {
  static override styles = [
    baseStyles,
    css`
      dialog {
        max-width: min(420px, calc(100vw - 32px));
        padding: 16px 20px;
        border: 1px solid var(--vscode-widget-border, var(--hairline));
        border-radius: 6px;
        background: var(--vscode-editorWidget-background, var(--surface));
        color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
      }
      dialog::backdrop {
        background: color-mix(in srgb, var(--vscode-editor-background) 60%, transparent);
      }
      h2 {
        margin: 0 0 10px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 14px;
        margin: 0 0 14px;
      }
      dt {
        white-space: nowrap;
      }
      dd {
        margin: 0;
      }
      kbd {
        padding: 1px 5px;
        border: 1px solid var(--vscode-keybindingLabel-border, var(--hairline));
        border-radius: 3px;
        background: var(--vscode-keybindingLabel-background, transparent);
        color: var(--vscode-keybindingLabel-foreground, inherit);
        font-family: inherit;
        font-size: 12px;
      }
    `,
  ];

  @property({ attribute: false }) keys: PageKeys = [];
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  get open(): boolean {
    return this.dialog.open;
  }

  show(): void {
    this.dialog.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${t("Keys")}</h2>
      <dl>
        ${this.keys.map(
          ([names, does]) =>
            html`<dt>${names.map((name) => html`<kbd>${name}</kbd> `)}</dt>
              <dd>${does}</dd>`,
        )}
      </dl>
      <form method="dialog"><vscode-button @click=${() => this.dialog.close()}>${t("Close")}</vscode-button></form>
    </dialog>`;
  }
}
