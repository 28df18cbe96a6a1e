import assert from "node:assert/strict";
import { lineAfterChange, lineAfterChanges, type LineChange } from "../../../src/host/editor/lineAfterChange";
import { randomNumbers } from "../../support/random";

const noted = "return order['sku']";
const before = ["def charge(order):", `    ${noted}`, "    pay(order)", "", "def pay(order):", "    ..."];

/** Makes the change, and says where the noted line is looked for afterwards, and what stands there. */
function after(
  startLine: number,
  startColumn: number,
  endLine: number,
  endColumn: number,
  text: string,
): [number, string] {
  const offset = (line: number, column: number) =>
    before.slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + column;
  const whole = before.join("\n");
  const lines = (whole.slice(0, offset(startLine, startColumn)) + text + whole.slice(offset(endLine, endColumn))).split(
    "\n",
  );
  const change = { range: { start: { line: startLine }, end: { line: endLine } }, text };
  const line = lineAfterChange(1, change, (at) => lines[at]?.trim() === noted);
  return [line, lines[line]?.trim() ?? ""];
}

describe("where a line stands after a change", () => {
  it("is where it was, or moved by what was added and taken away above it", () => {
    assert.deepEqual(after(3, 0, 3, 0, "x\n\n"), [1, noted]);
    assert.deepEqual(after(2, 0, 5, 3, ""), [1, noted]);
    assert.deepEqual(after(0, 0, 0, 0, "import a\n\n"), [3, noted]);
    assert.deepEqual(after(0, 18, 0, 18, "\r\n"), [2, noted]);
  });

  it("is found where the change touches it: a line break before it or behind it, lines taken away up to it or from it on", () => {
    assert.deepEqual(after(1, 0, 1, 0, "\n"), [2, noted]);
    assert.deepEqual(after(1, 4, 1, 4, "x = 1\n    "), [2, noted]);
    assert.deepEqual(after(1, 4 + noted.length, 1, 4 + noted.length, "\n    "), [1, noted]);
    assert.deepEqual(after(1, 4 + noted.length, 2, 14, ""), [1, noted]);
    assert.deepEqual(after(0, 0, 1, 0, ""), [0, noted]);
    assert.deepEqual(
      after(1, 4 + noted.length, 1, 4 + noted.length, `\n    ${noted}`),
      [1, noted],
      "its copy is another",
    );
  });

  it("is found within what a large change puts there, the nearest one where several read alike", () => {
    assert.deepEqual(after(0, 0, 5, 7, `import a\n\ndef charge(order):\n    ${noted}\n    pay(order)\n`), [3, noted]);
    const twice = `def charge(order):\n    a\n    ${noted}\n\ndef other():\n    ${noted}\n`;
    assert.deepEqual(after(0, 0, 5, 7, twice), [2, noted]);
  });

  it("is the place of the change where the line is gone", () => {
    assert.deepEqual(after(1, 0, 2, 0, ""), [1, "pay(order)"]);
    assert.deepEqual(after(0, 0, 4, 0, ""), [0, "def pay(order):"]);
    assert.equal(after(1, 6, 1, 6, "x")[0], 1);
  });

  it("is right for any single change that leaves the line as it is", () => {
    const next = randomNumbers(7);
    const among = (n: number) => Math.floor(next() * n);
    for (let round = 0; round < 2000; round++) {
      const text = ["", "x", "\n", "a\nb", "\n\n\n", "  "][among(6)]!;
      // Wholly above, or wholly below.
      const above = among(2) === 0;
      const line = above ? 0 : 2 + among(4);
      const end = above ? 0 : Math.min(5, line + among(3));
      const [, stands] = after(line, 0, end, above ? before[0]!.length : 0, above && text === "" ? "x" : text);
      assert.equal(stands, noted, JSON.stringify([line, end, text]));
    }
  });
});

describe("where a line stands after several changes at once", () => {
  const lined = (lines: readonly string[]) => ({
    lineCount: lines.length,
    lineAt: (line: number) => ({ text: lines[line]! }),
  });
  const change = (start: number, end: number, text: string): LineChange => ({
    range: { start: { line: start }, end: { line: end } },
    text,
  });

  it("is moved by all those above it, and by none below it", () => {
    const now = lined(["import a", "", ...before.slice(0, 2), "", ...before.slice(2)]);
    assert.equal(lineAfterChanges(1, [change(2, 2, "\n"), change(0, 0, "import a\n\n")], now, noted), 3);
    assert.equal(lineAfterChanges(1, [], now, noted), 1);
  });

  it("is found by what it said, where that is known", () => {
    const now = lined(["import a", before[0]!, "", ...before.slice(1)]);
    const changes = [change(1, 1, "\n"), change(0, 0, "import a\n")];
    assert.equal(lineAfterChanges(1, changes, now, null), 2);
    assert.equal(lineAfterChanges(1, [change(1, 1, "\n")], lined([before[0]!, "", ...before.slice(1)]), noted), 2);
    assert.equal(lineAfterChanges(5, [change(0, 5, "")], lined([""]), noted), 0, "behind the end nothing is said");
  });
});
