import { writeFileSync } from "node:fs";
import { runMocha, testFiles } from "../support/runMocha";
import { hostLinePrefix, hostTestsVariable, reportVariable, type RingReport } from "../support/testProtocol";

/**
 * What VS Code calls inside the extension host (`--extensionTestsPath`): runs the tests that lie directly in the folder
 * named by the environment, leaves the report in the named file, and rejects when a test failed.
 */
export async function run(): Promise<void> {
  const folder = process.env[hostTestsVariable] ?? __dirname;
  const print = (line: string) => console.log(`${hostLinePrefix}${line}`);
  const report = await runMocha({ files: testFiles(folder, false), timeoutMs: 120_000, print }).catch(
    (error: unknown): RingReport => ({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [
        {
          name: "the host tests load",
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
      ],
    }),
  );
  const path = process.env[reportVariable];
  if (path !== undefined) writeFileSync(path, JSON.stringify(report));
  if (report.failed > 0) throw new Error(`${report.failed} host tests failed`);
}
