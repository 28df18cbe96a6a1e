import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ValueNode } from "../../src/protocol/viewModels";
import { emit } from "./emit";
import { formatCount } from "./format";
import { icon } from "./icons";
import { t } from "./l10n";
import { baseStyles } from "./styles";

type Branch = readonly ValueNode[] | "loading" | { readonly failure: string };

const keyOf = (node: ValueNode) => node.path.join(".");

/** What `copy-node` carries. */
export interface NodeToCopy {
  readonly path: readonly number[];
  readonly as: "python" | "json";
}

/**
 * A Python value as a tree, printed as Python prints it. Fires `copy-node` for any part of it: by buttons on its row, or by `c` and Shift+`C`. Children are asked for when a node is first opened and kept as long as the value's own text
 * stays the same, so an update closes nothing. Keys as in VS Code's trees: arrows, Home, End, Enter.
 */
@customElement("arq-value-tree")
export class ValueTree extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        overflow-x: auto;
      }
      ul {
        list-style: none;
      }
      ul ul {
        margin-inline-start: 7px;
        padding-inline-start: 10px;
        border-inline-start: 1px solid var(--vscode-tree-indentGuidesStroke, transparent);
      }
      li:focus {
        outline: none;
      }
      .line {
        display: flex;
        align-items: flex-start;
        gap: 2px;
        min-width: 14ch;
        padding: 1px 4px 1px 0;
        border-radius: 3px;
        line-height: 20px;
      }
      .opens > .line {
        cursor: pointer;
      }
      .opens > .line:hover {
        background: var(--hover);
      }
      li:focus-visible > .line {
        outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
        outline-offset: -1px;
      }
      .twist {
        flex: none;
        width: 16px;
        height: 20px;
        display: grid;
        place-items: center;
        color: var(--vscode-icon-foreground, var(--vscode-foreground));
      }
      .twist .icon {
        width: 12px;
        height: 12px;
      }
      .text {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .label {
        color: var(--vscode-debugTokenExpression-name, var(--vscode-foreground));
      }
      .none,
      .bool {
        color: var(--vscode-debugTokenExpression-boolean, inherit);
      }
      .number {
        color: var(--vscode-debugTokenExpression-number, inherit);
      }
      .string,
      .bytes {
        color: var(--vscode-debugTokenExpression-string, inherit);
      }
      .opaque {
        font-style: italic;
        color: var(--mute);
      }
      .line {
        position: relative;
      }
      .copies {
        position: absolute;
        inset-block-start: 0;
        inset-inline-end: 0;
        display: flex;
        border-radius: 3px;
        background: var(--surface);
        opacity: 0;
      }
      .line:hover > .copies,
      .line:focus-within > .copies,
      li:focus-visible > .line > .copies {
        opacity: 1;
      }
      .copies .tool {
        height: 20px;
        min-width: 20px;
        padding: 0 4px;
        font-size: 11px;
        font-family: var(--vscode-font-family, system-ui, sans-serif);
      }
      .copies .icon {
        width: 12px;
        height: 12px;
      }
      .rest {
        padding-inline-start: 18px;
        color: var(--mute);
      }
    `,
  ];

  @property() label = "";
  @property({ attribute: false }) root: ValueNode | null = null;
  /** Children of the root. */
  @property({ attribute: false }) top: readonly ValueNode[] = [];
  @property({ attribute: false }) load: (path: readonly number[]) => Promise<readonly ValueNode[]> = () =>
    Promise.resolve([]);
  @state() private opened: ReadonlySet<string> = new Set([""]);
  @state() private branches: ReadonlyMap<string, Branch> = new Map();
  @state() private active = "";

  override render() {
    if (this.root === null) return nothing;
    return html`<ul role="tree" class="mono" aria-label=${this.label} @keydown=${this.#onKey}>
      ${this.#node(this.root, 1, 1, 1)}
    </ul>`;
  }

  #node(node: ValueNode, level: number, position: number, size: number): TemplateResult {
    const key = keyOf(node);
    const opens = node.childCount > 0;
    const open = opens && this.opened.has(key);
    return html`<li
      role="treeitem"
      class=${opens ? "opens" : ""}
      data-key=${key}
      tabindex=${this.active === key ? 0 : -1}
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${size}
      aria-expanded=${opens ? (open ? "true" : "false") : nothing}
      @focus=${(event: Event) => this.#focused(event, key)}
    >
      <div class="line" @click=${() => this.#clicked(node)}>
        <span class="twist">${opens ? icon(open ? "chevronDown" : "chevronRight") : nothing}</span>
        <span class="text foreign"
          >${node.label === null ? nothing : html`<span class="label foreign">${node.label}</span>: `}<span
            class="foreign ${node.kind}"
            >${node.text}</span
          ></span
        >
        ${isPart(node) ? this.#copies(node) : nothing}
      </div>
      ${open ? this.#children(node, key, level) : nothing}
    </li>`;
  }

  /** Not in the order of the tab key: the tree is one stop in it, and has keys for them. */
  #copies(node: ValueNode): TemplateResult {
    const button = (as: NodeToCopy["as"], word: string, label: string) =>
      html`<button
        class="tool"
        tabindex="-1"
        aria-label=${label}
        title=${label}
        @click=${(event: Event) => this.#copy(event, node, as)}
      >
        ${icon("copy")}${word}
      </button>`;
    return html`<span class="copies"
      >${button("python", "Python", t("Copy this part as Python (c)"))}${button("json", "JSON", t("Copy this part as JSON (Shift+C)"))}</span
    >`;
  }

  #copy(event: Event, { path }: ValueNode, as: NodeToCopy["as"]): void {
    event.stopPropagation();
    emit(this, "copy-node", { path, as } satisfies NodeToCopy);
  }

  #children(node: ValueNode, key: string, level: number): TemplateResult {
    const branch = key === "" ? this.top : this.branches.get(key);
    if (branch === undefined || branch === "loading") return html`<div class="rest">…</div>`;
    if ("failure" in branch) return html`<div class="rest">${branch.failure}</div>`;
    const missing = node.childCount - branch.length;
    return html`<ul role="group">
        ${repeat(branch, keyOf, (child, index) => this.#node(child, level + 1, index + 1, node.childCount))}
      </ul>
      ${missing > 0 ? html`<div class="rest">${t("{0} more are not shown", formatCount(missing))}</div>` : nothing}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("root");
    if (!changed.has("root") || before === undefined || before === null) return;
    if (before.text === this.root?.text && before.childCount === this.root.childCount) return;
    // Another value: what was opened in the old one says nothing about it.
    this.opened = new Set([""]);
    this.branches = new Map();
    this.active = "";
  }

  #focused(event: Event, key: string): void {
    if (event.target === event.currentTarget) this.active = key;
  }

  #clicked(node: ValueNode): void {
    if (getSelection()?.type === "Range") return;
    this.active = keyOf(node);
    if (node.childCount > 0) this.#toggle(node, !this.opened.has(this.active));
  }

  #toggle(node: ValueNode, open: boolean): void {
    const key = keyOf(node);
    const opened = new Set(this.opened);
    if (open) opened.add(key);
    else opened.delete(key);
    this.opened = opened;
    const known = this.branches.get(key);
    if (open && key !== "" && (known === undefined || (known !== "loading" && "failure" in known)))
      void this.#fill(node, key);
  }

  async #fill(node: ValueNode, key: string): Promise<void> {
    const { root } = this;
    this.#setBranch(key, "loading");
    const branch: Branch = await this.load(node.path).catch((error: unknown) => ({
      failure: error instanceof Error ? error.message : String(error),
    }));
    // The answer belongs to the value it was asked of.
    if (this.root?.text === root?.text) this.#setBranch(key, branch);
  }

  #setBranch(key: string, branch: Branch): void {
    this.branches = new Map(this.branches).set(key, branch);
  }

  #find(key: string): ValueNode | null {
    if (key === "") return this.root;
    for (const branch of [this.top, ...this.branches.values()]) {
      if (branch === "loading" || "failure" in branch) continue;
      const node = branch.find((each) => keyOf(each) === key);
      if (node !== undefined) return node;
    }
    return null;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = this.#find(this.active);
    if (node === null) return;
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>("li")];
    const at = items.findIndex((item) => item.dataset["key"] === this.active);
    const open = node.childCount > 0 && this.opened.has(this.active);
    switch (event.key) {
      case "ArrowDown":
        items[at + 1]?.focus();
        break;
      case "ArrowUp":
        items[at - 1]?.focus();
        break;
      case "Home":
        items[0]?.focus();
        break;
      case "End":
        items.at(-1)?.focus();
        break;
      case "ArrowRight":
        if (open) items[at + 1]?.focus();
        else if (node.childCount > 0) this.#toggle(node, true);
        break;
      case "ArrowLeft":
        if (open) this.#toggle(node, false);
        else items[at]?.parentElement?.closest("li")?.focus();
        break;
      case "c":
      case "C":
        if (isPart(node)) this.#copy(event, node, event.key === "c" ? "python" : "json");
        break;
      case "Enter":
      case " ":
        if (node.childCount > 0) this.#toggle(node, !open);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
}

/** A row for more of them is none of them. */
function isPart({ path }: ValueNode): boolean {
  return (path.at(-1) ?? 0) >= 0;
}
