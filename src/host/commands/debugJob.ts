import { env, l10n, Uri, window, workspace } from "vscode";
import { debugScript, pytestScript, type WrittenScript } from "../../python/debugScript";
import { askOriginal, askScript, type AskedScript } from "../debug/askScript";
import { writeScratch } from "../../files/scratchFiles";
import { scratchFolder } from "../debug/scratchFolder";
import { stopLine } from "../debug/stopLine";
import { findTraceback, withMonitor } from "../liveSession";
import { oneLine, plural } from "../views/texts";
import type { HostParts } from "./parts";

/**
 * Writes a script that calls the job's function with the job's arguments, shows it, and starts it under the debugger if the user says so after a warning.
 * Reads Redis only, and runs nothing before that.
 */
export async function debugJob(parts: HostParts, id: string): Promise<void> {
  mustBeTrusted();
  const asked = await withMonitor(parts.session, false, (monitor) => askScript(parts, monitor, id));
  if (asked === null) return;
  const { detail } = asked;
  const traceback = await findTraceback(parts.tracebacks, detail);
  const stop = await stopLine(traceback, parts.frames);
  const write = (script: AskedScript["script"]): WrittenScript =>
    debugScript(script, asked.target.roots, stop === null);
  const first = write(asked.script);
  const choice = await warn(asked, first);
  if (choice === null) return;
  const original =
    choice === "original" ? await withMonitor(parts.session, false, (monitor) => askOriginal(monitor, id)) : undefined;
  if (original === null) return;
  const { text } = original === undefined ? first : write({ ...asked.script, arguments: original });
  const name = asked.script.job.function;
  const file = await writeScratch(scratchFolder(parts.context), name, text);
  parts.scripts.remember({
    file,
    name: l10n.t("Debug {0}", oneLine(name, 60)),
    cwd: asked.target.cwd,
    // Who debugs edits the source, and starts the script again.
    stop: stop === null ? null : async () => (await stopLine(traceback, parts.frames)) ?? stop,
  });
  const document = await workspace.openTextDocument(Uri.file(file));
  await window.showTextDocument(document, { preview: false });
  if (choice === "start") await parts.scripts.start(file);
}

/** Puts a test on the clipboard that calls the job's function with the job's arguments. */
export async function copyAsPytest(parts: HostParts, id: string): Promise<void> {
  const asked = await withMonitor(parts.session, false, (monitor) => askScript(parts, monitor, id));
  if (asked === null) return;
  const { text, gaps } = pytestScript(asked.script);
  await env.clipboard.writeText(text);
  const name = oneLine(asked.script.job.function, 60);
  const copied = l10n.t("A pytest of {0} is on the clipboard.", name);
  // Not waited for: the message may stay for long.
  void window.showInformationMessage([copied, ...missing(gaps)].join(" "));
}

async function warn({ script }: AskedScript, { gaps }: WrittenScript): Promise<"start" | "open" | "original" | null> {
  const start = l10n.t("Start Debugging");
  const open = l10n.t("Only Write the Script");
  const original = l10n.t("Unpickle the Original…");
  const choice = await window.showWarningMessage(
    l10n.t("Call {0} with the arguments of this job?", oneLine(script.job.function, 60)),
    {
      modal: true,
      detail: [
        l10n.t(
          "The function really runs: what it sends, charges, writes or deletes is sent, charged, written and deleted.",
        ),
        l10n.t(
          "The job in Redis stays as it is, and ctx['redis'] refuses every command unless you change a line of the script.",
        ),
        ...missing(gaps),
      ].join("\n\n"),
    },
    start,
    open,
    ...(gaps > 0 ? [original] : []),
  );
  if (choice === undefined) return null;
  if (choice === original) return "original";
  return choice === start ? "start" : "open";
}

function missing(gaps: number): string[] {
  if (gaps === 0) return [];
  return [
    plural(
      gaps,
      l10n.t("One part of the arguments could not be written and is a marked `...` that you fill in."),
      l10n.t("{0} parts of the arguments could not be written: each is a marked `...` that you fill in.", gaps),
    ),
  ];
}

function mustBeTrusted(): void {
  if (!workspace.isTrusted) throw new Error(l10n.t("This runs code of the folder: trust the workspace first."));
}
