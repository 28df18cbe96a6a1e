import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import type { RingReport } from "./testProtocol";

export interface MochaOptions {
  /** Bundled test files. */
  readonly files: readonly string[];
  readonly timeoutMs: number;
  /** Gets every line of the running report. */
  readonly print: (line: string) => void;
}

/** Every `*.test.js` below a folder; not below its subfolders when `deep` is false. Empty when there is no such folder. */
export function testFiles(folder: string, deep = true): string[] {
  try {
    return readdirSync(folder, { recursive: deep, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".test.js"))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** Runs the files in this process. Resolves also when tests fail; rejects when a file cannot be loaded. */
export async function runMocha(options: MochaOptions): Promise<RingReport> {
  const mocha = new Mocha({ ui: "bdd", timeout: options.timeoutMs, reporter: SilentReporter });
  for (const file of options.files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const failures: RingReport["failures"][number][] = [];
  let passed = 0;
  let skipped = 0;
  // The nameless root suite is level -1.
  let depth = -1;
  const print = (line: string) => options.print("  ".repeat(Math.max(0, depth)) + line);
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("suite", (suite) => {
      if (suite.title !== "") print(suite.title);
      depth++;
    });
    runner.on("suite end", () => depth--);
    runner.on("pass", (test) => {
      passed++;
      print(`✔ ${test.title}${(test.duration ?? 0) > 1000 ? ` (${test.duration} ms)` : ""}`);
    });
    runner.on("pending", (test) => {
      skipped++;
      print(`- ${test.title} (skipped)`);
    });
    // Also called for hooks that throw: their title says so.
    runner.on("fail", (test, error: Error & { expected?: unknown; actual?: unknown }) => {
      const message = error.stack ?? String(error);
      failures.push({ name: test.fullTitle(), message });
      print(`✖ ${test.title}`);
      for (const line of message.split("\n")) print(`    ${line}`);
    });
  });
  return { passed, failed: failures.length, skipped, failures };
}

/** Mocha wants a reporter; `runMocha` listens to the runner itself, because the console of an extension host mangles mocha's. */
class SilentReporter extends Mocha.reporters.Base {
  override epilogue(): void {}
}
