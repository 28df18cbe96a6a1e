import { l10n } from "vscode";
import type { ErrorGroup } from "../../monitor/model";
import type { LineState } from "../../python/locatedFrame";
import type { Connection } from "../connectionList";
import type { FailingFrame } from "../groupFrames";
import { errorText } from "../views/jobNode";
import { coarseAge, count, oneLine, plural } from "../views/texts";

/** A live error group with the place where its jobs fail. */
export interface FailingGroup {
  readonly group: ErrorGroup;
  readonly frame: FailingFrame;
  readonly state: LineState;
}

/** A line of a file at which jobs fail. */
export interface FailingLine {
  /** Absolute, of this machine. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** `edited`: nobody has seen the line fail as it is now. `unknown`: no traceback printed it. */
  readonly state: LineState;
  /** The line as the traceback printed it, without indentation; null where it did not. */
  readonly printed: string | null;
  /** What the note tells of comes first. Never empty. */
  readonly groups: readonly [FailingGroup, ...FailingGroup[]];
}

/** As long as a note may be beside code that is read. Characters. */
const messageAtMost = 60;
const trust: Readonly<Record<LineState, number>> = { same: 0, moved: 0, unknown: 1, edited: 2 };

/** What stands at one line belongs to one note: what the line still says first, then the newest failure. Lines in the order of the file. */
export function byLine(path: string, placed: readonly (FailingGroup & { readonly line: number })[]): FailingLine[] {
  const lines = new Map<number, (FailingGroup & { readonly line: number })[]>();
  for (const each of placed) lines.set(each.line, [...(lines.get(each.line) ?? []), each]);
  return [...lines]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, groups]) => {
      const [first, ...others] = groups.toSorted(
        (a, b) => trust[a.state] - trust[b.state] || b.group.lastAt - a.group.lastAt,
      );
      if (first === undefined) return [];
      return [{ path, line, state: first.state, printed: printedLine(first.frame), groups: [first, ...others] }];
    });
}

/** Of a statement of several lines, the one that the frame's number names. */
function printedLine({ source }: FailingFrame): string | null {
  const line = source?.trim().split("\n", 1)[0]?.trim() ?? "";
  return line === "" ? null : line;
}

/** `KeyError 'sku' × 12, 3 min ago, staging`. `now`: Redis' clock, unix ms. */
export function noteText({ state, groups }: Pick<FailingLine, "state" | "groups">, now: number, where: string): string {
  const [{ group }, ...others] = groups;
  const times = Math.max(1, group.lastHour);
  const ago = l10n.t("{0} ago", coarseAge(now - group.lastAt));
  const name = shortName(group.type);
  const counted = (what: string): string => (times === 1 ? what : l10n.t("{0} × {1}", what, count(times)));
  const parts = [
    state === "edited"
      ? l10n.t("{0} · edited since", counted(name))
      : l10n.t("{0}, {1}, {2}", counted(shortError(group)), ago, where),
    ...(state === "unknown" ? [l10n.t("this line, if the file is as it was")] : []),
    ...(others.length === 0
      ? []
      : [plural(others.length, l10n.t("1 more error"), l10n.t("{0} more errors", count(others.length)))]),
  ];
  return parts.join(" · ");
}

/** `KeyError 'sku'`, `CardDeclined: insufficient funds`. */
export function shortError({ type, sample }: Pick<ErrorGroup, "type" | "sample">): string {
  const name = shortName(type);
  const message = oneLine(sample, messageAtMost);
  if (message === "") return name;
  return /^['"]/.test(message) ? `${name} ${message}` : `${name}: ${message}`;
}

/** `shop.errors.CardDeclined` → `CardDeclined`. */
export function shortName(type: string): string {
  return oneLine(type.slice(type.lastIndexOf(".") + 1) || type, messageAtMost);
}

/** `shop`, or `shop (staging)` where the environment says more than the name. */
export function connectionText({ name, environment }: Pick<Connection, "name" | "environment">): string {
  const short = oneLine(name, 40);
  if (environment === null || name.toLowerCase().includes(environment.toLowerCase())) return short;
  return l10n.t("{0} ({1})", short, oneLine(environment, 40));
}

/** `12 jobs in the last hour, 40 in 24 h, last 3 min ago`. */
export function countsText({ lastHour, lastDay, lastAt }: ErrorGroup, now: number): string {
  const ago = coarseAge(now - lastAt);
  return plural(
    lastHour,
    l10n.t("1 job in the last hour, {0} in 24 h, last {1} ago", count(lastDay), ago),
    l10n.t("{0} jobs in the last hour, {1} in 24 h, last {2} ago", count(lastHour), count(lastDay), ago),
  );
}

/** Type and message of its newest job, on one line. */
export function fullError({ type, sample }: Pick<ErrorGroup, "type" | "sample">): string {
  return oneLine(errorText({ type, message: sample }), 1000);
}
