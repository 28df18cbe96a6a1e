import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, env, Selection, Uri, ViewColumn, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { answering } from "./asking";
import { addFailed, connect, disconnect, extensionApi } from "./fixture";

const traceback = `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/arq/worker.py", line 594, in run_job
    result = await asyncio.wait_for(task, timeout_s)
  File "/srv/app/pasted/checkout.py", line 2, in check_out
    return pay(order)
  File "/srv/app/pasted/paying.py", line 3, in pay
    raise LookupError("no card for this order, which has been waiting since the first of this month")
LookupError: no card for this order, which has been waiting since the first of this month
`;

describe("ARQ: Analyze Traceback", () => {
  let api: ArqApi;
  let folder = "";
  const path = (name: string) => join(folder, name);
  /** Where the cursor is: file name and line from 1. */
  const here = (): [string, number] => {
    const editor = window.activeTextEditor;
    return [editor?.document.uri.path.split("/").at(-1) ?? "", (editor?.selection.active.line ?? -1) + 1];
  };
  const stands = (name: string, line: number) =>
    eventually(() => assert.deepEqual(here(), [name, line]), { timeoutMs: 10_000 });
  const key = (command: string) => commands.executeCommand(command);
  const next = () => key("workbench.action.quickOpenSelectNext");
  const enter = () => key("workbench.action.acceptSelectedQuickOpenItem");
  const escape = () => key("workbench.action.closeQuickOpen");
  before(async () => {
    api = await extensionApi();
    folder = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail(), "pasted");
    await mkdir(folder, { recursive: true });
    await writeFile(path("checkout.py"), "def check_out(order):\n    return pay(order)\n");
    await writeFile(
      path("paying.py"),
      `def pay(order):\n    # No card, no money.\n    raise LookupError("no card for this order, which has been waiting since the first of this month")\n`,
    );
    await eventually(
      async () =>
        assert.equal(
          (await api.frames.locate({ file: "/srv/app/pasted/paying.py", line: 3, source: null, function: "pay" }))
            .length,
          1,
        ),
      { timeoutMs: 15_000 },
    );
  });
  afterEach(async () => {
    await escape();
    await commands.executeCommand("arq.leaveTraceback");
    await commands.executeCommand("workbench.action.closeAllEditors");
  });
  after(async () => {
    await env.clipboard.writeText("");
    await rm(folder, { recursive: true, force: true });
    await api.frames.learned.forget(api.frames.learned.all);
  });

  it("shows the line that failed while its list is open, and the others while one moves through it; Enter stays there", async () => {
    await env.clipboard.writeText(traceback);
    const running = commands.executeCommand("arq.analyzeTraceback");
    await stands("paying.py", 3);
    await next();
    await next();
    await stands("checkout.py", 2);
    await enter();
    await running;
    await stands("checkout.py", 2);
    const current = api.frames.traceback.current;
    assert.equal(current?.index, 1, "the traceback is the one that is stepped through");
    assert.match(api.frames.traceback.note ?? "", /frame 1 of 2 in your code/);
    await commands.executeCommand("arq.nextFrame");
    await stands("paying.py", 3);
    assert.match(api.frames.traceback.note ?? "", /LookupError: no card for this order/);
  });

  it("goes back to where one was when the list is left", async () => {
    await window.showTextDocument(Uri.file(path("checkout.py")), { preview: false, viewColumn: ViewColumn.One });
    window.activeTextEditor!.selection = new Selection(0, 4, 0, 4);
    await env.clipboard.writeText(traceback);
    const running = commands.executeCommand("arq.analyzeTraceback");
    await stands("paying.py", 3);
    await escape();
    await running;
    await stands("checkout.py", 1);
    assert.equal(window.activeTextEditor?.selection.active.character, 4);
    await eventually(() =>
      assert.equal(window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1, "what was shown on the way is closed"),
    );
    assert.equal(api.frames.traceback.current, null);
  });

  it("unfolds library frames in the list", async () => {
    await env.clipboard.writeText(traceback);
    const running = commands.executeCommand("arq.analyzeTraceback");
    await stands("paying.py", 3);
    // The exception, two own frames, then the folded ones.
    for (let step = 0; step < 3; step++) await next();
    await enter();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asking = answering("showWarningMessage");
    asking.begin();
    try {
      await enter();
      await running;
      assert.match(asking.said, /worker\.py/, "a library frame was chosen, which has no file here");
    } finally {
      asking.end();
    }
  });

  it("takes the selection before the clipboard, behind a container's prefix and cut by a terminal of 80 columns", async () => {
    await env.clipboard.writeText("nothing of interest");
    const printed = traceback
      .trimEnd()
      .split("\n")
      .map((line) => `worker-1  | ${line}`)
      .flatMap((line) => line.match(/.{1,80}/g) ?? [])
      .join("\n");
    const document = await workspace.openTextDocument({
      content: `some log\n${printed}\nsome more\n`,
      language: "log",
    });
    const editor = await window.showTextDocument(document);
    editor.selection = new Selection(1, 0, document.lineCount - 2, 0);
    // As a menu of the editor calls it, with the document's URI.
    const running = commands.executeCommand("arq.analyzeTraceback", document.uri);
    await stands("paying.py", 3);
    await enter();
    await running;
    await stands("paying.py", 3);
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("asks which one is meant of several, the last first", async () => {
    await env.clipboard.writeText(
      `${traceback.replace("line 3, in pay", "line 1, in pay").replace(/    raise .*\n/, "")}\n12:00:00: later\n${traceback}`,
    );
    const running = commands.executeCommand("arq.analyzeTraceback");
    await eventually(
      async () => {
        await enter();
        assert.deepEqual(here(), ["paying.py", 3]);
      },
      { timeoutMs: 10_000, intervalMs: 300 },
    );
    await eventually(async () => {
      await enter();
      assert.ok(
        await Promise.race([
          Promise.resolve(running).then(() => true),
          new Promise<false>((resolve) => setTimeout(resolve, 200, false)),
        ]),
      );
    });
    await stands("paying.py", 3);
  });

  it("says what was looked at, and what to do, where there is no traceback", async () => {
    const asking = answering("showInformationMessage");
    asking.begin();
    try {
      await env.clipboard.writeText("just\ntwo lines");
      await commands.executeCommand("arq.analyzeTraceback");
      assert.match(
        asking.said,
        /^No Python traceback in the clipboard \(2 lines\)\. Copy one, or select it in an editor/,
      );
      const document = await workspace.openTextDocument({ content: "def f(): ...\n" });
      const editor = await window.showTextDocument(document);
      editor.selection = new Selection(0, 0, 0, 5);
      await env.clipboard.writeText("");
      await commands.executeCommand("arq.analyzeTraceback");
      assert.match(
        asking.said,
        /^No Python traceback in the selection in .* \(1 line\), and none in the clipboard \(empty\)\./,
      );
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    } finally {
      asking.end();
    }
  });

  it("reads what is selected in a terminal, and leaves the clipboard as it was", async () => {
    await env.clipboard.writeText("mine");
    const file = path("printed.txt");
    await writeFile(file, traceback);
    const terminal = window.createTerminal({ name: "printed", cwd: folder });
    try {
      terminal.show();
      terminal.sendText("clear; cat printed.txt");
      await eventually(
        async () => {
          await commands.executeCommand("workbench.action.terminal.selectAll");
          await commands.executeCommand("workbench.action.terminal.copySelection");
          assert.match(await env.clipboard.readText(), /LookupError: no card/);
        },
        { timeoutMs: 20_000, intervalMs: 300 },
      );
      await env.clipboard.writeText("mine");
      const running = commands.executeCommand("arq.analyzeTerminalSelection");
      await stands("paying.py", 3);
      assert.equal(await env.clipboard.readText(), "mine");
      await enter();
      await running;
    } finally {
      terminal.dispose();
    }
  });

  it("analyzes the clipboard, under its own name, where nothing is selected in a terminal", async () => {
    const asking = answering("showInformationMessage");
    asking.begin();
    try {
      await env.clipboard.writeText("just\ntwo lines");
      await commands.executeCommand("arq.analyzeTerminalSelection");
      assert.match(asking.said, /^No Python traceback in the clipboard \(2 lines\)\./);
      assert.equal(await env.clipboard.readText(), "just\ntwo lines");
    } finally {
      asking.end();
    }
  });

  it("takes no clipboard that it could not put back without being told to", async () => {
    await env.clipboard.writeText("");
    const terminal = window.createTerminal({ name: "kept", cwd: folder });
    const asking = answering("showInformationMessage");
    asking.begin();
    try {
      terminal.show();
      terminal.sendText("echo something to select");
      await eventually(
        async () => {
          await commands.executeCommand("workbench.action.terminal.selectAll");
          await commands.executeCommand("workbench.action.terminal.copySelection");
          assert.match(await env.clipboard.readText(), /something to select/);
        },
        { timeoutMs: 20_000, intervalMs: 300 },
      );
      await env.clipboard.writeText("");
      await commands.executeCommand("arq.analyzeTerminalSelection");
      assert.match(asking.said, /^The clipboard holds no text\./);
      assert.equal(await env.clipboard.readText(), "");
      asking.answer = "Copy and Analyze";
      await commands.executeCommand("arq.analyzeTerminalSelection");
      await eventually(() =>
        assert.match(asking.said, /^No Python traceback in the selection in the terminal \(\d+ line/),
      );
    } finally {
      asking.end();
      terminal.dispose();
    }
  });

  describe("with a connection", () => {
    let redis: RedisServer;
    before(async () => {
      redis = await startRedis();
      await addFailed(redis.client(), "order:77");
      await connect([{ name: "shop", url: redis.url }]);
      await eventually(() => assert.ok(api.session.monitor?.row("order:77")));
    });
    after(async () => {
      await disconnect();
      await redis.stop();
    });

    it("offers to open the job that the log names", async () => {
      await env.clipboard.writeText(
        `12:00:00:   0.05s ! order:77:send_email failed, LookupError: no card for this order, which has been waiting since th…\n${traceback}`,
      );
      const running = commands.executeCommand("arq.analyzeTraceback");
      await stands("paying.py", 3);
      // The last row.
      await key("workbench.action.quickOpenSelectPrevious");
      await eventually(async () => {
        await enter();
        assert.equal(api.jobs.active, "order:77");
      });
      await running;
    });
  });
});
