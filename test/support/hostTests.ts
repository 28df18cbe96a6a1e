import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { repositoryRoot } from "./repositoryRoot";
import { testFiles } from "./runMocha";
import { hostTestsVariable, keepTrustVariable, reportVariable, type RingReport } from "./testProtocol";
import { ensureVsCode } from "./vscode/ensureVsCode";

/**
 * The host ring. The tests directly in `test/host/` run in one VS Code on a copy of the demo project; each subfolder that
 * holds tests runs in a VS Code of its own, on a copy of `test/workspaces/<its name>` if there is one, as the workspace of several folders that a
 * `.code-workspace` in it names. The subfolder `untrusted` runs in Restricted Mode. Driven by `@vscode/test-electron`, with our launcher as the executable where the
 * desktop build cannot be had.
 */
export async function runHostTests(log: (line: string) => void): Promise<RingReport> {
  const root = join(repositoryRoot(), "dist", "test", "host");
  const subfolders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name));
  const vscode = await ensureVsCode(log);
  const launcher = join(repositoryRoot(), "dist", "test", "support", "vscode", "launcher.js");
  let executable = launcher;
  if (vscode.kind === "desktop") ({ executable } = vscode);
  // The bundler writes plain files; this one is started as a program.
  else chmodSync(launcher, 0o755);
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] as RingReport["failures"][number][] };
  for (const folder of [root, ...subfolders]) {
    if (testFiles(folder, false).length === 0) continue;
    const report = await runFolder(executable, folder, folder === root ? "demo" : basename(folder));
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
    total.failures.push(...report.failures);
  }
  return total;
}

async function runFolder(executable: string, folder: string, name: string): Promise<RingReport> {
  const scratch = mkdtempSync(join(tmpdir(), "arq-host-"));
  const workspace = join(scratch, "shop");
  const reportPath = join(scratch, "report.json");
  const workspaces = join(repositoryRoot(), "test", "workspaces");
  const named = join(workspaces, name);
  try {
    cpSync(existsSync(named) ? named : join(workspaces, "demo"), workspace, { recursive: true });
    const file = readdirSync(workspace).find((entry) => entry.endsWith(".code-workspace"));
    const opened = file === undefined ? workspace : join(workspace, file);
    let end = "code 0";
    try {
      await runTests({
        vscodeExecutablePath: executable,
        extensionDevelopmentPath: [repositoryRoot(), join(repositoryRoot(), "test", "support", "debugpyExtension")],
        extensionTestsPath: join(repositoryRoot(), "dist", "test", "host", "index.js"),
        extensionTestsEnv: {
          [reportVariable]: reportPath,
          [hostTestsVariable]: folder,
          ...(name === "untrusted" ? { [keepTrustVariable]: "1" } : {}),
        },
        launchArgs: [opened, `--user-data-dir=${join(scratch, "profile")}`],
      });
    } catch (error) {
      end = String(error);
    }
    if (!existsSync(reportPath)) {
      const message = `VS Code ended without a report (${end}).`;
      return { passed: 0, failed: 1, skipped: 0, failures: [{ name: `host tests of "${name}" run`, message }] };
    }
    return JSON.parse(readFileSync(reportPath, "utf8")) as RingReport;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
