import assert from "node:assert/strict";
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LogFollower, type LogFollowerOptions } from "../../../src/files/logFollower";
import { LoggedFailures } from "../../../src/files/loggedFailures";
import { eventually } from "../../support/eventually";
import { ManualClock } from "../../support/manualClock";
import { TempFolder } from "../../support/tempFolder";

const block = (message: string): string =>
  `Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\nValueError: ${message}`;
const failure = (ref: string, message: string, time = "12:30:01"): string =>
  `${time}:   0.05s ! ${ref} failed, ValueError: ${message}\n${block(message)}\n`;
const job = { id: "none", function: null, errorType: null, message: null, finishedAt: null };

describe("LogFollower", () => {
  let folder: TempFolder;
  let clock: ManualClock;
  let follower: LogFollower;
  let failures: LoggedFailures;
  let paths: string[];
  let said: string[];
  let heard: number;
  let options: LogFollowerOptions;

  beforeEach(() => {
    folder = new TempFolder();
    clock = new ManualClock();
    said = [];
    paths = [join(folder.path, "worker.log")];
    const hear = (message: string): void => void said.push(message);
    const logger = { debug: hear, info: hear, warn: hear, error: hear };
    const redact = (text: string): string => text.replaceAll("hunter2", "****");
    failures = new LoggedFailures(redact);
    heard = 0;
    const files = () => Promise.resolve(paths);
    options = { files, failures, clock, logger, onFailures: () => heard++, onRecords: () => {} };
    follower = new LogFollower(options);
  });
  afterEach(() => {
    follower.close();
    folder.remove();
  });

  /** Lets the follower look once more, and waits until it has looked. */
  async function look(): Promise<void> {
    await eventually(() => clock.pending === 1);
    clock.advance(1000);
    await eventually(() => clock.pending === 1);
  }
  async function begin(): Promise<void> {
    follower.start();
    await eventually(() => clock.pending === 1);
  }
  const lineOf = (id: string): number | null => {
    const place = failures.find({ ...job, id })?.place;
    return place?.kind === "file" ? place.line : null;
  };
  const text = (id: string): string | null => failures.find({ ...job, id })?.text ?? null;
  const followed = (): string[] => follower.files.map(({ path }) => path);
  const log = (): string => paths[0] ?? "";

  it("finds by its id a job that failed before it began to look", async () => {
    folder.write("worker.log", `12:30:00: hello\n${failure("a:b:charge", "one")}`);
    await begin();
    assert.deepEqual(failures.find({ ...job, id: "a:b", function: "charge" }), {
      text: block("one"),
      place: { kind: "file", path: log(), line: 2, offset: 16 },
      how: "id",
    });
    assert.equal(text("a"), block("one"), "without a function the id's end is open");
    assert.equal(failures.find({ ...job, id: "a", function: "charge" }), null);
    assert.deepEqual(followed(), paths);
  });

  it("hears of a failure that is appended, also in two pieces", async () => {
    folder.write("worker.log");
    await begin();
    const whole = failure("j1:f", "zwölf ↻");
    const cut = Buffer.from(whole).indexOf(0xe2, 20) + 1;
    appendFileSync(log(), Buffer.from(whole).subarray(0, cut));
    await look();
    appendFileSync(log(), Buffer.from(whole).subarray(cut));
    await look();
    assert.equal(text("j1"), block("zwölf ↻"));
    assert.ok(heard >= 1);
    const before = heard;
    await look();
    assert.equal(heard, before, "silence is no news");
  });

  it("goes on after the file was truncated in place", async () => {
    folder.write("worker.log", failure("old:f", "one") + "12:30:02: more\n");
    await begin();
    truncateSync(log());
    await look();
    appendFileSync(log(), failure("new:f", "two"));
    await look();
    assert.equal(text("new"), block("two"));
    assert.equal(lineOf("new"), 1);
    assert.equal(text("old"), block("one"), "what was found stays");
  });

  it("goes on after the file was rotated, also to a longer one", async () => {
    folder.write("worker.log", failure("old:f", "one"));
    await begin();
    renameSync(log(), `${log()}.1`);
    writeFileSync(log(), `${"12:40:00: filler\n".repeat(50)}${failure("new:f", "two")}`);
    await look();
    assert.equal(text("new"), block("two"));
    assert.equal(lineOf("new"), 51);
  });

  it("waits for a file that does not exist yet, and says so once", async () => {
    await begin();
    await look();
    await look();
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /worker\.log is not followed/);
    assert.deepEqual(followed(), []);
    folder.write("worker.log", failure("j1:f", "one"));
    await look();
    assert.equal(text("j1"), block("one"));
  });

  it("follows files that are named later, and lets go of those no longer named", async () => {
    folder.write("worker.log", failure("j1:f", "one"));
    await begin();
    paths = [folder.write("other.log", failure("j2:f", "two"))];
    await look();
    assert.equal(text("j2"), block("two"));
    assert.deepEqual(followed(), paths);
  });

  it("tells a traceback only redacted, and finds it by a message that was redacted too", async () => {
    folder.write("worker.log", failure("charge", "login hunter2"));
    await begin();
    const failed = { ...job, id: "j9", function: "charge", message: "login ****" };
    const found = failures.find({ ...failed, finishedAt: Date.now() }) ?? failures.find({ ...job, id: "charge" });
    assert.equal(found?.text, block("login ****"));
  });

  it("survives that the file goes away", async () => {
    folder.write("worker.log", failure("j1:f", "one"));
    await begin();
    rmSync(log());
    await look();
    assert.deepEqual(followed(), []);
    assert.equal(text("j1"), block("one"));
  });

  it("survives that the list of files cannot be had", async () => {
    const other = new LogFollower({ ...options, files: () => Promise.reject(new Error("no search")) });
    other.start();
    await eventually(() => said.length > 0);
    assert.match(said[0] ?? "", /no search/);
    other.close();
  });

  it("reads only the end of a large file, and still names the right line", async () => {
    const filler = `${"x".repeat(99)}\n`.repeat(30_000);
    folder.write("worker.log", failure("first:f", "one") + filler + failure("last:f", "two"));
    await begin();
    assert.equal(text("first"), null);
    assert.equal(lineOf("last"), 30_005);
  });

  it("keeps the last failures only", async () => {
    folder.write("worker.log", Array.from({ length: 2100 }, (_, n) => failure(`j${n}:f`, "x")).join(""));
    await begin();
    assert.equal(text("j99"), null);
    assert.equal(text("j100"), block("x"));
    assert.equal(text("j2099"), block("x"));
  });

  describe("joins a job that the log does not name by id", () => {
    const end = Date.UTC(2026, 0, 2, 12, 30, 1, 700);
    const cron = {
      id: "cron:tick:1767357001123",
      function: "cron:tick",
      errorType: "builtins.ValueError",
      message: "one",
      finishedAt: end,
    };

    /** The file was last written at this moment, unix ms. */
    async function written(content: string, at: number): Promise<void> {
      folder.write("worker.log", content);
      utimesSync(log(), at / 1000, at / 1000);
      await begin();
    }

    it("by function, class and time, and says so", async () => {
      await written(failure("cron:tick", "one"), end);
      assert.equal(failures.find(cron)?.how, "function and time");
      assert.equal(failures.find({ ...cron, finishedAt: end + 5000 }), null);
      assert.equal(failures.find({ ...cron, finishedAt: end - 86_400_000 }), null, "the same time yesterday");
      assert.equal(failures.find({ ...cron, function: "cron:other" }), null);
      assert.equal(failures.find({ ...cron, errorType: "KeyError" }), null);
      assert.equal(failures.find({ ...cron, finishedAt: null }), null);
    });

    it("in whatever time zone the worker logs", async () => {
      await written(failure("cron:tick", "one", "18:15:01") + "18:16:00: later\n", end + 59_000);
      assert.equal(failures.find(cron)?.text, block("one"));
    });

    it("on the right day of a log without dates", async () => {
      const nextDay = "23:59:59: a\n00:00:01: b\n12:00:00: c\n";
      await written(failure("cron:tick", "one") + nextDay, end + 86_400_000 - 1_801_000);
      assert.equal(failures.find(cron)?.text, block("one"));
      assert.equal(failures.find({ ...cron, finishedAt: end + 86_400_000 }), null);
    });

    it("by the message where two failed in the same second", async () => {
      await written(failure("cron:tick", "one") + failure("cron:tick", "two"), end);
      assert.equal(failures.find(cron)?.text, block("one"));
      assert.equal(failures.find({ ...cron, message: "two" })?.text, block("two"));
    });

    it("but never takes the failure of another job that the log names", async () => {
      await written(failure("other:tick", "one"), end);
      assert.equal(failures.find({ ...cron, id: "mine", function: "tick" }), null);
    });
  });

  it("takes the failure nearest to the end of a job whose id failed twice", async () => {
    const end = Date.UTC(2026, 0, 2, 12, 40, 1);
    folder.write("worker.log", failure("a:f", "one", "12:30:01") + failure("a:f", "two", "12:40:01"));
    utimesSync(log(), end / 1000, end / 1000);
    await begin();
    assert.equal(failures.find({ ...job, id: "a", finishedAt: end - 600_000 })?.text, block("one"));
    assert.equal(failures.find({ ...job, id: "a", finishedAt: end })?.text, block("two"));
    assert.equal(text("a"), block("two"), "the last one where the end is not known");
  });

  it("stops looking when it is closed", async () => {
    folder.write("worker.log");
    await begin();
    follower.close();
    assert.equal(clock.pending, 0);
  });
});
