import { EventEmitter, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, window } from "vscode";
import type { Disposable, Event, TreeDataProvider, TreeView } from "vscode";
import type { ViewId } from "../contributions/views";
import type { Session } from "../session";
import { Throttle } from "../throttle";
import type { Rows, TreeModel, ViewNode } from "./viewNode";

/**
 * Faster cannot be read; every drawing is a message to the window, for which VS Code flashes a progress line. Slower, and the row of a failure among
 * others takes nearly a second (measured: up to 0.88 s at 1000 ms), which is all the time there is to the line of code.
 */
const redrawMs = 500;
/** A job that is enqueued, starts and fails at once is three changes; its row is not to wait for the next turn. */
const redrawBurst = 3;
/** A redraw that VS Code has not taken up by then was for rows that are gone. */
const takenUpMs = 3000;
/** Ages move in steps of five seconds, without anything having happened in Redis. */
const ageMs = 5000;

/** What VS Code holds of a row, and what commands of the context menu are given. Lives as long as its row. */
export class TreeElement {
  /** Null until VS Code asked for them. */
  children: TreeElement[] | null = null;
  collapsed = false;

  constructor(
    public node: ViewNode,
    readonly parent: TreeElement | null,
  ) {}

  get jobId(): string | undefined {
    return this.node.jobId;
  }

  get frame() {
    return this.node.frame;
  }

  get errorText(): string | undefined {
    return this.node.errorText;
  }

  get name(): string | undefined {
    return this.node.name;
  }

  get groupKey(): string | undefined {
    return this.node.groupKey;
  }

  get dashboard() {
    return this.node.dashboard;
  }
}

/**
 * A tree that follows the session while it is visible. Every update compares the model with what is drawn and redraws
 * only the rows that differ; rows keep their identity by id, so selection and expansion survive.
 */
export class LiveTree implements TreeDataProvider<TreeElement>, Disposable {
  readonly view: TreeView<TreeElement>;
  readonly #redraw = new EventEmitter<TreeElement[] | undefined>();
  readonly #updated = new EventEmitter<void>();
  readonly #subscriptions: Disposable[];
  #roots: TreeElement[] | null = null;
  #watch: Disposable | null = null;
  #ages: NodeJS.Timeout | null = null;
  /** Rows that VS Code was told to draw again and has not asked for yet; null stands for the root. */
  readonly #told = new Set<TreeElement | null>();
  #toldAt = 0;
  #comparison = 0;
  readonly #updates = new Throttle(redrawMs, () => void this.#update(), redrawBurst);

