import { html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Suggestion } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount, plural } from "../../shared/format";
import { icon } from "../../shared/icons";
import { baseStyles } from "../../shared/styles";
import { filterBoxStyles } from "./filterBox.styles";

/** Wait after the last key, ms: before the text is searched for, and before suggestions are asked for. */
const searchPause = 200;
const suggestPause = 60;

export type Suggest = (text: string, cursor: number) => Promise<readonly Suggestion[]>;

/**
 * The box of the job filter: a combobox as ARIA describes it. Arrow keys walk the suggestions, Enter or Tab takes the one that is walked to, Escape
 * closes the list and then empties the box; Enter without one searches at once. Fires `filter` with the text after a pause, and `commit` on Enter.
 */
@customElement("arq-filter-box")
export class FilterBox extends LitElement {
  static override styles = [baseStyles, filterBoxStyles];

  /** What is searched for. What is being typed is newer than that. */
  @property() text = "";
  @property({ attribute: false }) suggest: Suggest = () => Promise.resolve([]);
  @state() private suggestions: readonly Suggestion[] = [];
  /** Of the suggestion that is walked to; -1: none. */
  @state() private active = -1;
  @query("input") private readonly input!: HTMLInputElement;
  #pause: ReturnType<typeof setTimeout> | null = null;
  #asking: ReturnType<typeof setTimeout> | null = null;
  #asked = 0;

  override focus(): void {
    this.input.focus();
    this.input.select();
  }

  get #open(): boolean {
    return this.suggestions.length > 0;
  }

  override render() {
    return html`<div class="box">
        ${icon("search")}
        <input
          type="text"
          role="combobox"
          aria-label="Filter jobs"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-expanded=${this.#open ? "true" : "false"}
          aria-controls="suggestions"
          aria-activedescendant=${this.active >= 0 ? `s${this.active}` : nothing}
          placeholder="Filter: status:failed fn:send_*, or any words"
          title="Words of id, function or error, and filters such as status:failed, since:1h or -queue:mail. Press / to come here."
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          @input=${this.#typed}
          @keydown=${this.#onKey}
          @focus=${this.#askSoon}
          @click=${this.#askSoon}
          @blur=${this.#close}
        />
      </div>
      <ul
        id="suggestions"
        role="listbox"
        aria-label="Suggestions"
        ?hidden=${!this.#open}
        @pointerdown=${(event: Event) => event.preventDefault()}
      >
        ${this.suggestions.map((suggestion, index) => this.#suggestion(suggestion, index))}
      </ul>
      <span class="hush" role="status">${this.#open ? plural(this.suggestions.length, "suggestion") : ""}</span>`;
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
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("text") && this.#pause === null && this.input.value !== this.text) this.input.value = this.text;
    if (changed.has("active") && this.active >= 0)
      this.renderRoot.querySelector(`#s${this.active}`)?.scrollIntoView({ block: "nearest" });
  }

  readonly #typed = (): void => {
    this.#stop();
    this.#pause = setTimeout(() => this.#searchNow(), searchPause);
    this.#askSoon();
  };

  readonly #searchNow = (): void => {
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = null;
    if (this.input.value !== this.text) emit(this, "filter", this.input.value);
  };

  readonly #askSoon = (): void => {
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), suggestPause);
  };

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    const { value, selectionStart } = this.input;
    const found = await this.suggest(value, selectionStart ?? value.length).catch(() => []);
    // Suggestions are a help: where they cannot be had, what is typed still counts.
    if (asked !== this.#asked || this.shadowRoot?.activeElement !== this.input) return;
    this.suggestions = found;
    this.active = -1;
  }

  #take(index: number): void {
    const suggestion = this.suggestions[index];
    if (suggestion === undefined) return;
    const { value } = this.input;
    const { insert, from, to } = suggestion;
    // The name of a filter waits for its value; a value is done, and what comes next stands apart.
    const apart = insert.endsWith(":") || value.charAt(to) === " " ? "" : " ";
    this.input.value = value.slice(0, from) + insert + apart + value.slice(to);
    const cursor = from + insert.length + (insert.endsWith(":") ? 0 : 1);
    this.input.setSelectionRange(cursor, cursor);
    this.#close();
    if (!insert.endsWith(":")) this.#searchNow();
    this.#askSoon();
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { length } = this.suggestions;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        if (length === 0) this.#askSoon();
        // One place more than there are suggestions: the box itself, with none taken.
        else this.active = ((this.active + 1 + (event.key === "ArrowDown" ? 1 : length)) % (length + 1)) - 1;
        break;
      case "Enter":
        if (this.active >= 0) this.#take(this.active);
        else {
          this.#close();
          this.#searchNow();
          emit(this, "commit", this.input.value);
        }
        break;
      case "Tab":
        if (this.active < 0) return;
        this.#take(this.active);
        break;
      case "Escape":
        if (!this.#open) {
          if (this.input.value === "") return;
          this.input.value = "";
          this.#searchNow();
        }
        this.#close();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  readonly #close = (): void => {
    this.#asked++;
    if (this.#asking !== null) clearTimeout(this.#asking);
    this.suggestions = [];
    this.active = -1;
  };

  #stop(): void {
    for (const timer of [this.#pause, this.#asking]) if (timer !== null) clearTimeout(timer);
    this.#pause = null;
  }
}
