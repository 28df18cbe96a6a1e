import assert from "node:assert/strict";
import { findSettingsClasses, importsAsPackage, instrumentationLines } from "../../src/python/workerSettings";

describe("findSettingsClasses", () => {
  const table: readonly (readonly [
    name: string,
    text: string,
    found: readonly (readonly [string, number, boolean])[],
  ])[] = [
    ["the usual class", "class WorkerSettings:\n    functions = [a]\n", [["WorkerSettings", 3, false]]],
    [
      "any name and bases",
      "class Mail(Base, metaclass=Meta):\n    queue_name = 'mail'\n    cron_jobs: list = [b]",
      [["Mail", 4, false]],
    ],
    [
      "two of them, with code between",
      "class A:\n    functions = [\n        a,\n    ]\n\n\ndef f():\n    functions = 1\n\nclass B:\n  functions = []\n",
      [
        ["A", 5, false],
        ["B", 12, false],
      ],
    ],
    [
      "a list that closes at the margin",
      "class A:\n    functions = [\na,\n]\n".replace("\na,", "\n  a,"),
      [["A", 5, false]],
    ],
    ["one that is instrumented below", "class A:\n    functions = [a]\n\ninstrument(A)\n", [["A", 3, true]]],
    ["one that is instrumented above", "@instrument\nclass A:\n    functions = [a]\n", [["A", 4, true]]],
    ["one that only a comment instruments", "class A:\n    functions = [a]\n# instrument(A)\n", [["A", 3, false]]],
    ["Windows line ends", "class A:\r\n    functions = [a]\r\nx = 1\r\n", [["A", 3, false]]],
  ];
  for (const [name, text, found] of table) {
    it(`finds ${name}`, () => {
      const classes = findSettingsClasses(text).map((each) => [each.name, each.below, each.instrumented]);
      assert.deepEqual(classes, found);
    });
  }

  const others = [
    "class A:\n    def functions(self): ...\n",
    "functions = [a]\n",
    "class A:\n    x = functions == 1\n",
    "",
  ];
  for (const text of others)
    it(`finds none in ${JSON.stringify(text)}`, () => assert.deepEqual(findSettingsClasses(text), []));
});

describe("instrumentationLines", () => {
  it("imports by a dot in a package, and plainly elsewhere", () => {
    assert.equal(instrumentationLines("Mail", true), "from .arq_monitor import instrument\n\ninstrument(Mail)\n");
    assert.equal(instrumentationLines("Mail", false), "from arq_monitor import instrument\n\ninstrument(Mail)\n");
  });

  it("takes a folder without __init__.py for a package when its module imports as one", () => {
    assert.ok(importsAsPackage("from .tasks import a\n", "shop"));
    assert.ok(importsAsPackage("from shop.tasks import a\n", "shop"));
    assert.ok(importsAsPackage("import app.shop.tasks\n", "shop"));
    assert.ok(!importsAsPackage("from tasks import a\nfrom shopping.cart import b\n", "shop"));
    assert.ok(!importsAsPackage("from tasks import a\n", ""));
  });
});
