import { window, type LogOutputChannel } from "vscode";
import { Redactor } from "../arq/redact";
import type { Logger } from "../monitor/ports";

/** The one log, "ARQ Monitor". Its level is the user's, by "Developer: Set Log Level…". */
export interface Log extends Logger {
  readonly channel: LogOutputChannel;
  /** The newest warnings and errors, oldest first, for "Copy Diagnostics". */
  readonly recentProblems: readonly string[];
  /** Every line passes this before it is written or kept; until it is set, what is built into the redactor. */
  redactWith(redact: (text: string) => string): void;
}

const keptProblems = 30;

export function createLog(): Log {
  const channel = window.createOutputChannel("ARQ Monitor", { log: true });
  const recentProblems: string[] = [];
  const builtIn = new Redactor();
  let redact = (text: string): string => builtIn.text(text);
  const keep = (level: string, message: string): void => {
    recentProblems.push(`${new Date().toISOString()} ${level} ${message}`);
    if (recentProblems.length > keptProblems) recentProblems.shift();
  };
  return {
    channel,
    recentProblems,
    redactWith: (next) => void (redact = next),
    debug: (message) => channel.debug(redact(message)),
    info: (message) => channel.info(redact(message)),
    warn(message) {
      const line = redact(message);
      keep("warning", line);
      channel.warn(line);
    },
    error(message) {
      const line = redact(message);
      keep("error", line);
      channel.error(line);
    },
  };
}
