import assert from "node:assert/strict";
import { functionsNamed, scanFile } from "../../../src/python/tasks/fileScan";
import { withoutQuietBodies } from "../../../src/python/tasks/quietBodies";
import { PythonProject } from "../../support/pythonProject";

/** As much as is read of one file, in characters. Time that grows with the square of it is longer than a test may take; some are given several times as much for that. */
const size = 2_000_000;

describe("Bodies that say nothing about tasks", () => {
  const hostile: readonly (readonly [what: string, text: string])[] = [
    ["one long word", `def f():\n    x = "${"a1".repeat(size / 2)}"\n`],
    [
      "many lists that are its own",
      `def f():\n${Array.from({ length: 50_000 }, (_, nth) => `    a${nth} = 1\n    a${nth} += 2\n`).join("")}`,
    ],
    ["many heads and no end of line", "def f():\r".repeat((3 * size) / 9)],
    ["many heads without a colon", `${"def (\n".repeat(size / 6)}def f(): pass\n`],
    [
      "functions within each other, and lines without end",
      `${Array.from({ length: 150 }, (_, depth) => `${" ".repeat(depth)}def f():\n`).join("")}${"\n".repeat(size)}${" ".repeat(150)}pass\n`,
    ],
    ["functions that are far in", `${" ".repeat(300)}def f():\n`.repeat((2 * size) / 309)],
  ];
  for (const [what, text] of hostile)
    it(`are found in linear time where there is ${what}`, () => {
      assert.ok(withoutQuietBodies(text).length > 0);
    });

  it("have comments at any column", async () => {
    const project = new PythonProject();
    try {
      const { settings, tasks } = await project.read({
        "worker.py": `from arq import func
async def send(ctx): pass
class WorkerSettings:
    def choose(self, x):
        if x:
            a = 1
    # at the column of its def
# and at the margin
        return a
    queue_name = "mail"
    functions = [send]
`,
      });
      const [only] = settings;
      assert.deepEqual(
        [only?.name, only?.values.queue_name && "value" in only.values.queue_name],
        ["WorkerSettings", true],
      );
      assert.deepEqual(
        tasks.map(({ name }) => name),
        ["send"],
      );
    } finally {
      project.remove();
    }
  });

  it("are left out but for what ends them, line by line", () => {
    const text = "def f():\n    x = 1\n\n    # why\n    return x\n# after\nclass A:\n    b = 1\n";
    assert.equal(withoutQuietBodies(text), "def f():\n\n\n\n    pass\n# after\nclass A:\n    b = 1\n");
  });

  it("stay where a list is changed that they do not make", () => {
    const own = "def f():\n    found = []\n    found.pop()\n    return found\n";
    assert.doesNotMatch(withoutQuietBodies(own), /found/);
    const other = own.replace("found.pop()", "others.pop()");
    assert.equal(withoutQuietBodies(other), other);
  });
});

describe("Names that decorators register", () => {
  /** By what the function `send` is registered in this text. */
  const registered = (text: string): string | undefined => {
    const { functions } = scanFile(text);
    return functionsNamed(functions, "a.py", "send", "send").map(({ registeredAs }) => registeredAs)[0];
  };
  const send = '@task("mail.send")\nasync def send(ctx): pass\n';
  const inText = (indent: string, text: string): string =>
    `${indent}"""What it does.\n\n${indent}${text}\n${indent}"""\n`;

  const seen: readonly (readonly [what: string, text: string])[] = [
    [
      "after another function's text with an @",
      `def a():\n${inText("    ", "@param b: what")}    return ${"b".repeat(400)}\n\n`,
    ],
    ["after a module's text with an @", `${inText("", "@param b: what")}x = 1\n`],
    ["after a text with an @ that is right before it", inText("", `@author me ${"b".repeat(3000)}`)],
    ["after a long decorator", `@other(\n${"    1,\n".repeat(400)})\n`],
    ["after comments and empty lines", "@other\n# why\n\n"],
  ];
  for (const [what, before] of seen)
    it(`are seen ${what}`, () => {
      assert.equal(registered(before + send), "mail.send");
    });

  const notSeen: readonly (readonly [what: string, text: string])[] = [
    ["the text of a module", `${inText("", '@task("mail.other")')}async def send(ctx): pass\n`],
    [
      "the text of another function",
      `def a():\n${inText("    ", '@task("mail.other")')}    return 1\n\nasync def send(ctx): pass\n`,
    ],
    ["the text of a class", `class A:\n${inText("    ", '@task("mail.other")')}    async def send(self, ctx): pass\n`],
  ];
  for (const [what, text] of notSeen)
    it(`are not taken from ${what}`, () => {
      assert.equal(registered(text), "");
    });

  it("are read in many ways of writing", () => {
    for (const decorator of [
      '@task(\n    name="mail.send",\n    queue="b",\n)',
      "@app.task(queue='b',\n\n      name = 'mail.send')",
      '@task(\n    "mail.send"\n)\n@other',
    ])
      assert.equal(registered(`${decorator}\nasync def send(ctx): pass\n`), "mail.send", decorator);
  });

  it("are searched in linear time", () => {
    const decorator = `@x(${" ".repeat(1990)}\nasync def send(ctx): pass\n`;
    assert.equal(registered(decorator.repeat((4 * size) / decorator.length)), "");
    const commas = `@x(${" ,".repeat(990)}\nasync def send(ctx): pass\n`;
    assert.equal(registered(commas.repeat(size / commas.length)), "");
  });

  it("and the names of functions within each other are bounded", () => {
    const nested = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}def ${"f".repeat(1000)}():\n`).join(
      "",
    );
    const { functions } = scanFile(nested + `${" ".repeat(300)}async def send(ctx): pass\n`.repeat(4000));
    assert.ok(functions.length < 2 * size, `${functions.length}`);
  });
});
