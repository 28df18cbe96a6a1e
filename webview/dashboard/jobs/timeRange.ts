import { css, html, LitElement } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { emit } from "../../shared/emit";
import { icon } from "../../shared/icons";
import { zonedTime } from "../../shared/format";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import type { TimeRange } from "./filterTokens";

const presets: readonly (readonly [since: string, label: string])[] = [
  ["", t("Any time")],
  ["15m", t("Last 15 minutes")],
  ["1h", t("Last hour")],
  ["24h", t("Last 24 hours")],
  ["7d", t("Last 7 days")],
];

/** When something last happened to the jobs: a usual span, or from one moment to another. Fires `range` (TimeRange). */
@customElement("arq-time-range")
export class TimeRangeChoice extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
        min-width: 0;
      }
      button.time-button {
        height: 26px;
        padding: 0 7px;
        border: 1px solid var(--vscode-dropdown-border, var(--hairline));
        border-radius: 2px;
        background: var(--vscode-dropdown-background);
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        width: 232px;
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
      .preset {
        appearance: none;
        display: flex;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 24px;
        padding: 2px 6px;
        border: 0;
        border-radius: 3px;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      .preset:is(:hover, :focus-visible) {
        background: var(--vscode-menu-selectionBackground, var(--vscode-list-activeSelectionBackground));
        color: var(--vscode-menu-selectionForeground, var(--vscode-list-activeSelectionForeground));
        outline: 1px solid var(--vscode-menu-selectionBorder, transparent);
        outline-offset: -1px;
      }
      .tick {
        width: 16px;
        height: 16px;
      }
      form {
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: center;
        gap: 6px 8px;
        margin-top: 4px;
        padding: 8px 6px 6px;
        border-top: 1px solid var(--vscode-menu-separatorBackground, var(--hairline));
      }
      input {
        min-width: 0;
        height: 24px;
        padding: 0 4px;
        border: 1px solid var(--vscode-input-border, var(--hairline));
        border-radius: 2px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground, inherit);
        font: inherit;
        font-size: 12px;
      }
      :host-context(body.vscode-dark) input,
      :host-context(body.vscode-high-contrast:not(.vscode-high-contrast-light)) input {
        color-scheme: dark;
      }
      form button {
        grid-column: 1 / -1;
        height: 26px;
        border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent));
        border-radius: 2px;
        background: var(--vscode-button-background);
        color: var(--vscode-button-foreground);
        font: inherit;
        cursor: pointer;
      }
      form button:focus-visible {
        outline-offset: 2px;
      }
    `,
  ];

  @property({ attribute: false }) range: TimeRange = { since: "", until: "" };
  @state() private open = false;
  @query("[popover]") private readonly panel!: HTMLElement;
  @query(".time-button") private readonly opener!: HTMLElement;
  @query("input.from") private readonly from!: HTMLInputElement;
  @query("input.to") private readonly to!: HTMLInputElement;

  override render() {
    const { since, until } = this.range;
    const picked = until === "" ? presets.findIndex(([each]) => each === since) : -1;
    return html`<button
        class="tool time-button"
        aria-haspopup="dialog"
        aria-expanded=${this.open ? "true" : "false"}
        title=${t("When something last happened to the job")}
        @click=${this.#toggle}
      >
        ${icon("clock")}${presets[picked]?.[1] ?? t("Some time")}${icon("chevronDown")}
      </button>
      <div popover="auto" role="dialog" aria-label=${t("Time")} @toggle=${this.#toggled} @keydown=${this.#onKey}>
        ${presets.map(
          ([each, label], place) =>
            html`<button
              class="preset"
              aria-pressed=${place === picked ? "true" : "false"}
              @click=${() => this.#choose({ since: each, until: "" })}
            >
              <span class="tick">${place === picked ? icon("tick") : ""}</span>${label}
            </button>`,
        )}
        <form @submit=${this.#apply}>
          <label for="from">${t("From")}</label>
          <input id="from" class="from" type="datetime-local" step="1" .value=${moment(since)} />
          <label for="to">${t("To")}</label>
          <input id="to" class="to" type="datetime-local" step="1" .value=${moment(until)} />
          <button type="submit">${t("Apply")}</button>
        </form>
      </div>`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What is not in the document shows no popover any more, and does not tell.
    this.open = false;
  }

  #choose(range: TimeRange): void {
    this.panel.hidePopover();
    emit(this, "range", range);
  }

  readonly #apply = (event: Event): void => {
    event.preventDefault();
    this.#choose({ since: zoned(this.from.value), until: zoned(this.to.value) });
  };

  readonly #toggle = (): void => {
    if (this.open) return this.panel.hidePopover();
    const { left, bottom } = this.opener.getBoundingClientRect();
    this.panel.style.left = `${Math.max(8, Math.min(left, window.innerWidth - 240))}px`;
    this.panel.style.top = `${bottom + 2}px`;
    this.panel.showPopover();
  };

  readonly #toggled = (event: Event): void => {
    this.open = (event as ToggleEvent).newState === "open";
    const { activeElement } = this.shadowRoot!;
    if (this.open) this.renderRoot.querySelector<HTMLElement>('.preset[aria-pressed="true"], .preset')?.focus();
    else if (activeElement === null || this.panel.contains(activeElement)) this.opener.focus();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>(".preset")];
    const at = all.indexOf(event.target as HTMLElement);
    // The page's own keys are none while it is open.
    event.stopPropagation();
    if (event.key === "Escape") this.panel.hidePopover();
    else if (at >= 0 && event.key === "ArrowDown") all[Math.min(all.length - 1, at + 1)]!.focus();
    else if (at >= 0 && event.key === "ArrowUp") all[Math.max(0, at - 1)]!.focus();
    else return;
    event.preventDefault();
  };
}

/** What a field for a moment can show, on the clock here; a span such as `1h` is none. */
function moment(text: string): string {
  const found = /^"?(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?"?$/.exec(text);
  if (found === null) return "";
  const [, day, time = "00:00", zone] = found;
  if (zone === undefined) return `${day}T${time}`;
  const at = Date.parse(`${day}T${time}${zone}`);
  return Number.isNaN(at) ? "" : zonedTime(at).slice(0, `${day}T${time}`.length);
}

/** The same moment wherever it is read: the extension may run on another machine, in another zone. "" for none. */
function zoned(local: string): string {
  const at = Date.parse(local);
  if (Number.isNaN(at)) return "";
  const text = zonedTime(at);
  return text.slice(0, local.length) + text.slice(-"+01:00".length);
}
