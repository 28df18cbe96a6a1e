import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flattenChain, isOwnFrame } from "../../src/python/frames";
import { parseTracebacks, type Traceback } from "../../src/python/traceback";
import { repositoryRoot } from "../support/repositoryRoot";

/** One line an exception: `type: message @function:line@function:line*repeat`, then what hangs on it. */
function outline(traceback: Traceback): unknown {
  const frames = traceback.frames.map((f) => `@${f.function}${f.repeat > 0 ? `*${f.repeat}` : ""}`).join("");
  const at = traceback.at === null ? "" : ` at ${traceback.at.file}:${traceback.at.line}`;
  const line = `${traceback.type}: ${traceback.message} ${frames}${at}`;
  const { cause, context, group } = traceback;
  if (cause === null && context === null && group.length === 0) return line;
  return [
    line,
    ...(cause === null ? [] : [{ cause: outline(cause) }]),
    ...(context === null ? [] : [{ context: outline(context) }]),
    ...group.map(outline),
  ];
}

function recorded(python: string): [kind: string, text: string][] {
  const text = readFileSync(join(repositoryRoot(), "test/fixtures/tracebacks", `${python}.txt`), "utf8");
  return text
    .split(/^===== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    });
}

const ofGroup = [
  "ExceptionGroup: outer (4 sub-exceptions) @<module>@group",
  "ValueError: v1 @group@charge",
  "ValueError: v2 @group@charge",
  ["KeyError: 'order'\nnote of\ntwo lines @group@chained", { cause: "ValueError: v1 @chained@charge" }],
  ["ExceptionGroup: inner (2 sub-exceptions) ", "FileNotFoundError: [Errno 2] no ", "TypeError: multi\nline "],
];
const expected: Record<string, unknown> = {
  plain: "ValueError: v1 @<module>@plain@charge",
  chained: ["KeyError: 'order' @<module>@chained", { cause: "ValueError: v1 @chained@charge" }],
  handling: ["RuntimeError: while cleaning up @<module>@handling", { context: "ValueError: v1 @handling@charge" }],
  never_raised_cause: ["KeyError: 'order' @<module>@never_raised_cause", { cause: "ValueError: never\nraised " }],
  recursion: "RecursionError: maximum recursion depth exceeded @<module>@recursion@recursion@recursion*996",
  syntax: "SyntaxError: invalid syntax @<module>@syntax at settings.py:1",
  no_source: "LookupError:  @<module>@no_source@<module>@run",
  many_lines: "ValueError: 2 problems:\n  - first\n\n  - second @<module>@many_lines",
  long_statement: "ValueError: v(1, 2) @<module>@long_statement@charge",
  nested_class: "Outer.Inner: deep @<module>@nested_class",
  empty: "TimeoutError:  @<module>@empty",
  group: ofGroup,
  group_as_cause: [
    "RuntimeError: after the group @<module>@group_as_cause",
    { cause: ["ExceptionGroup: outer (4 sub-exceptions) @group_as_cause@group", ...ofGroup.slice(1)] },
  ],
  group_as_effect: [
    "ExceptionGroup: g (1 sub-exception) @<module>@group_as_effect",
    { context: "ValueError: v1 @group_as_effect@charge" },
    "KeyError: 'x' ",
  ],
  wide_group: [
    "ExceptionGroup: wide (20 sub-exceptions) @<module>@wide_group",
    ...Array.from({ length: 15 }, (_, n) => `ValueError: ${n} `),
  ],
};

