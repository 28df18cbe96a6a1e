import assert from "node:assert/strict";
import { findTaskDefinition } from "../../../src/files/definitionLookup";
import { TempFolder } from "../../support/tempFolder";

describe("findTaskDefinition", () => {
  let folder: TempFolder;
  beforeEach(() => (folder = new TempFolder()));
  afterEach(() => folder.remove());
  const find = (name: string, isCancelled = () => false) => findTaskDefinition([folder.path], name, isCancelled);

  it("finds the task among the open folders' own Python, and nothing in environments", async () => {
    const tasks = folder.write("shop/tasks.py", "import arq\n\n\nasync def send_email(ctx, to):\n    pass\n");
    folder.write("shop/mail.py", "def send_email(to):\n    pass\n");
    folder.write(".venv/lib/tasks.py", "async def send_email(ctx):\n    pass\n");
    const { found, files, complete } = await find("send_email");
    assert.deepEqual(found, [{ file: tasks, line: 4 }]);
    assert.deepEqual([files, complete], [2, true]);
  });

  it("finds a function that is registered under another name", async () => {
    folder.write("worker.py", 'functions = [func(send_email, name="mail")]\n');
    folder.write("mail.py", "def mail():\n    pass\n");
    const tasks = folder.write("tasks.py", "async def send_email(ctx):\n    pass\n");
    assert.deepEqual((await find("mail")).found, [{ file: tasks, line: 1 }]);
  });

  it("gives all that are as likely", async () => {
    const a = folder.write("a/tasks.py", "async def run(ctx):\n    pass\n");
    const b = folder.write("b/tasks.py", "async def run(ctx):\n    pass\n");
    assert.deepEqual((await find("run")).found.map(({ file }) => file).sort(), [a, b]);
  });

  it("says what was looked for where there is none, and that it was cancelled", async () => {
    folder.write("worker.py", 'functions = [func(gone, name="mail")]\n');
    const { found, names } = await find("mail");
    assert.deepEqual(found, []);
    assert.deepEqual(names, ["def mail", "def gone"]);
    assert.equal((await find("mail", () => true)).complete, false);
  });
});
