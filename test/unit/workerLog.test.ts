import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTracebacks } from "../../src/python/traceback";
import { WorkerLogParser } from "../../src/python/workerLog";
import type { WorkerLogRecord } from "../../src/python/workerLogRecord";
import { repositoryRoot } from "../support/repositoryRoot";

const log = readFileSync(join(repositoryRoot(), "test/fixtures/logs/arq-0.28.log"), "utf8");

function read(text: string, chunk = text.length): WorkerLogRecord[] {
  const parser = new WorkerLogParser();
  const records: WorkerLogRecord[] = [];
  for (let at = 0; at < text.length; at += chunk) records.push(...parser.push(text.slice(at, at + chunk)));
  return [...records, ...parser.pending()];
}

function outline({ mark, jobId, function: name, error, traceback }: WorkerLogRecord): string {
  const raised =
    traceback === null
      ? ""
      : ` # ${parseTracebacks(traceback)
          .map((t) => t.type)
          .join()}`;
  return `${mark} ${jobId} ${name}${error === null ? "" : ` ${error.type}(${error.message})`}${raised}`;
}

describe("WorkerLogParser", () => {
  it("reads everything that a real worker logs about its jobs", () => {
    assert.deepEqual(read(log).slice(0, 28).map(outline), [
      "→ order:1 ok",
      "← order:1 ok",
      "→ order:2 bad",
      "! order:2 bad ValueError(2 problems:\n  - first\n  - second) # ValueError",
      "→ a1 charge",
      "! a1 charge CardDeclined(42: nope) # shop.jobs.CardDeclined",
      "→ id-bare bare",
      "! id-bare bare RuntimeError(x) # RuntimeError",
      "→ id-slow slow",
      "→ id-again again",
      "↻ id-again again",
      "→ id-always always",
      "↻ id-always always",
      "! gone null",
      "! id-missing missing",
      "! broken null # arq.jobs.DeserializationError",
      "→ null cron:tick",
      "! null cron:tick LookupError(cron broke) # LookupError",
      "→ id-always always",
      "↻ id-always always",
      "! id-always always",
      "→ id-again again",
      "← id-again again",
      "! id-slow slow TimeoutError() # TimeoutError",
      "→ null cron:tick",
      "! null cron:tick LookupError(cron broke) # LookupError",
      "→ null cron:tick",
      "! null cron:tick LookupError(cron broke) # LookupError",
    ]);
  });

  it("reads the same in chunks of any size", () => {
    const whole = read(log);
    for (const size of [1, 7, 100, 4096]) assert.deepEqual(read(log, size), whole, `chunks of ${size}`);
  });

  it("names the line on which a record begins", () => {
    const lines = log.split("\n");
    for (const record of read(log))
      assert.match(lines[record.line - 1] ?? "", new RegExp(record.mark === "!" ? "!|job" : record.mark));
  });

  it("reads the chain of a cause that was never raised out of the block", () => {
    const traceback = read(log).find(({ jobId, mark }) => jobId === "id-bare" && mark === "!")?.traceback ?? "";
    assert.equal(parseTracebacks(traceback)[0]?.cause?.message, "never raised");
  });

  const failed = "  0.05s ! a1:charge failed, ValueError: bad";
  const block = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\nValueError: bad';
  const prefixes = [
    "",
    "12:30:01: ",
    "2026-01-02 12:30:01,123 ERROR arq.worker: ",
    "2026-01-02 12:30:01,123 - arq.worker - ERROR - ",
    "[2026-01-02 12:30:01 +0000] [123] [ERROR] ",
    "2026-01-02T12:30:01.123Z [ERROR] arq.worker ",
    "ERROR:arq.worker:",
    "[ERROR] arq.worker: ",
    "[2026-01-02 12:30:01,123: ERROR/MainProcess] ",
    "12:30:01 worker-main ",
    "ERROR | 2026-01-02 12:30:01 | arq.worker | ",
    "arq.worker | ERROR | ",
    "arq.worker           | ERROR    | ",
  ];
  for (const prefix of prefixes) {
    it(`reads a failure behind "${prefix}"`, () => {
      const [record] = read(`${prefix}${failed}\n${block}\n${prefix}  0.01s → a2:charge()\n`);
      assert.equal(record?.jobId, "a1");
      assert.deepEqual(record?.error, { type: "ValueError", message: "bad" });
      assert.equal(record?.traceback, block);
    });
  }

  const transports: [name: string, of: (n: number) => string][] = [
    ["a container's name", () => "worker-1  | "],
    ["docker's time stamps", (n) => `2026-01-02T12:30:0${n}.123456789Z `],
    ["kubernetes' stream names", (n) => `2026-01-02T12:30:0${n}.123456789Z stderr F `],
    ["name and time stamp", (n) => `worker-1  | 2026-01-02T12:30:0${n}.123456789Z `],
  ];
  for (const [name, transport] of transports) {
    it(`takes ${name} off every line of a block`, () => {
      const text = `12:30:01: ${failed}\n${block}\n12:30:02: next`;
      const lines = text.split("\n").map((line, n) => transport(n) + line);
      assert.equal(read(lines.join("\n") + "\n")[0]?.traceback, block);
    });
  }

  it("knows ids and functions with colons from the list that a worker prints at its start", () => {
    const start = "12:30:00: Starting worker for 3 functions: mod:run, nightly, plain\n";
    const lines = ["a:b:mod:run", "nightly", "x:y:plain", "x:y:other"].map((ref) => `12:30:01:   0.05s ← ${ref} ● 1\n`);
    assert.deepEqual(
      read(start + lines.join("")).map(({ jobId, function: name }) => [jobId, name]),
      [
        ["a:b", "mod:run"],
        [null, "nightly"],
        ["x:y", "plain"],
        ["x:y", "other"],
      ],
    );
  });

  it("gives the record that is not yet followed by another as pending", () => {
    const parser = new WorkerLogParser();
    assert.deepEqual(parser.push(`12:30:01: ${failed}\n${block}\n`), []);
    assert.equal(parser.pending()[0]?.traceback, block);
  });

  it("counts on over midnight in a log without dates", () => {
    const at = (time: string): string => `${time}:   0.05s ← a:f ● 1\n`;
    const [before, after, slightlyBack] = read(at("23:59:58") + at("00:00:03") + at("00:00:02")).map(
      (r) => r.clockMs ?? 0,
    );
    assert.equal((after ?? 0) - (before ?? 0), 5000);
    assert.equal((slightlyBack ?? 0) - (after ?? 0), -1000);
  });

  it("does not end a block at a line that only begins with a level", () => {
    const text = `${block}: x\nERROR: relation "orders" does not exist\nDETAIL: none`;
    assert.equal(read(`12:30:01: ${failed}\n${text}\n`)[0]?.traceback, text);
  });

  it("ignores what is not about jobs", () => {
    assert.deepEqual(
      read("12:30:01: recording health: j_complete=1\nhello\n  File x\n12:30:02: shutdown on SIGTERM\n"),
      [],
    );
  });

  it("reads what is logged of a job without a mark, whatever its id and function are called", () => {
    const lines = [
      "job a expired",
      "job for job b expired expired",
      "job c, function 'f', function 'g' not found",
      "deserializing job d failed",
      "12:00:00: error serializing result of e:f",
      "job , function 'f' not found",
      "job  expire",
      "my job: nothing",
    ];
    const found = lines.map((line) => read(`12:00:00: ${line}\n`).map(({ jobId, function: name }) => [jobId, name])[0]);
    assert.deepEqual(found, [
      ["a", null],
      ["for job b expired", null],
      ["c, function 'f'", "g"],
      ["d", null],
      ["e", "f"],
      undefined,
      undefined,
      undefined,
    ]);
  });

  for (const [name, line] of Object.entries({
    "sentences about jobs": " job x, function 'y".repeat(7000),
    "beginnings of sentences about jobs": "job x ".repeat(20_000),
    blanks: `a${" ".repeat(120_000)}b [arq`,
    "names of ARQ's loggers": `${" [arq] a=1".repeat(12_000)} \u2028`,
  })) {
    it(`does not stop at one line of many ${name}`, () => {
      const text = `12:00:00: ${line}\n`.repeat(3);
      assert.deepEqual(read(text), []);
      assert.equal(read(`12:00:00: 1.00s ! a:f failed, E: x\n${line}\n${line}\n`).length, 1);
    });
  }

  it("remembers no more than a bounded part of endless lines and blocks", () => {
    const [record] = read(
      `12:30:01: ${failed}\n${block}\n${"x".repeat(1_000_000)}\n${"yyyyyyyyy\n".repeat(100_000)}12:30:02: next\n`,
    );
    const length = record?.traceback?.length ?? 0;
    assert.ok(length > 16_000 && length < 200_000, String(length));
    assert.equal(read(`12:30:01: ${failed}${"z".repeat(1_000_000)}`, 1000).length, 0);
  });
});
