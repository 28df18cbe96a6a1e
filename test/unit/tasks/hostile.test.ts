import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { scanFile } from "../../../src/python/tasks/fileScan";
import { PythonProject } from "../../support/pythonProject";

describe("Python files as they come", () => {
  let project: PythonProject;
  beforeEach(() => (project = new PythonProject()));
  afterEach(() => project.remove());

  const worker =
    "from arq import func\nasync def send(ctx): pass\nclass WorkerSettings:\n    functions = [send]\n    max_jobs = 3\n";
  const at = { line: 2, column: 10 };

  const shapes: readonly (readonly [what: string, text: string])[] = [
    ["with a byte order mark", `\uFEFF${worker}`],
    ["with CRLF", worker.replaceAll("\n", "\r\n")],
    ["with tabs", worker.replaceAll("    ", "\t")],
    ["without an end of line", worker.trimEnd()],
    ["with a syntax error after", `${worker}def broken(:\n    ]]\n`],
    ["with an open text after", `${worker}\nx = """never ends\n`],
    ["of Python 2", `${worker}print "hello", x\nexec "1"\nraise E, "x"\n`],
    ["with a null byte", `${worker}\0\n`],
    [
      "with what Python 3.14 brings",
      `${worker}type X[T] = list[T]\nt = t"{send}"\ntry:\n    pass\nexcept A, B:\n    pass\nmatch x:\n    case {"a": [1, *_]}: pass\n`,
    ],
    ["with brackets that never end", `${worker}x = ${"(".repeat(20_000)}\n`],
    ["with brackets that nest deeply", `${worker}x = ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`],
    ["with an expression that is long", `${worker}x = ${"1 + ".repeat(50_000)}1\n`],
    ["with calls in calls", `${worker}x = ${"enqueue_job(".repeat(5000)}1${")".repeat(5000)}\n`],
    [
      "with a body that goes on at the margin",
      `${worker}async def more(ctx):\n    x = """\nasync def no(ctx): pass\n"""\n    return (\n1)\n\nasync def last(ctx):\n    pass\n`,
    ],
  ];
  for (const [what, text] of shapes) {
    it(`are read ${what}`, async () => {
      const code = await project.read({ "worker.py": text });
      const task = code.tasks.find(({ name }) => name === "send");
      assert.deepEqual([task?.definition?.line, task?.definition?.column], [at.line, at.column]);
      assert.equal(code.settings.length, 1);
    });
  }

  it("are each for itself: what one cannot give costs that one, and is said", async () => {
    const { path } = project.folder;
    project.folder.write("long.py", `${"x = 1\n".repeat(400_000)}from arq import func\n`);
    project.folder.write(
      "blocks.py",
      `from arq import func\n${Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth)}if x:`).join("\n")}\n${" ".repeat(200)}pass\n`,
    );
    mkdirSync(join(path, "folder.py"));
    symlinkSync(path, join(path, "again"));
    const secret = project.folder.write("secret.py", "async def send(ctx): pass\n");
    chmodSync(secret, 0o000);
    const code = await project.read({ "worker.py": worker });
    assert.equal(code.tasks.length, 1);
    const said = code.problems.map(({ file, why }) => `${project.at({ file, line: 0 }).replace(/:0$/, "")}: ${why}`);
    assert.ok(
      said.some((one) => /^long\.py: .*too long.*2\.4 MB/.test(one)),
      said.join("\n"),
    );
    // As root, every file can be read.
    const isRoot = process.getuid?.() === 0;
    assert.equal(
      said.some((one) => one.startsWith("secret.py: it could not be read")),
      !isRoot,
    );
  });

  /** `a0`, then names each of which stands for eight of the one before: a thousand million of them. */
  const grown = (first: string, next: (name: string) => string): string =>
    [`a0 = ${first}`, ...Array.from({ length: 10 }, (_, depth) => `a${depth + 1} = ${next(`a${depth}`)}`)].join("\n");
  const eight = (one: string, between: string): string => Array<string>(8).fill(one).join(between);
  const growing: readonly (readonly [what: string, code: string, setting: string])[] = [
    ["formatted texts", grown('"x"', (of) => `f"${eight(`{${of}}`, "")}"`), "queue_name = a10"],
    ["values", grown("[]", (of) => `[${eight(`*${of}`, ", ")}]`), "queue_name = a10"],
    ["lists that are empty", grown("list()", (of) => `[${eight(`*${of}`, ", ")}]`), "functions = a10"],
    ["lists that are not", grown("[send]", (of) => `[${eight(`*${of}`, ", ")}]`), "functions = a10"],
    [
      "names that are set under conditions",
      grown("[send]", (of) => of).replaceAll(/^(a[1-9]\d* = .*)$/gm, eight("if x: $1", "\n")),
      "functions = a10",
    ],
  ];
  for (const [what, before, setting] of growing) {
    it(`come to an end with ${what} that grow with each line, and say so`, async () => {
      const { settings } = await project.read({
        "worker.py": `from arq import func\nasync def send(ctx): pass\n${before}\nclass WorkerSettings:\n    max_jobs = 3\n    functions = [send]\n    ${setting}\n`,
      });
      const [found] = settings;
      const queue = found?.values.queue_name;
      const whys = [...(found?.unread ?? []).map(({ why }) => why), queue && "unknown" in queue ? queue.unknown : ""];
      assert.match(whys.join("\n"), /too long/);
      assert.ok(whys.length < 20, `${whys.length} reasons`);
    });
  }

  it("may hold members of an Enum that ask for themselves, several times each", async () => {
    const { settings } = await project.read({
      "worker.py": `from enum import auto
class A(A.X, A.X): X = auto()
class B(B.StrEnum, B.StrEnum): StrEnum = auto()
class C(C.StrEnum, C.StrEnum):
    StrEnum = C.auto()
    auto = C.StrEnum()
async def send(ctx): pass
class WorkerSettings:
    functions = [send]
    queue_name = A.X or "b"
    health_check_key = B.StrEnum or "b"
    timezone = C.StrEnum or "b"
`,
    });
    // Each was followed to its end, and what comes after it, too.
    const { queue_name, health_check_key, timezone } = settings[0]!.values;
    for (const read of [queue_name, health_check_key, timezone])
      assert.equal(read !== null && "unknown" in read ? read.fallback : null, "b");
  });

  it("may import by a text that is long and blank, many times", async () => {
    const { tasks, settings } = await project.read({
      "worker.py": `from arq.utils import import_string
async def send(ctx): pass
a = "x${" ".repeat(9900)}x"
class WorkerSettings:
    functions = [import_string(" worker.send  "), ${"import_string(a), ".repeat(700)}]
`,
    });
    assert.equal(settings.length, 1);
    assert.ok(tasks.some(({ name, definition }) => name === "send" && definition !== null));
  });

  it("may hold classes that are their own bases", async () => {
    const code = await project.read({
      "worker.py": `${worker}\nclass WorkerConfig(Base):\n    max_jobs = 1\nclass Base(WorkerConfig):\n    max_jobs = 2\n`,
    });
    assert.equal(code.settings.length, 1);
  });

  for (const word of ["def", "class", "async def", "(def"])
    it(`are scanned in linear time where a line is nothing but ${word}`, () => {
      const line = `1 ${`${word} a `.repeat(400_000)}`;
      const { functions } = scanFile(`async def first(ctx): pass\n${line}\n  async def last(ctx): pass\n`);
      assert.deepEqual(
        functions.split("\n").map((one) => one.split("\0").slice(0, 3).join(" ")),
        ["1 10 first", "3 12 first.<locals>.last"],
      );
    });

  it("have lines and qualified names of async functions without the grammar as with it", async () => {
    const text = `class A:
    class B:
        async def one(self, ctx): pass
    def two(self):
        async def inner(ctx, a: int = 1): pass
        return inner
    async  def   three(self, ctx,
                       b): pass
if True:
\tasync def four(ctx):
\t\tasync def five(ctx): pass
async def six(): pass
`;
    const code = await project.read({ "a.py": text });
    const found = (name: string): string[] => project.found(code, name);
    assert.deepEqual(found("A.B.one"), ["a.py:3 unique"]);
    assert.deepEqual(found("A.two.<locals>.inner"), ["a.py:5 unique"]);
    assert.deepEqual(found("A.three"), ["a.py:7 unique"]);
    assert.deepEqual(found("four"), ["a.py:10 unique"]);
    assert.deepEqual(found("four.<locals>.five"), ["a.py:11 unique"]);
    assert.deepEqual(found("cron:six"), ["a.py:12 unique"]);
    assert.deepEqual(found("three"), [], "a method is known by its class");
    const [three] = code.definitionsOf("A.three").found;
    assert.deepEqual(
      [three?.definition.column, three?.definition.parameters.map(({ name }) => name).join()],
      [17, "self,ctx,b"],
    );
    for (const name of ["", "send-email", "a b", "x(", "A.", "..", "__proto__", "constructor"])
      assert.deepEqual(found(name), [], name);
  });
});
