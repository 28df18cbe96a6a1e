import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readLogLine } from "../../src/python/logLine";
import { parseTracebacks } from "../../src/python/traceback";
import { WorkerLogParser } from "../../src/python/workerLog";
import type { WorkerLogRecord } from "../../src/python/workerLogRecord";
import { repositoryRoot } from "../support/repositoryRoot";

/** The same run of a real worker, written by each formatter: `make.py` there made them. */
const folder = join(repositoryRoot(), "test/fixtures/logs/formats");
const text = (name: string): string => readFileSync(join(folder, `${name}.log`), "utf8");
const arq = text("arq");

function read(log: string): WorkerLogRecord[] {
  const parser = new WorkerLogParser();
  return [...parser.push(log), ...parser.pending()];
}

function outline({ mark, jobId, function: name, error, traceback }: WorkerLogRecord): string {
  const last = traceback === null ? undefined : parseTracebacks(traceback).at(-1);
  const raised = last === undefined ? "" : ` # ${last.type.replace(/^.*\./, "")} in ${last.frames.at(-1)?.function}`;
  return `${mark} ${jobId} ${name}${error === null ? "" : ` ${error.type}(${error.message})`}${raised}`;
}

const expected = [
  "→ order:1 ok",
  "← order:1 ok",
  "→ order:2 bad",
  "! order:2 bad ValueError(2 problems:\n  - first\n  - second) # ValueError in bad",
  "→ a1 charge",
  "! a1 charge CardDeclined((42, 'nope')) # CardDeclined in charge",
  "→ id-slow slow",
  "→ id-again again",
  "↻ id-again again",
  "→ id-always always",
  "↻ id-always always",
  "! id-missing missing",
  "! gone null",
  "! broken null # DeserializationError in deserialize_job_raw",
  "⊘ id-never slow",
  "→ null cron:tick",
  "! null cron:tick LookupError(cron broke) # LookupError in tick",
];
/** Without what cron jobs add as time goes on, in an order that does not depend on the moment. */
const settled = (records: readonly string[]): string[] => [...new Set(records)].toSorted();

describe("The log of a real worker", () => {
  it("tells of every outcome", () => {
    const found = settled(read(arq).map(outline));
    for (const record of expected) assert.ok(found.includes(record), `${record} is missing in\n${found.join("\n")}`);
  });

  const formats = readdirSync(folder).map((file) => file.replace(/\.log$/, ""));
  assert.ok(formats.length >= 20);
  for (const format of formats.filter((name) => name !== "arq")) {
    it(`says the same in the format "${format}"`, () => {
      assert.deepEqual(read(text(format)).map(outline), read(arq).map(outline));
    });
  }

  it("says the same in every version of ARQ", () => {
    for (const version of ["0.25", "0.26"]) {
      const log = readFileSync(join(repositoryRoot(), `test/fixtures/logs/arq-${version}.log`), "utf8");
      const found = read(log).map(outline);
      for (const record of expected)
        assert.ok(found.includes(record), `${record} is missing in ${version}:\n${found.join("\n")}`);
    }
  });

  for (const format of [
    "dated",
    "process",
    "threads",
    "celery",
    "epoch",
    "zone",
    "howto",
    "month",
    "colorlog",
    "coloredlogs",
    "uvicorn-time",
    "json",
    "structlog-json",
    "structlog-console",
    "structlog-logfmt",
    "loguru",
    "loguru-json",
    "each-line",
  ]) {
    it(`has the times of the format "${format}"`, () => {
      const clock = (log: string): (number | null)[] => read(log).map(({ clockMs }) => clockMs);
      const [times, plain] = [clock(text(format)), clock(arq)];
      const day = 86_400_000;
      times.forEach((ms, index) =>
        assert.ok(ms !== null && Math.abs((ms % day) - (plain[index] ?? 0)) < 1500, `${ms} at ${index}`),
      );
      assert.equal(new Date(times[0] ?? 0).getUTCFullYear(), 2026);
    });
  }
});

