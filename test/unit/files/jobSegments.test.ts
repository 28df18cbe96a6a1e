import assert from "node:assert/strict";
import { JobSegments } from "../../../src/files/jobSegments";
import type { WorkerLogRecord } from "../../../src/python/workerLogRecord";
import { WorkerLogParser } from "../../../src/python/workerLog";

/** As `LogFile` does: after each line it passes what is whole and, again, the last record of every stream. */
function followed(lines: readonly string[]): JobSegments {
  const segments = new JobSegments();
  const parser = new WorkerLogParser();
  let at = 0;
  for (const line of lines) {
    const records: WorkerLogRecord[] = [...parser.pushLine(line, at, at + line.length + 1), ...parser.pending()];
    at += line.length + 1;
    for (const record of records) segments.note(record, record.line);
  }
  return segments;
}

describe("The parts of a log in which jobs ran", () => {
  const begins = "w1  | 12:30:00:   0.10s → job1:f()";
  const retries = "w1  | 12:30:01:   0.10s ↻ job1:f retrying job in 1.00s";
  const chatter = Array.from({ length: 5 }, (_, n) => `w3  | 12:30:1${n}: nothing`);

  it("are as many as tries, however often the last record of each worker comes again", () => {
    const again = "w2  | 12:30:02:   1.00s → job1:f() try=2";
    const fails = "w2  | 12:30:03:   1.00s ! job1:f failed, KeyError: 1";
    const found = followed([begins, retries, again, fails, ...chatter]).of("job1:f");
    assert.deepEqual(
      found.map(({ stream, startMs, endMs, headless }) => [stream, (endMs ?? 0) - (startMs ?? 0), headless]),
      [
        ["w1", 1000, false],
        ["w2", 1000, false],
      ],
    );
  });

  it("end where the same worker says so, and begin nowhere where it did not say", () => {
    const fails = "w2  | 12:30:03:   1.00s ! job1:f failed, KeyError: 1";
    const found = followed([begins, fails, ...chatter]).of("job1:f");
    assert.deepEqual(
      found.map(({ stream, to, headless }) => [stream, to === null, headless]),
      [
        ["w1", true, false],
        ["w2", false, true],
      ],
    );
  });

  it("are kept of other jobs, however often one runs", () => {
    const runs = Array.from({ length: 20_100 }, () => [
      "12:30:00:   0.10s → cron:tick()",
      "12:30:00:   0.10s ← cron:tick ● ",
    ]);
    const segments = followed(["12:30:00:   0.10s → job1:f()", ...runs.flat()]);
    assert.equal(segments.of("job1:f").length, 1);
    assert.equal(segments.of("cron:tick").length, 100);
  });
});
