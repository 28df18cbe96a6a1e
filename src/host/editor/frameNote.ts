import { l10n } from "vscode";
import { assertNever } from "../../python/assertNever";
import type { LocatedFrame } from "../../python/locatedFrame";
import { oneLine } from "../views/texts";
import type { CurrentFrame } from "./currentTraceback";
import type { RaisedError } from "./frameStack";

/** Beside a line there is room for this much of an exception. Characters. */
const noteWidth = 120;
/** What a hover shows of the exception's own message. Characters. */
const hoverWidth = 2000;

/**
 * What stands beside the line of a frame: what was raised where it was, which frame it is, and whether the line is still the one that ran. With `isTold` another
 * note of the line says what was raised.
 */
export function frameNote(current: CurrentFrame, isTold = false): string {
  const { stack, index, located } = current;
  const parts: string[] = [];
  const failure = failureText(stack.raised);
  const last = stack.frames.length - 1;
  if (failure !== null && (index === last || index === stack.deepestOwn)) {
    const values = stack.raised?.values ?? [];
    const text = oneLine([failure, ...values].join(" · "), noteWidth);
    if (index !== last) {
      parts.push(l10n.t("{0} (raised further down, in {1})", text, placeOf(stack.frames[last]!.file)));
    } else parts.push(...(isTold ? values.map((value) => oneLine(value, noteWidth)) : [text]));
  }
  parts.push(positionText(current), ...stateText(located, stack.frames[index]!.line));
  return parts.join(" · ");
}

/** `frame 2 of 5`, counted as they are stepped through, the oldest first; of several exceptions also in which one. */
export function positionText({ stack, index }: Pick<CurrentFrame, "stack" | "index">): string {
  const steps = stack.steps(index);
  const at = stack.placeIn(steps, index) + 1;
  const { length } = steps;
  const type = stack.isChained ? oneLine(stack.raised?.type.split(".").at(-1) ?? "", 60) : "";
  if (stack.everyFrame.length === length)
    return type === "" ? l10n.t("frame {0} of {1}", at, length) : l10n.t("frame {0} of {1}, in {2}", at, length, type);
  return type === ""
    ? l10n.t("frame {0} of {1} in your code", at, length)
    : l10n.t("frame {0} of {1} in your code, in {2}", at, length, type);
}

/** `KeyError: 'sku'`; null where nothing is known of it. */
export function failureText(raised: RaisedError | null): string | null {
  if (raised === null || raised.type === "") return null;
  const text = raised.message === "" ? raised.type : `${raised.type}: ${raised.message}`;
  return text.length <= hoverWidth ? text : `${text.slice(0, hoverWidth)}…`;
}

/** Whether the line is still the one that ran, where that is worth saying. */
export function stateText({ text, line }: Pick<LocatedFrame, "text" | "line">, recorded: number): string[] {
  switch (text) {
    case "same":
    case "unknown":
      return [];
    case "moved":
      return [l10n.t("moved since: it was line {0}, now {1}", recorded, line)];
    case "edited":
      return [l10n.t("edited since: the line that ran is gone")];
    default:
      return assertNever(text);
  }
}

function placeOf(file: string): string {
  return oneLine(file.split(/[/\\]/).slice(-2).join("/"), 60);
}
