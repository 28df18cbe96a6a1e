import assert from "node:assert/strict";
import { commands, extensions, window } from "vscode";
import manifest from "../../package.json";
import { panelTypes } from "../../src/host/contributions/views";
import { eventually } from "../support/eventually";
import { extensionApi } from "./fixture";

describe("the extension in a real extension host", () => {
  it("activates by itself once the window has started", async () => {
    const extension = extensions.getExtension("arq-monitor.arq-monitor");
    assert.ok(extension);
    await eventually(() => assert.ok(extension.isActive), { timeoutMs: 20_000 });
  });

  it("registers every command that package.json declares", async () => {
    await extensionApi();
    const registered = new Set(await commands.getCommands(true));
    for (const { command } of manifest.contributes.commands) assert.ok(registered.has(command), command);
  });

  it("creates the three views, which can be focused", async () => {
    const { trees } = await extensionApi();
    for (const [view, tree] of [
      ["arq.queues", trees.queues],
      ["arq.workers", trees.workers],
      ["arq.failed", trees.failed],
    ] as const) {
      await commands.executeCommand(`${view}.focus`);
      await eventually(() => assert.ok(tree.view.visible, view));
    }
  });

  it("can restore both kinds of panel after a reload of the window", async () => {
    await extensionApi();
    for (const type of Object.values(panelTypes)) {
      // VS Code takes one serializer per kind, and ours is there.
      assert.throws(
        () => window.registerWebviewPanelSerializer(type, { deserializeWebviewPanel: async () => {} }),
        type,
      );
    }
  });

  it("connects to nothing and shows no status bar item's watch while nothing is configured", async () => {
    const { session, connections } = await extensionApi();
    assert.equal(connections.active, null);
    assert.equal(session.state, "unconfigured");
    assert.equal(session.monitor, null);
  });

  it("says in the log how long activation took", async () => {
    const { activationMs } = await extensionApi();
    assert.ok(Number.isFinite(activationMs) && activationMs >= 0);
  });
});
