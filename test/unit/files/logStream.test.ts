import assert from "node:assert/strict";
import { HeardLines } from "../../../src/files/heardLines";
import { readJobLog } from "../../../src/files/jobLog";
import { LoggedFailures } from "../../../src/files/loggedFailures";
import { LogStream } from "../../../src/files/logStream";
import type { StreamPlace } from "../../../src/files/logPlace";
import { ManualClock } from "../../support/manualClock";

const place: StreamPlace = { kind: "terminal", name: "worker" };
const frames = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f';
const failure = (ref: string, message: string): string =>
  `12:30:01:   0.05s ! ${ref} failed, ValueError: ${message}\n${frames}\nValueError: ${message}\n`;
const job = { id: "none", function: null, errorType: null, message: null, finishedAt: null };
const known = { enqueuedAt: null, startedAt: null, finishedAt: null };

describe("LogStream", () => {
  let clock: ManualClock;
  let failures: LoggedFailures;
  let heard: number;
  let stream: LogStream;

  beforeEach(() => {
    clock = new ManualClock();
    failures = new LoggedFailures((text) => text.replaceAll("hunter2", "****"));
    heard = 0;
    stream = new LogStream({ place, failures, clock, onFailures: () => heard++ });
  });
  const text = (id: string): string | null => failures.find({ ...job, id })?.text ?? null;

  it("tells of the failure at the end of a terminal's output after a moment of silence, and where it was", () => {
    stream.write(`\u001b]633;C\u0007${failure("a1:f", "hunter2").replaceAll("\n", "\r\n")}`);
    assert.equal(heard, 0);
    clock.advance(100);
    assert.equal(heard, 1);
    assert.deepEqual(failures.find({ ...job, id: "a1" }), {
      text: `${frames}\nValueError: ****`,
      place,
      how: "id",
    });
    clock.advance(10_000);
    assert.equal(heard, 1, "silence is no news");
  });

  it("tells of it at once when the next record follows", () => {
    stream.write(`${failure("a1:f", "x")}12:30:02: recording health\n`);
    assert.equal(heard, 1);
    assert.equal(clock.pending, 0);
  });

  it("waits for the rest of a line, and replaces what it told too early", () => {
    const whole = failure("a1:f", "the whole message");
    const cut = whole.indexOf("whole message\n", 60);
    stream.write(whole.slice(0, cut));
    clock.advance(100);
    assert.equal(text("a1"), frames, "the line is not whole");
    stream.write(whole.slice(cut));
    clock.advance(100);
    assert.equal(text("a1"), `${frames}\nValueError: the whole message`);
    assert.equal(failures.count, 1);
    assert.equal(heard, 2);
  });

  it("does not wait for silence that never comes", () => {
    stream.write(failure("a1:f", "x"));
    for (let n = 0; n < 10; n++) {
      stream.write("chatter\n");
      clock.advance(20);
    }
    assert.match(text("a1") ?? "", /^Traceback/);
  });

  it("takes the last line as whole when it ends", () => {
    stream.write(failure("a1:f", "x").trimEnd());
    stream.end();
    assert.equal(text("a1"), `${frames}\nValueError: x`);
    assert.equal(clock.pending, 0);
  });

  it("joins a cron job by function, error and the moment it was heard", () => {
    const at = Date.UTC(2026, 0, 2, 17, 15, 1, 400);
    clock = new ManualClock(at + 30);
    stream = new LogStream({ place, failures, clock, onFailures: () => heard++ });
    stream.write(failure("cron:tick", "x"));
    stream.end();
    const cron = { id: "cron:tick:1", function: "cron:tick", errorType: "ValueError", message: "x" };
    assert.equal(failures.find({ ...cron, finishedAt: at })?.how, "function and time");
    assert.equal(failures.find({ ...cron, finishedAt: at + 60_000 }), null);
  });

  it("keeps two terminals of one name apart", () => {
    const other = new LogStream({ place, failures, clock, onFailures: () => heard++ });
    const [first, second] = [failure("a1:f", "x"), failure("a2:f", "y")];
    for (let at = 0; at < Math.max(first.length, second.length); at += 10) {
      stream.write(first.slice(at, at + 10));
      other.write(second.slice(at, at + 10));
    }
    stream.end();
    other.end();
    assert.equal(text("a1"), `${frames}\nValueError: x`);
    assert.equal(text("a2"), `${frames}\nValueError: y`);
  });

  it("remembers the last lines of a job, cut anywhere, and what else was said meanwhile as a guess", async () => {
    const said =
      "12:30:00:   0.10s → a1:f()\r\n\u001b[32mcharging a1\u001b[0m\r\n12:30:00: pay: asking\r\n" +
      failure("a1:f", "x");
    for (let at = 0; at < said.length; at += 7) stream.write(said.slice(at, at + 7));
    const read = (redact = (text: string): string => text) =>
      readJobLog([stream], { ...known, id: "a1", function: "f" }, { level: null, text: "", guesses: true }, redact);
    const { lines, by, partly } = await read();
    assert.deepEqual(
      lines.map((line) => `${line.guess ? "? " : ""}${line.text.trim()}`),
      [
        "0.10s → a1:f()",
        "charging a1",
        "? pay: asking",
        "0.05s ! a1:f failed, ValueError: x",
        ...`${frames}\nValueError: x`.split("\n").map((line) => line.trim()),
      ],
    );
    assert.deepEqual([by, partly, lines[0]?.log, lines[0]?.line], ["id", false, place, null]);
    assert.equal((await read((text) => text.replaceAll("charging", "****"))).lines[1]?.text, "**** a1");
  });

  it("adds no line of its own at the end, and counts the last one without an end", async () => {
    const read = () =>
      readJobLog(
        [stream],
        { ...known, id: "a1", function: "f" },
        { level: null, text: "", guesses: true },
        (text) => text,
      );
    stream.write(failure("a1:f", "x"));
    stream.end();
    assert.equal((await read()).lines.at(-1)?.text, "ValueError: x");
    stream = new LogStream({ place, failures, clock, onFailures: () => heard++ });
    stream.write(failure("a1:f", "y").trimEnd());
    stream.end();
    assert.equal((await read()).lines.at(-1)?.text, "ValueError: y");
  });

  it("shows a job that has just begun, and forgets what was said long ago", async () => {
    const read = (id: string) =>
      readJobLog([stream], { ...known, id, function: "f" }, { level: null, text: "", guesses: true }, (text) => text);
    stream.write("12:30:00:   0.10s → a1:f()\n");
    assert.equal((await read("a1")).named, 1);
    stream.write(failure("a1:f", "x"));
    stream.write("12:30:00:   0.10s → a2:f()\n");
    stream.write("12:30:02: pay: asking\n".repeat(40_000));
    stream.write("12:30:09:   9.00s ← a2:f ● \n");
    assert.equal((await read("a1")).by, null, "nothing of it is left");
    const { by, partly, lines } = await read("a2");
    assert.deepEqual([by, partly], ["id", true]);
    assert.match(lines.at(-1)?.text ?? "", /← a2:f/);
  });

  it("lets go of old lines also where they are empty", () => {
    const lines = new HeardLines();
    for (let piece = 0; piece < 100; piece++) lines.push("\n".repeat(1000));
    assert.ok(lines.between(0, 100_000).length < 10_000);
    assert.equal(lines.position, 100_000);
  });
});
