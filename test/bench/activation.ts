import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { repositoryRoot } from "../support/repositoryRoot";
import { ensureVsCode } from "../support/vscode/ensureVsCode";
import { type Measure, percentile, round } from "./measure";

const runs = 3;

/** Time of the extension host for loading and activating the extension: the median of three starts of VS Code. */
export async function activation(log: (line: string) => void): Promise<Measure> {
  const root = repositoryRoot();
  const vscode = await ensureVsCode(log);
  const launcher = join(root, "dist", "test", "support", "vscode", "launcher.js");
  if (vscode.kind === "server") chmodSync(launcher, 0o755);
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) {
    const scratch = mkdtempSync(join(tmpdir(), "arq-bench-"));
    try {
      const workspace = join(scratch, "shop");
      const report = join(scratch, "report.json");
      cpSync(join(root, "test", "workspaces", "demo"), workspace, { recursive: true });
      await runTests({
        vscodeExecutablePath: vscode.kind === "desktop" ? vscode.executable : launcher,
        extensionDevelopmentPath: root,
        extensionTestsPath: join(root, "dist", "test", "bench", "activationProbe.js"),
        extensionTestsEnv: { ARQ_BENCH_REPORT: report },
        launchArgs: [workspace, `--user-data-dir=${join(scratch, "profile")}`],
      });
      const found = JSON.parse(readFileSync(report, "utf8")) as { activationMs: number; loadMs: number };
      log(`activation ${round(found.activationMs)} ms, loading the bundle ${round(found.loadMs)} ms`);
      samples.push(found.activationMs + found.loadMs);
    } finally {
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
  return { value: round(percentile(samples, 50)), unit: "ms", against: {} };
}
