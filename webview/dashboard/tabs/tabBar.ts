import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property } from "lit/decorators.js";
import { tabNames, type TabName } from "../../../src/protocol/tabs";
import { emit } from "../../shared/emit";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";

/** The tabs' names, in the language of VS Code. */
export const tabTitles: Readonly<Record<TabName, string>> = {
  overview: t("Overview"),
  jobs: t("Jobs"),
  failed: t("Failed"),
  activity: t("Activity"),
  queues: t("Queues"),
  workers: t("Workers"),
  scheduled: t("Scheduled"),
  functions: t("Functions"),
};

/** The tabs. Arrow keys, Home and End choose one at once; the digits do from anywhere. Scrolls sideways where there is no room. Fires `pick-tab` (its name). */
@customElement("arq-tab-bar")
export class TabBar extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        margin-bottom: 14px;
        border-bottom: 1px solid var(--hairline);
      }
      [role="tablist"] {
        display: flex;
        gap: 2px;
        overflow-x: auto;
        scrollbar-width: none;
      }
      button {
        appearance: none;
        flex: none;
        padding: 6px 10px 7px;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--mute);
        font: inherit;
        cursor: pointer;
      }
      button:hover {
        color: var(--vscode-foreground);
      }
      button[aria-selected="true"] {
        color: var(--vscode-foreground);
        border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
      }
      button:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: -2px;
      }
      .n {
        margin-inline-start: 5px;
        padding: 0 5px;
        border-radius: 8px;
        background: var(--vscode-badge-background);
        color: var(--vscode-badge-foreground);
        font-size: 11px;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property() picked: TabName = "overview";
  /** Beside the name of a tab; of tabs without one nothing is shown. */
  @property({ attribute: false }) counts: Partial<Record<TabName, string>> = {};

  override render() {
    return html`<div role="tablist" aria-label=${t("Views")} @keydown=${this.#onKey}>
      ${tabNames.map((name, index) => this.#tab(name, index))}
    </div>`;
  }

  #tab(name: TabName, index: number) {
    const picked = name === this.picked;
    const count = this.counts[name] ?? "";
    return html`<button
      role="tab"
      id="tab-${name}"
      data-tab=${name}
      aria-selected=${picked}
      tabindex=${picked ? 0 : -1}
      title=${t("{0} (key {1})", tabTitles[name], index + 1)}
      @click=${() => emit(this, "pick-tab", name)}
    >
      ${tabTitles[name]} ${count === "" ? "" : html`<span class="n">${count}</span>`}
    </button>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("picked")) return;
    // Before the next frame is drawn, when the tab stands: to scroll now would lay it out half made.
    requestAnimationFrame(() => this.#button(this.picked)?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  }

  #button(name: TabName): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`#tab-${name}`);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const last = tabNames.length - 1;
    const at = tabNames.indexOf(this.picked);
    const step = steps[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? last : step === undefined ? null : at + step;
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const name = tabNames[(next + tabNames.length) % tabNames.length]!;
    emit(this, "pick-tab", name);
    this.#button(name)?.focus();
  };
}
