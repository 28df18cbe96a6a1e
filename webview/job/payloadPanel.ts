import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { JobRequests } from "../../src/protocol/jobMessages";
import type { PayloadView, ValueNode, ValueRoot } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { emit } from "../shared/emit";
import { formatBytes } from "../shared/format";
import { icon } from "../shared/icons";
import { t } from "../shared/l10n";
import { baseStyles, sectionStyles } from "../shared/styles";
import "../shared/valueTree";
import type { NodeToCopy } from "../shared/valueTree";

/** What the panel asks of the host. */
export interface PayloadSource {
  load(root: ValueRoot): Promise<PayloadView>;
  expand(root: ValueRoot, path: readonly number[]): Promise<readonly ValueNode[]>;
}

/** What `copy-value` carries. */
export type ValueToCopy = JobRequests["copyValue"]["params"];

/** Arguments, keyword arguments or result of a job. What is hidden or large stays behind one button that names its size. Fires `copy-value`. */
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
        gap: 0 8px;
      }
      h2,
      .section-head .tool {
        flex: none;
      }
      .section-head .mute {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: 12px;
      }
      .section-head .tool {
        font-size: 11px;
      }
      /* On one line also in the narrow column of a wide page; a narrow page breaks it. */
      @container (min-width: 380px) {
        .section-head {
          flex-wrap: nowrap;
        }
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
      p + p {
        margin-top: 4px;
      }
      .failure {
        color: var(--bad-text);
      }
    `,
  ];

  @property() what: ValueRoot = "args";
  @property({ attribute: false }) payload: PayloadView | null = null;
  @property({ attribute: false }) source: PayloadSource | null = null;
  /** What a click brought, until the host says itself what is shown. */
  @state() private loaded: PayloadView | null = null;
  @state() private loading = false;
  @state() private failure: string | null = null;

  override render() {
    const payload = this.loaded ?? this.payload;
    if (payload === null) return nothing;
    const label = labels[this.what];
    return html`<div class="section-head" @copy-node=${(event: CustomEvent<NodeToCopy>) => this.#copy(event.detail)}>
        <h2>${label}</h2>
        ${
          payload.state === "shown"
            ? html`<span class="mute"
                  >${formatBytes(payload.size)} · <span class="foreign">${payload.codec}</span></span
                >
                <span class="end"></span>${this.#copyButton("python", "Python")}${this.#copyButton("json", "JSON")}`
            : nothing
        }
      </div>
      <div @copy-node=${(event: CustomEvent<NodeToCopy>) => this.#copy(event.detail)}>${this.#content(payload)}</div>
      ${this.failure === null ? nothing : html`<p class="failure" role="alert">${this.failure}</p>`}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The host knows what was opened, and when everything is hidden again.
    if (changed.has("payload")) this.loaded = null;
  }

  #copyButton(as: NodeToCopy["as"], word: string): TemplateResult {
    const label = as === "python" ? copyLabels[this.what].python : copyLabels[this.what].json;
    return html`<button class="tool" aria-label=${label} title=${label} @click=${() => this.#copy({ path: [], as })}>
      ${icon("copy")}${word}
    </button>`;
  }

  #copy({ path, as }: NodeToCopy): void {
    emit(this, "copy-value", { root: this.what, path, as } satisfies ValueToCopy);
  }

  #content(payload: PayloadView): TemplateResult {
    switch (payload.state) {
      case "absent":
        return html`<p>${payload.why}</p>`;
      case "undecodable":
        return html`<p class="foreign">${t("Cannot be read ({0}): {1}", formatBytes(payload.size), payload.message)}</p>
          <p>${undecodableAdvice(payload.reason)}</p>`;
      case "hidden":
        return this.#closed(hiddenText(payload.by), t("Show {0}", formatBytes(payload.size)), "lock");
      case "large":
        return this.#closed(
          t("Large, so it is not loaded until you ask."),
          t("Load {0}", formatBytes(payload.size)),
          null,
        );
      case "shown":
        return html`<arq-value-tree
          label=${labels[this.what]}
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
        >${this.loading ? t("Loading…") : action}<span class="hush"> (${labels[this.what]})</span></vscode-button
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

const labels: Readonly<Record<ValueRoot, string>> = {
  args: t("Arguments"),
  kwargs: t("Keyword arguments"),
  result: t("Result"),
};

const copyLabels: Readonly<Record<ValueRoot, { readonly python: string; readonly json: string }>> = {
  args: { python: t("Copy arguments as Python"), json: t("Copy arguments as JSON") },
  kwargs: { python: t("Copy keyword arguments as Python"), json: t("Copy keyword arguments as JSON") },
  result: { python: t("Copy result as Python"), json: t("Copy result as JSON") },
};

function hiddenText(by: Extract<PayloadView, { state: "hidden" }>["by"]): string {
  switch (by) {
    case "production":
      return t("Hidden, because this is production.");
    case "setting":
      return t("Hidden by the setting arq.privacy.hideValues.");
    case "switch":
      return t("Hidden until you show values again.");
    default:
      return assertNever(by);
  }
}

function undecodableAdvice(reason: Extract<PayloadView, { state: "undecodable" }>["reason"]): string {
  switch (reason) {
    case "truncated":
      return t("It ends in the middle. Look whether something else writes this key, or has written over it.");
    case "malformed":
      return t(
        "It is damaged, or no serializer of ARQ wrote it. The worker's log says whether the worker can read it.",
      );
    case "limit":
      return t(
        "It is larger, or nested deeper, than is read here. Pass a reference, such as an id, instead of the data.",
      );
    case "unsupported":
      return t(
        "Its format is not known here: a job_serializer may have encrypted it. Pickle, JSON and MessagePack are read, also compressed.",
      );
    default:
      return assertNever(reason);
  }
}
