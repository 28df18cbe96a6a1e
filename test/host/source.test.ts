import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commands, Position, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { frameSource } from "../../src/host/editor/frameSource";
import { FrameStack } from "../../src/host/editor/frameStack";
import { locateOwn } from "../../src/host/editor/locateOwn";
import type { Frame } from "../../src/python/traceback";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { addFailed, connect, disconnect, extensionApi, labels, rows, set } from "./fixture";

function root(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

/** Writes a file of the test into the workspace, and returns its path. */
async function put(name: string, text: string): Promise<string> {
  const path = join(root(), name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** VS Code tells soon, not at once, of a file that says where others are. */
async function opened(open: () => PromiseLike<unknown>, path: string, line: number): Promise<void> {
  await eventually(
    async () => {
      await open();
      const editor = window.activeTextEditor;
      assert.deepEqual([editor?.document.uri.fsPath, (editor?.selection.active.line ?? -1) + 1], [path, line]);
    },
    { timeoutMs: 15_000, intervalMs: 300 },
  );
}

const frame = (file: string, line: number, source: string | null = null, name = "f"): Frame => ({
  file,
  line,
  function: name,
  source,
  repeat: 0,
});

describe("from a frame to the line", () => {
  let api: ArqApi;
  before(async () => (api = await extensionApi()));
  after(async () => {
    for (const name of ["frames", "copy", ".venv", ".vscode/launch.json", "compose.frames.yaml"])
      await rm(join(root(), name), { recursive: true, force: true });
    await set("arq.pathMappings", undefined);
    await api.frames.learned.forget(api.frames.learned.all);
    await commands.executeCommand("workbench.action.closeAllEditors");
  });

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

  it("goes to where the printed line stands now, on the disk or in text that is not saved", async () => {
    const path = await put("frames/moved.py", "def pay(order):\n    check(order)\n    raise Declined(order)\n");
    const target = { file: "/app/frames/moved.py", line: 3, source: "raise Declined(order)", function: "pay" };
    await opened(() => commands.executeCommand("arq.openFrame", target), path, 3);
    const editor = window.activeTextEditor!;
    await editor.edit((edit) => edit.insert(editor.document.positionAt(0), "import os\n\n\n"));
    assert.ok(editor.document.isDirty);
    const [located] = await api.frames.locate(target);
    assert.deepEqual([located?.path, located?.line, located?.text], [path, 6, "moved"]);
    await opened(() => commands.executeCommand("arq.openFrame", target), path, 6);
    await editor.edit((edit) => edit.delete(editor.document.lineAt(5).range));
    assert.equal((await api.frames.locate(target))[0]?.text, "edited");
    await commands.executeCommand("workbench.action.files.revert");
  });

  it("asks which file is meant when several fit, once, unless one of them has the printed line", async () => {
    await put("copy/one/twice/jobs.py", "def run():\n    raise First()\n");
    const second = await put("copy/two/twice/jobs.py", "def run():\n    raise Second()\n");
    const raised = { file: "/app/twice/jobs.py", line: 2, source: "raise Second()", function: "run" };
    await commands.executeCommand("arq.openFrame", raised);
    assert.deepEqual(
      [window.activeTextEditor?.document.uri.fsPath, window.activeTextEditor?.selection.active.line],
      [second, 1],
      "files that were written a moment ago are known",
    );
    await api.frames.learned.forget(api.frames.learned.all);
    const opening = api.frames.open({ file: "/app/twice/jobs.py", line: 1 }, false);
    await eventually(async () => {
      await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      assert.ok(await Promise.race([opening, new Promise<false>((resolve) => setTimeout(resolve, 200, false))]));
    });
    const chosen = window.activeTextEditor?.document.uri.fsPath;
    assert.match(chosen ?? "", /twice.jobs\.py$/);
    assert.equal(api.frames.learned.all[0]?.remote, "/app");
    await commands.executeCommand("workbench.action.closeAllEditors");
    assert.equal(await api.frames.open({ file: "/app/twice/jobs.py", line: 1 }, false), true, "nothing is asked again");
    assert.equal(window.activeTextEditor?.document.uri.fsPath, chosen);
  });

  it("follows the user's pair of folders, launch.json and compose files, in this order", async () => {
    const text = "def run():\n    raise Here()\n";
    const composed = await put("frames/composed/paths/work.py", text);
    const launched = await put("frames/launched/paths/work.py", text);
    const mapped = await put("frames/mapped/paths/work.py", text);
    const target = { file: "/remote/paths/work.py", line: 2, source: "raise Here()", function: "run" };
    const found = (path: string, how: string) =>
      eventually(
        async () => {
          const [first] = await api.frames.locate(target);
          assert.deepEqual([first?.path, first?.how], [path, how]);
        },
        { timeoutMs: 20_000 },
      );
    await put("compose.frames.yaml", "services:\n  worker:\n    volumes:\n      - ./frames/composed:/remote\n");
    await found(composed, "compose");
    const pathMappings = [{ localRoot: "${workspaceFolder}/frames/launched", remoteRoot: "/remote" }];
    const configurations = [{ type: "debugpy", request: "attach", name: "a", pathMappings }];
    await put(".vscode/launch.json", JSON.stringify({ version: "0.2.0", configurations }));
    await found(launched, "launch");
    await commands.executeCommand("arq.mapPath", { file: target.file, folder: join(root(), "frames/mapped") });
    assert.deepEqual(workspace.getConfiguration().get("arq.pathMappings"), [
      { remote: "/remote", local: "${workspaceFolder}/frames/mapped" },
    ]);
    await found(mapped, "mapping");
    assert.equal(await api.frames.open(target, false), true);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, mapped);
  });

  it("opens a library in the workspace's own environment, and never the user's file of the same name", async () => {
    await put(".venv/pyvenv.cfg", "home = /nowhere/bin\nversion = 3.13.1\n");
    const path = await put(".venv/lib/python3.13/site-packages/arq_only_here/worker.py", "def run_job():\n    pass\n");
    const file = "/usr/local/lib/python3.11/site-packages/arq_only_here/worker.py";
    await opened(() => api.frames.open({ file, line: 2 }, false), path, 2);
    const missing = "/usr/local/lib/python3.11/site-packages/no_such_package/worker.py";
    assert.deepEqual(await api.frames.locate(frame(missing, 2)), [], "the demo has a worker.py of its own");
  });

  it("tells nothing unasked of a file outside the open folders, which a traceback may name", async () => {
    const outside = await mkdtemp(join(tmpdir(), "arq-elsewhere-"));
    try {
      const path = join(outside, "keys.py");
      await writeFile(path, "def f():\n    raise Known()\n");
      const there = frame(path, 2, "raise Known()");
      assert.equal((await api.frames.locateOne(there))?.path, path);
      assert.equal(await locateOwn(api.frames, there), null);
      const here = frame(join(root(), "shop", "payments.py"), 34);
      assert.equal((await locateOwn(api.frames, here))?.path, here.file);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("reads nothing that is no Python file, also where it is open in an editor", async () => {
    const path = await put("frames/secret.env", "PASSWORD=opensesame\n");
    await window.showTextDocument(await workspace.openTextDocument(path));
    assert.equal((await api.frames.locateOne(frame(path, 1)))?.text, "unknown");
    assert.equal(await frameSource(api.frames, frame(path, 1)), null);
    await commands.executeCommand("workbench.action.closeActiveEditor");
  });

  it("opens nothing, and does not fail, when no file fits", async () => {
    assert.equal(await api.frames.open({ file: "/srv/app/not/here_at_all.py", line: 1 }, false), false);
    for (const file of ["<string>", "Cell In[3]", "<stdin>"])
      assert.equal(await api.frames.open({ file, line: 1 }, false), false);
  });
});

describe("stepping through a traceback", () => {
  let api: ArqApi;
  let path: string;
  const frames = (): Frame[] => [
    frame("/v/lib/python3.12/site-packages/no_such_package/worker.py", 594, "result = await task", "run_job"),
    frame("/app/stepping/steps.py", 2, "middle()", "start"),
    frame("/app/stepping/gone_since.py", 9, "nothing()", "gone"),
    frame("/app/stepping/steps.py", 9, "raise KeyError('sku')", "middle"),
  ];
  const at = (): number => (window.activeTextEditor?.selection.active.line ?? -1) + 1;

  before(async () => {
    api = await extensionApi();
    path = await put(
      "stepping/steps.py",
      "def start():\n    middle()\n\n\n# added since\n\n\ndef middle():\n    # another\n    raise KeyError('sku')\n",
    );
    await eventually(async () => assert.equal((await api.frames.locate(frames()[1]!)).length, 1), {
      timeoutMs: 15_000,
    });
  });
  after(async () => {
    await rm(join(root(), "stepping"), { recursive: true, force: true });
    await api.frames.learned.forget(api.frames.learned.all);
    await commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("marks the frame with what was raised, goes to the next and the previous one, and leaves", async () => {
    const stack = new FrameStack(frames(), { type: "KeyError", message: "'sku'", values: ["order = 7"] });
    assert.equal(await api.frames.openTraceback(stack, 3), true);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, path);
    assert.equal(at(), 10, "where the line stands now");
    assert.equal(
      api.frames.traceback.note,
      "KeyError: 'sku' · order = 7 · frame 3 of 3 in your code · moved since: it was line 9, now 10",
    );
    assert.match(api.frames.traceback.status ?? "", /frame 3 of 3 in your code/);
    await commands.executeCommand("arq.previousFrame");
    assert.equal(at(), 2, "over the frame whose file is gone");
    assert.equal(api.frames.traceback.note, "frame 1 of 3 in your code");
    await commands.executeCommand("arq.previousFrame");
    assert.equal(at(), 2, "there is no frame of own code before it");
    await commands.executeCommand("arq.nextFrame");
    assert.equal(at(), 10);
    await commands.executeCommand("arq.leaveTraceback");
    assert.equal(api.frames.traceback.current, null);
    assert.equal(api.frames.traceback.note, null);
  });

  it("stays with the line while the file is edited, and finds it again where the file is read again", async () => {
    const standing = () => api.frames.traceback.current?.located.line;
    const stack = new FrameStack(frames(), { type: "KeyError", message: "'sku'", values: [] });
    assert.equal(await api.frames.openTraceback(stack, 3), true);
    const editor = window.activeTextEditor!;
    await editor.edit((edit) => edit.insert(new Position(4, 0), "\n\n\n"));
    assert.equal(standing(), 13);
    assert.match(editor.document.lineAt(12).text, /raise KeyError/);
    assert.match(api.frames.traceback.note ?? "", /moved since: it was line 9, now 13$/);
    await editor.edit((edit) => edit.insert(new Position(13, 0), "\n"));
    assert.equal(standing(), 13, "what is below it does not move it");
    await editor.edit((edit) => edit.insert(new Position(12, 0), "\n"));
    assert.equal(standing(), 14, "a line break before it takes it along");
    // VS Code puts back in one change what is between the first and the last difference.
    await commands.executeCommand("workbench.action.files.revert");
    await eventually(() => assert.equal(standing(), 10));
    assert.match(editor.document.lineAt(9).text, /raise KeyError/);
    await commands.executeCommand("arq.leaveTraceback");
  });

  it("peeks all frames that have a file", async () => {
    assert.equal(await api.frames.openTraceback(frames(), 1), true);
    assert.equal(await api.frames.peek(), true);
    await commands.executeCommand("closeReferenceSearch");
    await commands.executeCommand("arq.leaveTraceback");
    await assert.rejects(api.frames.peek(), /Open a frame of a traceback first/);
  });

  it("is over when another frame is opened that belongs to none", async () => {
    await api.frames.openTraceback(frames(), 1);
    await api.frames.open({ file: path, line: 1 }, false);
    assert.equal(api.frames.traceback.current, null);
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

  it("can be stepped through from its row in the tree", async () => {
    const [group] = await rows(api.trees.failed);
    const [job] = await rows(api.trees.failed, group?.element);
    const [row] = await rows(api.trees.failed, job?.element);
    const { command } = row!.item;
    assert.equal(command?.command, "arq.openFrame");
    await commands.executeCommand(command.command, ...(command.arguments ?? []));
    assert.equal(window.activeTextEditor?.document.uri.fsPath, join(root(), "shop", "orders.py"));
    assert.match(api.frames.traceback.note ?? "", /^KeyError: 'sku'.* · frame 1 of 1 in your code/);
    await commands.executeCommand("arq.leaveTraceback");
  });
});
