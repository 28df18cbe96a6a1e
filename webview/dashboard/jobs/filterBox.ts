import { html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Suggestion } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { filterBoxStyles } from "./filterBox.styles";
import { joinFilter, meansSomething, openFilter, splitFilter, tokenParts, type KnownNames } from "./filterTokens";

/**
 * Wait after the last key before suggestions are asked for, and before a filter counts that means nothing yet, ms. Everything else counts at once. With
 * 60 ms, suggestions came between a letter and its rows, or between the next letter and its rows (measured in VS Code, 100,000 jobs).
 */
const suggestPause = 150;
const filterPause = 400;

export type Suggest = (text: string, cursor: number) => Promise<readonly Suggestion[]>;

/** A filter that was set from elsewhere. */
export interface FilterPin {
  readonly name: string;
  readonly value: string;
  readonly remove: () => void;
}

/**
 * The box of the job filter: finished filters as tokens, and a combobox as ARIA describes it for what is being written. Arrow keys walk the suggestions,
 * Enter or Tab takes the one that is walked to, Escape closes the list and then empties the box; Enter without one searches at once. Backspace at the
 * beginning takes the last token back to be edited, and the left arrow walks into the tokens, where Delete removes one. Fires `filter` (the whole text),
 * `commit` on Enter, and `clear`.
 */
@customElement("arq-filter-box")
export class FilterBox extends LitElement {
  static override styles = [baseStyles, filterBoxStyles];

  /** What is searched for. What is being typed is newer than that. */
  @property() text = "";
  /** What `status:` and `queue:` can be. */
  @property({ attribute: false }) names: KnownNames = { states: [], queues: [] };
  @property({ attribute: false }) pins: readonly FilterPin[] = [];
  /** What may be written, while nothing is. */
  @property() placeholder = t("Filter: status:failed fn:send_*, or any words");
  @property({ attribute: false }) suggest: Suggest = () => Promise.resolve([]);
  /** Filters of the text that are finished. */
  @state() private tokens: readonly string[] = [];
  @state() private suggestions: readonly Suggestion[] = [];
  /** Of the suggestion that is walked to; -1: none. */
  @state() private active = -1;
  @query("input") private readonly input!: HTMLInputElement;
  #pause: ReturnType<typeof setTimeout> | null = null;
  #asking: ReturnType<typeof setTimeout> | null = null;
  #asked = 0;
  #sent = "";

  override focus(): void {
    this.input.focus();
    this.input.select();
  }

