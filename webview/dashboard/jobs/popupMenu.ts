import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { emit } from "../../shared/emit";
import { icon, type IconName } from "../../shared/icons";
import { baseStyles } from "../../shared/styles";

export type MenuItem =
  | {
      readonly kind: "command";
      readonly label: string;
      readonly detail?: string;
      /** The one of its group that holds now. */
      readonly picked?: boolean;
      readonly disabled?: boolean;
      readonly run: () => void;
    }
  /** Stays open: several may be ticked one after the other. */
  | {
      readonly kind: "check";
      readonly label: string;
      readonly checked: boolean;
      readonly disabled?: boolean;
      readonly run: () => void;
    }
  | { readonly kind: "heading"; readonly label: string }
  | { readonly kind: "line" };

/**
 * A menu, with the button that opens it where it has a picture or a text, and at any place by `openAt`. Arrow keys, Home and End walk, Enter and
 * Space choose, Escape and Tab close; the focus goes back to where it was. Fires `menu` (whether it is open).
 */
@customElement("arq-popup-menu")
export class PopupMenu extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
      }
      button.tool[aria-expanded="true"] {
        background: var(--vscode-toolbar-hoverBackground, transparent);
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        box-sizing: border-box;
        min-width: 160px;
        max-width: min(360px, calc(100vw - 16px));
        max-height: calc(100vh - 16px);
        overflow-y: auto;
        padding: 4px;
        border: 1px solid
          var(--vscode-menu-border, var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)));
        border-radius: 5px;
        background: var(--vscode-menu-background, var(--vscode-dropdown-background));
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .item {
        appearance: none;
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 24px;
        padding: 2px 10px 2px 6px;
        border: 0;
        border-radius: 3px;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      .item:disabled {
        opacity: 0.5;
        cursor: default;
      }
      .item:is(:hover:not(:disabled), :focus) {
        background: var(--vscode-menu-selectionBackground, var(--vscode-list-activeSelectionBackground));
        color: var(--vscode-menu-selectionForeground, var(--vscode-list-activeSelectionForeground));
        outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
        outline-offset: -1px;
      }
      .tick {
        flex: none;
        width: 16px;
        height: 16px;
      }
      .tick .icon {
        width: 14px;
        height: 14px;
        margin: 1px;
      }
      .label {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .detail {
        flex: none;
        color: var(--mute);
        font-size: 12px;
      }
      .item:is(:hover:not(:disabled), :focus) .detail {
        color: inherit;
      }
      .heading {
        padding: 4px 8px 2px;
        color: var(--mute);
        font-size: 11px;
      }
      hr {
        margin: 4px 0;
        border: 0;
        border-top: 1px solid var(--vscode-menu-separatorBackground, var(--hairline));
      }
    `,
  ];

  /** Name of the menu, and of its button. */
  @property() label = "";
  @property() picture: IconName | null = null;
  /** Beside the picture. */
  @property() text = "";
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  @state() private open = false;
  @query("[popover]") private readonly panel!: HTMLElement;
  @query(".menu-button") private readonly opener!: HTMLElement | null;
  #before: HTMLElement | null = null;
  #place: { x: number; y: number; end: number } | null = null;

  override render() {
    const { picture, text, open } = this;
    return html`${
        picture === null && text === ""
          ? nothing
          : html`<button
              class="tool menu-button"
              aria-label=${this.label}
              title=${this.label}
              aria-haspopup="menu"
              aria-expanded=${open ? "true" : "false"}
              @click=${() => this.#byButton()}
            >
              ${picture === null ? nothing : icon(picture)}${text === "" ? nothing : html`<span>${text}</span>`}
            </button>`
      }
      <div
        popover="auto"
        role="menu"
        aria-label=${this.label}
        @toggle=${this.#toggled}
        @keydown=${this.#onKey}
        @contextmenu=${(event: Event) => event.preventDefault()}
      >
        ${open ? this.items.map((item) => this.#item(item)) : nothing}
      </div>`;
  }

  #item(item: MenuItem) {
    if (item.kind === "line") return html`<hr role="separator" />`;
    if (item.kind === "heading") return html`<div class="heading" role="presentation">${item.label}</div>`;
    const checked = item.kind === "check" ? item.checked : item.picked;
    const role = item.kind === "check" ? "menuitemcheckbox" : checked === undefined ? "menuitem" : "menuitemradio";
    return html`<button
      class="item"
      role=${role}
      aria-checked=${checked === undefined ? nothing : String(checked)}
      tabindex="-1"
      ?disabled=${item.disabled === true}
      @click=${() => this.#choose(item)}
      @pointermove=${(event: Event) => (event.currentTarget as HTMLElement).focus({ preventScroll: true })}
    >
      ${checked === undefined ? nothing : html`<span class="tick">${checked ? icon("tick") : nothing}</span>`}
      <span class="label foreign">${item.label}</span>
      ${item.kind === "command" && item.detail !== undefined ? html`<span class="detail">${item.detail}</span>` : nothing}
    </button>`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What is not in the document shows no popover any more, and does not tell.
    this.open = false;
  }

  /** Opens it at a point of the window, px; the focus goes back to `from`. */
  openAt(x: number, y: number, from: HTMLElement): void {
    this.#show({ x, y, end: x }, from);
  }

  #byButton(): void {
    if (this.open) return this.panel.hidePopover();
    const { left, right, bottom } = this.opener!.getBoundingClientRect();
    this.#show({ x: left, y: bottom + 2, end: right }, this.opener!);
  }

  #show(place: { x: number; y: number; end: number }, from: HTMLElement): void {
    this.#before = from;
    this.#place = place;
    this.panel.showPopover();
    // Not by `toggle`, which comes some frames later: the next key is for the menu already.
    this.open = true;
    emit(this, "menu", true);
    void this.updateComplete.then(() => {
      this.#settle();
      this.#buttons()[0]?.focus();
    });
  }

  readonly #toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState === "open") return;
    this.open = false;
    emit(this, "menu", false);
    const { activeElement } = this.shadowRoot!;
    // Light dismissal by a click elsewhere leaves the focus where that click put it.
    if (activeElement === null || this.panel.contains(activeElement)) this.#before?.focus();
    this.#before = null;
  };

  /** At its place, as far as the window lets it. */
  #settle(): void {
    const { x, y, end } = this.#place!;
    const { width, height } = this.panel.getBoundingClientRect();
    const left = x + width > window.innerWidth - 8 ? end - width : x;
    this.panel.style.left = `${Math.max(8, Math.min(left, window.innerWidth - 8 - width))}px`;
    this.panel.style.top = `${Math.max(8, Math.min(y, window.innerHeight - 8 - height))}px`;
  }

  #choose(item: MenuItem & { readonly run: () => void }): void {
    if (item.kind === "command") this.panel.hidePopover();
    item.run();
  }

  #buttons(): HTMLElement[] {
    return [...this.panel.querySelectorAll<HTMLElement>(".item:not(:disabled)")];
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    // Keys of the page behind the menu are none while it is open.
    event.stopPropagation();
    const all = this.#buttons();
    const at = all.indexOf(this.shadowRoot!.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const next = steps[event.key];
    if (event.key === "Tab" || event.key === "Escape") this.panel.hidePopover();
    else if (next !== undefined) all[(next + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
  };
}
