import assert from "node:assert/strict";
import { WorkerOutput } from "../../src/python/workerOutput";

const failure = "22:30:12:   0.90s ! id-1:charge_card failed, KeyError: 'sku'\r\n";
const block =
  "Traceback (most recent call last):\r\n  File \"/app/a.py\", line 3, in f\r\n    g()\r\nKeyError: 'sku'\r\n";

/** What passes of a text that comes in pieces of this size. */
function passed(text: string, size: number): string {
  const output = new WorkerOutput();
  let all = "";
  for (let at = 0; at < text.length; at += size) all += output.take(text.slice(at, at + size));
  return all;
}

describe("what a worker prints among other output", () => {
  it("passes from the beginning of the first line of ARQ's on, however the text is cut", () => {
    const foreign = "db-1  | ready to accept connections\r\n".repeat(40);
    for (const size of [1, 2, 7, 100, 10_000]) {
      assert.equal(
        passed(`${foreign}worker-1  | ${failure}${block}`, size),
        `worker-1  | ${failure}${block}`,
        `${size}`,
      );
    }
  });

  for (const line of [
    "12:00:00:   0.20s → 8f1:send_email('a')",
    "12:00:00:   0.20s ← 8f1:send_email ●",
    "12:00:00:  12.20s ↻ 8f1:send_email retrying job in 5.00s",
    "12:00:00:   0.20s ⊘ 8f1:send_email aborted",
    "12:00:00:   9.99s ! 8f1:send_email max retries 5 exceeded",
    "12:00:00:   9.99s ! nightly failed, KeyError: 'sku'",
    "[12:00:00] ERROR      0.90s ! 8f1:send_a_long_name_that_a_formatter_breaks_at_the_edge",
    '{"level": "error", "message": "  0.20s \\u2190 8f1:f \\u25cf 3"}',
    '{"level": "error", "message": "  0.20s \\u21BB 8f1:f retrying job in 1.00s"}',
    "12:00:00: Starting worker for 3 functions: a, b, cron:c",
    "12:00:00: deserializing job 8f1 failed",
    "12:00:00: error serializing result of 8f1:f",
    "12:00:00: recording health: Nov-22 12:00:00 j_complete=1 j_failed=0 j_retried=0 j_ongoing=0 queued=0",
  ]) {
    it(`knows ${line}`, () => assert.equal(passed(`$ make\n${line}\n`, 1000), `${line}\n`));
  }

  it("passes nothing of commands that print no worker's lines", () => {
    const foreign =
      "y\r\n✓ built in 12.34s, a → b\r\nwaited 2.55s ! \r\nbuilt in 0.34s → dist/a.js (4 kB)\r\n10%\r20%\r\nTraceback (most recent call last):\r\n";
    assert.equal(passed(foreign.repeat(1000), 5000), "");
  });

  it("begins with the line that a progress bar did not end", () => {
    assert.equal(passed(`10%\r20%\r30%\r${failure}`, 9), failure);
  });

  it("does not look into a line without end, and goes on with the next", () => {
    const output = new WorkerOutput();
    for (let part = 0; part < 8; part++) assert.equal(output.take("x".repeat(1_000_000)), "");
    assert.equal(output.take(" 0.90s ! id-0:charge_card failed, KeyError: 'sku' "), "");
    assert.equal(output.take(`rest\r\n${failure}`), failure);
  });

  it("stops passing what follows when no line of ARQ's comes for long, and begins again with the next", () => {
    const output = new WorkerOutput();
    output.take(failure);
    let characters = 0;
    for (let part = 0; part < 1000; part++) characters += output.take("GET /items 200 OK\n".repeat(100)).length;
    assert.ok(characters > 131_072, "a traceback as long as any that is kept passes whole");
    assert.ok(characters < 300_000, `${characters} characters of 1.8 million passed`);
    assert.equal(output.take(`the rest\n${failure}`), failure);
  });
});
