import assert from "node:assert/strict";
import { appendFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type JobLog, type JobLogFilter, type LoggedJob, readJobLog } from "../../../src/files/jobLog";
import { LogFile } from "../../../src/files/logFile";
import { repositoryRoot } from "../../support/repositoryRoot";
import { TempFolder } from "../../support/tempFolder";

const all: JobLogFilter = { level: null, text: "", guesses: true };
const start = Date.UTC(2026, 0, 2, 12, 30, 0);

describe("The log of one job", () => {
  let folder: TempFolder;
  let file: LogFile;

  beforeEach(() => {
    folder = new TempFolder();
  });
  afterEach(async () => {
    await file.close();
    folder.remove();
  });

  async function follow(text: string, writtenAt = start + 60_000): Promise<void> {
    const path = folder.write("worker.log", text);
    utimesSync(path, writtenAt / 1000, writtenAt / 1000);
    file = new LogFile(path);
    await file.read();
  }
  const log = (
    job: Partial<LoggedJob>,
    filter: Partial<JobLogFilter> = {},
    redact = (text: string): string => text,
  ): Promise<JobLog> =>
    readJobLog(
      [file],
      { id: "none", function: null, enqueuedAt: null, startedAt: null, finishedAt: null, ...job },
      { ...all, ...filter },
      redact,
    );
  const texts = ({ lines }: JobLog): string[] => lines.map(({ text, guess }) => `${guess ? "? " : ""}${text.trim()}`);

  const two = [
    "2026-01-02 12:30:00,000 INFO arq.worker:   0.10s → order-17:charge()",
    "2026-01-02 12:30:01,000 INFO shop.pay: charging order-17",
    "  with two lines",
    "2026-01-02 12:30:01,500 INFO arq.worker:   0.10s → order-18:charge()",
    "2026-01-02 12:30:02,000 DEBUG shop.pay: asking the bank",
    "2026-01-02 12:30:02,100 WARNING shop.pay: order-18 is slow",
    "2026-01-02 12:30:02,200 INFO arq.worker: recording health: j_complete=1",
    "2026-01-02 12:30:03,000 ERROR arq.worker:   2.00s ! order-17:charge failed, KeyError: 'sku'",
    "Traceback (most recent call last):",
    '  File "/app/pay.py", line 3, in charge',
    "KeyError: 'sku'",
    "2026-01-02 12:30:04,000 INFO arq.worker:   0.20s ← order-18:charge ● ",
    "2026-01-02 12:30:05,000 INFO shop.pay: charging order-17 again by hand",
    "",
  ].join("\n");

  it("has the records of ARQ, the lines that name the job, and what else was logged meanwhile as a guess", async () => {
    await follow(two);
    const found = await log({ id: "order-17", function: "charge" });
    assert.deepEqual(texts(found), [
      "0.10s → order-17:charge()",
      "shop.pay: charging order-17",
      "with two lines",
      "? shop.pay: asking the bank",
      "2.00s ! order-17:charge failed, KeyError: 'sku'",
      "Traceback (most recent call last):",
      'File "/app/pay.py", line 3, in charge',
      "KeyError: 'sku'",
    ]);
    assert.deepEqual([found.by, found.named, found.guesses, found.others, found.partly], ["id", 7, 1, true, false]);
    assert.deepEqual(
      found.lines.map(({ line }) => line),
      [1, 2, 3, 5, 8, 9, 10, 11],
    );
    assert.deepEqual(
      found.lines.map(({ level }) => level),
      ["info", "info", "info", "debug", "error", "error", "error", "error"],
    );
    assert.equal(found.lines[1]?.at, start + 1000);
    assert.equal((await log({ id: "order-18", function: "charge" })).lines.length, 4);
    const { size } = { size: two.indexOf("2026-01-02 12:30:01,000") };
    assert.equal(found.lines[1]?.offset, Buffer.byteLength(two.slice(0, size)));
  });

  it("is filtered by level and by text, a record as a whole, and without guesses", async () => {
    await follow(two);
    const job = { id: "order-17", function: "charge" };
    assert.equal(
      (await log(job, { guesses: false })).lines.some(({ guess }) => guess),
      false,
    );
    const errors = await log(job, { level: "warning" });
    assert.deepEqual([errors.total, errors.named], [4, 7]);
    assert.equal(texts(await log(job, { text: "PAY.PY" })).length, 4);
    assert.equal((await log(job, { text: "nowhere" })).total, 0);
  });

  it("follows a job that runs, through its tries", async () => {
    await follow(
      "12:30:00:   0.10s → again-1:f()\n12:30:01:   0.10s ↻ again-1:f retrying job in 1.00s\n12:30:01: later\n",
    );
    const job = { id: "again-1", function: "f" };
    assert.equal((await log(job)).lines.length, 2);
    appendFileSync(file.path, "12:30:02:   1.10s → again-1:f() try=2\n12:30:03: working\n");
    await file.read();
    assert.deepEqual(texts(await log(job)).slice(2), ["1.10s → again-1:f() try=2", "? working"]);
    appendFileSync(file.path, "12:30:04:   0.10s ← again-1:f ● \n12:30:05: other\n");
    await file.read();
    assert.equal((await log(job)).lines.length, 5);
  });

  it("has the tries of this job only where an earlier and a later one had its id", async () => {
    await follow(
      ["09:00", "12:30", "12:35", "15:00"]
        .map(
          (time, n) =>
            `${time}:00:   0.10s → daily:report() n=${n}\n${time}:01:   1.00s ↻ daily:report retrying job in 1.00s\n`,
        )
        .join(""),
      start + 150 * 60_000,
    );
    const job = { id: "daily", function: "report", enqueuedAt: start - 1000, finishedAt: start + 301_000 };
    const begun = async (more: Partial<LoggedJob>): Promise<string> =>
      [
        ...texts(await log({ ...job, ...more }))
          .join()
          .matchAll(/n=(\d)/g),
      ]
        .map(([, n]) => n)
        .join();
    assert.equal(await begun({}), "1,2");
    assert.equal(await begun({ finishedAt: null }), "1,2,3");
    assert.equal(await begun({ enqueuedAt: null }), "0,1,2");
    // Whose clock is a minute ahead.
    assert.equal(await begun({ enqueuedAt: start + 60_000 }), "1,2");
  });

  it("finds a cron job, whose id no log has, by its function and time", async () => {
    await follow(
      "12:30:00:   0.10s → cron:tick()\n12:30:01: ticking\n12:30:02:   0.10s ← cron:tick ● \n12:30:59: end\n",
    );
    const job = { id: "cron:tick:123", function: "cron:tick", startedAt: start + 400, finishedAt: start + 2100 };
    const found = await log(job);
    assert.equal(found.by, "function and time");
    assert.deepEqual(texts(found), ["0.10s → cron:tick()", "? ticking", "0.10s ← cron:tick ●"]);
    assert.equal((await log({ ...job, startedAt: start + 30_000, finishedAt: start + 31_000 })).by, null);
  });

  it("keeps to the lines of its own container and process", async () => {
    const line = (who: string, text: string): string => `${who} | 2026-01-02 12:30:00,000 ${text}\n`;
    await follow(
      line("worker-1", "INFO [11] arq.worker:   0.10s → job-1:f()") +
        line("worker-2", "INFO [12] shop: of another container") +
        line("api", "INFO [12] api: job-1 was asked for") +
        line("worker-1", "INFO [11] shop: mine") +
        line("worker-1", "INFO [13] shop: of another process") +
        line("worker-1", "INFO [11] arq.worker:   0.10s ← job-1:f ● "),
    );
    assert.deepEqual(texts(await log({ id: "job-1", function: "f" })), [
      "0.10s → job-1:f()",
      "api: job-1 was asked for",
      "? shop: mine",
      "0.10s ← job-1:f ●",
    ]);
  });

  it("goes on with its record behind a name that only records have in front", async () => {
    await follow(
      "arq.worker |   0.10s → job-1:f()\nshop.pay | for job-1\n" +
        "arq.worker |   0.10s ! job-1:f failed, KeyError: 1\nTraceback (most recent call last):\nKeyError: 1\n",
    );
    assert.deepEqual(texts(await log({ id: "job-1", function: "f" })), [
      "0.10s → job-1:f()",
      "for job-1",
      "0.10s ! job-1:f failed, KeyError: 1",
      "Traceback (most recent call last):",
      "KeyError: 1",
    ]);
  });

  it("has the traceback of a JSON record line by line", async () => {
    await follow(readFileSync(join(repositoryRoot(), "test/fixtures/logs/formats/json.log"), "utf8"), Date.now());
    const found = await log({ id: "a1", function: "charge" });
    assert.match(
      texts(found).join("\n"),
      /charging card visa.*\n.*! a1:charge failed.*\nTraceback \(most recent call last\):\n/,
    );
    assert.equal(found.lines.at(-1)?.level, "error");
  });

  it("is read from UTF-16, too, up to a last line without an end", async () => {
    const path = folder.write("worker.log");
    writeFileSync(path, Buffer.from(`\uFEFF${two.replaceAll("\n", "\r\n")}`, "utf16le"));
    file = new LogFile(path);
    await file.read();
    assert.match(
      texts(await log({ id: "order-17", function: "charge" })).join("\n"),
      /^0\.10s → order-17:charge\(\)\n/,
    );
    appendFileSync(
      path,
      Buffer.from("2026-01-02 12:31:00,000 INFO arq.worker:   0.10s → late:f()\r\nlate says", "utf16le"),
    );
    await file.read();
    assert.deepEqual(texts(await log({ id: "late", function: "f" })), ["0.10s → late:f()", "late says"]);
    assert.equal((await log({ id: "late", function: "f" })).lines[0]?.line, two.split("\n").length);
  });

  it("is redacted, also where a secret spans lines", async () => {
    await follow("12:30:00:   0.10s → job-1:f()\n12:30:00: job-1 key\nSECRET\n12:30:01:   0.10s ← job-1:f ● \n");
    const redact = (text: string): string => text.replace("key\nSECRET", "key\n****");
    assert.ok(
      !texts(await log({ id: "job-1", function: "f" }, {}, redact))
        .join()
        .includes("SECRET"),
    );
  });

  it("is redacted before its lines are cut", async () => {
    const line = `12:30:00: job-1 ${"x".repeat(3990)} SECRET ${"y".repeat(15_000)}`;
    await follow(`12:30:00:   0.10s → job-1:f()\n${line}\n12:30:01:   0.10s ← job-1:f ● \n`);
    const found = await log({ id: "job-1", function: "f" }, {}, (text) => text.replaceAll("SECRET", "****"));
    const [, cut = ""] = found.lines.map(({ text }) => text);
    assert.equal(cut.length, 4000);
    assert.doesNotMatch(cut, /S/);
  });

  it("shows the last of very many lines, and of a long run only those that name the job", async () => {
    const filler = "12:30:01: nothing to do with it, again and again and again and again\n".repeat(20_000);
    const named = "12:30:02: job-1 goes on\n".repeat(700);
    await follow(`12:30:00:   0.10s → job-1:f()\n${filler}${named}12:30:03:   0.10s ← job-1:f ● \n`);
    const found = await log({ id: "job-1", function: "f" });
    assert.deepEqual([found.total, found.lines.length, found.guesses, found.partly], [702, 500, 0, true]);
    assert.equal(found.lines.at(-1)?.line, 20_702);
  });

  it("does not take a job for another whose id begins the same", async () => {
    await follow(
      "12:30:00:   0.10s → job-1:f()\n12:30:00:   0.10s → job-12:f()\n12:30:01: job-12 here\n12:30:02:   0.10s ← job-1:f ● \n",
    );
    assert.equal(
      texts(await log({ id: "job-1", function: "f" })).some((text) => text.includes("job-12")),
      false,
    );
  });
});
