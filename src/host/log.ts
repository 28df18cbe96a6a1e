import { window, type LogOutputChannel } from "vscode";
import type { Logger } from "../monitor/ports";

/** The one log, "ARQ Monitor". Its level is the user's, by "Developer: Set Log Level…". */
export interface Log extends Logger {
  readonly channel: LogOutputChannel;
  /** The newest warnings and errors, oldest first, for "Copy Diagnostics". */
  readonly recentProblems: readonly string[];
}

const keptProblems = 30;

export function createLog(): Log {
  const channel = window.createOutputChannel("ARQ Monitor", { log: true });
  const recentProblems: string[] = [];
  const keep = (level: string, message: string): void => {
    recentProblems.push(`${new Date().toISOString()} ${level} ${message}`);
    if (recentProblems.length > keptProblems) recentProblems.shift();
  };
  return {
    channel,
    recentProblems,
    debug: (message) => channel.debug(message),
    info: (message) => channel.info(message),
    warn(message) {
      keep("warning", message);
      channel.warn(message);
    },
    error(message) {
      keep("error", message);
      channel.error(message);
    },
  };
}
