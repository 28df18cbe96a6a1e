/** The little of the DOM that `composedText` touches; the tests are type-checked without one. */
interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly data?: string;
  readonly childNodes: Iterable<DomNode>;
  readonly shadowRoot?: DomNode | null;
  assignedNodes?(): Iterable<DomNode>;
  checkVisibility?(options: object): boolean;
}

/**
 * The text of an element as people read it, through every shadow root below it; what is not shown is left out, blanks are single. Runs inside the
 * page, so it may use nothing from outside itself. (`innerText` stops at a shadow root.)
 */
export function composedText(start: unknown): string {
  const display = (node: unknown): string =>
    (globalThis as unknown as { getComputedStyle(node: unknown): { display: string } }).getComputedStyle(node).display;
  const walk = (node: DomNode): string => {
    if (node.nodeType === 3) return node.data ?? "";
    if (node.nodeName === "STYLE" || node.nodeName === "SCRIPT") return "";
    if (node.nodeType === 1 && node.nodeName !== "SLOT" && node.checkVisibility?.({}) === false) return "";
    const assigned = node.nodeName === "SLOT" ? [...(node.assignedNodes?.() ?? [])] : [];
    const children = assigned.length > 0 ? assigned : [...(node.shadowRoot ?? node).childNodes];
    const text = children.map(walk).join("");
    return node.nodeType === 1 && display(node) !== "inline" ? ` ${text} ` : text;
  };
  return walk(start as DomNode)
    .replace(/\s+/g, " ")
    .trim();
}
