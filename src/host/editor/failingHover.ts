import { l10n, MarkdownString } from "vscode";
import type { Blame } from "../../files/blameLine";
import type { LineState } from "../../python/locatedFrame";
import { assertNever } from "../../python/assertNever";
import { historyText } from "../blame";
import type { CommandId, DashboardArgument } from "../contributions/commands";
import { count, oneLine, plural } from "../views/texts";
import { commandLink, plain } from "./markdownText";
import { countsText, type FailingGroup, type FailingLine, fullError } from "./failingLine";

/** Errors of one line that are told whole. */
const groupsAtMost = 4;
/** A hover scrolls, but nobody reads further. Characters. */
const errorAtMost = 1000;
/** What the links of the hover may do; nothing else that Markdown from outside could bring along is run. */
const commandsAllowed = [
  "arq.openJob",
  "arq.showDashboard",
  "arq.muteErrorGroup",
] as const satisfies readonly CommandId[];

/** What a hover says besides the line. */
export interface HoverFacts {
  /** Redis' clock, unix ms. */
  readonly now: number;
  /** The connection as it is shown, and its name. */
  readonly where: string;
  readonly connection: string;
  /** Who changed the line last; null where that is not known. */
  readonly blame: Blame | null;
}

/** The whole error, how often, since when, and where it leads. Every text from outside is escaped. */
export function failingHover(
  { groups, printed }: FailingLine,
  state: LineState,
  { now, where, connection, blame }: HoverFacts,
): MarkdownString {
  const markdown = new MarkdownString("", true);
  markdown.isTrusted = { enabledCommands: commandsAllowed };
  for (const [index, { group }] of groups.slice(0, groupsAtMost).entries()) {
    if (index > 0) markdown.appendMarkdown("\n\n---\n\n");
    const error = `$(bug) ${plain(fullError(group), errorAtMost)}`;
    const counts = plain(`${countsText(group, now)} · ${where}`, errorAtMost);
    markdown.appendMarkdown([error, counts, links(group, connection)].join("\n\n"));
  }
  const more = groups.length - groupsAtMost;
  if (more > 0) {
    const text = plural(more, l10n.t("and 1 more error"), l10n.t("and {0} more errors", count(more)));
    markdown.appendMarkdown(`\n\n${plain(text)}`);
  }
  const notes = [...stateText(state, printed), ...blameText(blame, state, groups[0], now)];
  if (notes.length > 0) markdown.appendMarkdown("\n\n---");
  for (const note of notes) markdown.appendMarkdown(`\n\n${plain(note, errorAtMost)}`);
  return markdown;
}

function links({ key, latest }: FailingGroup["group"], connection: string): string {
  const jobs: DashboardArgument = { tab: "jobs", filter: { errorGroup: key, remembered: "also" }, connection };
  return [
    ...(latest === null
      ? []
      : [commandLink(l10n.t("Open Latest Job"), "arq.openJob", { jobId: latest.id, connection })]),
    commandLink(l10n.t("Show Jobs"), "arq.showDashboard", jobs),
    commandLink(l10n.t("Mute"), "arq.muteErrorGroup", { groupKey: key, connection }),
  ].join(" · ");
}

function stateText(state: LineState, printed: string | null): string[] {
  switch (state) {
    case "same":
      return [];
    case "moved":
      return [l10n.t("The line has moved since it failed; it reads the same.")];
    case "edited":
      return printed === null
        ? [l10n.t("Edited since it failed.")]
        : [l10n.t("Edited since. The line that failed was: {0}", oneLine(printed))];
    case "unknown":
      return [l10n.t("No traceback printed the line that failed: the file may have changed since.")];
    default:
      return assertNever(state);
  }
}

function blameText(blame: Blame | null, state: LineState, { group }: FailingGroup, now: number): string[] {
  // What stands there now says nothing about who wrote what failed.
  if (blame === null || (state === "edited" && blame.kind === "uncommitted")) return [];
  return [`${historyText(blame, Date.now(), now - group.firstAt)}.`];
}
