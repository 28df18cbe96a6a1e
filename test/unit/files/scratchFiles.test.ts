import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { keptScripts, removeScratch, writeScratch } from "../../../src/files/scratchFiles";
import { TempFolder } from "../../support/tempFolder";

describe("scripts that debug jobs, on the disk", () => {
  let temp: TempFolder;
  let folder = "";
  beforeEach(() => {
    temp = new TempFolder();
    folder = join(temp.path, "storage", "debug");
  });
  afterEach(() => temp.remove());

  it("get a new file each, for their owner alone, whatever the function is called", async () => {
    const first = await writeScratch(folder, "send_email", "one");
    assert.equal(await writeScratch(folder, "send_email", "two"), join(folder, "debug_send_email_2.py"));
    assert.equal(readFileSync(first, "utf8"), "one", "what the user may have filled in was written over");
    if (process.platform !== "win32") {
      assert.equal(statSync(first).mode & 0o777, 0o600);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
    }
    for (const name of ["../../evil", "cron:a b/c", "x".repeat(5000), "\0", "日本"]) {
      const file = await writeScratch(folder, name, "");
      assert.equal(dirname(file), folder);
      assert.match(basename(file), /^debug_\w{0,90}\.py$/);
    }
  });

  it("are let go of, the oldest first, and nothing else is", async () => {
    await writeScratch(folder, "kept", "");
    temp.write("storage/debug/notes.txt");
    for (let n = 0; n < keptScripts + 5; n++) {
      const file = await writeScratch(folder, `f${n}`, "");
      utimesSync(file, n + 1000, n + 1000);
    }
    const left = readdirSync(folder);
    assert.equal(left.filter((name) => name.endsWith(".py")).length, keptScripts);
    assert.ok(left.includes("notes.txt") && left.includes(`debug_f${keptScripts + 4}.py`));
    assert.ok(!left.includes("debug_f0.py"));
    await removeScratch(folder);
    assert.ok(!existsSync(folder));
    await removeScratch(folder);
  });
});
