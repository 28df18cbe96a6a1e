import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands, env, extensions, workspace } from "vscode";
import { eventually } from "../support/eventually";

const shop = (): string => {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return join(folder.uri.fsPath, "shop");
};
const written = (): string => join(shop(), "arq_monitor.py");
const shipped = (): string => {
  const extension = extensions.getExtension("arq-monitor.arq-monitor");
  assert.ok(extension);
  return readFileSync(join(extension.extensionPath, "media", "arq_monitor.py"), "utf8");
};

/** Runs the command and takes the first of the workers it offers, as somebody would who presses Enter. */
async function addInstrumentation(): Promise<void> {
  const running = commands.executeCommand("arq.addWorkerInstrumentation").then(() => true);
  await eventually(
    async () => {
      await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return await Promise.race([running, new Promise<false>((resolve) => setTimeout(() => resolve(false), 200))]);
    },
    { timeoutMs: 20_000 },
  );
}

describe("ARQ: Add Worker Instrumentation", () => {
  afterEach(async () => {
    rmSync(written(), { force: true });
    await commands.executeCommand("notifications.clearAll");
  });

  it("writes the file beside the worker's settings, and puts the lines that use it on the clipboard", async () => {
    await env.clipboard.writeText("");
    const before = readFileSync(join(shop(), "worker.py"), "utf8");
    await addInstrumentation();
    assert.equal(readFileSync(written(), "utf8"), shipped());
    // The shop is a package, so the import has to say so.
    assert.equal(await env.clipboard.readText(), "from .arq_monitor import instrument\n\ninstrument(WorkerSettings)\n");
    assert.equal(readFileSync(join(shop(), "worker.py"), "utf8"), before, "no other file is changed");
  });

  it("asks nothing when the very same file is there already", async () => {
    writeFileSync(written(), shipped());
    await addInstrumentation();
    assert.equal(readFileSync(written(), "utf8"), shipped());
    assert.ok(existsSync(written()));
  });
});
