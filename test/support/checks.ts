import { repositoryRoot } from "./repositoryRoot";
import { runCommand } from "./runCommand";
import type { RingReport } from "./testProtocol";

const checks = [
  { name: "the types are right", script: "check:types" },
  { name: "the linter has no complaint", script: "check:lint" },
  { name: "the sources are formatted", script: "check:format" },
];

/** The static checks, counted as tests. */
export async function runChecks(log: (line: string) => void): Promise<RingReport> {
  const failures: { name: string; message: string }[] = [];
  for (const { name, script } of checks) {
    try {
      await runCommand("npm", ["run", "--silent", script], {
        cwd: repositoryRoot(),
        timeoutMs: 240_000,
        tailLines: 60,
      });
      log(`✔ ${name}`);
    } catch (error) {
      log(`✖ ${name}`);
      failures.push({ name, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { passed: checks.length - failures.length, failed: failures.length, skipped: 0, failures };
}
