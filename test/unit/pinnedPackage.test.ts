import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensurePackage, type PinnedPackage } from "../support/vscode/pinnedPackage";

describe("Getting a pinned package through npm", () => {
  let scratch: string;
  let pinned: PinnedPackage;
  const path = process.env["PATH"];
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const downloads = () => readFileSync(join(scratch, "downloads"), "utf8").length;

  /** Puts an `npm` first on the PATH that hands out a broken tarball the given number of times, then the right one. */
  const fakeNpm = (broken: number) => {
    const script = `#!/bin/sh
printf . >> "${scratch}/downloads"
for folder; do :; done
if [ "$(wc -c < "${scratch}/downloads")" -le ${broken} ]; then echo half > "$folder/tool.tgz"
else cp "${scratch}/tool.tgz" "$folder/tool.tgz"; fi
`;
    writeFileSync(join(scratch, "bin", "npm"), script, { mode: 0o755 });
  };

  before(function () {
    if (process.platform === "win32") this.skip();
  });

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), "arq-pinned-"));
    for (const folder of ["bin", "package"]) mkdirSync(join(scratch, folder));
    writeFileSync(join(scratch, "downloads"), "");
    writeFileSync(join(scratch, "package", "package.json"), '{ "name": "tool", "version": "1.2.3" }');
    execFileSync("tar", ["-czf", "tool.tgz", "package"], { cwd: scratch });
    const integrity = createHash("sha512")
      .update(readFileSync(join(scratch, "tool.tgz")))
      .digest("base64");
    pinned = { name: "tool", version: "1.2.3", integrity: `sha512-${integrity}` };
    process.env["PATH"] = `${join(scratch, "bin")}${delimiter}${path}`;
    lines.length = 0;
  });

  afterEach(() => {
    process.env["PATH"] = path;
    rmSync(scratch, { recursive: true, force: true });
  });

  it("unpacks it, and takes what is there the next time", async () => {
    fakeNpm(0);
    const parent = join(scratch, "cache");
    const folder = await ensurePackage(pinned, parent, log);
    assert.ok(existsSync(join(folder, "package.json")));
    assert.equal(await ensurePackage(pinned, parent, log), folder);
    assert.equal(downloads(), 1);
    assert.deepEqual(lines, ["Downloading tool 1.2.3 through npm …"]);
  });

  it("tries once more after a broken download and leaves nothing of it", async () => {
    fakeNpm(1);
    const parent = join(scratch, "cache");
    await ensurePackage(pinned, parent, log);
    assert.equal(downloads(), 2);
    assert.deepEqual(readdirSync(parent), ["package"]);
  });

  it("says what is wrong after the second failure, and leaves nothing", async () => {
    fakeNpm(2);
    const parent = join(scratch, "cache");
    await assert.rejects(
      ensurePackage(pinned, parent, log),
      /tool 1\.2\.3 cannot be had through npm: .*not the pinned one/s,
    );
    assert.deepEqual(readdirSync(parent), []);
  });

  it("takes no folder whose preparation failed", async () => {
    fakeNpm(0);
    const parent = join(scratch, "cache");
    const prepare = () => Promise.reject(new Error("no space left"));
    await assert.rejects(ensurePackage(pinned, parent, log, prepare), /no space left/);
    assert.deepEqual(readdirSync(parent), []);
  });
});