describe("parseTracebacks", () => {
  for (const python of ["python3.8", "python3.11", "python3.13"]) {
    const records = recorded(python);
    for (const [kind, text] of records) {
      it(`reads what ${python} prints for ${kind}`, () => {
        const wanted = expected[kind] ?? assert.fail(`no expectation for ${kind}`);
        assert.deepEqual(parseTracebacks(text).map(outline), [wanted]);
      });
    }

    it(`reads all tracebacks that ${python} printed into one log`, () => {
      const all = parseTracebacks(records.map(([kind, text]) => `12:30:01: ${kind}\n${text}`).join(""));
      assert.equal(all.length, records.length);
      assert.equal(all[0]?.message, "v1");
    });
  }

  const simple = `Traceback (most recent call last):
  File "/app/shop/tasks.py", line 7, in charge
    pay(card)
  File "/app/shop/pay.py", line 3, in pay
shop.errors.CardDeclined: no funds
`;
  const parsed: Traceback = {
    frames: [
      { file: "/app/shop/tasks.py", line: 7, function: "charge", source: "pay(card)", repeat: 0 },
      { file: "/app/shop/pay.py", line: 3, function: "pay", source: null, repeat: 0 },
    ],
    at: null,
    type: "shop.errors.CardDeclined",
    message: "no funds",
    notes: [],
    cause: null,
    context: null,
    group: [],
  };

  const sameInside: [sentence: string, text: string][] = [
    ["as it is", simple],
    ["without a line end", simple.trimEnd()],
    ["with Windows line ends", simple.replaceAll("\n", "\r\n")],
    ["indented", simple.replaceAll(/^(?=.)/gm, "    ")],
    ["behind a container's name", simple.replaceAll(/^(?=.)/gm, "worker-1  | ")],
    [
      "behind times that differ",
      simple
        .trimEnd()
        .split("\n")
        .map((line, n) => `2026-01-02T03:04:0${n}Z stderr F ${line}`)
        .join("\n"),
    ],
    ["behind a time on its first line only", `12:30:01: ${simple}`],
    ["after a worker's log line", `12:30:01:   0.05s ! abc:charge failed, CardDeclined: no funds\n${simple}`],
    ["before a worker's log line", `${simple}12:30:02:   0.06s → abc:charge()\n`],
    ["before a dated log line", `${simple}2026-01-02 12:30:02,123 INFO arq.worker: x\n`],
    ["before a line with its level first", `${simple}INFO:arq.worker:x\n`],
    ["in terminal colours", simple.replaceAll(/"[^"]+"/g, (file) => `\u001b[35m${file}\u001b[0m`)],
    ["with carets", simple.replace("    pay(card)\n", "    pay(card)\n    ~~~^^^^^^\n")],
    ["with captured locals", simple.replace("    pay(card)\n", "    pay(card)\n    card = 'x'\n")],
  ];
  for (const [sentence, text] of sameInside) {
    it(`reads a traceback ${sentence}`, () => assert.deepEqual(parseTracebacks(text), [parsed]));
  }

  it("keeps the source of every line of 3.13's long statements to the first one", () => {
    const [, text] = recorded("python3.13").find(([kind]) => kind === "long_statement") ?? assert.fail();
    assert.deepEqual(
      parseTracebacks(text)[0]?.frames.map((frame) => frame.source),
      ["kind()", "charge(", 'raise ValueError(f"v{n}")'],
    );
  });

  it("reads file names with quotes, spaces and no line number", () => {
    const [traceback] = parseTracebacks(
      'Traceback (most recent call last):\n  File "C:\\my "shop"\\a.py", line None, in <lambda>\nKeyError: 1\n',
    );
    const [frame] = traceback?.frames ?? [];
    assert.deepEqual(frame, { file: 'C:\\my "shop"\\a.py', line: 0, function: "<lambda>", source: null, repeat: 0 });
  });

  it("keeps the frames of a traceback that breaks off", () => {
    const [traceback] = parseTracebacks(simple.slice(0, simple.indexOf("shop.errors")));
    assert.deepEqual(traceback, { ...parsed, type: "", message: "" });
  });

  it("finds none in a text without one", () => {
    for (const text of ["", "\n\n", "ValueError: x", "Traceback (most recent call last):", "no Traceback here"]) {
      assert.deepEqual(parseTracebacks(text), [], text);
    }
  });

  it("drops the oldest causes of an endless chain instead of nesting without bound", () => {
    const link = "\nThe above exception was the direct cause of the following exception:\n\n";
    const [traceback] = parseTracebacks(Array.from({ length: 5000 }, () => simple).join(link));
    assert.ok(traceback !== undefined);
    const chain = flattenChain(traceback);
    assert.equal(chain.length, 200);
    assert.equal(chain[199]?.traceback.message, "no funds");
  });

  const header = "Traceback (most recent call last):\n";
  const hostile: [name: string, text: string][] = [
    ["headers alone", header.repeat(100_000)],
    ["spaces", header + " ".repeat(2_000_000)],
    ["one long type", header + "a.".repeat(1_000_000)],
    ["one long line of quotes", `${header}  File "${'", line 1'.repeat(200_000)}`],
    [
      "links alone",
      `${header}\nDuring handling of the above exception, another exception occurred:\n\n`.repeat(30_000),
    ],
    ["blank lines", `${header}  File "a", line 1, in f\n${"\n".repeat(1_000_000)}`],
    [
      "groups without end",
      `  + Exception Group ${header}${Array.from({ length: 1000 }, (_, d) => `${" ".repeat(2 * d + 2)}| E: x\n${" ".repeat(2 * d + 2)}+-+---------------- 1 ----------------\n`).join("")}`,
    ],
    ["lone surrogates and escapes", `${header}  File "\ud800", line 1, in \u001b[\n\udfff: \0\n`],
  ];
  for (const [name, text] of hostile) {
    it(`survives ${name}`, () => void parseTracebacks(text));
  }
});

describe("flattenChain", () => {
  it("lists causes first, each under the sentence that Python prints above it", () => {
    const text = recorded("python3.11").find(([kind]) => kind === "group_as_cause")?.[1] ?? "";
    const [traceback] = parseTracebacks(text);
    assert.ok(traceback !== undefined);
    assert.deepEqual(
      flattenChain(traceback).map((entry) => [entry.heading, entry.traceback.type]),
      [
        [null, "ExceptionGroup"],
        ["Exception 1 of 4 in the group:", "ValueError"],
        ["Exception 2 of 4 in the group:", "ValueError"],
        ["Exception 3 of 4 in the group:", "ValueError"],
        ["The above exception was the direct cause of the following exception:", "KeyError"],
        ["Exception 4 of 4 in the group:", "ExceptionGroup"],
        ["Exception 1 of 2 in the group:", "FileNotFoundError"],
        ["Exception 2 of 2 in the group:", "TypeError"],
        ["The above exception was the direct cause of the following exception:", "RuntimeError"],
      ],
    );
  });
});

describe("isOwnFrame", () => {
  const table: [file: string, own: boolean][] = [
    ["/app/shop/tasks.py", true],
    ["/srv/python-shop/lib/tasks.py", true],
    ["tasks.py", true],
    ["C:\\work\\shop\\tasks.py", true],
    ["/home/a/library/python/tasks.py", true],
    ["/usr/local/lib/python3.12/asyncio/tasks.py", false],
    ["/usr/local/lib/python3.13t/asyncio/tasks.py", false],
    ["/app/.venv/lib/python3.12/site-packages/arq/worker.py", false],
    ["/usr/lib/python3/dist-packages/redis/client.py", false],
    ["C:\\Users\\a\\AppData\\Local\\Programs\\Python\\Python312\\Lib\\asyncio\\tasks.py", false],
    ["C:\\Users\\a\\miniconda3\\envs\\shop\\Lib\\asyncio\\tasks.py", false],
    ["C:\\app\\venv\\Lib\\site-packages\\arq\\worker.py", false],
    ["/app/.venv/bin/arq", false],
    ["/app/shop/arq_monitor.py", false],
    ["C:\\app\\venv\\Scripts\\arq.exe", false],
    ["<string>", false],
    ["<frozen importlib._bootstrap>", false],
    ["", false],
  ];
  for (const [file, own] of table) {
    it(`takes ${file === "" ? "no name" : file} for ${own ? "own" : "other people's"} code`, () => {
      assert.equal(isOwnFrame(file), own);
    });
  }
});