  constructor(
    id: ViewId,
    private readonly model: TreeModel,
    private readonly session: Session,
  ) {
    this.view = window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => this.#follow(visible)),
      this.view.onDidCollapseElement(({ element }) => (element.collapsed = true)),
      this.view.onDidExpandElement(({ element }) => {
        element.collapsed = false;
        this.schedule();
      }),
      session.onDidChange(() => this.view.visible && this.schedule()),
    ];
    this.#follow(this.view.visible);
  }

  get onDidChangeTreeData(): Event<TreeElement[] | undefined> {
    return this.#redraw.event;
  }

  /** After every comparison with the model, drawn or not. */
  get onDidUpdate(): Event<void> {
    return this.#updated.event;
  }

  getTreeItem(element: TreeElement): TreeItem {
    const { node } = element;
    this.#told.delete(element);
    const item = new TreeItem(node.label, collapsibleState(node));
    item.id = node.id;
    item.description = node.description;
    item.tooltip = node.tooltip ?? node.label;
    if (node.icon) {
      item.iconPath = new ThemeIcon(
        node.icon.id,
        node.icon.color === undefined ? undefined : new ThemeColor(node.icon.color),
      );
    }
    item.contextValue = node.context;
    if (node.command) {
      item.command = { command: node.command.id, title: node.command.title, arguments: [...node.command.arguments] };
    }
    if (node.spoken !== undefined) item.accessibilityInformation = { label: node.spoken };
    return item;
  }

  async getChildren(element?: TreeElement): Promise<TreeElement[]> {
    this.#told.delete(element ?? null);
    const nodes =
      element === undefined
        ? await this.model.roots()
        : ((await this.model.known(element.node)) ?? (await this.model.ask?.(element.node)) ?? []);
    const children = adopt(nodes, element ?? null, element === undefined ? this.#roots : element.children);
    if (element === undefined) this.#roots = children;
    else element.children = children;
    return children;
  }

  getParent(element: TreeElement): TreeElement | null {
    return element.parent;
  }

  /** Compares soon with the model; many calls make one comparison. */
  schedule(): void {
    this.#updates.request();
  }

  /** The rows below this one are asked for again, also those that came late. */
  refreshBelow(accept: (node: ViewNode) => boolean): void {
    const stale = [...walk(this.#roots ?? [])].filter((element) => element.children !== null && accept(element.node));
    if (stale.length > 0) this.#tell(stale);
  }

  /** More rows below the row of this id; "" stands for the top. */
  showMore(parent: string): void {
    this.model.showMore?.(parent);
    if (parent === "") this.#tell(null);
    else this.refreshBelow(({ id }) => id === parent);
  }

  dispose(): void {
    this.#follow(false);
    this.#updates.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#redraw.dispose();
    this.#updated.dispose();
  }

  #follow(visible: boolean): void {
    this.#watch?.dispose();
    this.#watch = visible ? this.session.watch("view") : null;
    if (this.#ages !== null) clearInterval(this.#ages);
    this.#ages = visible ? setInterval(() => this.schedule(), ageMs) : null;
    if (visible) this.schedule();
  }

  /** Tells VS Code to draw these rows again, or all of them. */
  #tell(elements: TreeElement[] | null): void {
    for (const element of elements ?? [null]) this.#told.add(element);
    this.#toldAt = performance.now();
    this.#redraw.fire(elements ?? undefined);
  }

  async #update(): Promise<void> {
    // VS Code queues every redraw and works them off one by one, so telling it faster than it draws would leave the tree
    // ever further behind (seen on a busy machine: a minute late after a minute). So one at a time.
    if (this.#told.size > 0 && performance.now() - this.#toldAt < takenUpMs) {
      this.#updates.request();
      return;
    }
    const comparison = ++this.#comparison;
    const [roots, below] = await Promise.all([this.model.roots(), this.#below()]);
    // A newer comparison has been begun, with newer rows.
    if (comparison !== this.#comparison) return;
    this.#told.clear();
    const changed: TreeElement[] = [];
    // Null: VS Code has not asked yet, and will.
    if (this.#roots !== null) {
      if (this.#compare(roots, this.#roots, below, changed) === "other rows") this.#tell(null);
      else if (changed.length > 0) this.#tell(changed);
    }
    this.#updated.fire();
  }

  /** Rows as they are now under every row that is open, by its id. */
  async #below(): Promise<ReadonlyMap<string, Rows>> {
    const open = [...walk(this.#roots ?? [])].filter(({ children, collapsed }) => children !== null && !collapsed);
    const below = await Promise.all(open.map(async ({ node }) => this.model.known(node)));
    // Rows that were asked for do not change by themselves; `refreshBelow` names them when they do.
    return new Map(open.flatMap(({ node }, index) => (below[index] ? [[node.id, below[index]] as const] : [])));
  }

  /** Collects the rows to draw again. "other rows": they come, went or moved, so their parent must be asked for them. */
  #compare(
    nodes: readonly ViewNode[],
    drawn: readonly TreeElement[],
    allBelow: ReadonlyMap<string, Rows>,
    changed: TreeElement[],
  ): "same rows" | "other rows" {
    if (nodes.length !== drawn.length || nodes.some((node, index) => node.id !== drawn[index]?.node.id))
      return "other rows";
    for (const [index, node] of nodes.entries()) {
      const element = drawn[index]!;
      const differs = JSON.stringify(node) !== JSON.stringify(element.node);
      element.node = node;
      if (differs) changed.push(element);
      if (element.children === null || element.collapsed) continue;
      const below = allBelow.get(node.id);
      // Opened a moment ago: what was drawn then is as new.
      if (below === undefined) continue;
      if (this.#compare(below, element.children, allBelow, changed) === "other rows" && !differs) changed.push(element);
    }
    return "same rows";
  }
}

function collapsibleState(node: ViewNode): TreeItemCollapsibleState {
  if (node.expandable === undefined) return TreeItemCollapsibleState.None;
  return node.expandable === "expanded" ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed;
}

/** Rows with a known id keep their element. */
function adopt(
  nodes: readonly ViewNode[],
  parent: TreeElement | null,
  before: readonly TreeElement[] | null,
): TreeElement[] {
  const known = new Map(before?.map((element) => [element.node.id, element]));
  return nodes.map((node) => {
    const element = known.get(node.id) ?? new TreeElement(node, parent);
    element.node = node;
    return element;
  });
}

function* walk(elements: readonly TreeElement[]): Generator<TreeElement> {
  for (const element of elements) {
    yield element;
    if (element.children !== null) yield* walk(element.children);
  }
}
