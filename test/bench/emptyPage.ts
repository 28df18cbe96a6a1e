import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openVsCode } from "../support/vscode/openVsCode";

const title = "Bench: Show Empty Page";

const manifest = {
  name: "empty-page",
  publisher: "bench",
  version: "0.0.1",
  engines: { vscode: "^1.90.0" },
  main: "./extension.js",
  contributes: { commands: [{ command: "bench.emptyPage", title }] },
};

// The least that an extension can show in a tab of its own. Text, since VS Code is to load it as it loads ours.
const extension = `const { commands, window } = require("vscode");
exports.activate = ({ subscriptions }) => {
  subscriptions.push(commands.registerCommand("bench.emptyPage", () => {
    window.createWebviewPanel("bench.empty", "Empty", 1, { enableScripts: true }).webview.html = "<!doctype html><p id='empty'>empty</p>";
  }));
};`;

// Runs in every frame from its beginning. VS Code writes a webview's document into its frame later: timers outlive that, animation frames do not.
const recorder = `(() => {
  const wait = setInterval(() => {
    if (document.getElementById("empty") === null) return;
    clearInterval(wait);
    requestAnimationFrame(() => (window.benchDrawnAt = Date.now()));
  }, 10);
})();`;

/** From choosing its command to the first drawn frame of a webview that holds one word, in a VS Code that was started for it, ms: what no page can be faster than. */
export async function emptyPagePaint(log: (line: string) => void): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "arq-bench-"));
  const [workspace, peer] = ["workspace", "peer"].map((name) => join(folder, name)) as [string, string];
  for (const each of [workspace, peer]) mkdirSync(each);
  writeFileSync(join(peer, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(peer, "extension.js"), extension);
  try {
    const vscode = await openVsCode({ workspace, extensionDevelopmentPath: peer, log });
    try {
      await vscode.page.addInitScript(recorder);
      // VS Code's own start must be over.
      await vscode.page.waitForTimeout(8000);
      const began = await vscode.runCommand(title);
      const frame = await vscode.webview("Empty");
      await frame.waitForFunction("window.benchDrawnAt !== undefined");
      return (await frame.evaluate<number>("window.benchDrawnAt")) - began;
    } finally {
      await vscode.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
