import assert from "node:assert/strict";
import { flattenChain, isOwnFrame } from "../../src/python/frames";
import { parseTracebacks, type Traceback } from "../../src/python/traceback";
import { recordedTracebacks } from "../support/tracebackCorpus";

const recorded = recordedTracebacks();

function printed(kind: string, version: string): string {
  return recorded.find((each) => each.kind === kind && each.versions.includes(version))?.text ?? assert.fail(kind);
}

describe("parseTracebacks", () => {
  const simple = `Traceback (most recent call last):
  File "/app/shop/tasks.py", line 7, in charge
    pay(card)
  File "/app/shop/pay.py", line 3, in pay
shop.errors.CardDeclined: no funds
`;
  const marked = simple.replace(/\n {2}File/, "\n> File");
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
    ["whose first frame caught it, as loguru marks it", simple.replace(/\n {2}File/, "\n\n> File")],
    ["whose last frame caught it, as loguru marks it", simple.replace(/\n {2}File(?=.*pay$)/m, "\n\n> File")],
    ["with a marked frame, behind a container's name", marked.replaceAll(/^(?=.)/gm, "worker-1  | ")],
    ["with captured locals", simple.replace("    pay(card)\n", "    pay(card)\n    card = 'x'\n")],
  ];
  for (const [sentence, text] of sameInside) {
    it(`reads a traceback ${sentence}`, () => assert.deepEqual(parseTracebacks(text), [parsed]));
  }

  it("leaves a message whole that holds what others put a traceback into, or words that a record above has", () => {
    const said = (message: string, above = ""): string | undefined =>
      parseTracebacks(`${above}${simple.trimEnd()}`.replace("no funds", message))[0]?.message;
    for (const mark of ["```", '"""', "</pre>", "{code}"]) {
      const message = `answer:\n${mark}\ntext\n${mark}\nend`;
      assert.equal(said(message), message);
    }
    const message = "got\nan ERROR in step 3\n  ERROR: broken";
    assert.equal(said(message, "1234 ERROR worker failed\n"), message);
    assert.equal(said(message, "    ERROR worker failed\n"), message);
    assert.equal(said("got\n77 ERROR next", "1234 ERROR worker failed\n"), "got");
    assert.equal(said("got\n```\nbye", "```\n"), "got");
  });

  it("keeps the source of every line of 3.13's long statements to the first one", () => {
    assert.deepEqual(
      parseTracebacks(printed("call_of_many_lines", "3.13"))[0]?.frames.map((frame) => frame.source),
      ["charge(", 'raise ValueError("v%d" % n)'],
    );
  });

  it("reads file names with quotes, spaces and no line number", () => {
    const [traceback] = parseTracebacks(
      'Traceback (most recent call last):\n  File "C:\\my "shop"\\a.py", line None, in <lambda>\nKeyError: 1\n',
    );
    const [frame] = traceback?.frames ?? [];
    assert.deepEqual(frame, { file: 'C:\\my "shop"\\a.py', line: 0, function: "<lambda>", source: null, repeat: 0 });
  });

  it("reads a string of JSON with a cause that was never raised, whose last letter is a mark of strings elsewhere", () => {
    const link = "\nThe above exception was the direct cause of the following exception:\n\n";
    const text = JSON.stringify({ level: "error", exception: `KeyError: 'sku'\n${link}${simple}`, event: "bad" });
    const bytes = `got rb'first\\n${simple.replaceAll("\n", "\\n")}' from it`;
    assert.equal(parseTracebacks(bytes)[0]?.message, "no funds");
    const [traceback, ...others] = parseTracebacks(text);
    assert.deepEqual(others, []);
    assert.ok(traceback !== undefined);
    assert.deepEqual(
      flattenChain(traceback).map((one) => [one.traceback.type, one.traceback.message]),
      flattenChain(parseTracebacks(`KeyError: 'sku'\n${link}${simple}`)[0]!).map((one) => [
        one.traceback.type,
        one.traceback.message,
      ]),
    );
    assert.equal(flattenChain(traceback).length, 2);
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
    assert.equal(chain.length, 1000);
    assert.equal(chain[999]?.traceback.message, "no funds");
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
    const [traceback] = parseTracebacks(printed("group_as_cause", "3.11"));
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

  it("counts a recursion within a group whose folding CPython 3.11 and 3.12 print without the margin", () => {
    const [found] = parseTracebacks(`  + Exception Group Traceback (most recent call last):
  |   File "main.py", line 7, in main
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "main.py", line 4, in down
    |     down(n - 1)
  [Previous line repeated 7 more times]
    |   File "main.py", line 3, in down
    |     raise ValueError(n)
    | ValueError: 0
    +------------------------------------
`);
    const frames = found?.group[0]?.frames.map(({ line, repeat }) => [line, repeat]);
    assert.deepEqual(frames, [
      [4, 7],
      [3, 0],
    ]);
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
    ["C:\\Users\\a\\AppData\\Roaming\\uv\\python\\cpython-3.12.4-windows-x86_64-none\\Lib\\asyncio\\tasks.py", false],
    [
      "C:\\Program Files\\WindowsApps\\PythonSoftwareFoundation.Python.3.12_3.12.1264.0_x64__qbz5n2kfra8p0\\Lib\\asyncio\\tasks.py",
      false,
    ],
    ["C:\\Users\\a\\.pyenv\\pyenv-win\\versions\\3.12.4\\Lib\\asyncio\\tasks.py", false],
    ["C:\\hostedtoolcache\\windows\\Python\\3.12.4\\x64\\Lib\\asyncio\\tasks.py", false],
    ["C:\\Users\\a\\miniforge3\\envs\\shop\\Lib\\asyncio\\tasks.py", false],
    ["C:/Users/a/miniforge3/Lib/asyncio/tasks.py", false],
    ["C:\\Users\\a\\AppData\\Local\\Python\\pythoncore-3.14-64\\Lib\\asyncio\\tasks.py", false],
    ["C:\\work\\python3-shop\\Lib\\tasks.py", true],
    ["C:\\work\\shop\\lib\\tasks.py", true],
    ["/srv/3.2/lib/tasks.py", true],
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
