import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type Blame, BlameReader, parseBlame } from "../../../src/files/blameLine";
import { TempFolder } from "../../support/tempFolder";

describe("who changed a line last", () => {
  let folder: TempFolder;
  let reader: BlameReader;

  beforeEach(() => {
    folder = new TempFolder();
    reader = new BlameReader();
  });
  afterEach(() => folder.remove());

  /** As a person would in a terminal, at a moment. */
  function really(author: string, at: string, ...args: string[]): string {
    const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
    const who = ["-c", `user.name=${author}`, "-c", "user.email=dev@example.com"];
    return execFileSync("git", [...who, ...args], { cwd: folder.path, env, encoding: "utf8" }).trim();
  }

  function commit(author: string, at: string, message: string): string {
    really(author, at, "add", ".");
    really(author, at, "commit", "-qm", message);
    return really(author, at, "rev-parse", "HEAD");
  }

  function written(blame: Blame | null): [string, string, string] | null {
    if (blame?.kind !== "committed") return null;
    return [blame.author, new Date(blame.at).toISOString(), blame.summary];
  }

  const monday = "2026-11-16T09:00:00.000Z";
  const friday = "2026-11-20T17:30:00.000Z";

  it("is told for each line of a file, also of one with a name that looks like a switch or a pattern", async () => {
    really("x", monday, "init", "-q");
    for (const name of ["shop/orders.py", "shop/-L1.py", "shop/[a]*.py"]) folder.write(name, "a = 1\nb = 2\n");
    const first = commit("Jane Doe", monday, "Begin\n\nWith a body");
    for (const name of ["shop/orders.py", "shop/-L1.py", "shop/[a]*.py"]) {
      const path = folder.write(name, "a = 1\nb = 3\n");
      assert.deepEqual(await reader.read(path, 1), {
        kind: "committed",
        commit: first,
        author: "Jane Doe",
        at: Date.parse(monday),
        summary: "Begin",
      });
      assert.deepEqual(await reader.read(path, 2), { kind: "uncommitted" });
    }
    commit("Ångström 🐍", friday, "Correct b");
    const path = `${folder.path}/shop/orders.py`;
    assert.deepEqual(written(await new BlameReader().read(path, 2)), ["Ångström 🐍", friday, "Correct b"]);
  });

  it("passes by the revisions that the repository says to ignore", async () => {
    really("x", monday, "init", "-q");
    const path = folder.write("a.py", "def f( x ):\n  return x\n");
    commit("Jane", monday, "Begin");
    folder.write("a.py", "def f(x):\n    return x\n");
    const reformatted = commit("Robot", friday, "Reformat");
    assert.equal(written(await new BlameReader().read(path, 1))?.[0], "Robot");
    folder.write(".git-blame-ignore-revs", `${reformatted}\n`);
    really("x", monday, "config", "blame.ignoreRevsFile", ".git-blame-ignore-revs");
    assert.equal(written(await new BlameReader().read(path, 1))?.[0], "Jane");
  });

  it("is not known without a repository, for a file that git does not follow, and behind the end", async () => {
    const path = folder.write("a.py", "x = 1\n");
    assert.equal(await reader.read(path, 1), null);
    assert.equal(await reader.read(`${folder.path}/gone.py`, 1), null);
    really("x", monday, "init", "-q");
    assert.equal(await new BlameReader().read(path, 1), null);
    commit("Jane", monday, "Begin");
    assert.equal(await new BlameReader().read(path, 99), null);
    assert.equal(await new BlameReader().read(path, 0), null);
  });

  it("is asked once for a line of one version of a file, and anew when the file is another one", async () => {
    really("x", monday, "init", "-q");
    const path = folder.write("a.py", "x = 1\n");
    commit("Jane", monday, "Begin");
    const path1 = await reader.read(path, 1);
    assert.equal(await reader.read(path, 1), path1, "the very same answer");
    folder.write("a.py", "x = 12\n");
    assert.deepEqual(await reader.read(path, 1), { kind: "uncommitted" });
  });

  it("takes nothing for an answer that is none", () => {
    for (const text of ["", "fatal: no such path\n", `${"a".repeat(40)} 1 1 1\nauthor Jane\n`, "0".repeat(39)]) {
      assert.equal(parseBlame(text), null, text);
    }
  });
});