describe("A worker's log that something carried", () => {
  const iso = (line: number): string => `2026-01-02T12:30:${String(line % 60).padStart(2, "0")}`;
  const carriers: [name: string, prefix: (line: number) => string][] = [
    ["docker compose", () => "worker-1  | "],
    ["the older docker compose", () => "shop_worker_1    | "],
    ["docker compose with times", (line) => `worker-1  | ${iso(line)}.123456789Z `],
    ["docker logs --timestamps", (line) => `${iso(line)}.123456789Z `],
    ["kubectl logs --prefix", () => "[pod/worker-7d9f-x2x/worker] "],
    ["kubectl logs --prefix --timestamps", (line) => `[pod/worker-7d9f-x2x/worker] ${iso(line)}.123456789Z `],
    ["the files of Kubernetes", (line) => `${iso(line)}.123456789+00:00 stderr F `],
    ["journalctl", (line) => `Jan 02 12:30:${String(line % 60).padStart(2, "0")} shop-1 arq[4711]: `],
    [
      "journalctl -o short-precise",
      (line) => `Jan 02 12:30:${String(line % 60).padStart(2, "0")}.123456 shop-1 python3[4711]: `,
    ],
    ["journalctl -o short-iso", (line) => `${iso(line)}+0100 shop-1 arq-worker@1[4711]: `],
    [
      "journalctl -o short-full",
      (line) => `Fri 2026-01-02 12:30:${String(line % 60).padStart(2, "0")} UTC shop-1 arq[4711]: `,
    ],
    ["syslog", (line) => `<134>Jan  2 12:30:${String(line % 60).padStart(2, "0")} shop-1 arq[4711]: `],
    ["the newer syslog", (line) => `<134>1 ${iso(line)}.123456Z shop-1 arq 4711 - - `],
  ];
  for (const [name, prefix] of carriers) {
    it(`says the same through ${name}, whatever its own format`, () => {
      for (const format of ["arq", "message", "level", "dated", "json", "structlog-console"]) {
        const lines = text(format).trimEnd().split("\n");
        const log = lines.map((line, index) => `${prefix(index)}${line}\n`).join("");
        assert.deepEqual(read(log).map(outline), read(text(format)).map(outline), format);
      }
    });
  }

  const platforms = {
    Heroku: "2026-01-02T12:30:01.833123+00:00 app[worker.1]: ",
    pm2: "0|worker  | ",
    foreman: "12:30:01 worker.1  | ",
    "docker service logs": "shop_worker.1.abc123@node-1    | ",
    supervisor: "group:worker_00 | ",
    "coloured docker compose": "\u001b[36mworker-1  | \u001b[0m",
  };
  for (const [name, prefix] of Object.entries(platforms)) {
    it(`says the same through ${name}`, () => {
      for (const format of ["arq", "message", "dated"]) {
        const log = text(format)
          .trimEnd()
          .split("\n")
          .map((line) => `${prefix}${line}\n`);
        assert.deepEqual(read(log.join("")).map(outline), read(arq).map(outline), format);
      }
    });
  }

  it("is read behind prefixes that nobody knows, of records or of every line", () => {
    const starts = /^\d\d:\d\d:\d\d: /;
    const plain = text("message").trimEnd().split("\n");
    const ofRecords = [
      "[22/Nov/2026 13:04:43] ERROR [arq.worker:629] ",
      "ERROR 2026-11-22 13:04:43,833 worker 123 140234234234 ",
      "2026-11-22 13:04:43,833|ERROR|arq.worker|",
      "E1122 13:04:43.833000 4711 worker.py:629] ",
      "❌ 2026-11-22 13:04:43 | ERROR | arq.worker:run_job:629 | ",
      "[2026-11-22 13:04:43,833] ERROR in worker: ",
      "2026-11-22 13:04:43,833 (MainThread) ERROR arq.worker: ",
      "arq.worker | ",
      "worker.py:629 ERROR ",
    ];
    for (const prefix of ofRecords) {
      const log = arq
        .trimEnd()
        .split("\n")
        .map((line, at) => `${starts.test(line) ? prefix : ""}${plain[at]}\n`);
      assert.deepEqual(read(log.join("")).map(outline), read(arq).map(outline), prefix);
    }
    for (const prefix of ["worker-7d9f worker ", "[worker] ", "worker\t", "> "]) {
      const log = arq
        .trimEnd()
        .split("\n")
        .map((line) => `${prefix}${line}\n`);
      const failures = (records: readonly WorkerLogRecord[]): string[] =>
        records.flatMap(({ mark, ref, traceback }) =>
          mark !== "!" || traceback === null ? [] : [`${ref} ${parseTracebacks(traceback).at(-1)?.frames.length}`],
        );
      assert.deepEqual(failures(read(log.join(""))), failures(read(arq)), prefix);
    }
  });

  it("is read as Rich prints it, in columns as wide as a console", () => {
    const column = (text: string, place = ""): string => `${" ".repeat(20)}${text.padEnd(80)}${place.padStart(20)}\n`;
    const log =
      "[11/22/26 14:21:05] INFO       0.05s → a1:charge(3)                        worker.py:594\n" +
      column("ERROR      0.01s ! a1:charge failed, KeyError: 'sku'", "worker.py:629") +
      column("         Traceback (most recent call last):") +
      column('           File "/srv/shop/jobs.py", line 8, in charge') +
      column("             raise KeyError('sku')") +
      column("         KeyError: 'sku'") +
      column("INFO       0.02s ↻ a2:again retrying job in 0.50s", "worker.py:615");
    assert.deepEqual(read(log).map(outline), [
      "→ a1 charge",
      "! a1 charge KeyError('sku') # KeyError in charge",
      "↻ a2 again",
    ]);
  });

  it("is read from the fields of other JSON logs", () => {
    const traceback = "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\nKeyError: 'x'";
    const message = "  0.00s ! a1:f failed, KeyError: 'x'";
    const records = [
      { severity: "ERROR", message, stack_trace: traceback },
      { severity: "ERROR", message: `${message}\n${traceback}` },
      { "@timestamp": "2026-11-22T13:04:43.833Z", "log.level": "error", message, error: { stack_trace: traceback } },
      { message, exc_info: traceback.split("\n") },
      { msg: message, level: 50, time: 1_795_352_683_833, exc: traceback },
      { message, exception: { type: "KeyError", traceback } },
    ];
    for (const record of records) {
      const [found] = read(`${JSON.stringify(record)}\n`);
      assert.deepEqual(
        [found?.jobId, found?.error?.message, found?.traceback],
        ["a1", "'x'", traceback],
        JSON.stringify(record),
      );
    }
  });

  it("says the same in the files of Docker, which hold each line in JSON", () => {
    const log = arq
      .trimEnd()
      .split("\n")
      .map((line) => `${JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-01-02T12:30:01.5Z" })}\n`);
    assert.deepEqual(read(log.join("")).map(outline), read(arq).map(outline));
  });

  it("says the same where rsyslog escaped the line ends", () => {
    const records: string[] = [];
    for (const line of arq.trimEnd().split("\n")) {
      if (/^\d\d:\d\d:\d\d: /.test(line)) records.push(`Jan  2 12:30:01 shop-1 arq[4711]: ${line}`);
      else records.push(`${records.pop() ?? ""}#012${line}`);
    }
    assert.deepEqual(read(`${records.join("\n")}\n`).map(outline), read(arq).map(outline));
  });

  it("keeps services apart whose lines come in between, each block by its own prefix", () => {
    const services = ["worker-1  | ", "worker-2  | ", "api-1     | "].map((prefix, index) =>
      (index === 2 ? ["INFO:     GET /", "Traceback (most recent call last):"] : arq.trimEnd().split("\n")).map(
        (line) => prefix + line,
      ),
    );
    const mixed: string[] = [];
    for (let line = 0; line < 200; line++)
      for (const service of services) if (service[line] !== undefined) mixed.push(service[line] ?? "");
    const records = read(`${mixed.join("\n")}\n`);
    for (const stream of ["worker-1", "worker-2"]) {
      assert.deepEqual(records.filter((record) => record.stream === stream).map(outline), read(arq).map(outline));
    }
    assert.equal(records.filter(({ stream }) => stream === "api-1").length, 0);
  });

  it("takes a level and a logger before a bar for a formatter's, and what names containers for a container", () => {
    const lines = [
      "ERROR | 2026-01-02 12:30:01 | shop.tasks | boom",
      "shop.tasks | INFO | charged",
      "arq.worker | INFO | 0.10s → a:f()",
      "worker-1 | INFO | hello",
      "shop_worker.1.x@node | INFO | hello",
      "0|worker | INFO | hello",
      "worker  | INFO | hello",
      "worker | hello",
    ];
    assert.deepEqual(
      lines.map(readLogLine).map(({ stream, level, startsRecord, body }) => [stream, level, startsRecord, body]),
      [
        ["", "error", true, "shop.tasks | boom"],
        ["", "info", true, "shop.tasks | charged"],
        ["", "info", true, "0.10s → a:f()"],
        ["worker-1", "info", true, "hello"],
        ["shop_worker.1.x@node", "info", true, "hello"],
        ["0|worker", "info", true, "hello"],
        ["worker", "info", true, "hello"],
        ["worker", null, false, "hello"],
      ],
    );
  });

  it("is read in linear time whatever it holds, and never throws", () => {
    const parts = [
      "{",
      "[2026",
      "a=",
      '{"log":"',
      "worker-1 | ",
      "<134>1 ",
      "2026-01-02T12:30:01.123456789Z ",
      "  0.00s ! a:f failed, E: x\n",
      "[ERROR] ",
      'a="',
      "Jan  2 ",
    ];
    for (const part of parts) read(part.repeat(40_000));
    read(`{"message":"x","err":${'{"traceback":'.repeat(9000)}1${"}".repeat(9001)}\n`);
    for (const part of parts) for (const other of parts) read(`${`${part}${other}`.repeat(50)}\n`.repeat(50));
  });
});
