import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { commands, extensions, workspace } from "vscode";
import type { ArqApi } from "../../../src/host/api";
import { eventually } from "../../support/eventually";

describe("in a workspace that is not trusted", () => {
  let server: Server;
  let callers = 0;

  before(async () => {
    server = createServer((socket) => {
      callers++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it("nothing connects to an address that the workspace names, and the state says why", async () => {
    assert.equal(workspace.isTrusted, false);
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const { port } = server.address() as AddressInfo;
    const settings = { "arq.connections": [{ name: "bait", url: `redis://127.0.0.1:${port}/0` }], "arq.feed": "poll" };
    await mkdir(join(folder, ".vscode"), { recursive: true });
    await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
    // A setting of the same file that is not restricted shows that the file was read.
    await eventually(() => assert.equal(workspace.getConfiguration().get("arq.feed"), "poll"), { timeoutMs: 20_000 });

    const extension = extensions.getExtension<ArqApi>("arq-monitor.arq-monitor");
    assert.ok(extension);
    const { session, connections } = await extension.activate();
    for (const view of ["arq.queues", "arq.workers", "arq.failed"]) await commands.executeCommand(`${view}.focus`);
    await commands.executeCommand("arq.showDashboard");
    await commands.executeCommand("arq.refresh");
    assert.equal(session.state, "untrusted");
    assert.deepEqual(connections.all, []);
    assert.equal(session.monitor, null);
    assert.equal(callers, 0);
  });
});
