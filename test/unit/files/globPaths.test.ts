import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { globPaths, writtenOut } from "../../../src/files/globPaths";
import { NewestFiles } from "../../../src/files/newestFiles";
import { TempFolder } from "../../support/tempFolder";

describe("NewestFiles", () => {
  it("leaves the older of more files than are wanted out, as soon as another one comes", async () => {
    const folder = new TempFolder();
    try {
      const write = (name: string, day: number): string => {
        const path = folder.write(name);
        utimesSync(path, day * 86_400, day * 86_400);
        return path;
      };
      const [a, b, c] = [write("a.log", 3), write("b.log", 1), write("c.log", 2)];
      const newest = new NewestFiles(2);
      assert.deepEqual(await newest.of([b, a]), [a, b]);
      assert.deepEqual(await newest.of([a, b, c]), [a, c]);
      const d = write("d.log", 4);
      assert.deepEqual(await newest.of([a, b, c, d]), [d, a]);
      assert.deepEqual(await newest.of([`${a}.gone`, b, c]), [c, b]);
    } finally {
      folder.remove();
    }
  });

  it("changes no file for another one of the same minutes", async () => {
    const folder = new TempFolder();
    try {
      const write = (name: string, at: number): string => {
        const path = folder.write(name);
        utimesSync(path, at, at);
        return path;
      };
      const newest = new NewestFiles(2);
      const [a, b, c] = [write("a.log", 60_003), write("b.log", 60_002), write("c.log", 60_001)];
      assert.deepEqual(await newest.of([a, b]), [a, b]);
      write("c.log", 60_004);
      assert.deepEqual(await newest.of([a, b, c]), [a, b]);
      write("c.log", 61_000);
      assert.deepEqual(await newest.of([c, b, a]), [c, a]);
    } finally {
      folder.remove();
    }
  });
});

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

  it("finds the log of today in a folder with one of each day, though its name comes last", async () => {
    for (let day = 1; day <= 200; day++) folder.write(`daily/worker.${String(day).padStart(3, "0")}.log`);
    assert.equal((await found("daily/*.log")).at(-1), "daily/worker.200.log");
  });

  it("is bounded, whatever the pattern", async () => {
    assert.ok((await globPaths("/**/**/**/*.log")).length <= 2000);
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
