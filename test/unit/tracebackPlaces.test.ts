import assert from "node:assert/strict";
import { parseTracebacks, type Traceback } from "../../src/python/traceback";
import { recordedTracebacks } from "../support/tracebackCorpus";

/** Without those that stand among log records already. */
const recorded = recordedTracebacks().filter(({ kind }) => !kind.startsWith("logged "));
const escape = "\u001b";

function eachLine(text: string, change: (line: string, index: number) => string): string {
  return `${text.replace(/\n$/, "").split("\n").map(change).join("\n")}\n`;
}

const second = (index: number) => String(index % 60).padStart(2, "0");
const web = (line: string) => `web-1  | ${line}`;

/** A record goes on with the traceback only where its header begins: a cause that was never raised stands on lines of its own. */
const behind = (record: string, text: string) => `${record}${/^(?:Traceback| {2}\+ )/.test(text) ? " " : "\n"}${text}`;

/** What happens to a traceback between Python and us. */
const places: [sentence: string, change: (text: string) => string][] = [
  ["behind the prefix of docker compose", (text) => eachLine(text, web)],
  [
    "behind a prefix whose blanks at the end of lines were cut",
    (text) => eachLine(text, (line) => web(line).trimEnd()),
  ],
  [
    "behind the coloured prefix of docker compose",
    (text) => eachLine(text, (line) => `${escape}[36mweb-1  | ${escape}[0m${line}`),
  ],
  ["behind the prefix of kubectl logs", (text) => eachLine(text, (line) => `[pod/web-7d9f6/app] ${line}`)],
  [
    "behind what journald prints",
    (text) => eachLine(text, (line, n) => `Nov 22 12:40:${second(n)} host-1 python[1234]: ${line}`),
  ],
  [
    "behind the times of docker logs, whose zeros are left out",
    (text) =>
      eachLine(text, (line, n) => `2026-11-22T12:40:${second(n)}.${String(n * 7919 + 1).padStart(6, "0")}Z ${line}`),
  ],
  [
    "behind what a container runtime writes",
    (text) => eachLine(text, (line, n) => `2026-11-22T12:40:${second(n)}.123456789+01:00 stderr F ${line}`),
  ],
  [
    "behind the time, name and level of a logger that repeats them",
    (text) => eachLine(text, (line, n) => `2026-11-22 12:40:${second(n)},12${n % 10} - shop - ERROR - ${line}`),
  ],
  ["behind the numbers of its lines", (text) => eachLine(text, (line, n) => `${String(n + 98).padStart(4)}: ${line}`)],
  [
    "behind what Heroku prints",
    (text) => eachLine(text, (line, n) => `2026-11-22T12:40:${second(n)}.1${second(n)}+00:00 app[worker.1]: ${line}`),
  ],
  [
    "behind what GitHub prints of a job",
    (text) => eachLine(text, (line, n) => `2026-11-22T12:40:${second(n)}.12345${second(n)}Z ${line}`),
  ],
  [
    "behind the numbers that grep gives to what it found and to the lines below",
    (text) => eachLine(text, (line, n) => `${n + 98}${n === 0 ? ":" : "-"}${line}`),
  ],
  [
    "behind what grep prints of several files",
    (text) =>
      eachLine(text, (line, n) => `logs/worker.log${n === 1 ? ":" : "-"}${n + 98}${n === 1 ? ":" : "-"}${line}`),
  ],
  ["behind a name and a tab", (text) => eachLine(text, (line) => `worker\t${line}`)],
  ["behind times and a tab", (text) => eachLine(text, (line, n) => `2026-11-22T12:40:${second(n)}.123Z\t${line}`)],
  ["behind what honcho prints", (text) => eachLine(text, (line, n) => `12:40:${second(n)} worker.1 | ${line}`)],
  ["behind what pm2 prints", (text) => eachLine(text, (line) => `0|worker  | ${line}`)],
  ["behind what stern prints", (text) => eachLine(text, (line) => `worker-7d9f6 app ${line}`)],
  [
    "behind what docker service logs prints",
    (text) => eachLine(text, (line) => `shop_worker.1.x7k2@node-1    | ${line}`),
  ],
  [
    "behind the precise times of a journal",
    (text) => eachLine(text, (line, n) => `Nov  2 12:40:49.12${String(n).padStart(4, "0")} host arq[7]: ${line}`),
  ],
  [
    "behind the monotonic times of a journal",
    (text) => eachLine(text, (line, n) => `[${String(1234 + n)}.${String(567_890 + n)}] host arq[7]: ${line}`),
  ],
  [
    "in a record of celery's workers",
    (text) => `[2026-11-22 12:40:49,123: ERROR/ForkPoolWorker-1] Task x raised unexpected: E('x')\n${text}`,
  ],
  ["behind a mark of byte order", (text) => `\ufeff${text}`],
  ["quoted in a mail", (text) => eachLine(text, (line) => `> ${line}`)],
  ["indented", (text) => eachLine(text, (line) => (line === "" ? "" : `    ${line}`))],
  ["indented by tabs", (text) => eachLine(text, (line) => `\t${line}`)],
  ["indented behind a prefix", (text) => eachLine(text, (line) => web(`    ${line}`))],
  ["with Windows line ends", (text) => text.replaceAll("\n", "\r\n")],
  ["with the line ends of a terminal in a terminal", (text) => text.replaceAll("\n", "\r\r\n")],
  ["without a line end", (text) => text.trimEnd()],
  [
    "between marks of a terminal",
    (text) => `${escape}]633;C\u0007${escape}[1m${text}${escape}[0m${escape}]633;D;1\u0007`,
  ],
  ["behind a time on the first line only", (text) => behind("12:30:01:", text)],
  ["behind a prefix and a time on the first line only", (text) => eachLine(behind("12:30:01 [ERROR]", text), web)],
  ["between records of a worker", (text) => `12:30:01:   0.05s ! a:b failed, E: x\n${text}12:30:02:   0.06s → a:b()\n`],
  [
    "between records behind a prefix",
    (text) => eachLine(`2026-11-22 12:40:49,123 ERROR x\n${text}2026-11-22 12:40:50,123 INFO y\n`, web),
  ],
  ["before a record with its level first", (text) => `${text}INFO:arq.worker:x\n`],
  ["before a record of JSON", (text) => `${text}{"level": "info", "message": "x"}\n`],
  ["in a fence of Markdown", (text) => `It fails:\n\n\`\`\`pytb\n${text}\`\`\`\n\nOften.\n`],
  ["in a docstring", (text) => `def f():\n    """Fails:\n\n${eachLine(text, (line) => `    ${line}`)}    """\n`],
  [
    "between records whose format is told by the one above",
    (text) => `[MainThread] worker.py:12 ERROR x\n${text}[MainThread] worker.py:7 INFO y\n[MainThread] z.py:1 INFO z\n`,
  ],
  ["before the prompt of a shell", (text) => `${text}me@laptop:~/shop (main)$ arq shop.WorkerSettings\n`],
  [
    "before the stack of another record",
    (text) => `${text}Stack (most recent call last):\n  File "x.py", line 1, in y\n    z()\n`,
  ],
  ["in a record of JSON", (text) => `${JSON.stringify({ level: "error", exc_info: text, pid: 7 })}\n`],
  [
    "in JSON in JSON",
    (text) => `${JSON.stringify({ log: `${JSON.stringify({ exc_info: text })}\n`, stream: "stderr" })}\n`,
  ],
  [
    "in the files that Docker keeps",
    (text) =>
      eachLine(text, (line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-22T12:40:49.1Z" })),
  ],
  ["in JSON behind a prefix", (text) => `${web(JSON.stringify({ message: `failed\n${text}` }))}\n${web("{}")}\n`],
  [
    "in the repr of a text",
    (text) => `result='${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}' id=7\n`,
  ],
];

describe("parseTracebacks, wherever a traceback was printed", () => {
  for (const [sentence, change] of places) {
    it(`reads every recorded traceback ${sentence}`, () => {
      for (const { kind, versions, text, truth } of recorded) {
        assert.deepEqual(parseTracebacks(change(text)), [truth], `${kind} of ${versions.join(" ")}`);
      }
    });
  }

  const pairs = recorded.flatMap((first, index) => {
    const other = recorded[(index * 7 + 3) % recorded.length];
    return other === undefined ? [] : [{ first, other }];
  });
  const both = (texts: [string, string], prefixes: [string, string]): string => {
    const lines = texts.map((text, side) =>
      eachLine(text, (line) => `${prefixes[side]}${line}`)
        .split("\n")
        .slice(0, -1),
    );
    const [a = [], b = []] = lines;
    return Array.from({ length: Math.max(a.length, b.length) }, (_, n) => [a[n], b[n]])
      .flat()
      .filter((line) => line !== undefined)
      .join("\n");
  };
  const turns: [sentence: string, prefixes: [string, string]][] = [
    ["two containers", ["web-1     | ", "worker-1  | "]],
    ["two containers of one service", ["worker-1  | ", "worker-2  | "]],
    ["two processes in a journal", ["Nov 22 12:40:49 host python[123]: ", "Nov 22 12:40:50 host python[124]: "]],
    ["two pods", ["[pod/web-7d9f6/app] ", "[pod/web-8c1a2/app] "]],
    ["a container and a process without a prefix", ["web-1  | ", ""]],
  ];
  for (const [sentence, prefixes] of turns) {
    it(`reads both tracebacks that ${sentence} print line by line in turns`, () => {
      for (const { first, other } of pairs) {
        const name = `${first.kind} and ${other.kind} of ${first.versions[0]}`;
        assert.deepEqual(parseTracebacks(both([first.text, other.text], prefixes)), [first.truth, other.truth], name);
      }
    });
  }

  it("reads a traceback that records of another process part, as far as nothing of it could be theirs", () => {
    const cut = (traceback: Traceback): unknown => ({
      type: traceback.type,
      frames: traceback.frames,
      cause: traceback.cause === null ? null : cut(traceback.cause),
      context: traceback.context === null ? null : cut(traceback.context),
      group: traceback.group.map(cut),
    });
    for (const { kind, versions, text, truth } of recorded) {
      // Only where a message is one line: nothing tells where the next one would have gone on.
      if (/\n/.test(JSON.stringify(truth).replaceAll("\\n", "\n")) || kind.startsWith("message_")) continue;
      const parted = eachLine(text, (line, n) => (n % 3 === 1 ? `${line}\n12:40:49: 0.01s → a1:other(1)` : line));
      assert.deepEqual(parseTracebacks(parted).map(cut), [cut(truth)], `${kind} of ${versions.join(" ")}`);
    }
  });

  const nothing: [sentence: string, text: string][] = [
    [
      "a stack that a record was logged with",
      `12:00:00: slow\nStack (most recent call last):\n  File "a.py", line 1, in f\n    g()\n  File "a.py", line 2, in g\n    log()\nINFO: x\n`,
    ],
    [
      "where a task was made",
      `Executing <Task pending> took 1.2 seconds\nObject created at (most recent call last):\n  File "a.py", line 1, in f\n    g()\nError: no\n`,
    ],
    [
      "a dump of all threads",
      `Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent call first):\n  File "a.py", line 3 in f\n  File "a.py", line 9 in <module>\n`,
    ],
    ["a warning", `/app/a.py:3: DeprecationWarning: old\n  f()\n`],
    ["frames without an error", `  File "a.py", line 1, in f\n    g()\nand so on\n`],
    ["what tracemalloc prints", `Object allocated at (most recent call last):\n  File "a.py", lineno 3\n    x = f()\n`],
    [
      "source code that prints one",
      `print("Traceback (most recent call last):")\nlog.error('  File "a.py", line 1, in f')\n`,
    ],
  ];
  for (const [sentence, text] of nothing) {
    it(`takes ${sentence} for no traceback`, () => assert.deepEqual(parseTracebacks(text), []));
  }

  it("reads what Python prints of a program that it cannot read, without a header", () => {
    const [found] = parseTracebacks('  File "bad.py", line 2\n    x = = 3\n        ^\nSyntaxError: invalid syntax\n');
    assert.deepEqual([found?.type, found?.at, found?.frames], ["SyntaxError", { file: "bad.py", line: 2 }, []]);
  });

  it("reads what is left of a traceback whose beginning or end was cut off", () => {
    const { text, truth } = recorded.find(({ kind }) => kind === "nested_function") ?? assert.fail();
    const lines = text.trimEnd().split("\n");
    const frames = (cut: readonly string[]) => parseTracebacks(cut.join("\n")).map(({ frames: left }) => left);
    assert.deepEqual(frames(lines.slice(0, -3)), [truth.frames.slice(0, -1)]);
    assert.deepEqual(frames(lines.slice(1)), [truth.frames]);
    assert.deepEqual(frames(lines.slice(3)), [truth.frames.slice(1)]);
    assert.deepEqual(frames(lines.slice(3).map(web)), [truth.frames.slice(1)]);
  });

  const ends = [
    "2026-11-22 12:40:49,123 INFO x",
    "[2026-11-22 12:40:49 +0000] [7] [INFO] x",
    "2026-11-22T12:40:49.123Z INFO x",
    "[2026-11-22T12:40:49.123+0000] {task.py:1400} INFO - x",
    "22/Nov/2026:12:40:49 +0000 x",
    "22-Nov-2026 12:40:49 x",
    "Sun Nov 22 12:40:49 2026 x",
    "1763814049.123 x",
    "INFO:arq.worker:x",
    "WARNING: x",
    "[error] x",
    "           INFO     x",
    "   ERROR: x",
    " WARNING x",
    "[I 261122 12:40:49 web:1] x",
    "level=info msg=x",
    '{"level": "info", "message": "x"}',
    "127.0.0.1 - - [22/Nov/2026 12:40:49] x",
    "worker-2  | x",
    "[pod/web-7d9f6/app] x",
    "  0.05s → a1:other()",
    "Exception in thread Thread-2 (f):",
    "Exception ignored in: <function f at 0x7f>",
    "Task exception was never retrieved",
    "Future exception was never retrieved",
    "Executing <Task pending name='Task-6'> took 0.101 seconds",
    "=========================== short test summary info ============================",
    "==> other.log <==",
    "command terminated with exit code 1",
    "Process finished with exit code 1",
    "##[error]Process completed with exit code 1.",
    "In [4]: ",
    "Process SpawnProcess-2:",
    "Unclosed client session",
    "Error in atexit._run_exitfuncs:",
    "-".repeat(70),
    "/app/a.py:3: RuntimeWarning: x",
    "make: *** [test] Error 1",
    "me@laptop:~/shop$ ls",
    "(venv) me@laptop:~/shop (main) % ls",
    "C:\\shop>dir",
    "PS C:\\shop> dir",
    ">>> x",
  ];
  for (const line of ends) {
    it(`ends a message before ${line}`, () => {
      const { text, truth } = recorded.find(({ kind }) => kind === "plain") ?? assert.fail();
      assert.deepEqual(parseTracebacks(`${text}${line}\nmore\n`), [truth]);
    });
  }

  it("keeps in a message what only looks like an end of it", () => {
    const { text, truth } = recorded.find(({ kind }) => kind === "plain") ?? assert.fail();
    for (const line of [
      "  ERROR: no such file",
      "    Traceback (most recent call last):",
      "Note: x",
      "---- stderr ----",
    ]) {
      assert.deepEqual(parseTracebacks(`${text}${line}\nmore\n`), [{ ...truth, message: `v1\n${line}\nmore` }], line);
    }
  });

  it("links exceptions by sentences that are filled with blanks to the edge of a terminal", () => {
    for (const { kind, text, truth } of recorded.filter(({ kind: each }) => /^(?:caused|handling)$/.test(each))) {
      assert.deepEqual(
        parseTracebacks(eachLine(text, (line) => (/^(?:The|During)/.test(line) ? line.padEnd(100) : line))),
        [truth],
        kind,
      );
    }
  });

  it("ends a message where the logging of Python reports an error of its own", () => {
    const text = `--- Logging error ---\n${recorded.find(({ kind }) => kind === "plain")?.text}Call stack:\n  File "a.py", line 1, in f\n    log()\nMessage: 'x %s'\nArguments: ()\n`;
    assert.deepEqual(
      parseTracebacks(text).map(({ message }) => message),
      ["v1"],
    );
  });

  it("reads all that was printed into one log", () => {
    const log = recorded.map(({ kind, text }) => `12:30:01: ${kind}\n${text}`).join("");
    assert.deepEqual(
      parseTracebacks(log),
      recorded.map(({ truth }) => truth),
    );
  });
});
