import assert from "node:assert/strict";
import { type Terminal, window } from "vscode";
import { eventually } from "../support/eventually";

/** A terminal whose shell reports the commands that run in it. */
export async function openTerminal(name: string): Promise<Terminal> {
  const terminal = window.createTerminal({ name, shellPath: "/bin/bash" });
  terminal.show(true);
  await eventually(() => assert.ok(terminal.shellIntegration, "the shell integration is there"), { timeoutMs: 20_000 });
  return terminal;
}

/** Runs the command in the terminal, and resolves when it has ended. */
export async function runToEnd(terminal: Terminal, commandLine: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    const listening = window.onDidEndTerminalShellExecution(({ execution }) => {
      if (execution !== running) return;
      listening.dispose();
      resolve();
    });
  });
  const running = terminal.shellIntegration?.executeCommand(commandLine);
  await ended;
}
