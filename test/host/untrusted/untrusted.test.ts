import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { commands, extensions, workspace } from "vscode";
import { BlameReader } from "../../../src/files/blameLine";
import type { ArqApi } from "../../../src/host/api";
import { LineHistory } from "../../../src/host/blame";
import { answering } from "../asking";
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

  it("no job is debugged, and the workspace does not decide what language models are told", async () => {
    const asking = answering("showErrorMessage", "showWarningMessage");
    asking.begin();
    try {
      await commands.executeCommand("arq.debugJob", "any");
      assert.match(asking.said, /This runs code of the folder: trust the workspace first/);
    } finally {
      asking.end();
    }
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const settings = { "arq.models.includeArguments": true, "arq.feed": "poll", "arq.codeLens.enabled": false };
    await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
    const configuration = () => workspace.getConfiguration();
    await eventually(() => assert.equal(configuration().get("arq.codeLens.enabled"), false), { timeoutMs: 20_000 });
    assert.equal(configuration().get("arq.models.includeArguments"), false);
  });

  it("no mapping of the workspace leads anywhere, and git is not asked", async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const text = "def run():\n    raise Here()\n";
    await mkdir(join(folder, "bait", "paths"), { recursive: true });
    await writeFile(join(folder, "bait", "paths", "work.py"), text);
    await mkdir(join(folder, "twin", "paths"), { recursive: true });
    await writeFile(join(folder, "twin", "paths", "work.py"), text);
    await writeFile(join(folder, "compose.yaml"), "services:\n  a:\n    volumes:\n      - ./bait:/remote\n");
    const pathMappings = [{ remote: "/remote", local: "${workspaceFolder}/bait" }];
    const settings = { "arq.pathMappings": pathMappings, "arq.source.commit": "HEAD", "arq.feed": "auto" };
    await writeFile(join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
    await eventually(() => assert.equal(workspace.getConfiguration().get("arq.feed"), "auto"), { timeoutMs: 20_000 });
    const api = await extensions.getExtension<ArqApi>("arq-monitor.arq-monitor")?.activate();
    assert.ok(api);
    const frame = { file: "/remote/paths/work.py", line: 2, source: "raise Here()", function: "run" };
    // Found by the end of the path, which needs no setting, and so in both folders.
    await eventually(async () => {
      const found = await api.frames.locate(frame);
      assert.deepEqual([...new Set(found.map(({ how }) => how))], ["tail"]);
      assert.equal(found.length, 2);
    });
    await assert.rejects(api.deployed.open(frame), /only in workspaces that you trust/);
  });

  it("no pair of folders is written, which would count for nothing", async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const before = () => workspace.getConfiguration().inspect("arq.pathMappings")?.workspaceValue;
    const written = JSON.stringify(before());
    const asking = answering("showErrorMessage", "showInformationMessage");
    asking.begin();
    try {
      await commands.executeCommand("arq.mapPath", { file: "/elsewhere/shop/orders.py", folder });
      assert.match(asking.said, /Trust this workspace first/);
      assert.equal(asking.asked.length, 1);
      assert.equal(JSON.stringify(before()), written);
    } finally {
      asking.end();
    }
  });

  it("git is not asked who changed a line", async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    for (const args of [
      ["init", "-q"],
      ["add", "shop"],
      ["commit", "-qm", "Begin"],
    ]) {
      execFileSync("git", ["-c", "user.name=J", "-c", "user.email=j@example.com", ...args], { cwd: folder });
    }
    const path = join(folder, "shop", "orders.py");
    assert.equal((await new BlameReader().read(path, 1))?.kind, "committed");
    const extension = extensions.getExtension<ArqApi>("arq-monitor.arq-monitor");
    const { session } = (await extension?.activate()) ?? {};
    assert.ok(session);
    assert.equal(await new LineHistory(session).of(path, 1), null);
  });
});
