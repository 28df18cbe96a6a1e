import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TaskCode } from "../../../src/python/tasks/taskCode";
import { PythonProject } from "../../support/pythonProject";
import { randomNumbers } from "../../support/random";

/** All that a snapshot says, so that two can be compared. */
function everything(code: TaskCode): unknown {
  const { definitionsOf: _, ...data } = code;
  const names = ["a", "b", "send", "cron:a", "Box.go", "app.tasks.a", "nothing"];
  return { ...data, found: names.map((name) => [code.definitionsOf(name), code.definitionsOf(name, "q1")]) };
}

describe("what is kept current", () => {
  let project: PythonProject;
  beforeEach(() => (project = new PythonProject()));
  afterEach(() => project.remove());

  const paths = [
    "app/__init__.py",
    "app/tasks.py",
    "app/more.py",
    "worker.py",
    "other/worker.py",
    "names.py",
    "lib/names.py",
    "big.py",
  ];
  const pieces = [
    "async def a(ctx, x):\n    return x\n",
    "async def b(ctx):\n    await ctx['redis'].enqueue_job('a', 1, _queue_name=QUEUE)\n",
    "class Box:\n    async def go(self, ctx):\n        pass\n",
    "QUEUE = 'q1'\n",
    "QUEUE = 'q' + '2'\n",
    "from app.tasks import *\n",
    "from .more import a as send\n",
    "from names import QUEUE\n",
    "from app import tasks\nfrom arq import func, cron\n",
    "class WorkerSettings:\n    functions = [a, b, tasks.a, func(send, name='send'), Box().go]\n    queue_name = QUEUE\n    redis_settings = None\n",
    "class Night(WorkerSettings):\n    cron_jobs = [cron(a, hour={1, 2})]\n    max_jobs = 3\n",
    "WORKER = {'functions': [tasks.a, 'app.tasks.b'], 'queue_name': QUEUE}\n",
    "def broken(:\n    '''never ends\n",
    "FUNCTIONS = []\nFUNCTIONS += [a]\n",
    "def make():\n    return [a, b]\n",
    "class Made:\n    functions = make()\n    queue_name = 'q1'\n",
    "",
  ];

  it("is the same as what is read anew, after any edits", async function () {
    this.timeout(60_000);
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const random = randomNumbers(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
      for (let edit = 0; edit < 40; edit++) {
        const path = pick(paths);
        const file = join(project.folder.path, path);
        const text = Array.from({ length: Math.floor(random() * 6) }, () => pick(pieces)).join("\n");
        const how = random();
        // Saved, typed without saving, given up, or deleted.
        if (how < 0.5) project.folder.write(path, text);
        else if (how < 0.7) project.openTexts.set(file, text);
        else if (how < 0.85) project.openTexts.delete(file);
        else {
          project.openTexts.delete(file);
          rmSync(file, { force: true });
        }
        project.files.change(file);
        if (edit % 3 !== 0) continue;
        const kept = everything(await project.files.read());
        // An editor's file that was never saved is found by what is typed in it.
        const anew = project.reader();
        for (const open of project.openTexts.keys()) anew.change(open);
        assert.deepEqual(kept, everything(await anew.read()), `seed ${seed}, edit ${edit} of ${path}`);
      }
    }
  });

  it("counts what is typed before it is saved, and not any more when it is given up", async () => {
    const tasks = project.folder.write("tasks.py", "async def a(ctx): pass\n");
    const worker =
      "from tasks import a\nclass WorkerSettings:\n    functions = [a]\n    max_jobs = 1\n    redis_settings = None\n";
    await project.read({ "worker.py": worker });
    project.openTexts.set(tasks, "\n\nasync def a(ctx): pass\n");
    project.files.change(tasks);
    const code = await project.files.read();
    assert.deepEqual(project.tasks(code), ["a: tasks.py:3"]);
    project.openTexts.clear();
    project.files.change(tasks);
    assert.deepEqual(project.tasks(await project.files.read()), ["a: tasks.py:1"]);
  });

  it("does not change a snapshot that somebody holds", async () => {
    const before = await project.read({ "tasks.py": "async def a(ctx): pass\n" });
    const after = await project.read({
      "tasks.py": "\nasync def a(ctx): pass\n",
      "more.py": "async def a(ctx): pass\n",
    });
    assert.deepEqual(project.found(before, "a"), ["tasks.py:1 unique"]);
    assert.deepEqual(project.found(after, "a").sort(), ["more.py:1 sameName", "tasks.py:2 sameName"]);
  });

  it("forgets a deleted folder, and takes up what is made in a new one, but in no environment", async () => {
    await project.read({ "src/app/tasks.py": "async def a(ctx): pass\n", "keep.py": "async def b(ctx): pass\n" });
    const has = (path: string): boolean => project.files.hasFolder(join(project.folder.path, path));
    assert.deepEqual(["src", "src/app", "src/ap", "keep.py", "docs"].map(has), [true, true, false, false, false]);
    rmSync(join(project.folder.path, "src"), { recursive: true });
    project.files.change(join(project.folder.path, "src"));
    assert.deepEqual(project.found(await project.files.read(), "a"), []);
    assert.deepEqual([has("src"), has("src/app")], [false, false]);
    project.folder.write("tools/pyvenv.cfg");
    const code = await project.read({
      "new/tasks.py": "async def a(ctx): pass\n",
      "tools/lib/tasks.py": "async def a(ctx): pass\n",
      "node_modules/x/tasks.py": "async def a(ctx): pass\n",
      ".venv/tasks.py": "async def a(ctx): pass\n",
    });
    assert.deepEqual(project.found(code, "a"), ["new/tasks.py:1 unique"]);
    assert.equal(code.files, 2);
  });
  it("takes up what is in a folder that was moved in, but no environment, no hidden folder and nothing from outside", async () => {
    await project.read({ "keep.py": "async def b(ctx): pass\n" });
    const task = "async def a(ctx): pass\n";
    for (const file of ["moved/app/tasks.py", "moved/tools/lib/tasks.py", ".moved/tasks.py", "venv2/lib/tasks.py"])
      project.folder.write(file, task);
    for (const environment of ["moved/tools", "venv2"]) project.folder.write(`${environment}/pyvenv.cfg`);
    const mayHold = (path: string): Promise<boolean> => project.files.mayHold(join(project.folder.path, path));
    const asked = ["moved", "moved/app", ".moved", "no/such", "keep.py", "node_modules", ".."];
    assert.deepEqual(await Promise.all(asked.map(mayHold)), [true, true, false, false, false, false, false]);
    for (const made of ["moved", ".moved", "venv2", "no/such", "keep.py/below"])
      project.files.change(join(project.folder.path, made));
    const code = await project.files.read();
    assert.deepEqual(project.found(code, "a"), ["moved/app/tasks.py:1 unique"]);
    assert.equal(code.files, 2);
    project.files.change(dirname(project.folder.path));
    assert.equal((await project.files.read()).files, 2, "as they still are");
  });

  it("loses no file where a tree is told folder by folder, as one that is copied is", async () => {
    await project.read({ "keep.py": "async def b(ctx): pass\n" });
    project.folder.write("one/two/three/tasks.py", "async def a(ctx): pass\n");
    for (const made of ["one/two/three", "one", "one/two", "one/two/three/tasks.py"])
      project.files.change(join(project.folder.path, made));
    const code = await project.files.read();
    assert.deepEqual(project.found(code, "a"), ["one/two/three/tasks.py:1 unique"]);
    rmSync(join(project.folder.path, "one"), { recursive: true });
    for (const gone of ["one/two/three", "one/two", "one"]) project.files.change(join(project.folder.path, gone));
    assert.deepEqual(project.found(await project.files.read(), "a"), []);
  });

  it("takes a folder for an environment from the moment on that it is one", async () => {
    await project.read({ "keep.py": "async def b(ctx): pass\n", "tools/a.py": "async def a(ctx): pass\n" });
    project.folder.write("tools/pyvenv.cfg");
    const code = await project.read({ "tools/c.py": "async def c(ctx): pass\n" });
    assert.deepEqual([project.found(code, "a"), project.found(code, "c")], [["tools/a.py:1 unique"], []]);
  });

  it("is of an empty folder, too, as a walk finds it", async () => {
    await project.read({});
    const code = await project.read({ "node_modules/x/tasks.py": "async def a(ctx): pass\n" });
    assert.equal(code.files, 0);
  });
});
