import assert from "node:assert/strict";
import { frameSpans, jobSpans } from "../../src/python/lineLinks";

/** The linked texts of a line, with what they lead to. */
const frames = (line: string): unknown[] =>
  frameSpans(line).map(({ start, length, frame }) => [
    line.slice(start, start + length),
    frame.file,
    frame.line,
    frame.function,
  ]);
const jobs = (line: string, known: readonly string[] = []): unknown[] =>
  jobSpans(line, (id) => known.includes(id)).map(({ start, length, jobId }) => [
    line.slice(start, start + length),
    jobId,
  ]);

describe("frames in a line of a terminal", () => {
  for (const prefix of ["", "  ", "worker-1  | ", "2026-11-22T10:00:00.123456789Z ", "\u2502 ", "  | "]) {
    it(`are found behind ${JSON.stringify(prefix)}`, () => {
      assert.deepEqual(frames(`${prefix}  File "/app/shop/orders.py", line 27, in charge_card`), [
        ['"/app/shop/orders.py", line 27', "/app/shop/orders.py", 27, "charge_card"],
      ]);
    });
  }

  it("are found in paths of Windows and paths with blanks, and without a function", () => {
    assert.deepEqual(frames(String.raw`  File "C:\my code\shop\orders.py", line 3, in <module>`), [
      [String.raw`"C:\my code\shop\orders.py", line 3`, String.raw`C:\my code\shop\orders.py`, 3, "<module>"],
    ]);
    assert.deepEqual(frames('  File "/app/shop/bad.py", line 9'), [
      ['"/app/shop/bad.py", line 9', "/app/shop/bad.py", 9, ""],
    ]);
  });

  it("are all found in a line of JSON", () => {
    const line = JSON.stringify({
      exc: 'Traceback:\n  File "/app/a.py", line 1, in f\n  File "C:\\b\\c.py", line 22, in g\n',
    });
    assert.deepEqual(frames(line), [
      [String.raw`\"/app/a.py\", line 1`, "/app/a.py", 1, "f"],
      [String.raw`\"C:\\b\\c.py\", line 22`, String.raw`C:\b\c.py`, 22, "g"],
    ]);
  });

  it("are not made of code without a file, or of what only looks alike", () => {
    for (const line of [
      '  File "<string>", line 1, in <module>',
      'File "x", line',
      '"/app/a.py", line 3',
      "File saved, line 3",
    ]) {
      assert.deepEqual(frames(line), []);
    }
  });

  it("are looked for in time that grows with the line alone, and only so far", () => {
    const hostile = ['File "'.repeat(200_000), `File "${"a".repeat(2_000_000)}`, 'File \\"\\\\'.repeat(100_000)];
    for (const line of hostile) assert.deepEqual(frames(line), []);
    assert.equal(frames('File "a.py", line 3 '.repeat(1000)).length, 50);
  });
});

describe("jobs in a line of a terminal", () => {
  const uuid = "0c4b8a7b5f5f4f2f9f3c1d2e3f4a5b6c";
  for (const [line, id] of [
    [`22:30:11:   5.00s → ${uuid}:charge_card('order-7', retry=False)`, uuid],
    [`worker-1  | 22:30:12:   0.90s ! ${uuid}:charge_card failed, KeyError: 'sku'`, uuid],
    [`22:30:12:   0.90s ← order-7:charge_card ● 3`, "order-7"],
    [`22:30:12: job order-7 expired`, "order-7"],
    [`22:30:12: job order-7, function 'gone' not found`, "order-7"],
  ] as const) {
    it(`are found by what a worker says: ${line}`, () => assert.deepEqual(jobs(line), [[id, id]]));
  }

  it("take as much of an id with colons as is known", () => {
    const line = "22:30:12:   0.90s ! tenant:7:order:charge_card failed, KeyError: 'sku'";
    assert.deepEqual(jobs(line, ["tenant:7:order"]), [["tenant:7:order", "tenant:7:order"]]);
  });

  it("are not made of cron jobs, which a worker prints without an id", () => {
    assert.deepEqual(jobs("22:30:12:   0.90s → cron:expire_baskets()"), []);
  });

  it("are found by their ids in any output", () => {
    assert.deepEqual(jobs(`POST /charge 202 job=${uuid} queued`, [uuid]), [[uuid, uuid]]);
    assert.deepEqual(jobs(`enqueued "order-2026-7".`, ["order-2026-7"]), [["order-2026-7", "order-2026-7"]]);
    assert.deepEqual(jobs(`GET arq:result:${uuid}`, [uuid]), [[uuid, uuid]]);
  });

  it("are not made of words that happen to be ids, of numbers in passing, or of parts of paths", () => {
    const known = ["7", "success", "requests", uuid, "build-20261122"];
    for (const line of ["7 success", "requests failed", `see /var/${uuid}/log`, "https://ci/build-20261122"]) {
      assert.deepEqual(jobs(line, known), []);
    }
  });
});
