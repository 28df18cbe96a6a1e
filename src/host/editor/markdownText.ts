import { MarkdownString, Uri } from "vscode";
import type { CodePlace } from "../../python/tasks/taskCode";
import type { CommandArguments, CommandId } from "../contributions/commands";
import { placeText } from "../code/placeText";
import { oneLine } from "../views/texts";

/**
 * Foreign text as Markdown that shows it as it is, on one line: every punctuation mark is escaped, so that it can be no link, picture, HTML, table or
 * icon, and nothing that looks like an address becomes a link by itself.
 */
export function plain(text: string, width = 200): string {
  return oneLine(text, width).replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** A link that runs one of our commands. `label` is ours, or `plain`. */
export function commandLink<K extends CommandId>(label: string, command: K, ...given: CommandArguments[K]): string {
  // Brackets would end the link.
  const query = encodeURIComponent(JSON.stringify(given)).replaceAll(
    /[()]/g,
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
  return `[${label}](command:${command}?${query})`;
}

/** A link to a place in the source: `worker.py:12`. */
export function placeLink({ file, line }: Pick<CodePlace, "file" | "line">): string {
  const uri = Uri.file(file).with({ fragment: `L${line}` });
  const target = uri.toString().replaceAll(/[()]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return `[${plain(placeText({ file, line }), 80)}](${target})`;
}

/** A Markdown text whose links may run these commands, and no others. */
export function trusting(text: string, enabledCommands: readonly CommandId[]): MarkdownString {
  const markdown = new MarkdownString(text);
  markdown.isTrusted = { enabledCommands };
  return markdown;
}
