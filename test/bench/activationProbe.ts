import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";

/** Inside the extension host: what the extension cost it. The report goes to the file that the environment names. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<{ activationMs: number }>("arq-monitor.arq-monitor");
  if (extension === undefined) throw new Error("The extension is not there.");
  const { activationMs } = await extension.activate();
  // Evaluating the bundle is the other half of what a start costs. It has happened already, so it is done again.
  const bundle = require.resolve(join(extension.extensionPath, "dist", "extension.js"));
  delete require.cache[bundle];
  const began = performance.now();
  require(bundle);
  const loadMs = performance.now() - began;
  const path = process.env["ARQ_BENCH_REPORT"];
  if (path !== undefined) writeFileSync(path, JSON.stringify({ activationMs, loadMs }));
}
