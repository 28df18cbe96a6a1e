import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { emit } from "./emit";
import { icon } from "./icons";
import { t } from "./l10n";
import { baseStyles } from "./styles";

/** Wait after the last key before what is typed is looked for, ms. */
const typingPause = 80;

/** A box that filters a list as one types. Escape empties it. Fires `search` with the text. */
@customElement("arq-search-field")
export class SearchField extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .box {
        display: flex;
        align-items: center;
        gap: 5px;
        height: 26px;
        padding: 0 3px 0 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-dropdown-border, var(--hairline)));
        border-radius: 2px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
      }
      .box:focus-within {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -1px;
      }
      input {
        flex: 1;
        min-width: 0;
        height: 22px;
        padding: 0;
        border: 0;
        outline: none;
        background: none;
        color: inherit;
        font: inherit;
      }
      input::placeholder {
        color: var(--vscode-input-placeholderForeground, var(--mute));
        opacity: 1;
      }
      button.tool {
        min-width: 20px;
        height: 20px;
        padding: 0 2px;
      }
      button .icon {
        width: 12px;
        height: 12px;
      }
    `,
  ];

  /** What is looked for. What is being typed is newer than that. */
  @property() text = "";
  /** Its name, and what it says while it is empty. */
  @property() label = "";
  @query("input") private readonly input!: HTMLInputElement;
  #pause: ReturnType<typeof setTimeout> | null = null;

  override focus(): void {
    this.input.focus();
    this.input.select();
  }

  override render() {
    return html`<div class="box">
      ${icon("search")}
      <input
        type="text"
        aria-label=${this.label}
        placeholder=${this.label}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        @input=${() => this.#typed()}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      />
      ${
        this.text === ""
          ? nothing
          : html`<button class="tool" aria-label=${t("Clear")} title=${t("Clear")} @click=${() => this.#clear()}>
              ${icon("close")}
            </button>`
      }
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("text") && this.#pause === null) this.input.value = this.text;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    // Behind another tab: what was not looked for yet is not waiting when it comes back.
    if (this.hasUpdated) this.input.value = this.text;
  }

  #typed(): void {
    this.#stop();
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#search(this.input.value);
    }, typingPause);
  }

  #clear(): void {
    this.#stop();
    this.input.value = "";
    this.input.focus();
    this.#search("");
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.input.value !== "") this.#clear();
    else if (event.key === "Enter") {
      this.#stop();
      this.#search(this.input.value);
    }
  }

  #search(text: string): void {
    if (text !== this.text) emit(this, "search", text);
  }

  #stop(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
  }
}
