import { l10n, tasks, type Terminal, window } from "vscode";
import type { Redactor } from "../../arq/redact";
import type { Settings } from "../settings";
import { oneLine } from "../views/texts";
import { canReadTerminals } from "./terminalReader";

/** How many are named; who has more open does not read on. */
const named = 5;

/**
 * Where a worker may print its tracebacks in this window without being heard, and why, one sentence each. Empty where all that can be told apart is read.
 * What is not told apart: `tmux` and `screen` inside a terminal, and a command that ran already when the window was opened.
 */
export function unreadOutputs(settings: Pick<Settings, "get">, redactor: Redactor): readonly string[] {
  if (!settings.get("arq.terminals.read"))
    return [l10n.t("Terminals and debug consoles are not read: the setting arq.terminals.read is off.")];
  if (!canReadTerminals())
    return [l10n.t("This editor does not tell extensions what commands print in its terminals.")];
  // A program may name its terminal as it likes.
  const shown = (name: string): string => oneLine(redactor.text(name), 60);
  const running = new Set(tasks.taskExecutions.map(({ task }) => task.name));
  const sentences = [
    ...[...running].map((name) =>
      l10n.t("The task “{0}” is not read: VS Code does not pass on what tasks print.", shown(name)),
    ),
    ...window.terminals
      .filter((terminal) => isSilent(terminal) && !running.has(terminal.name))
      .map(({ name }) =>
        l10n.t("The terminal “{0}” is not read: its shell does not report commands (shell integration).", shown(name)),
      ),
  ];
  const more = sentences.length - named;
  return more <= 0 ? sentences : [...sentences.slice(0, named), l10n.t("{0} more are not read.", more)];
}

function isSilent({ shellIntegration, exitStatus }: Terminal): boolean {
  return shellIntegration === undefined && exitStatus === undefined;
}
