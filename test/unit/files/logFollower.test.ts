import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LogDisk, nodeDisk } from "../../../src/files/logDisk";
import { LogFile } from "../../../src/files/logFile";
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
  let grown: number;
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
    grown = 0;
    const files = () => Promise.resolve(paths);
    options = {
      files,
      failures,
      clock,
      logger,
      onFailures: () => heard++,
      onGrowth: () => grown++,
      patienceMs: 60_000,
    };
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
    const [before, grownBefore] = [heard, grown];
    await look();
    assert.deepEqual([heard, grown], [before, grownBefore], "silence is no news");
    appendFileSync(log(), "12:30:09: a line about nothing\n");
    await look();
    assert.deepEqual([heard, grown], [before, grownBefore + 1]);
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

  it("tells what the last traceback printed of a frame's line, redacted", async () => {
    const of = (source: string): string => failure("a:f", "x").replace("in f\n", `in f\n    ${source}\n`);
    folder.write("worker.log", of("pay(order)") + of('login("hunter2")').replaceAll("a.py", "b.py"));
    await begin();
    assert.equal(failures.printed({ file: "/app/a.py", line: 1, function: "f" }), "pay(order)");
    assert.equal(failures.printed({ file: "/app/b.py", line: 1, function: "f" }), 'login("****")');
    assert.equal(failures.printed({ file: "/app/a.py", line: 1, function: "g" }), null);
  });

  it("tells no secret that a line is cut within", async () => {
    const cut = 16_384 - "ValueError: ".length - "hunt".length;
    folder.write("worker.log", failure("a:f", `${"x".repeat(cut)}hunter2`));
    await begin();
    const told = text("a") ?? "";
    assert.match(told, /\nValueError: x{11000}/);
    assert.doesNotMatch(told, /hunt/);
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

  it("does not take the failure of another job of the same id, by its class or by its time", async () => {
    const end = Date.UTC(2026, 0, 2, 12, 30, 1);
    const id = "0123456789abcdef0123456789abcdef";
    folder.write("worker.log", failure("daily:report", "one") + failure(`${id}:f`, "two"));
    utimesSync(log(), end / 1000, end / 1000);
    await begin();
    const daily = {
      ...job,
      id: "daily",
      function: "report",
      errorType: "builtins.ValueError",
      finishedAt: end + 60_000,
    };
    assert.equal(failures.find(daily)?.text, block("one"));
    assert.equal(failures.find({ ...daily, errorType: "TimeoutError" }), null);
    assert.equal(failures.find({ ...daily, finishedAt: end + 23 * 3_600_000 }), null);
    assert.equal(failures.find({ ...daily, finishedAt: end - 1_200_000 }), null);
    const replaced = "arq.jobs.SerializationError";
    assert.equal(failures.find({ ...daily, errorType: replaced })?.text, block("one"), "what was raised is not known");
    const unique = { ...daily, id, function: "f", finishedAt: end + 23 * 3_600_000 };
    assert.equal(failures.find(unique)?.text, block("two"), "an id that is never used again, in a copy of a log");
  });

  it("is told of the job whose end lies nearest to it, and of no other one of the same id, as of another Redis", async () => {
    const end = Date.UTC(2026, 0, 2, 12, 30, 1);
    folder.write("worker.log", failure("order-17:f", "one"));
    utimesSync(log(), end / 1000, end / 1000);
    await begin();
    const ended = (at: number): string | null =>
      failures.find({ ...job, id: "order-17", function: "f", finishedAt: at })?.text ?? null;
    assert.equal(ended(end + 60_000), block("one"), "nobody knows of another yet");
    assert.equal(ended(end + 61_000), block("one"), "the same end, learnt more exactly");
    assert.equal(ended(end + 300), block("one"));
    assert.equal(ended(end + 60_000), null, "it was the other one's");
    assert.equal(ended(end + 300), block("one"));
    appendFileSync(log(), "  and more of it\n");
    await look();
    assert.equal(ended(end + 60_000), null, "also when its block goes on");
    assert.match(text("order-17") ?? "", /and more of it$/, "where no end is known it is told");
  });

  describe("whatever becomes of the file", () => {
    it("reads a renamed file to its end, then the new one from its beginning", async () => {
      folder.write("worker.log", failure("old:f", "one"));
      await begin();
      appendFileSync(log(), failure("late:f", "two"));
      renameSync(log(), `${log()}.1`);
      appendFileSync(`${log()}.1`, failure("later:f", "three"));
      writeFileSync(log(), failure("new:f", "four"));
      await look();
      assert.deepEqual([text("late"), text("later"), text("new")], [block("two"), block("three"), block("four")]);
    });

    it("reads a new file whole, however much was written at once", async () => {
      folder.write("worker.log", failure("old:f", "one"));
      await begin();
      renameSync(log(), `${log()}.1`);
      writeFileSync(log(), failure("first:f", "two") + "12:40:00: filler filler filler filler\n".repeat(100_000));
      await look();
      assert.equal(text("first"), block("two"));
    });

    it("notices that a file was copied and cut though it is longer than before", async () => {
      folder.write("worker.log", "12:00:00: hello\n" + failure("old:f", "one"));
      await begin();
      writeFileSync(log(), failure("new:f", "two") + "12:40:00: filler\n".repeat(500));
      await look();
      assert.equal(text("new"), block("two"));
      assert.equal(lineOf("new"), 1);
    });

    it("waits for a file that was removed to come back", async () => {
      folder.write("worker.log", failure("old:f", "one"));
      await begin();
      rmSync(log());
      await look();
      await look();
      assert.equal(said.length, 1);
      folder.write("worker.log", failure("new:f", "two"));
      await look();
      assert.equal(text("new"), block("two"));
    });

    it("follows a link to wherever it leads, and reads a file once that has two names", async () => {
      const [first, second] = [folder.write("one.txt", failure("a1:f", "one")), folder.write("two.txt", "")];
      symlinkSync(first, log());
      paths = [log(), first];
      await begin();
      assert.equal(text("a1"), block("one"));
      assert.deepEqual(followed(), [log()]);
      paths = [log()];
      rmSync(log());
      symlinkSync(second, log());
      appendFileSync(second, failure("a2:f", "two"));
      await look();
      assert.equal(text("a2"), block("two"));
    });

    it("leaves folders and pipes alone", async () => {
      execFileSync("mkfifo", [join(folder.path, "pipe.log")]);
      paths = [folder.path, join(folder.path, "pipe.log"), folder.write("worker.log", failure("a1:f", "one"))];
      await begin();
      assert.equal(text("a1"), block("one"));
      assert.equal(said.filter((line) => line.includes("not a file")).length, 2);
    });

    it("reads CRLF, bytes that are no text, and lines of megabytes", async () => {
      const head = Buffer.from([0xff, 0xfe, 0x00, 0x0a]);
      const long = `12:30:00: ${"x".repeat(3_000_000)}\n`;
      const tail = failure("a1:f", "one").replaceAll("\n", "\r\n");
      writeFileSync(log(), Buffer.concat([head, Buffer.from("12:00:00: short\n")]));
      await begin();
      appendFileSync(log(), long + tail);
      await look();
      assert.equal(text("a1"), block("one"));
      assert.equal(lineOf("a1"), 4);
    });

    it("reads what PowerShell writes into a file, also from the middle, and what Windows writes in its own letters", async () => {
      const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
      // The first byte of 上 is that of a line end.
      const filler = "12:00:00: 上传 filler filler filler filler\r\n".repeat(40_000);
      writeFileSync(log(), utf16(`\uFEFF${filler}${failure("a1:f", "ünö").replaceAll("\n", "\r\n")}`));
      await begin();
      assert.equal(text("a1"), block("ünö"));
      assert.equal(lineOf("a1"), 40_001);
      const next = utf16(failure("a2:f", "two"));
      appendFileSync(log(), next.subarray(0, 101));
      await look();
      appendFileSync(log(), next.subarray(101));
      await look();
      assert.equal(text("a2"), block("two"));
      writeFileSync(log(), Buffer.from(failure("a3:f", "ünö"), "latin1"));
      await look();
      assert.equal(text("a3"), block("ünö"));
    });

    it("keeps what Python printed in place of what it could not read", async () => {
      folder.write("worker.log", failure("a1:f", "caf\uFFFD"));
      await begin();
      assert.equal(text("a1"), block("caf\uFFFD"));
    });

    it("takes a last line without an end for whole once nothing more comes, and reads on where more does", async () => {
      folder.write("worker.log", `12:00:00: hello\n${failure("a1:f", "one")}`.trimEnd());
      await begin();
      assert.equal(
        text("a1"),
        block("")
          .trimEnd()
          .replace(/\nValueError:$/, ""),
        "it may go on",
      );
      await look();
      assert.equal(text("a1"), block("one"));
      assert.equal(lineOf("a1"), 2);
      const told = heard;
      await look();
      assert.equal(heard, told, "nothing is told twice");
      appendFileSync(log(), ` more\n${failure("a2:f", "two").trimEnd()}`);
      await look();
      assert.equal(text("a1"), block("one more"));
      assert.equal(failures.count, 2);
      renameSync(log(), `${log()}.1`);
      writeFileSync(log(), failure("a3:f", "three"));
      await look();
      assert.deepEqual([text("a2"), text("a3")], [block("two"), block("three")], "a file that was rotated away, too");
    });

    it("reads only the end of a gigabyte, and what is appended", async () => {
      let bytes = 0;
      const counting: LogDisk = {
        stat: (path) => nodeDisk.stat(path),
        async open(path) {
          const file = await nodeDisk.open(path);
          const read = async (...given: Parameters<typeof file.read>): Promise<number> => {
            const count = await file.read(...given);
            bytes += count;
            return count;
          };
          return { size: () => file.size(), read, close: () => file.close() };
        },
      };
      writeFileSync(log(), "");
      truncateSync(log(), 1_000_000_000);
      appendFileSync(log(), `\n${failure("last:f", "one")}`);
      follower = new LogFollower({ ...options, disk: counting });
      await begin();
      assert.equal(text("last"), block("one"));
      assert.ok(bytes <= 2 * 1024 * 1024 + 1024, `${bytes} bytes were read`);
      assert.deepEqual(failures.find({ ...job, id: "last" })?.place, {
        kind: "file",
        path: log(),
        line: null,
        offset: 1_000_000_001,
      });
      const before = bytes;
      appendFileSync(log(), failure("next:f", "two"));
      await look();
      assert.equal(text("next"), block("two"));
      assert.ok(bytes - before < 2000, `${bytes - before} bytes were read`);
      await look();
      const silent = bytes;
      await look();
      assert.equal(bytes, silent, "silence costs no reading");
    });
  });

  it("goes on with the other folders while one does not answer, and with that one once it does", async () => {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const gone = folder.write("network/worker.log", failure("far:f", "far"));
    const disk: LogDisk = {
      ...nodeDisk,
      stat: async (path) => {
        if (path === gone) await answered;
        return nodeDisk.stat(path);
      },
    };
    paths = [gone, folder.write("worker.log", failure("a1:f", "one"))];
    follower = new LogFollower({ ...options, disk, patienceMs: 20 });
    await begin();
    await eventually(() => assert.equal(text("a1"), block("one")));
    appendFileSync(paths[1]!, failure("a2:f", "two"));
    await look();
    await eventually(() => assert.equal(text("a2"), block("two")));
    assert.equal(text("far"), null);
    answer();
    await eventually(() => assert.equal(text("far"), block("far")));
  });

  it("reads no file twice at once, however slow its folder is", async () => {
    let now = 0;
    let most = 0;
    const readings = new Map<string, number>();
    const disk: LogDisk = {
      ...nodeDisk,
      stat: async (path) => {
        const count = (readings.get(path) ?? 0) + 1;
        readings.set(path, count);
        most = Math.max(most, count);
        now++;
        await sleep(10 + 7 * (now % 5));
        readings.set(path, (readings.get(path) ?? 0) - 1);
        return nodeDisk.stat(path);
      },
    };
    paths = ["a", "b", "c", "d", "e", "f"].map((name) =>
      folder.write(`${name}/worker.log`, failure(`${name}:f`, name)),
    );
    follower = new LogFollower({ ...options, disk, patienceMs: 5 });
    follower.start();
    await eventually(() => {
      clock.advance(1000);
      assert.ok(now > 80);
    });
    assert.equal(most, 1);
  });

  it("leaves no file open that was being opened when it was let go of", async () => {
    let opened = 0;
    let closed = 0;
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const disk: LogDisk = {
      ...nodeDisk,
      open: async (path) => {
        await answered;
        const file = await nodeDisk.open(path);
        opened++;
        return { ...file, close: () => file.close().finally(() => closed++) };
      },
    };
    paths = [folder.write("worker.log", failure("a1:f", "one"))];
    follower = new LogFollower({ ...options, disk, patienceMs: 20 });
    await begin();
    paths = [];
    await look();
    answer();
    await eventually(() => assert.deepEqual([opened, closed], [1, 1]));
    assert.deepEqual(said, [], "which is nothing to tell of");
  });

  it("leaves no file open whose first lines were being counted when it was let go of, or could not be read", async () => {
    let [asked, closed] = [0, 0];
    let answer = (): void => {};
    let reading: Promise<void> = new Promise((resolve) => (answer = resolve));
    const disk: LogDisk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        const read: typeof file.read = (...place) => {
          asked++;
          return reading.then(() => file.read(...place));
        };
        return { ...file, read, close: () => file.close().finally(() => closed++) };
      },
    };
    const path = folder.write("worker.log", failure("a1:f", "one"));
    const file = new LogFile(path, disk, 10);
    const first = file.read();
    await eventually(() => assert.ok(asked > 0));
    await file.close();
    answer();
    await assert.rejects(first, /closed/);
    assert.equal(closed, 1);
    reading = Promise.reject(new Error("EIO"));
    await assert.rejects(new LogFile(path, disk, 10).read(), /EIO/);
    assert.equal(closed, 2);
  });

  it("goes on with the files that it knows while nobody tells which there are", async () => {
    folder.write("worker.log", failure("a1:f", "one"));
    let silent = false;
    const files = () => (silent ? new Promise<never>(() => {}) : Promise.resolve(paths));
    follower = new LogFollower({ ...options, files, patienceMs: 20 });
    await begin();
    await eventually(() => assert.equal(text("a1"), block("one")));
    silent = true;
    appendFileSync(log(), failure("a2:f", "two"));
    await look();
    await eventually(() => assert.equal(text("a2"), block("two")));
  });

  it("stops looking when it is closed", async () => {
    folder.write("worker.log");
    await begin();
    follower.close();
    assert.equal(clock.pending, 0);
  });
});
