import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A program that answers each line it is given with a line. */
export interface LineProcess {
  readonly pid: number;
  /** Rejects when the program has ended. */
  ask(line: string): Promise<string>;
  /** Its next line, without a question. */
  next(): Promise<string>;
  close(): void;
}

export function startLines(command: string, args: readonly string[]): LineProcess {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${args[0] ?? ""} has ended.`);
    return value;
  };
  return {
    pid: child.pid!,
    next,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return next();
    },
    close: () => void child.kill(),
  };
}
