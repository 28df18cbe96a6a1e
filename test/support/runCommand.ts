import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to this process' environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** How much of the output the message of a failure quotes; 8 lines when absent. */
  readonly tailLines?: number;
}

/**
 * Runs a program to its end without a shell.
 * @returns what it wrote to standard output.
 * Rejects when it cannot be started, ends with another code than 0, or takes too long; the message holds the last lines of its output.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs,
    });
    let out = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (all += text));
    child.on("error", (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(out);
      else {
        const tail = all
          .trim()
          .split("\n")
          .slice(-(options.tailLines ?? 8))
          .join("\n");
        reject(new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${code ?? signal}:\n${tail}`));
      }
    });
  });
}