  get #open(): boolean {
    return this.suggestions.length > 0;
  }

  override render() {
    const { pins, tokens } = this;
    const some = pins.length > 0 || tokens.length > 0 || this.text !== "";
    return html`<div class="box" @pointerdown=${this.#intoBox}>
        ${icon("search")}
        <div class="parts" role="group" aria-label=${t("Active filters")} @keydown=${this.#onTokenKey}>
          ${pins.map((pin) => this.#token(pin.name, pin.value, pin.remove, null))}
          ${tokens.map((token) => {
            const { name, value, negated } = tokenParts(token);
            const edit = () => this.#edit(token);
            return this.#token(negated ? t("not {0}", name) : name, value, () => this.#drop(token), edit);
          })}
          <input
            type="text"
            role="combobox"
            aria-label=${t("Filter jobs")}
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-expanded=${this.#open ? "true" : "false"}
            aria-controls="suggestions"
            aria-activedescendant=${this.active >= 0 ? `s${this.active}` : nothing}
            placeholder=${some ? t("and …") : this.placeholder}
            title=${t("Words of id, function or error, and filters such as status:failed, since:1h or -queue:mail. Press / to come here.")}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            @input=${this.#typed}
            @keydown=${this.#onKey}
            @focus=${this.#askSoon}
            @click=${this.#askSoon}
            @blur=${this.#left}
          />
        </div>
        ${
          some
            ? html`<button
                class="tool clear"
                aria-label=${t("Clear filters")}
                title=${t("Clear filters")}
                @click=${this.#clear}
              >
                ${icon("close")}
              </button>`
            : nothing
        }
      </div>
      <ul
        id="suggestions"
        role="listbox"
        aria-label=${t("Suggestions")}
        ?hidden=${!this.#open}
        @pointerdown=${(event: Event) => event.preventDefault()}
      >
        ${this.suggestions.map((suggestion, index) => this.#suggestion(suggestion, index))}
      </ul>
      <span class="hush" role="status">${this.#open ? suggestionCount(this.suggestions.length) : ""}</span>`;
  }

  #token(name: string, value: string, remove: () => void, edit: (() => void) | null) {
    const text = `${name}: ${value}`;
    return html`<span class="token">
      <span class="cut" title=${text} @click=${edit ?? nothing}
        ><span class="name">${name}:</span> <bdi class="foreign">${value}</bdi></span
      >
      <button class="tool remove" aria-label=${t("Remove filter {0}", text)} @click=${remove}>${icon("close")}</button>
    </span>`;
  }

  #suggestion({ label, detail, count }: Suggestion, index: number) {
    return html`<li
      id="s${index}"
      role="option"
      aria-selected=${index === this.active ? "true" : "false"}
      @click=${() => this.#take(index)}
    >
      <span class="label foreign">${label}</span>
      <span class="detail">${detail}</span>
      ${count === null ? nothing : html`<span class="count">${formatCount(count)}</span>`}
    </li>`;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    if (!this.hasUpdated) return;
    this.#close();
    // Behind another tab: what was not searched for yet is not waiting when it comes back.
    const { tokens, words } = splitFilter(this.text);
    this.tokens = tokens;
    this.input.value = words;
    this.#sent = this.text;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    // Not what came from here and is being written on.
    if (!changed.has("text") || this.text === this.#sent) return;
    this.#sent = this.text;
    this.tokens = splitFilter(this.text).tokens;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("text") && this.#pause === null && this.#text() !== this.text) {
      this.input.value = splitFilter(this.text).words;
    }
    if (changed.has("active") && this.active >= 0)
      this.renderRoot.querySelector(`#s${this.active}`)?.scrollIntoView({ block: "nearest" });
  }

  #text(): string {
    return joinFilter(this.tokens, this.input.value);
  }

  readonly #typed = (): void => {
    this.#stop();
    const { value, selectionStart } = this.input;
    if (/\s$/.test(value) && selectionStart === value.length && !inQuotes(value)) this.#settle();
    const open = openFilter(this.input.value);
    if (open !== null && !meansSomething(open, this.names)) this.#pause = setTimeout(() => this.#search(), filterPause);
    else this.#search();
    this.#askSoon();
  };

  /** Filters that are written to their end become tokens; what is left are words. */
  #settle(): void {
    const { tokens, words } = splitFilter(this.input.value);
    if (tokens.length === 0) return;
    this.tokens = [...this.tokens, ...tokens];
    this.input.value = words === "" ? "" : `${words} `;
  }

  #search(): void {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
    const text = this.#text();
    if (text === this.#sent) return;
    this.#sent = text;
    emit(this, "filter", text);
  }

  #finish(): void {
    this.#settle();
    this.#search();
  }

  #drop(token: string): void {
    this.tokens = this.tokens.filter((each) => each !== token);
    this.#search();
    this.input.focus();
  }

  /** Back into the box, to be changed. */
  #edit(token: string): void {
    this.#settle();
    this.tokens = this.tokens.filter((each) => each !== token);
    this.input.value = `${this.input.value.trimStart()}${token}`;
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.#askSoon();
  }

  readonly #clear = (): void => {
    this.#stop();
    this.tokens = [];
    this.input.value = "";
    this.#sent = "";
    emit(this, "clear", null);
    this.input.focus();
  };

  readonly #askSoon = (): void => {
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), suggestPause);
  };

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    const { value, selectionStart } = this.input;
    // The tokens count for what is left of each suggestion.
    const before = this.tokens.length === 0 ? "" : `${this.tokens.join(" ")} `;
    const cursor = before.length + (selectionStart ?? value.length);
    const found = await this.suggest(before + value, cursor).catch(() => []);
    // Suggestions are a help: where they cannot be had, what is typed still counts.
    if (asked !== this.#asked || this.shadowRoot?.activeElement !== this.input) return;
    this.suggestions = found.map((each) => ({ ...each, from: each.from - before.length, to: each.to - before.length }));
    this.active = -1;
  }

  #take(index: number): void {
    const suggestion = this.suggestions[index];
    if (suggestion === undefined) return;
    const { value } = this.input;
    const { insert, from, to } = suggestion;
    this.input.value = value.slice(0, from) + insert + value.slice(to);
    const cursor = from + insert.length;
    this.input.setSelectionRange(cursor, cursor);
    this.#close();
    // The name of a filter waits for its value; a value is done.
    if (!insert.endsWith(":")) this.#finish();
    this.#askSoon();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { length } = this.suggestions;
    const { value, selectionStart, selectionEnd } = this.input;
    const atBegin = selectionStart === 0 && selectionEnd === 0;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (length === 0) this.#askSoon();
        // One place more than there are suggestions: the box itself, with none taken.
        else this.active = ((this.active + 1 + (event.key === "ArrowDown" ? 1 : length)) % (length + 1)) - 1;
        break;
      case "ArrowLeft":
      case "Backspace":
        if (!atBegin || this.pins.length + this.tokens.length === 0) return;
        this.#intoTokens(event.key === "Backspace");
        break;
      case "Enter":
        if (this.active >= 0) this.#take(this.active);
        else {
          this.#close();
          this.#finish();
          emit(this, "commit", this.text);
        }
        break;
      case "Tab":
        if (this.active < 0) return;
        this.#take(this.active);
        break;
      case "Escape":
        if (!this.#open) {
          if (value === "") return;
          this.input.value = "";
          this.#search();
        }
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** To the last token, or back to its text; one from elsewhere has none, and goes. */
  #intoTokens(back: boolean): void {
    const last = this.tokens.at(-1);
    if (!back) this.#removers().at(-1)?.focus();
    else if (last !== undefined) this.#edit(last);
    else this.pins.at(-1)?.remove();
  }

  #removers(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".remove")];
  }

  readonly #onTokenKey = (event: KeyboardEvent): void => {
    const all = this.#removers();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") all[Math.max(0, at - 1)]!.focus();
    else if (event.key === "ArrowRight") (all[at + 1] ?? this.input).focus();
    else if (event.key === "Delete" || event.key === "Backspace") {
      all[at]!.click();
      void this.updateComplete.then(() => (this.#removers()[Math.max(0, at - 1)] ?? this.input).focus());
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** A press beside the tokens is one for the box. */
  readonly #intoBox = (event: PointerEvent): void => {
    const target = event.target as HTMLElement;
    if (!target.matches(".box, .parts")) return;
    event.preventDefault();
    this.input.focus();
  };

  readonly #left = (): void => {
    this.#close();
    this.#finish();
  };

  #close(): void {
    this.#asked++;
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.suggestions = [];
    this.active = -1;
  }

  #stop(): void {
    for (const timer of [this.#pause, this.#asking]) if (timer !== null) clearTimeout(timer);
    this.#pause = null;
  }
}

function inQuotes(text: string): boolean {
  return (text.match(/"/g)?.length ?? 0) % 2 === 1;
}

function suggestionCount(n: number): string {
  return n === 1 ? t("1 suggestion") : t("{0} suggestions", formatCount(n));
}
