import assert from "node:assert/strict";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, connect, disconnect, extensionApi, labels, rows } from "./fixture";

function root(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

describe("from a frame to the line", () => {
  it("opens a path that was recorded in a container at the line, in the workspace's file", async () => {
    await commands.executeCommand("arq.openFrame", { file: "/srv/app/shop/payments.py", line: 34 });
    const editor = window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, join(root(), "shop", "payments.py"));
    assert.equal(editor?.selection.active.line, 33);
    assert.match(editor?.document.lineAt(33).text ?? "", /raise GatewayError/);
  });

  it("opens a Windows path too, and to the side when asked", async () => {
    await commands.executeCommand("arq.openFrameToSide", { frame: { file: "C:\\build\\shop\\orders.py", line: 3 } });
    const editor = window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, join(root(), "shop", "orders.py"));
    assert.equal(editor?.selection.active.line, 2);
  });

  it("stands on the last line when the file has become shorter", async () => {
    await commands.executeCommand("arq.openFrame", { file: join(root(), "shop", "errors.py"), line: 100_000 });
    const editor = window.activeTextEditor;
    assert.equal(editor?.selection.active.line, (editor?.document.lineCount ?? 0) - 1);
  });

  it("asks which file is meant when several end the same way", async () => {
    await mkdir(join(root(), "copy", "shop"), { recursive: true });
    await writeFile(join(root(), "copy", "shop", "payments.py"), "# another\n".repeat(50));
    const { frames } = await extensionApi();
    // The lookup knows the files of a moment ago; a new one made outside VS Code is seen after it forgot.
    const opening = frames.open({ file: "/elsewhere/shop/payments.py", line: 2 }, false);
    await eventually(async () => {
      await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return await Promise.race([opening, new Promise<false>((resolve) => setTimeout(() => resolve(false), 200))]);
    });
    assert.match(window.activeTextEditor?.document.uri.fsPath ?? "", /shop.payments\.py$/);
  });

  it("opens nothing, and does not fail, when no file fits", async () => {
    const { frames } = await extensionApi();
    assert.equal(await frames.open({ file: "/srv/app/not/here_at_all.py", line: 1 }, false), false);
  });
});

describe("a traceback that only the worker's log holds", () => {
  let server: RedisServer;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    await addFailed(server.client(), "logged-1");
    await commands.executeCommand("arq.failed.focus");
    api = await connect([{ name: "shop", url: server.url }]);
  });

  after(async () => {
    await disconnect();
    await server.stop();
  });

  it("is found in the log, in the tree and in the panel", async () => {
    const log = join(root(), "logs", "worker.log");
    await mkdir(join(root(), "logs"), { recursive: true });
    await appendFile(
      log,
      `22:30:11:   5.00s → logged-1:charge_card('order-7', retry=False)
22:30:12:   0.90s ! logged-1:charge_card failed, KeyError: 'sku'
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/srv/app/shop/orders.py", line 27, in charge_card
    picked = inventory.reserve(lines)
KeyError: 'sku'
`,
    );
    await eventually(
      async () => {
        const [group] = await rows(api.trees.failed);
        const [job] = await rows(api.trees.failed, group?.element);
        const frames = await rows(api.trees.failed, job?.element);
        assert.deepEqual(labels(frames), ["charge_card", "library frames (1)"]);
      },
      { timeoutMs: 30_000, intervalMs: 250 },
    );
    await commands.executeCommand("arq.openJob", "logged-1");
    const view = await api.jobs.current("logged-1");
    assert.ok(view?.kind === "job");
    assert.match(view.error?.tracebackSource ?? "", /^logs\/worker\.log, line \d+/);
    assert.equal(view.error?.tracebacks[0]?.frames.length, 2);
  });
});
