import assert from "node:assert/strict";
import { LoggedFailures } from "../../../src/files/loggedFailures";
import { LogStream } from "../../../src/files/logStream";
import type { StreamPlace } from "../../../src/files/logPlace";
import { ManualClock } from "../../support/manualClock";

const place: StreamPlace = { kind: "terminal", name: "worker" };
const frames = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f';
const failure = (ref: string, message: string): string =>
  `12:30:01:   0.05s ! ${ref} failed, ValueError: ${message}\n${frames}\nValueError: ${message}\n`;
const job = { id: "none", function: null, errorType: null, message: null, finishedAt: null };

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
});
