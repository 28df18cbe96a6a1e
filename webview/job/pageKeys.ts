import { FrameItem } from "./frameItem";

/** Letters belong to whatever takes text. */
export function isTyping(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some((target) => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement);
}

/**
 * Moves the focus to the next (1) or previous (-1) frame of the tracebacks below `root`, whatever elements they are in. From anywhere else it goes to the
 * frame where one's own code failed: the last that is marked, else the last of all.
 */
export function moveFrame(root: ParentNode, by: 1 | -1): void {
  const frames = [...framesBelow(root)];
  const at = frames.findIndex((frame) => frame.shadowRoot?.activeElement !== null);
  const next = at < 0 ? (frames.findLast((frame) => frame.expanded) ?? frames.at(-1)) : frames[at + by];
  next?.focus();
}

function* framesBelow(root: ParentNode): Generator<FrameItem> {
  for (const element of root.querySelectorAll("*")) {
    if (element instanceof FrameItem) {
      // What is folded away has no place to go to.
      if (element.checkVisibility()) yield element;
    } else if (element.shadowRoot !== null) yield* framesBelow(element.shadowRoot);
  }
}
