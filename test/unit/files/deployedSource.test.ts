import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { deployedText, findDeployed } from "../../../src/files/deployedSource";
import { TempFolder } from "../../support/tempFolder";

const deployed = `async def charge(ctx):
    raise CardDeclined(ctx)
`;

describe("findDeployed", () => {
  let folder: TempFolder;
  let first: string;

  const git = (...args: string[]): string =>
    execFileSync(
      "git",
      ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", ...args],
      { cwd: folder.path, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    ).trim();
  const frame = (file: string) => ({ file, line: 2, source: "raise CardDeclined(ctx)", function: "charge" });
  const find = (release: string, file = "/app/shop/tasks.py", located: string | null = null) =>
    findDeployed([folder.path], [release], frame(file), located);

  before(() => {
    folder = new TempFolder();
    git("init", "-q", "-b", "main");
    folder.write("shop/tasks.py", deployed);
    folder.write("shop/gone.py", "def gone():\n    raise CardDeclined(ctx)\n");
    folder.write("other/tasks.py", "# another\n");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    git("tag", "v1.4.2");
    first = git("rev-parse", "HEAD");
    git("mv", "shop/tasks.py", "shop/jobs.py");
    git("rm", "-q", "shop/gone.py");
    folder.write("shop/jobs.py", `# a word before it\n${deployed}`);
    git("add", ".");
    git("commit", "-q", "-m", "second");
  });
  after(() => folder.remove());

  it("gives the file of a tag, a commit, a short commit and a release that names one, also where it was renamed since", async () => {
    for (const release of [
      "v1.4.2",
      "1.4.2",
      "shop@1.4.2",
      first,
      first.slice(0, 9),
      `2026.11+${first.slice(0, 10)}`,
    ]) {
      const found = await find(release);
      assert.ok(found.ok, release);
      assert.deepEqual(found.file, { top: folder.path, commit: first, path: "shop/tasks.py" });
      assert.equal(found.text, deployed);
      assert.equal(found.today, join(folder.path, "shop/jobs.py"), "where it is today");
    }
  });

  it("tells a file apart that ends alike by the printed line, and one that is gone today", async () => {
    const alike = await find("v1.4.2", "/srv/tasks.py");
    assert.ok(alike.ok);
    assert.equal(alike.file.path, "shop/tasks.py");
    const gone = await find("v1.4.2", "/app/shop/gone.py");
    assert.ok(gone.ok);
    assert.equal(gone.today, null);
  });

  it("says what is missing: the revision, the file, the repository", async () => {
    assert.deepEqual(await find("v9.9.9"), { ok: false, reason: "noRevision", shallow: false });
    assert.deepEqual(await find("v1.4.2", "/app/shop/never.py"), { ok: false, reason: "noFile", commit: first });
    const other = new TempFolder();
    try {
      const found = await findDeployed([other.path], ["v1.4.2"], frame("/app/shop/tasks.py"), null);
      assert.deepEqual(found, { ok: false, reason: "notRepository" });
      execFileSync("git", ["clone", "-q", "--depth", "1", `file://${folder.path}`, join(other.path, "shallow")]);
      const shallow = await findDeployed([join(other.path, "shallow")], [first], frame("/app/shop/tasks.py"), null);
      assert.deepEqual(shallow, { ok: false, reason: "noRevision", shallow: true });
    } finally {
      other.remove();
    }
  });

  it("asks no repository outside the folders, also where a frame's file lies in one", async () => {
    const open = new TempFolder();
    try {
      const located = join(folder.path, "shop/jobs.py");
      const found = await findDeployed([open.path], ["v1.4.2"], frame(located), located);
      assert.deepEqual(found, { ok: false, reason: "notRepository" });
      symlinkSync(join(folder.path, "shop"), join(open.path, "shop"));
      const linked = join(open.path, "shop/jobs.py");
      assert.deepEqual(await findDeployed([open.path], ["v1.4.2"], frame(linked), linked), found);
      const near = await findDeployed([folder.path], ["v1.4.2"], frame("/app/shop/tasks.py"), located);
      assert.ok(near.ok);
    } finally {
      open.remove();
    }
  });

  it("hands git no name that it could take for anything but a revision", async () => {
    for (const release of ["--output=/tmp/x", "-h", "v1.4.2 --help", "main:shop/jobs.py", "main..v1.4.2", "@{-1}"])
      assert.deepEqual(await find(release), { ok: false, reason: "noRevision", shallow: false }, release);
    const file = { top: folder.path, commit: "main", path: "shop/jobs.py" };
    assert.equal(await deployedText(file), null, "only full hashes");
  });

  it("looks through every repository for the one that knows the revision", async () => {
    const other = new TempFolder();
    try {
      execFileSync("git", ["init", "-q"], { cwd: other.path });
      const found = await findDeployed([other.path, folder.path], ["v1.4.2"], frame("/app/shop/tasks.py"), null);
      assert.ok(found.ok);
    } finally {
      other.remove();
    }
  });
});
