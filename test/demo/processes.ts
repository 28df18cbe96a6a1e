import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

export interface BackgroundProcess {
  /** Settles when it has ended, with how. */
  readonly ended: Promise<string>;
  /** The last lines it wrote. */
  tail(): string;
  /** Ends it and everything it started: politely, after 5 s by force. */
  stop(): Promise<void>;
}

export interface BackgroundOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets all its output. */
  readonly logFile: string;
}

/** Starts a program that runs until it is stopped. Rejects when it cannot be started. */
export async function startProcess(
  command: string,
  args: readonly string[],
  options: BackgroundOptions,
): Promise<BackgroundProcess> {
  const log = openSync(options.logFile, "a");
  // A group of its own: Ctrl-C must reach us alone, so that everything is stopped in order and its children with it.
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    detached: process.platform !== "win32",
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => child.once("exit", (code, signal) => resolve(`${code ?? signal}`)));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
  });
  const lastResort = () => kill(child, "SIGKILL");
  process.once("exit", lastResort);
  return {
    ended,
    tail: () => readFileSync(options.logFile, "utf8").trim().split("\n").slice(-6).join("\n"),
    async stop() {
      kill(child, "SIGTERM");
      const timer = setTimeout(lastResort, 5000);
      await ended;
      clearTimeout(timer);
      process.off("exit", lastResort);
    },
  };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Ended already.
  }
}
