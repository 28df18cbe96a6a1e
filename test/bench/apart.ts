import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Programs } from "./child";

/** Bundles of one build stand side by side: dist/test/bench, dist/test/redis. */
export function childProgram(): string {
  return join(__dirname, "..", "bench", "child.js");
}

/** Foreign keys by the million take minutes. What takes longer waits for something that never comes. */
const usualLimitMs = 15 * 60_000;

/**
 * Runs one of the bench's programs in a fresh process of its own: nothing that ran before has warmed it up, filled its memory or stands in its way.
 */
export async function apart<Name extends keyof Programs>(
  name: Name,
  options: Parameters<Programs[Name]>[0],
  limitMs = usualLimitMs,
): Promise<Awaited<ReturnType<Programs[Name]>>> {
  const child = spawn(process.execPath, ["--expose-gc", childProgram(), name, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: limitMs,
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  if (code !== 0) throw new Error(`The program ${name} ended with ${String(code)}.`);
  return JSON.parse(out) as Awaited<ReturnType<Programs[Name]>>;
}
