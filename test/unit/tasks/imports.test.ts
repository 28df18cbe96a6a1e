import assert from "node:assert/strict";
import { TaskFiles } from "../../../src/files/taskFiles";
import { PythonProject } from "../../support/pythonProject";

describe("names of tasks across files", () => {
  let project: PythonProject;
  beforeEach(() => (project = new PythonProject()));
  afterEach(() => project.remove());

  const task = "async def send(ctx): pass\n";
  const worker = (imports: string, name = "send"): string =>
    `${imports}\nclass WorkerSettings:\n    functions = [${name}]\n    redis_settings = None\n`;

  const layouts: readonly (readonly [
    what: string,
    files: Readonly<Record<string, string>>,
    definition: string,
    module: string,
  ])[] = [
    [
      "in the same package",
      { "app/__init__.py": "", "app/tasks.py": task, "app/worker.py": worker("from .tasks import send") },
      "app/tasks.py:1",
      "app.tasks",
    ],
    [
      "two levels up",
      {
        "app/__init__.py": "",
        "app/tasks.py": task,
        "app/core/__init__.py": "",
        "app/core/worker/__init__.py": worker("from ...tasks import send"),
      },
      "app/tasks.py:1",
      "app.tasks",
    ],
    [
      "of the package itself",
      { "app/__init__.py": task, "app/worker.py": worker("from . import send") },
      "app/__init__.py:1",
      "app",
    ],
    [
      "as a module of a package",
      { "app/__init__.py": "", "app/tasks.py": task, "app/worker.py": worker("from . import tasks as t", "t.send") },
      "app/tasks.py:1",
      "app.tasks",
    ],
    [
      "by a dotted import",
      {
        "app/__init__.py": "",
        "app/jobs/__init__.py": "",
        "app/jobs/mail.py": task,
        "worker.py": worker("import app.jobs.mail", "app.jobs.mail.send"),
      },
      "app/jobs/mail.py:1",
      "app.jobs.mail",
    ],
    [
      "by an import with a name",
      { "app/__init__.py": "", "app/mail.py": task, "worker.py": worker("import app.mail as m", "m.send") },
      "app/mail.py:1",
      "app.mail",
    ],
    [
      "below src",
      {
        "src/app/__init__.py": "",
        "src/app/tasks.py": task,
        "src/app/worker.py": worker("from app.tasks import send"),
      },
      "src/app/tasks.py:1",
      "app.tasks",
    ],
    [
      "without any __init__.py",
      { "app/jobs/mail.py": task, "app/worker.py": worker("from app.jobs.mail import send") },
      "app/jobs/mail.py:1",
      "app.jobs.mail",
    ],
    [
      "beside a script",
      {
        "services/a/tasks.py": task,
        "services/a/worker.py": worker("from tasks import send"),
        "services/b/tasks.py": "async def other(ctx): pass\n",
      },
      "services/a/tasks.py:1",
      "tasks",
    ],
    [
      "handed on by packages",
      {
        "app/__init__.py": "from .a import *\n",
        "app/a/__init__.py": "from .b import send\n",
        "app/a/b.py": task,
        "worker.py": worker("from app import send"),
      },
      "app/a/b.py:1",
      "app.a.b",
    ],
    [
      "of a library of the same workspace",
      {
        "libs/common/common/__init__.py": "",
        "libs/common/common/tasks.py": task,
        "services/a/a/__init__.py": "",
        "services/a/a/worker.py": worker("from common.tasks import send"),
      },
      "libs/common/common/tasks.py:1",
      "common.tasks",
    ],
    [
      "imported where it is there",
      { "fast.py": task, "worker.py": worker("try:\n    from fast import send\nexcept ImportError:\n    send = None") },
      "fast.py:1",
      "fast",
    ],
    [
      "imported for types only",
      {
        "fast.py": task,
        "worker.py": worker("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fast import send"),
      },
      "fast.py:1",
      "fast",
    ],
    [
      "through a chain of aliases",
      {
        "a.py": task,
        "b.py": "from a import send as s\nt = s\n",
        "c.py": "import b\nu = b.t\n",
        "worker.py": worker("from c import u", "u"),
      },
      "a.py:1",
      "a",
    ],
    [
      "in lists made elsewhere",
      { "a.py": `${task}ALL = (send,)\n`, "worker.py": worker("from a import ALL", "*ALL") },
      "a.py:1",
      "a",
    ],
    [
      "imported on several lines",
      { "a.py": task, "worker.py": worker("from a import (  # tasks\n    send as go,  # this\n)", "go") },
      "a.py:1",
      "a",
    ],
  ];
  for (const [what, files, definition, module] of layouts) {
    it(`are followed: ${what}`, async () => {
      const code = await project.read(files);
      assert.deepEqual(project.tasks(code), [`send: ${definition}`]);
      assert.equal(code.tasks[0]?.definition?.module, module);
      assert.deepEqual(code.settings[0]?.unread, []);
    });
  }

  it("end, with the reason, where they go in circles or nowhere", async () => {
    const code = await project.read({
      "a.py": "from b import one\nfrom b import *\n",
      "b.py": "from a import one\nfrom a import *\n",
      "worker.py": worker(
        "from a import one, two\nfrom nowhere import three\nfour = five\nfive = four",
        "one, two, three, four",
      ),
    });
    assert.deepEqual(
      code.tasks.filter(({ definition }) => definition !== null),
      [],
    );
    const whys = [
      ...code.tasks.map(({ name, why }) => `${name}: ${why}`),
      ...(code.settings[0]?.unread ?? []).map(({ why }) => why),
    ];
    assert.equal(whys.length, 4, whys.join("\n"));
    assert.ok(whys.every((why) => why.length > 5));
  });

  it("are followed in each open folder by itself first", async () => {
    const write = (path: string, text: string): string => project.folder.write(path, text);
    for (const root of ["one", "two"]) {
      write(`${root}/tasks.py`, task);
      write(`${root}/worker.py`, `${worker("from tasks import send")}    queue_name = "${root}"\n`);
    }
    const roots = ["one", "two"].map((root) => `${project.folder.path}/${root}`);
    const code = await new TaskFiles({ roots }).read();
    assert.deepEqual(project.found(code, "send", "one"), ["one/tasks.py:1 registered"]);
    assert.deepEqual(project.found(code, "send", "two"), ["two/tasks.py:1 registered"]);
    assert.equal(code.tasks.length, 2);
  });

  it("in calls of enqueue_job are texts, constants and names of functions, or unknown with the reason", async () => {
    const code = await project.read({
      "tasks.py": `${task}NAME = "send"\nclass Names:\n    SEND = "send"\n`,
      "ask.py": `import tasks
from tasks import NAME, Names, send
from arq import create_pool
async def ask(redis, **more):
    await redis.enqueue_job("send", 1, *more, _job_id="x", _queue_name="q", to=2, **more)
    await redis.enqueue_job(NAME)
    await redis.enqueue_job(Names.SEND)
    await redis.enqueue_job(tasks.send.__name__)
    await redis.enqueue_job(send.__qualname__, _defer_by=5)
    await redis.enqueue_job(function="send", a=1)
    await redis.enqueue_job(f"send_{more}")
    await redis.enqueue_job(more["x"])
    await enqueue_job("""send""")
    pool = await create_pool()
    await pool.enqueue_job("send")
`,
    });
    const said = code.enqueues.map(
      ({ name, isLiteral, queue, positional, keywords, hasMorePositional, hasMoreKeywords, place }) => [
        place.line,
        "value" in name ? name.value : "?",
        isLiteral,
        queue !== null && "value" in queue ? queue.value : null,
        positional,
        keywords.join(),
        hasMorePositional,
        hasMoreKeywords,
      ],
    );
    assert.deepEqual(said, [
      [5, "send", true, "q", 1, "to", true, true],
      [6, "send", false, null, 0, "", false, false],
      [7, "send", false, null, 0, "", false, false],
      [8, "send", false, null, 0, "", false, false],
      [9, "send", false, null, 0, "", false, false],
      [10, "send", true, null, 0, "a", false, false],
      [11, "?", false, null, 0, "", false, false],
      [12, "?", false, null, 0, "", false, false],
      [13, "send", true, null, 0, "", false, false],
      [15, "send", true, "arq:queue", 0, "", false, false],
    ]);
    for (const { name } of code.enqueues) if (!("value" in name)) assert.ok(name.unknown.length > 5);
    const literal = code.enqueues.at(-2)!.name.place;
    assert.deepEqual([literal.column, literal.endColumn], [25, 29], "within the three quotes");
  });

  it("in calls of enqueue_job may be members of an Enum, by value or by themselves", async () => {
    const code = await project.read({
      "names.py": `import enum
from enum import Enum, IntEnum, StrEnum, auto
class Names(str, Enum):
    SEND = "send"
class Auto(StrEnum):
    SEND = auto()
class Count(IntEnum):
    SEND = auto()
class Loud:
    pass
class Mixed(Loud, enum.StrEnum):
    SEND = enum.auto()
`,
      "ask.py": `from names import Auto, Count, Mixed, Names
async def ask(redis):
    await redis.enqueue_job(Names.SEND)
    await redis.enqueue_job(Names.SEND.value)
    await redis.enqueue_job(Auto.SEND)
    await redis.enqueue_job(Auto.SEND.value)
    await redis.enqueue_job(Count.SEND)
    await redis.enqueue_job(Mixed.SEND)
`,
    });
    assert.deepEqual(
      code.enqueues.map(({ name }) => ("value" in name ? name.value : "?")),
      ["send", "send", "send", "send", "?", "send"],
    );
  });
});
