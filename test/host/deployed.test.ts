import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commands, TabInputTextDiff, type TextEditor, Uri, window, workspace } from "vscode";
import { BlameReader } from "../../src/files/blameLine";
import type { ArqApi } from "../../src/host/api";
import { LineHistory } from "../../src/host/blame";
import { FrameStack } from "../../src/host/editor/frameStack";
import type { Frame } from "../../src/python/traceback";
import { eventually } from "../support/eventually";
import { extensionApi, set } from "./fixture";

const deployed = "def pay(order):\n    check(order)\n    raise Declined(order)\n";
const today = "import os\n\n\ndef pay(order):\n    return None\n";

describe("a frame as it was deployed", () => {
  let api: ArqApi;
  let folder: string;
  let commit: string;

  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", ...args],
      {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    ).trim();
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const raised: Frame = {
    file: "/app/till/cash.py",
    line: 3,
    function: "pay",
    source: "raise Declined(order)",
    repeat: 0,
  };
  const stack = (release: string | null) => new FrameStack([raised], null, release);
  const shown = (): TextEditor[] =>
    window.visibleTextEditors.filter(({ document }) => document.uri.scheme === "arq-deployed");

  before(async () => {
    api = await extensionApi();
    folder = join(workspace.workspaceFolders![0]!.uri.fsPath, "deployed_here");
    await put("till/cash.py", deployed);
    await put("till/old_name.py", `# one\n# two\n${deployed}`);
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "deployed");
    git("tag", "v1.4.2");
    commit = git("rev-parse", "HEAD");
    await put("till/cash.py", today);
    git("mv", "till/old_name.py", "till/new_name.py");
    git("add", ".");
    git("commit", "-q", "-m", "today");
    await eventually(async () => assert.equal((await api.frames.locate(raised)).length, 1), { timeoutMs: 15_000 });
  });
  afterEach(async () => {
    await set("arq.source.commit", undefined);
    await commands.executeCommand("workbench.action.closeAllEditors");
  });
  after(async () => {
    await commands.executeCommand("arq.leaveTraceback");
    await api.frames.learned.forget(api.frames.learned.all);
    await rm(folder, { recursive: true, force: true });
  });

  it("is opened from git beside today's file, read-only, at the line that ran, as Python", async () => {
    await api.frames.openTraceback(stack("shop@1.4.2"), 0);
    assert.match(api.frames.traceback.note ?? "", /edited since/);
    await commands.executeCommand("arq.openDeployed");
    const [editor] = shown();
    assert.equal(editor?.document.getText(), deployed);
    assert.equal(editor?.document.languageId, "python");
    assert.equal(editor?.selection.active.line, 2);
    assert.match(editor?.document.uri.path ?? "", new RegExp(`^/${commit.slice(0, 8)}/till/cash\\.py$`));
    const beside = window.visibleTextEditors.find(
      ({ document }) => document.uri.fsPath === join(folder, "till/cash.py"),
    );
    assert.ok(beside, "today's file stays in sight");
    assert.notEqual(editor?.viewColumn, beside.viewColumn);
  });

  it("is compared with today's file, from the frame or from its own title bar", async () => {
    const compared = (): TabInputTextDiff | null => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof TabInputTextDiff ? input : null;
    };
    await api.deployed.compare({ ...raised, step: { stack: stack("v1.4.2"), index: 0 } });
    await eventually(() => assert.equal(compared()?.modified.fsPath, join(folder, "till/cash.py")));
    assert.equal(compared()?.original.scheme, "arq-deployed");
    await commands.executeCommand("workbench.action.closeAllEditors");
    await api.deployed.open({ ...raised, step: { stack: stack("v1.4.2"), index: 0 } });
    await commands.executeCommand("arq.compareDeployed");
    await eventually(() => assert.equal(compared()?.modified.fsPath, join(folder, "till/cash.py")));
  });

  it("is opened by the commit that the settings name, and found though it was renamed since", async () => {
    await set("arq.source.commit", commit.slice(0, 10));
    const file = "/srv/till/old_name.py";
    await api.deployed.open({ file, line: 5, source: "raise Declined(order)", function: "pay" });
    assert.match(shown()[0]?.document.uri.path ?? "", /old_name\.py$/);
    assert.equal(shown()[0]?.selection.active.line, 4);
    await commands.executeCommand("arq.compareDeployed");
    await eventually(() => {
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof TabInputTextDiff);
      assert.equal(input.modified.fsPath, join(folder, "till/new_name.py"));
    });
  });

  it("and who changed a line, is asked of no repository outside the open folders, which a traceback may name", async () => {
    const outside = await mkdtemp(join(tmpdir(), "arq-elsewhere-"));
    try {
      const path = join(outside, "cash.py");
      await writeFile(path, deployed);
      git("init", "-q", outside);
      git("-C", outside, "add", ".");
      git("-C", outside, "commit", "-q", "-m", "elsewhere");
      const elsewhere = git("-C", outside, "rev-parse", "HEAD");
      const named = { ...raised, file: path };
      assert.equal((await api.frames.locateOne(named))?.path, path);
      await assert.rejects(
        api.deployed.open({ ...named, step: { stack: stack(elsewhere), index: 0 } }),
        /is no commit, tag or branch/,
      );
      assert.equal((await new BlameReader().read(path, 3))?.kind, "committed");
      const history = new LineHistory(api.session);
      assert.equal(await history.of(path, 3), null);
      assert.equal((await history.of(join(folder, "till", "cash.py"), 1))?.kind, "committed");
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("says why it cannot be shown", async () => {
    const open = (release: string | null, file = raised.file) =>
      api.deployed.open({ ...raised, file, step: { stack: stack(release), index: 0 } });
    await assert.rejects(open(null), /What was deployed is not known.*arq\.source\.commit/s);
    await assert.rejects(open("v9.9.9"), /v9\.9\.9 is no commit, tag or branch/);
    await assert.rejects(open("--output=/tmp/never"), /is no commit, tag or branch/);
    await assert.rejects(open("v1.4.2", "/app/till/never_there.py"), /Commit [0-9a-f]{8} has no file like/);
  });

  it("answers no address that it has not made", async () => {
    const foreign = { top: "/", commit, path: "etc/passwd" };
    const branch = { top: folder, commit: "main", path: "till/cash.py" };
    for (const file of [branch, { ...foreign, top: "/tmp" }])
      await assert.rejects(async () =>
        workspace.openTextDocument(Uri.from({ scheme: "arq-deployed", path: "/x/y.py", query: JSON.stringify(file) })),
      );
  });
});
