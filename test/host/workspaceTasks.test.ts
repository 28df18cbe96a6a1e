import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, Range, RelativePattern, window, workspace, WorkspaceEdit } from "vscode";
import { WorkspaceTasks } from "../../src/host/editor/workspaceTasks";
import { eventually } from "../support/eventually";
import { extensionApi } from "./fixture";
import { Spies } from "./overhear";

const patience = { timeoutMs: 15_000 };

describe("what the workspace's Python says about tasks", () => {
  const root = (): string => workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const folder = (): string => join(root(), "read_tasks");
  /** Nobody's source: it is hidden. */
  const elsewhere = (): string => join(root(), ".read_tasks");
  let tasks: WorkspaceTasks;
  before(async () => {
    tasks = new WorkspaceTasks((await extensionApi()).log);
    await mkdir(folder(), { recursive: true });
    await writeFile(join(folder(), "here.py"), "async def only_here(ctx):\n    pass\n");
  });
  after(async () => {
    tasks.dispose();
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await rm(folder(), { recursive: true, force: true });
    await rm(elsewhere(), { recursive: true, force: true });
  });
  /** In the snapshot that is kept, without asking for it to be read. */
  const kept = (name: string): string[] =>
    tasks.current
      ?.definitionsOf(name)
      .found.map(({ definition: { file, line } }) => `${file.slice(root().length + 1)}:${line}`) ?? [];

  it("is not read before somebody asks", async () => {
    const document = await workspace.openTextDocument(join(folder(), "here.py"));
    await window.showTextDocument(document);
    assert.equal(tasks.current, null);
    const code = await tasks.ready();
    assert.ok(code.tasks.some(({ name }) => name === "charge_card"));
    assert.equal(tasks.current, code);
    assert.equal(await tasks.ready(), code, "and only once");
    assert.deepEqual(kept("only_here"), ["read_tasks/here.py:1"]);
  });

  it("watches nothing before somebody asks, and nothing once it is disposed of", async () => {
    const { log } = await extensionApi();
    const spies = new Spies();
    const create = workspace.createFileSystemWatcher.bind(workspace);
    let watching = 0;
    spies.put(workspace, "createFileSystemWatcher", (pattern, ...given) => {
      const watcher = create(pattern, ...given);
      // Others may watch other files meanwhile.
      if (!(pattern instanceof RelativePattern) || !["**", "**/*.py"].includes(pattern.pattern)) return watcher;
      watching++;
      const dispose = watcher.dispose.bind(watcher);
      watcher.dispose = () => {
        watching--;
        dispose();
      };
      return watcher;
    });
    try {
      const asked = new WorkspaceTasks(log);
      assert.equal(watching, 0);
      await asked.ready();
      assert.ok(watching > 0);
      asked.dispose();
      assert.equal(watching, 0);
      const late = new WorkspaceTasks(log);
      late.dispose();
      await late.ready();
      assert.equal(watching, 0, "asked when it was disposed of already");
    } finally {
      spies.restore();
    }
  });

  it("follows what is typed, before it is saved, and what is given up", async () => {
    let changes = 0;
    const subscription = tasks.onDidChange(() => changes++);
    const document = await workspace.openTextDocument(join(folder(), "here.py"));
    const edit = new WorkspaceEdit();
    edit.replace(document.uri, new Range(0, 0, 0, 0), "\n\nasync def typed(ctx, x): pass\n");
    await workspace.applyEdit(edit);
    await eventually(
      () => assert.deepEqual([kept("typed"), kept("only_here")], [["read_tasks/here.py:3"], ["read_tasks/here.py:4"]]),
      patience,
    );
    await window.showTextDocument(document);
    await commands.executeCommand("workbench.action.files.revert");
    await eventually(
      () => assert.deepEqual([kept("typed"), kept("only_here")], [[], ["read_tasks/here.py:1"]]),
      patience,
    );
    assert.ok(changes >= 2);
    subscription.dispose();
  });

  it("follows files that come and go", async () => {
    await writeFile(join(folder(), "come.py"), "\nasync def comes(ctx): pass\n");
    await eventually(() => assert.deepEqual(kept("comes"), ["read_tasks/come.py:2"]), patience);
    await rm(join(folder(), "come.py"));
    await eventually(() => assert.deepEqual(kept("comes"), []), patience);
  });

  it("takes up a folder that is moved in from outside, and forgets it when it is deleted, with the folders in it", async () => {
    await mkdir(join(elsewhere(), "inner"), { recursive: true });
    await writeFile(join(elsewhere(), "inner", "deep.py"), "async def deep(ctx): pass\n");
    await rename(elsewhere(), join(folder(), "outer"));
    await eventually(() => assert.deepEqual(kept("deep"), ["read_tasks/outer/inner/deep.py:1"]), patience);
    await rm(join(folder(), "outer"), { recursive: true });
    await eventually(() => assert.deepEqual(kept("deep"), []), patience);
  });

  it("takes up what is made at once with its folders, and forgets what is moved away from outside", async () => {
    await mkdir(join(folder(), "made", "at", "once"), { recursive: true });
    await writeFile(join(folder(), "made", "at", "once", "away.py"), "async def away(ctx): pass\n");
    await eventually(() => assert.deepEqual(kept("away"), ["read_tasks/made/at/once/away.py:1"]), patience);
    await rename(join(folder(), "made"), elsewhere());
    await eventually(() => assert.deepEqual(kept("away"), []), patience);
  });
});
