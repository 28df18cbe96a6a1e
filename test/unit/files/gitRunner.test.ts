import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { git, type GitResult } from "../../../src/files/gitRunner";
import { TempFolder } from "../../support/tempFolder";

const limits = { timeoutMs: 20_000, maxBytes: 1_000_000 };

describe("running git", () => {
  let folder: TempFolder;

  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());

  /** As a person would in a terminal. */
  function really(...args: string[]): void {
    const who = ["-c", "user.name=Jane", "-c", "user.email=jane@example.com"];
    execFileSync("git", [...who, ...args], { cwd: folder.path, stdio: "ignore" });
  }

  function reason(result: GitResult): string {
    return result.ok ? "" : result.reason;
  }

  /** A program of the repository that leaves `ran` behind. */
  function trap(): string {
    const path = folder.write("trap.sh", `#!/bin/sh\ntouch "${join(folder.path, "ran")}"\ncat "$1" 2>/dev/null\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it("answers what git prints, byte for byte", async () => {
    really("init", "-q");
    folder.write("grüße.py", "x = 'ä'\r\n");
    really("add", ".");
    really("commit", "-qm", "First");
    const shown = await git(folder.path, ["cat-file", "blob", "HEAD:grüße.py"], limits);
    assert.ok(shown.ok);
    assert.deepEqual(shown.stdout, Buffer.from("x = 'ä'\r\n"));
  });

  it("tells a folder that is no repository from one that does not exist from a question git cannot answer", async () => {
    assert.equal(reason(await git(folder.path, ["rev-parse", "--show-toplevel"], limits)), "notRepository");
    assert.equal(reason(await git(join(folder.path, "gone"), ["status"], limits)), "notRepository");
    really("init", "-q");
    const failed = await git(folder.path, ["cat-file", "blob", "HEAD:none.py"], limits);
    assert.ok(!failed.ok && failed.reason === "failed");
    assert.equal(failed.exitCode, 128);
    assert.match(failed.stderr, /invalid object name/i);
  });

  it("says that there is no git where PATH leads to none, also where the folder has a program of that name", async () => {
    const own = folder.write("git", "#!/bin/sh\necho mine\n");
    chmodSync(own, 0o755);
    const before = process.env.PATH;
    process.env.PATH = ".:";
    try {
      assert.equal(reason(await git(folder.path, ["status"], limits)), "noGit");
    } finally {
      process.env.PATH = before;
    }
  });

  it("ends git when it prints too much, takes too long or is not wanted any more", async () => {
    really("init", "-q");
    folder.write("long.py", "x = 1\n".repeat(100_000));
    really("add", ".");
    really("commit", "-qm", "First");
    const print = ["cat-file", "blob", "HEAD:long.py"];
    assert.equal(reason(await git(folder.path, print, { ...limits, maxBytes: 1000 })), "tooLarge");
    const slow = folder.write("slow.sh", "#!/bin/sh\nexec sleep 20\n");
    chmodSync(slow, 0o755);
    const wait = ["-c", `alias.wait=!${slow}`, "wait"];
    assert.equal(reason(await git(folder.path, wait, { ...limits, timeoutMs: 50 })), "timeout");
    const stop = new AbortController();
    const waiting = git(folder.path, wait, { ...limits, signal: stop.signal });
    stop.abort();
    assert.equal(reason(await waiting), "cancelled");
    assert.equal(reason(await git(folder.path, print, { ...limits, signal: stop.signal })), "cancelled");
  });

  it("runs no program that the repository's configuration names, and heeds no environment that leads elsewhere", async () => {
    really("init", "-q");
    const program = trap();
    folder.write(".gitattributes", "*.py diff=trap\n");
    const file = folder.write("a.py", "x = 1\n");
    really("add", ".");
    really("commit", "-qm", "First");
    for (const key of ["core.fsmonitor", "core.pager", "core.hooksPath", "diff.external", "diff.trap.textconv"]) {
      really("config", key, program);
    }
    folder.write("a.py", "x = 2\n");
    process.env.GIT_EXTERNAL_DIFF = program;
    process.env.GIT_DIR = "/nowhere";
    try {
      const blame = await git(
        folder.path,
        ["blame", "--no-textconv", "--porcelain", "-L", "1,1", "--", "a.py"],
        limits,
      );
      assert.ok(blame.ok);
      assert.match(blame.stdout.toString(), /^0{40} 1 1 1\n/);
      assert.ok((await git(folder.path, ["status", "--porcelain"], limits)).ok);
      assert.ok((await git(folder.path, ["diff", "--no-ext-diff", "--no-textconv"], limits)).ok);
    } finally {
      delete process.env.GIT_EXTERNAL_DIFF;
      delete process.env.GIT_DIR;
    }
    assert.ok(!existsSync(join(folder.path, "ran")), file);
  });

  it("takes nothing of a shell", async () => {
    really("init", "-q");
    const result = await git(folder.path, ["rev-parse", "--verify", "$(touch ran); touch ran"], limits);
    assert.equal(reason(result), "failed");
    assert.ok(!existsSync(join(folder.path, "ran")));
  });
});
