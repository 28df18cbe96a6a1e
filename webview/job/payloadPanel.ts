import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { PayloadView, ValueNode, ValueRoot } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { emit } from "../shared/emit";
import { formatBytes } from "../shared/format";
import { icon } from "../shared/icons";
import { baseStyles, sectionStyles } from "../shared/styles";
import "../shared/valueTree";

/** What the panel asks of the host. */
export interface PayloadSource {
  load(root: ValueRoot): Promise<PayloadView>;
  expand(root: ValueRoot, path: readonly number[]): Promise<readonly ValueNode[]>;
}

/** Arguments, keyword arguments or result of a job. What is hidden or large stays behind one button that names its size. Fires `copy-value` with the root. */
@customElement("arq-payload")
export class PayloadPanel extends LitElement {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      .section-head {
        margin-bottom: 2px;
        align-items: center;
        min-height: 24px;
      }
      .section-head {
        flex-wrap: nowrap;
      }
      .section-head .mute {
        min-width: 0;
        font-size: 12px;
      }
      .closed {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        color: var(--mute);
      }
      p {
        color: var(--mute);
        overflow-wrap: anywhere;
      }
      .failure {
        color: var(--bad-text);
      }
    `,
  ];

  @property() label = "";
  @property() what: ValueRoot = "args";
  @property({ attribute: false }) payload: PayloadView | null = null;
  @property({ attribute: false }) source: PayloadSource | null = null;
  /** What a click brought; stays over updates that still call it hidden or large. */
  @state() private loaded: PayloadView | null = null;
  @state() private loading = false;
  @state() private failure: string | null = null;

  override render() {
    const payload = this.#shown();
    if (payload === null) return nothing;
    const shown = payload.state === "shown";
    return html`<div class="section-head">
        <h2>${this.label}</h2>
        ${
          shown
            ? html`<span class="mute"
                  >${formatBytes(payload.size)} · <span class="foreign">${payload.codec}</span></span
                >
                <button
                  class="tool end"
                  aria-label="Copy ${this.label.toLowerCase()} as Python"
                  title="Copy as Python"
                  @click=${() => emit(this, "copy-value", this.what)}
                >
                  ${icon("copy")}
                </button>`
            : nothing
        }
      </div>
      ${this.#content(payload)}
      ${this.failure === null ? nothing : html`<p class="failure" role="alert">${this.failure}</p>`}`;
  }

  #shown(): PayloadView | null {
    const { payload, loaded } = this;
    const closed = payload?.state === "hidden" || payload?.state === "large";
    return closed && loaded !== null ? loaded : payload;
  }

  #content(payload: PayloadView): TemplateResult {
    switch (payload.state) {
      case "absent":
        return html`<p>${payload.why}</p>`;
      case "undecodable":
        return html`<p class="foreign">Cannot be read: ${payload.message} (${formatBytes(payload.size)})</p>`;
      case "hidden":
        return this.#closed("Hidden by the privacy setting.", `Show ${formatBytes(payload.size)}`, "lock");
      case "large":
        return this.#closed("Large, so it is not loaded until you ask.", `Load ${formatBytes(payload.size)}`, null);
      case "shown":
        return html`<arq-value-tree
          label=${this.label}
          .root=${payload.root}
          .top=${payload.children}
          .load=${this.#expand}
        ></arq-value-tree>`;
      default:
        return assertNever(payload);
    }
  }

  #closed(why: string, action: string, picture: "lock" | null): TemplateResult {
    return html`<div class="closed">
      <vscode-button appearance="secondary" ?disabled=${this.loading} @click=${() => void this.#load()}
        >${this.loading ? "Loading…" : action}<span class="hush"> of ${this.label.toLowerCase()}</span></vscode-button
      >
      ${picture === null ? nothing : icon(picture)}<span>${why}</span>
    </div>`;
  }

  readonly #expand = (path: readonly number[]): Promise<readonly ValueNode[]> =>
    this.source?.expand(this.what, path) ?? Promise.resolve([]);

  async #load(): Promise<void> {
    if (this.source === null) return;
    this.loading = true;
    this.failure = null;
    try {
      this.loaded = await this.source.load(this.what);
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.loading = false;
  }
}
