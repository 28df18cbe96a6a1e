import assert from "node:assert/strict";
import { byLine, connectionText, countsText, type FailingGroup, noteText } from "../../../src/host/editor/failingLine";
import { FrameStack } from "../../../src/host/editor/frameStack";
import { GroupFrames, type FailingFrame } from "../../../src/host/groupFrames";
import { readTraceback } from "../../../src/host/jobTries";
import type { ErrorGroup, JobDetail } from "../../../src/monitor/model";
import type { LineState } from "../../../src/python/locatedFrame";
import { eventually } from "../../support/eventually";
import { failedRow, fakeMonitor, group, now } from "./fakeMonitor";

const frame: FailingFrame = {
  file: "/app/shop/orders.py",
  line: 27,
  function: "charge",
  source: 'return order["sku"]',
  stack: new FrameStack([]),
  index: 0,
  jobId: "1",
};

function failing(type: string, sample: string, fields: Partial<ErrorGroup> = {}, state: LineState = "same") {
  const whole = group({ jobs: [failedRow("1")], key: type, type, sample, lastAt: now - 3 * 60_000, ...fields });
  return { group: whole, frame, state, line: 27 } satisfies FailingGroup & { line: number };
}

function note(...groups: (FailingGroup & { readonly line: number })[]): string {
  const [line] = byLine("/srv/orders.py", groups);
  assert.ok(line);
  return noteText(line, now, "staging");
}

describe("the text of a note at a failing line", () => {
  it("names error, number, age and connection", () => {
    assert.equal(note(failing("KeyError", "'sku'", { lastHour: 12 })), "KeyError 'sku' × 12, 3 min ago, staging");
    assert.equal(note(failing("shop.errors.CardDeclined", "no funds")), "CardDeclined: no funds, 3 min ago, staging");
    assert.equal(note(failing("TimeoutError", "", { lastHour: 1204 })), "TimeoutError × 1,204, 3 min ago, staging");
  });

  it("claims no more than is known", () => {
    const edited = failing("KeyError", "'sku'", { lastHour: 12 }, "edited");
    assert.equal(note(edited), "KeyError × 12 · edited since");
    const unknown = failing("KeyError", "'sku'", {}, "unknown");
    assert.equal(note(unknown), "KeyError 'sku', 3 min ago, staging · this line, if the file is as it was");
  });

  it("is one for all errors of a line: what still holds first, then the newest", () => {
    const old = failing("KeyError", "'a'", { lastAt: now - 5 * 60_000 }, "moved");
    const newest = failing("TypeError", "b", { lastAt: now }, "edited");
    const between = failing("ValueError", "c", {}, "unknown");
    assert.equal(note(newest, between, old), "KeyError 'a', 5 min ago, staging · 2 more errors");
    const [first, second] = byLine("/srv/orders.py", [{ ...old, line: 40 }, newest]);
    assert.deepEqual([first?.line, first?.state, second?.line, second?.state], [27, "edited", 40, "moved"]);
    assert.equal(first?.printed, 'return order["sku"]');
  });

  it("stays on one line and short, whatever the error says", () => {
    const text = note(failing("E".repeat(500), `a\n\u202eb\u0000${"c".repeat(5000)}`));
    assert.ok(text.length < 200 && !/[\p{Cc}\u202e]/u.test(text), text);
  });

  it("names the environment where the connection's name does not", () => {
    assert.equal(connectionText({ name: "shop", environment: "staging" }), "shop (staging)");
    assert.equal(connectionText({ name: "shop-Staging", environment: "staging" }), "shop-Staging");
    assert.equal(connectionText({ name: "shop", environment: null }), "shop");
    assert.equal(
      countsText(group({ jobs: [], lastHour: 12, lastDay: 40, lastAt: now - 60_000 }), now),
      "12 jobs in the last hour, 40 in 24 h, last 1 min ago",
    );
  });
});

describe("the place where the jobs of a group fail", () => {
  const at = (line: number) =>
    readTraceback(
      `Traceback (most recent call last):\n  File "/app/shop/orders.py", line ${line}, in charge\n    pay()\nKeyError: 'sku'`,
      "stored",
    );

  it("is read from a newer job after a while, for the code may have been mended; what told before holds until then", async () => {
    let line = 27;
    const read: string[] = [];
    const open = (id: string) => {
      read.push(id);
      return Promise.resolve({ row: failedRow(id) } as unknown as JobDetail);
    };
    const monitor = fakeMonitor({ open });
    const find = () => (line === 0 ? null : at(line));
    const frames = new GroupFrames(
      { monitor },
      { find, use: () => ({ dispose: () => undefined }), onDidChange: () => ({ dispose: () => undefined }) },
      0,
    );
    const who = {};
    const latest = (id: string) => [group({ jobs: [failedRow(id)] })];
    const [{ key }] = latest("1") as [ErrorGroup];
    frames.want(who, latest("1"));
    await eventually(() => assert.equal(frames.of(key)?.line, 27));
    line = 0;
    frames.want(who, latest("2"));
    await eventually(() => assert.ok(read.includes("2")));
    assert.equal(frames.of(key)?.line, 27);
    line = 31;
    let told = 0;
    frames.onDidFind(() => told++);
    frames.want(who, latest("3"));
    await eventually(() => assert.equal(frames.of(key)?.line, 31));
    assert.equal(told, 1);
    assert.deepEqual(
      frames.of(key)?.stack.frames.map((each) => each.function),
      ["charge"],
    );
  });

  it("is none of another connection", async () => {
    const session = {
      monitor: fakeMonitor({ open: () => Promise.resolve({ row: failedRow("1") } as unknown as JobDetail) }),
    };
    const frames = new GroupFrames(session, {
      find: () => at(27),
      use: () => ({ dispose: () => undefined }),
      onDidChange: () => ({ dispose: () => undefined }),
    });
    const groups = [group({ jobs: [failedRow("1")] })];
    frames.want({}, groups);
    await eventually(() => assert.equal(frames.of(groups[0]!.key)?.line, 27));
    session.monitor = fakeMonitor({});
    assert.equal(frames.of(groups[0]!.key), null);
  });
});
