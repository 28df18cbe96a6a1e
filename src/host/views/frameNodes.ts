import { l10n } from "vscode";
import { isOwnFrame } from "../../python/frames";
import type { Frame } from "../../python/traceback";
import { itemContexts } from "../contributions/views";
import { type FailureFacts, failureStacks } from "../failureStack";
import type { FrameStack } from "../editor/frameStack";
import type { FoundTraceback } from "../tracebacks";
import { errorText } from "./jobNode";
import { count, oneLine } from "./texts";
import type { ViewNode } from "./viewNode";

/** The rows of one traceback: the first level, and what lies below each row that opens. */
export interface FrameNodes {
  readonly top: readonly ViewNode[];
  readonly below: ReadonlyMap<string, readonly ViewNode[]>;
}

/**
 * Own frames first, the line that failed at the top; library frames folded; the exceptions that led to this one below,
 * nearest first, folded unless only there own code is found.
 */
export function frameNodes(parent: string, found: FoundTraceback, facts: FailureFacts): FrameNodes {
  const below = new Map<string, readonly ViewNode[]>();
  const chain = found.chain.toReversed();
  const stacks = failureStacks(found, facts).toReversed();
  const top: ViewNode[] = [];
  let ownSeen = false;
  for (const [index, { traceback }] of chain.entries()) {
    const id = `${parent}/${index}`;
    const rows = tracebackRows(id, stacks[index]!, below);
    const own = rows.some(({ frame }) => frame !== undefined);
    if (index === 0) {
      top.push(...rows);
      ownSeen = own;
      continue;
    }
    below.set(id, rows);
    // A timeout is raised outside the job's code: the way to the line then leads through what it interrupted.
    const expandable = own && !ownSeen ? "expanded" : "collapsed";
    ownSeen ||= own;
    top.push({
      id,
      label: oneLine(errorText(traceback)),
      description: l10n.t("led to this"),
      tooltip: errorText(traceback).slice(0, 1000),
      icon: { id: "indent" },
      expandable,
    });
  }
  return { top, below };
}

function tracebackRows(id: string, stack: FrameStack, below: Map<string, readonly ViewNode[]>): ViewNode[] {
  const deepestFirst = stack.frames.map((frame, index) => ({ frame, step: { stack, index } })).toReversed();
  const own = deepestFirst.filter(({ frame }) => isOwnFrame(frame.file));
  const library = deepestFirst.filter(({ frame }) => !isOwnFrame(frame.file));
  const rows = own.map((each, index) => frameNode(`${id}/own/${index}`, each, "symbol-method"));
  if (library.length > 0) {
    const folded = `${id}/library`;
    below.set(
      folded,
      library.map((each, index) => frameNode(`${folded}/${index}`, each, "library")),
    );
    rows.push({
      id: folded,
      label: l10n.t("library frames ({0})", count(library.length)),
      icon: { id: "library" },
      expandable: "collapsed",
    });
  }
  return rows;
}

function frameNode(id: string, { frame, step }: FrameInStack, icon: string): ViewNode {
  const place = `${shortPath(frame.file)}:${frame.line}`;
  const name = oneLine(frame.function, 80);
  const source = frame.source === null ? "" : oneLine(frame.source.split("\n")[0] ?? "", 120);
  const { file, line } = frame;
  const target = { file, line, source: frame.source, function: frame.function, step };
  return {
    id,
    label: frame.repeat > 0 ? l10n.t("{0} ({1} times)", name, count(frame.repeat + 1)) : name,
    description: source === "" ? place : `${place} · ${source}`,
    tooltip: `${l10n.t("{0}, line {1}, in {2}", frame.file, frame.line, frame.function)}${frame.source === null ? "" : `\n\n${frame.source}`}`,
    icon: { id: icon },
    context: itemContexts.frame,
    command: { id: "arq.openFrame", title: l10n.t("Open Source"), arguments: [target] },
    spoken: `${name}, ${place}${source === "" ? "" : `, ${source}`}`,
    frame: target,
  };
}

interface FrameInStack {
  readonly frame: Frame;
  readonly step: { readonly stack: FrameStack; readonly index: number };
}

/** The end of a path, enough to recognise it; the whole is in the tooltip. */
function shortPath(file: string): string {
  return oneLine(file.split(/[/\\]/).slice(-2).join("/"), 80);
}
