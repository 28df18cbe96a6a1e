import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isWithin, realPathWithin } from "../../../src/files/realPathWithin";
import { TempFolder } from "../../support/tempFolder";

describe("realPathWithin", () => {
  let folder: TempFolder;
  let open: string;

  before(() => {
    folder = new TempFolder();
    open = join(folder.path, "open");
    mkdirSync(open);
  });
  after(() => folder.remove());

  it("gives files of the folders, also of a folder that is itself a link", async () => {
    const file = folder.write("open/shop/tasks.py");
    assert.equal(await realPathWithin(file, ["/nowhere", open]), file);
    const link = join(folder.path, "link");
    symlinkSync(open, link);
    assert.equal(await realPathWithin(join(link, "shop", "tasks.py"), [link]), file);
    assert.equal(await realPathWithin(file, [link]), file);
  });

  it("gives nothing outside, be it by `..`, by a name that begins alike, or behind a link", async () => {
    const outside = folder.write("openly/tasks.py");
    symlinkSync(join(folder.path, "openly"), join(open, "away"));
    for (const path of [outside, `${open}/../openly/tasks.py`, join(open, "away", "tasks.py"), join(open, "gone.py")])
      assert.equal(await realPathWithin(path, [open]), null, path);
    assert.equal(await realPathWithin(outside, []), null);
  });

  it("gives the file that a link from outside leads to, and not the link", async () => {
    const file = folder.write("open/real.py");
    const link = join(folder.path, "openly", "real.py");
    mkdirSync(join(folder.path, "openly"), { recursive: true });
    symlinkSync(file, link);
    assert.equal(await realPathWithin(link, [open]), file);
  });

  it("goes by whole names", () => {
    assert.ok(isWithin("/a", "/a") && isWithin("/a", "/a/..b") && isWithin("/a", "/a/b/c"));
    assert.ok(!isWithin("/a", "/ab") && !isWithin("/a/b", "/a") && !isWithin("/a", "/"));
  });
});
