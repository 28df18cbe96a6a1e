import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { SourceLookup } from "../../../src/files/sourceLookup";
import { TempFolder } from "../../support/tempFolder";

describe("SourceLookup", () => {
  let folder: TempFolder;
  let roots: string[];
  let lookup: SourceLookup;

  beforeEach(() => {
    folder = new TempFolder();
    roots = [folder.path];
    lookup = new SourceLookup({ roots: () => roots });
  });
  afterEach(() => folder.remove());

  const found = async (file: string): Promise<readonly string[]> => (await lookup.find(file)).found;

  it("takes the path as recorded when it exists", async () => {
    const path = folder.write("shop/tasks.py");
    folder.write("other/shop/tasks.py");
    assert.deepEqual(await lookup.find(path), { found: [path], tried: [path] });
    assert.deepEqual(await found("shop/tasks.py"), [path], "relative to a root");
  });

  it("finds a path of a container by its longest matching tail", async () => {
    folder.write("tasks.py");
    const right = folder.write("backend/shop/tasks.py");
    folder.write("other/tasks.py");
    assert.deepEqual(await found("/app/shop/tasks.py"), [right]);
    assert.deepEqual(await found("C:\\work\\Shop\\Tasks.py"), [right]);
  });

  it("gives all files that match equally well", async () => {
    const paths = [folder.write("a/shop/tasks.py"), folder.write("b/shop/tasks.py")];
    folder.write("c/tasks.py");
    assert.deepEqual([...(await found("/app/shop/tasks.py"))].sort(), paths);
  });

  it("names what it tried when there is none", async () => {
    folder.write("shop/models.py");
    assert.deepEqual(await lookup.find("/app/shop/tasks.py"), {
      found: [],
      tried: ["/app/shop/tasks.py", `${folder.path}/**/tasks.py`],
    });
  });

  it("looks through every root, each file once", async () => {
    const path = folder.write("one/shop/tasks.py");
    roots = [join(folder.path, "one"), folder.path, join(folder.path, "missing")];
    assert.deepEqual(await found("/app/shop/tasks.py"), [path]);
  });

  for (const skipped of ["node_modules", ".git", ".venv", "venv", "__pycache__", "lib/site-packages"]) {
    it(`does not look into ${skipped}`, async () => {
      folder.write(`${skipped}/shop/tasks.py`);
      assert.deepEqual(await found("/app/shop/tasks.py"), []);
    });
  }

  it("does not look into a virtual environment of any name, nor through symbolic links", async () => {
    folder.write("python312/pyvenv.cfg");
    folder.write("python312/shop/tasks.py");
    folder.write(".hidden/shop/tasks.py");
    symlinkSync(join(folder.path, ".hidden"), join(folder.path, "linked"));
    assert.deepEqual(await found("/app/shop/tasks.py"), []);
  });

  it("never takes the user's file for one of a library with the same name", async () => {
    folder.write("shop/worker.py");
    folder.write("tasks.py");
    assert.deepEqual(await found("/app/.venv/lib/python3.12/site-packages/arq/worker.py"), []);
    assert.deepEqual(await found("/usr/local/lib/python3.12/asyncio/tasks.py"), []);
    const checkout = folder.write("vendor/arq/worker.py");
    lookup.forget();
    assert.deepEqual(await found("/app/.venv/lib/python3.12/site-packages/arq/worker.py"), [checkout]);
  });

  for (const file of ["", "<string>", "<frozen importlib._bootstrap>", "<ipython-input-1-abc>", "a\0b.py"]) {
    it(`knows that ${JSON.stringify(file)} is no file`, async () => {
      const { found: paths, tried } = await lookup.find(file);
      assert.deepEqual(paths, []);
      assert.equal(tried.length, 1);
    });
  }

  for (const share of ["\\\\evil.example\\share\\tasks.py", "//evil.example/share/tasks.py"]) {
    it(`never touches the network share ${share}`, async () => {
      const { tried } = await lookup.find(share);
      assert.ok(!tried.includes(share));
    });
  }

  it("does not give a file that is gone, and finds a new one after it was told to forget", async () => {
    const path = folder.write("shop/tasks.py");
    assert.deepEqual(await found("/app/shop/tasks.py"), [path]);
    folder.remove();
    assert.deepEqual(await found("/app/shop/tasks.py"), []);
    const moved = folder.write("moved/shop/tasks.py");
    lookup.forget();
    assert.deepEqual(await found("/app/shop/tasks.py"), [moved]);
  });
});
