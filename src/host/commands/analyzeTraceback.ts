import { commands, env, l10n, type TextEditor, window, workspace } from "vscode";
import { readPasted } from "../../python/pastedTraceback";
import { withRemoteFrames } from "../../python/remoteTraceback";
import { parseTracebacks, type Traceback } from "../../python/traceback";
import { WorkerLogParser } from "../../python/workerLog";
import type { WorkerLogRecord } from "../../python/workerLogRecord";
import { plural } from "../views/texts";
import { errorOf, failedAt, pickFrame, placeOf, stackOf } from "./framePicker";
import { openJob } from "./openJob";
import type { HostParts } from "./parts";

/** A text that may hold a traceback, and how to speak of it: "the clipboard (3 lines)". */
interface Source {
  readonly name: string;
  readonly text: string;
}

/** What is read of a text: reading is linear, and a second long at this length. Characters. */
const maxText = 10_000_000;
/** Tracebacks offered of one text, the last ones: further ones are of no use in a list. */
const maxTracebacks = 200;

/**
 * From a traceback in the given text, in the selection of the active editor or in the clipboard to its lines: lists its frames, and opens the one that is
 * chosen as part of a traceback to step through. Says what was looked at where there is none. The text is read, never run.
 */
export async function analyzeTraceback(parts: HostParts, given?: string, what = l10n.t("the text")): Promise<void> {
  const sources = given === undefined ? await sourcesAtHand() : [{ name: nameOf(what, given), text: given }];
  for (const { text } of sources) {
    const redacted = parts.session.redactor.text(text.slice(0, maxText));
    const found = readPasted(redacted);
    if (found.length > 0) return analyze(parts, redacted, found.map(withRemoteFrames));
  }
  tellNone(parts, sources);
}

/**
 * As `analyzeTraceback`, of what is selected in the terminal. The platform hands it over through the clipboard, whose text is put back; where that holds none, it may hold a
 * picture, which could not be, so the user is asked. With nothing selected the clipboard is analyzed, under its own name.
 */
export async function analyzeTerminalSelection(parts: HostParts): Promise<void> {
  const before = await env.clipboard.readText();
  if (before === "") {
    askToCopy(parts);
    return;
  }
  const selected = await copySelection();
  if (selected === before) return analyzeTraceback(parts, before, l10n.t("the clipboard"));
  await env.clipboard.writeText(before);
  await analyzeTraceback(parts, selected, l10n.t("the selection in the terminal"));
}

function askToCopy(parts: HostParts): void {
  const copy = l10n.t("Copy and Analyze");
  const text = l10n.t(
    "The clipboard holds no text. Whatever else it holds could not be put back after the selection in the terminal was read through it.",
  );
  // Not waited for: the message may stay for long.
  void window.showInformationMessage(text, copy).then(async (choice) => {
    if (choice === copy) await analyzeTraceback(parts, await copySelection(), l10n.t("the selection in the terminal"));
  });
}

/** What the clipboard holds afterwards: where nothing is selected, what it held before. */
async function copySelection(): Promise<string> {
  await commands.executeCommand("workbench.action.terminal.copySelection");
  return env.clipboard.readText();
}

async function sourcesAtHand(): Promise<Source[]> {
  const editor = window.activeTextEditor;
  const selected = editor === undefined ? "" : selectedText(editor);
  const copied = await env.clipboard.readText();
  const clipboard = { name: nameOf(l10n.t("the clipboard"), copied), text: copied };
  if (editor === undefined || selected.trim() === "") return [clipboard];
  const file = workspace.asRelativePath(editor.document.uri);
  return [{ name: nameOf(l10n.t("the selection in {0}", file), selected), text: selected }, clipboard];
}

function selectedText({ document, selections }: TextEditor): string {
  return selections.map((selection) => document.getText(selection)).join("\n");
}

function nameOf(what: string, text: string): string {
  if (text.trim() === "") return l10n.t("{0} (empty)", what);
  const lines = text.trimEnd().split("\n").length;
  return plural(lines, l10n.t("{0} (1 line)", what), l10n.t("{0} ({1} lines)", what, lines));
}

async function analyze(parts: HostParts, text: string, found: readonly Traceback[]): Promise<void> {
  const traceback = await choose(found.slice(-maxTracebacks));
  if (traceback === undefined) return;
  const picked = await pickFrame(parts.frames, traceback, jobsOf(parts, text, traceback));
  if (picked === null) return;
  if (picked.kind === "job") await openJob(parts, picked.jobId);
  else await parts.frames.openTraceback(picked.stack, picked.index, picked.toSide);
}

/** Which of several is meant; the last one first, because a log is read from its end. */
async function choose(found: readonly Traceback[]): Promise<Traceback | undefined> {
  if (found.length <= 1) return found[0];
  const items = found.map((traceback, index) => {
    const stack = stackOf(traceback);
    const frame = stack.frames[failedAt(stack)];
    const { length } = stack.frames;
    return {
      label: `$(error) ${errorOf(traceback)}`,
      description: frame === undefined ? "" : placeOf(frame),
      detail: [
        l10n.t("{0} of {1} in the text", index + 1, found.length),
        plural(length, l10n.t("1 frame"), l10n.t("{0} frames", length)),
      ].join(" · "),
      traceback,
    };
  });
  const choice = await window.showQuickPick(items.toReversed(), {
    title: l10n.t("Which Traceback?"),
    placeHolder: l10n.t("The text holds {0} tracebacks, the last one first", found.length),
    matchOnDescription: true,
  });
  return choice?.traceback;
}

/** Jobs that the log lines around this traceback name and that are known here. */
function jobsOf({ session: { monitor } }: HostParts, text: string, traceback: Traceback): string[] {
  if (monitor === undefined || monitor === null) return [];
  const parser = new WorkerLogParser();
  const records = [...parser.push(`${text}\n`), ...parser.pending()];
  const failures = records.filter(({ mark }) => mark === "!");
  const those = failures.filter((record) => tellsOf(record, traceback));
  const ids = (those.length > 0 ? those : failures.length === 1 ? failures : []).flatMap(({ ref, jobId }) =>
    [jobId, ref].filter((id) => id !== null && monitor.row(id) !== null),
  );
  return [...new Set(ids.filter((id) => id !== null))].slice(0, 5);
}

function tellsOf(record: WorkerLogRecord, { type, message, frames }: Traceback): boolean {
  const logged = record.traceback === null ? undefined : parseTracebacks(record.traceback).at(-1);
  const [mine, theirs] = [frames.at(-1), logged?.frames.at(-1)];
  return (
    logged?.type === type && logged.message === message && mine?.file === theirs?.file && mine?.line === theirs?.line
  );
}

function tellNone(parts: HostParts, sources: readonly Source[]): void {
  const [first, second] = sources.map(({ name }) => name);
  const looked =
    second === undefined
      ? l10n.t("No Python traceback in {0}.", first ?? "")
      : l10n.t("No Python traceback in {0}, and none in {1}.", first ?? "", second);
  const what = l10n.t(
    "Copy one, or select it in an editor, from “Traceback (most recent call last):” to the line that names the error, and run this command again.",
  );
  parts.log.info(looked);
  // Not waited for: the message may stay for long.
  void window.showInformationMessage(`${looked} ${what}`);
}
