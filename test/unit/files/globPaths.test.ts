import assert from "node:assert/strict";
import { join } from "node:path";
import { globPaths, writtenOut } from "../../../src/files/globPaths";
import { TempFolder } from "../../support/tempFolder";

describe("globPaths", () => {
  let folder: TempFolder;
  beforeEach(() => {
    folder = new TempFolder();
    for (const path of ["worker.log", "other.txt", "a/worker-1.log", "a/b/worker-2.log", ".hidden.log"])
      folder.write(path);
  });
  afterEach(() => folder.remove());
  const found = async (pattern: string): Promise<string[]> =>
    (await globPaths(join(folder.path, pattern))).map((path) => path.slice(folder.path.length + 1)).toSorted();

  it("finds files by names and parts of names, at any depth with **", async () => {
    assert.deepEqual(await found("*.log"), ["worker.log"]);
    assert.deepEqual(await found("**/worker*.log"), ["a/b/worker-2.log", "a/worker-1.log", "worker.log"]);
    assert.deepEqual(await found("*/worker-?.log"), ["a/worker-1.log"]);
    assert.deepEqual(await found("a/*"), ["a/worker-1.log"]);
    assert.deepEqual(await found("nowhere/*.log"), []);
  });

  it("names a path without wildcards though nothing is there yet", async () => {
    assert.deepEqual(await found("later.log"), ["later.log"]);
    assert.deepEqual(await globPaths("relative/*.log"), []);
  });

  it("is bounded, whatever the pattern", async () => {
    assert.ok((await globPaths("/**/**/**/*.log")).length <= 50);
    assert.deepEqual(await found(`${"*a".repeat(40)}.log`), []);
  });

  it("writes home and workspace folders out, and leaves globs of the workspace to it", () => {
    assert.deepEqual(writtenOut("~/logs/*.log", "/home/me", []), ["/home/me/logs/*.log"]);
    assert.deepEqual(writtenOut("${workspaceFolder}/../w.log", "/home/me", ["/a/one", "/b/two"]), [
      "/a/w.log",
      "/b/w.log",
    ]);
    assert.deepEqual(writtenOut("/var/log/arq.log", "/home/me", []), ["/var/log/arq.log"]);
    assert.equal(writtenOut("logs/*.log", "/home/me", ["/a"]), null);
    assert.equal(writtenOut("~other/x.log", "/home/me", ["/a"]), null);
  });
});
